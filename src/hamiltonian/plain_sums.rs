//! Energy and gradient monomial by monomial: no kernel, no fused operation, no order of its own.

use super::tensor::SymmetricTensor;
use crate::numeric::lanes::Real;

/// Points that one pass over the monomials takes.
pub const PLAIN_LANES: usize = 8;
/// Difference of two orders of summation, relative to the sum of absolute values.
const ROUNDING: f64 = 1e-13;

/// Sums at one point, w ∈ R^Λ.
#[derive(Debug, Clone)]
pub struct Sums {
    /// L.
    pub energy: f64,
    /// What another order of summation may change in it.
    pub energy_error: f64,
    /// ∇L, Λ numbers.
    pub gradient: Vec<f64>,
    /// What another order of summation may change in ‖g‖/√Λ.
    pub gradient_error: f64,
}

impl Sums {
    /// No terms, at dimension Λ.
    pub(super) fn zero(dim: usize) -> Self {
        Self { energy: 0.0, energy_error: 0.0, gradient: vec![0.0; dim], gradient_error: 0.0 }
    }

    /// Of a field, h·w.
    pub(super) fn of_field(field: &[f64], point: &[f64]) -> Self {
        let terms = || field.iter().zip(point).map(|(h, w)| h * w);
        Self {
            energy: terms().sum(),
            energy_error: ROUNDING * terms().map(f64::abs).sum::<f64>(),
            gradient: field.to_vec(),
            gradient_error: ROUNDING * root_mean_square(field.iter().copied()),
        }
    }

    /// Of a function of the overlap with a vector v: its value, and its derivative, which v is multiplied with.
    pub(super) fn along(vector: &[f64], value: f64, slope: f64) -> Self {
        let gradient: Vec<f64> = vector.iter().map(|v| slope * v).collect();
        let gradient_error = ROUNDING * root_mean_square(gradient.iter().copied());
        Self {
            energy: value,
            energy_error: ROUNDING * vector.len() as f64 * value.abs(),
            gradient,
            gradient_error,
        }
    }

    /// Adds the sums of another term of the energy.
    pub(super) fn add(&mut self, term: &Self) {
        self.energy += term.energy;
        self.energy_error += term.energy_error;
        self.gradient_error += term.gradient_error;
        self.gradient.iter_mut().zip(&term.gradient).for_each(|(sum, part)| *sum += part);
    }

    /// All of them times a factor.
    #[must_use]
    pub fn scaled(mut self, factor: f64) -> Self {
        self.gradient.iter_mut().for_each(|g| *g *= factor);
        self.energy *= factor;
        self.energy_error *= factor.abs();
        self.gradient_error *= factor.abs();
        self
    }
}

type Lanes = [f64; PLAIN_LANES];

/// Sums at no more than [`PLAIN_LANES`] points of dimension Λ.
pub fn plain_sums<T: Real>(tensor: &SymmetricTensor<T>, points: &[&[f64]]) -> Vec<Sums> {
    let dim = tensor.layout().dim;
    let unit = unit(tensor);
    let mut w = vec![[0.0; PLAIN_LANES]; dim];
    for (lane, point) in points.iter().take(PLAIN_LANES).enumerate() {
        w.iter_mut().zip(*point).for_each(|(row, &x)| row[lane] = x);
    }
    let mut energy = [[0.0; PLAIN_LANES]; 2];
    let mut gradient = vec![[[0.0; PLAIN_LANES]; 2]; dim];
    tensor.for_each_coefficient(|indices, c| {
        let c = c / unit;
        add(&mut energy, &product(c, indices.iter().map(|&i| &w[i])));
        for (position, &i) in indices.iter().enumerate() {
            let others = indices.iter().enumerate().filter(|&(other, _)| other != position);
            add(&mut gradient[i], &product(c, others.map(|(_, &j)| &w[j])));
        }
    });
    let scale = tensor.layout().scale() * unit;
    let of_lane = |lane: usize| {
        let column = |kind: usize| gradient.iter().map(move |row| scale * row[kind][lane]);
        Sums {
            energy: scale * energy[0][lane],
            energy_error: ROUNDING * scale * energy[1][lane],
            gradient: column(0).collect(),
            gradient_error: ROUNDING * root_mean_square(column(1)),
        }
    };
    (0..points.len().min(PLAIN_LANES)).map(of_lane).collect()
}

/// A power of two near the largest coefficient, so that sums stay in the range of a double.
fn unit<T: Real>(tensor: &SymmetricTensor<T>) -> f64 {
    let mut largest = 0.0f64;
    tensor.for_each_coefficient(|_, c| largest = largest.max(c.abs()));
    if largest.is_normal() { libm::exp2(libm::floor(libm::log2(largest))) } else { 1.0 }
}

fn product<'a>(c: f64, factors: impl Iterator<Item = &'a Lanes>) -> Lanes {
    factors.fold([c; PLAIN_LANES], |mut product, factor| {
        product.iter_mut().zip(factor).for_each(|(p, f)| *p *= f);
        product
    })
}

/// Adds to a sum and to the sum of absolute values.
fn add([sum, absolute]: &mut [Lanes; 2], terms: &Lanes) {
    for (lane, term) in terms.iter().enumerate() {
        sum[lane] += term;
        absolute[lane] += term.abs();
    }
}

/// √(Σ x²/n), also where squares leave the range of a double.
pub fn root_mean_square(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = values.clone().fold(0.0f64, |top, x| top.max(x.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    let count = values.clone().count() as f64;
    largest * (values.map(|x| (x / largest).powi(2)).sum::<f64>() / count).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hamiltonian::Layout;

    #[test]
    fn sums_are_those_of_a_cubic_form_written_out() {
        // L = Λ^{-1} (2 x³ + 5 x² y − 7 y³) at Λ = 2.
        let tensor: SymmetricTensor<f64> = SymmetricTensor::from_coefficients(Layout::new(3, 2), |indices| {
            match indices.iter().filter(|&&i| i == 0).count() {
                3 => 2.0,
                2 => 5.0,
                1 => 0.0,
                _ => -7.0,
            }
        });
        let points: [&[f64]; 2] = [&[1.5, -0.5], &[0.0, 2.0]];
        for (point, sums) in points.iter().zip(plain_sums(&tensor, &points)) {
            let [x, y] = [point[0], point[1]];
            let energy = 0.5 * (2.0 * x.powi(3) + 5.0 * x * x * y - 7.0 * y.powi(3));
            let gradient = [0.5 * (6.0 * x * x + 10.0 * x * y), 0.5 * (5.0 * x * x - 21.0 * y * y)];
            assert!((sums.energy - energy).abs() < 1e-14 && sums.energy_error < 1e-11, "{sums:?}");
            assert!(sums.gradient.iter().zip(gradient).all(|(a, b)| (a - b).abs() < 1e-14), "{sums:?}");
        }
        assert_eq!(root_mean_square([3e200, 4e200].into_iter()), 1e200 * 12.5f64.sqrt());
        assert_eq!(root_mean_square([0.0, 0.0].into_iter()), 0.0);
    }
}
