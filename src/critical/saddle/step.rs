//! Steps of a saddle search, in the eigenbasis of the Hessian, within a radius of trust.

use crate::descent::Evaluated;
use crate::numeric::dense::norm;
use crate::numeric::symmetric::Eigen;

/// Most halvings of the multiplier's range of magnitudes.
const MOST_HALVINGS: u32 = 60;
/// Range of magnitudes of the multiplier below its upper bound.
const RANGE: f64 = 1e-32;
/// Shortest step, as a share of the radius, that counts as on the boundary.
const BOUNDARY: f64 = 0.9;

/// A point with the spectral form of its second-order model; B is the Riemannian Hessian, g the gradient.
#[derive(Debug)]
pub(in crate::critical) struct Model {
    pub here: Evaluated,
    eigen: Eigen,
    /// g in the eigenbasis.
    slopes: Vec<f64>,
}

/// A step d within the radius of trust.
#[derive(Debug)]
pub(in crate::critical) struct Step {
    /// d as an ambient vector.
    pub ambient: Vec<f64>,
    /// |d|.
    pub length: f64,
    /// |g + B d|, the gradient that the model foretells.
    pub foretold: f64,
    /// |B d|, the change of gradient that the model foretells.
    pub turned: f64,
    /// Whether the radius, not the model, ended the step.
    pub at_boundary: bool,
}

impl Model {
    /// `None` if the eigenvalue iteration fails.
    pub fn of(here: Evaluated) -> Option<Self> {
        let eigen = here.hessian.eigen().ok()?;
        let slopes = eigen.coordinates(&here.gradient);
        Some(Self { here, eigen, slopes })
    }

    /// Number of negative eigenvalues of B.
    pub fn index(&self) -> usize {
        self.eigen.values.iter().filter(|&&value| value < 0.0).count()
    }

    /// |g|.
    pub fn slope(&self) -> f64 {
        norm(&self.slopes)
    }

    /// Levenberg–Marquardt: the least |g + B d| over |d| ≤ radius, `d = −(B² + μ)⁻¹ B g`.
    pub fn least_squares(&self, radius: f64) -> Step {
        let products: Vec<f64> = self.modes().map(|(value, slope)| value * slope).collect();
        let most = norm(&products) / radius;
        let at = |mu: f64| {
            let entry = |(value, slope): (f64, f64)| ratio(-value * slope, value * value + mu);
            self.modes().map(entry).collect()
        };
        self.step(shortened(at, most, radius))
    }

    /// Up along the `index` lowest eigenvectors, down along the others, `d = ±(|B| + μ)⁻¹ g` with |d| ≤ radius:
    /// Newton's step where B has that index, and away from points of another one.
    pub fn following(&self, index: usize, radius: f64) -> Step {
        let at = |mu: f64| {
            let entry = |(i, (value, slope)): (usize, (f64, f64))| {
                ratio(if i < index { slope } else { -slope }, value.abs() + mu)
            };
            self.modes().enumerate().map(entry).collect()
        };
        self.step(shortened(at, self.slope() / radius, radius))
    }

    /// Eigenvalues of B, ascending, each with the slope along its eigenvector.
    fn modes(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.eigen.values.iter().copied().zip(self.slopes.iter().copied())
    }

    fn step(&self, (d, at_boundary): (Vec<f64>, bool)) -> Step {
        let turned: Vec<f64> = self.modes().zip(&d).map(|((value, _), d)| value * d).collect();
        let left: Vec<f64> = turned.iter().zip(&self.slopes).map(|(turned, slope)| turned + slope).collect();
        Step {
            ambient: self.here.basis.ambient(&self.eigen.combine(&d)),
            length: norm(&d),
            foretold: norm(&left),
            turned: norm(&turned),
            at_boundary,
        }
    }
}

/// The vector at the smallest multiplier ≥ 0 at which it is no longer than the radius, to a tenth of the radius, and
/// whether the radius was what shortened it. Lengths fall as the multiplier grows; at `most` the vector fits.
fn shortened(at: impl Fn(f64) -> Vec<f64>, most: f64, radius: f64) -> (Vec<f64>, bool) {
    let free = at(0.0);
    if norm(&free) <= radius {
        return (free, false);
    }
    let (mut low, mut high) = (RANGE * most, most);
    let mut best = at(high);
    for _ in 0..MOST_HALVINGS {
        if norm(&best) >= BOUNDARY * radius {
            break;
        }
        // Multipliers differ by orders of magnitude.
        let middle = (low * high).sqrt();
        let trial = at(middle);
        if norm(&trial) > radius {
            low = middle;
        } else {
            high = middle;
            best = trial;
        }
    }
    (best, true)
}

/// Quotient that is 0 where the numerator is: a flat direction without slope is not moved along.
fn ratio(numerator: f64, denominator: f64) -> f64 {
    if numerator == 0.0 { 0.0 } else { numerator / denominator }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps of a diagonal model, without a point behind it.
    fn step(values: &[f64], slopes: &[f64], mu: f64) -> Vec<f64> {
        values.iter().zip(slopes).map(|(v, g)| ratio(-v * g, v * v + mu)).collect()
    }

    #[test]
    fn a_step_fits_the_radius_and_nearly_fills_it() {
        let (values, slopes) = ([-3.0, 1e-9, 0.5], [0.1, 2.0, -1.0]);
        let most = |radius: f64| norm(&[0.3, 2e-9, 0.5]) / radius;
        for radius in [1e-6, 0.01, 1.0, 1e3] {
            let (d, at_boundary) = shortened(|mu| step(&values, &slopes, mu), most(radius), radius);
            assert!(at_boundary && (0.9 * radius..=radius).contains(&norm(&d)), "{radius}: {d:?}");
        }
        let (d, at_boundary) = shortened(|mu| step(&values, &slopes, mu), most(1e12), 1e12);
        assert!(!at_boundary);
        for (d, newton) in d.iter().zip([0.1 / 3.0, -2.0 / 1e-9, 2.0]) {
            assert!((d / newton - 1.0).abs() < 1e-14, "{d} {newton}");
        }
    }

    #[test]
    fn flat_directions_without_slope_stay() {
        assert_eq!(step(&[0.0, 2.0], &[0.0, 1.0], 0.0), [0.0, -0.5]);
        assert_eq!(ratio(0.0, 0.0), 0.0);
    }
}
