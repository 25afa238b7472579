//! What is proved of an end: there is one eigenvector in a small ball, and it is real or it is not.

use super::complex::{ComplexLanes, modulus};
use super::equations::{Eigenpair, Equations};
use super::fingerprint::{Directions, Fingerprint};
use super::homotopy::Homotopy;
use super::linear::ComplexMatrix;
use super::packed::{Levels, Packed};
use super::refine::refine;

/// Radius that the bound on the second derivative holds for.
const WIDEST: f64 = 1e-3;
/// Covers the rounding of the bounds themselves: sums and products of fewer than 10⁵ numbers that are not negative.
const INFLATED: f64 = 1.0 + 1e-9;

/// An eigenvector that was proved to exist and to be simple.
#[derive(Debug, Clone, PartialEq)]
pub struct Proved {
    /// Projectively invariant number that tells it from others.
    pub fingerprint: Fingerprint,
    /// Unit vector along it, if it was proved real.
    pub real: Option<Vec<f64>>,
}

/// Refines and certifies ends.
///
/// With z = (x, λ), G(z) = (A x^{H−1} − λ x, c·x − 1), an approximate zero z̃ and *any* matrix Y, the map
/// N(z) = z − Y G(z) has derivative I − Y G′(z). If in the maximum norm |Y G(z̃)| ≤ η, |I − Y G′(z̃)| ≤ κ and
/// |Y (G′(z) − G′(z̃))| ≤ ℓ r within r of z̃, then q = κ + ℓ r < 1 and η + q r ≤ r make N a contraction of that ball
/// into itself: G has exactly one zero there, and it is simple. If z̃ and c are real, so is G, the ball holds the
/// conjugate of the zero, and the zero is real.
///
/// Of a mixture, x stands for (x, t), and the row of t is replaced by x·x − t². It does not hold λ; its derivative
/// (2x, −2t) changes by at most 2 r in each of the N coordinates, so that its row of G′ changes by 2 N r. Its terms are
/// N products, and those of its derivative one each. A zero that is proved real has t ≠ 0: else x·x = 0, and x = 0.
///
/// Proved in floating point for the surface's own couplings (their scaling drops out up to the rounding counted
/// here), assuming IEEE 754 arithmetic rounded to nearest, without overflow or underflow. Every sum of products behind
/// G and G′ is a chain of at most H sums of N + 2 complex products; its error is at most [`Self::rounding`] times the
/// same chain of absolute values, a bound with a factor 2 to spare.
///
/// # Reference
/// Krawczyk (1969), *Newton-Algorithmen zur Bestimmung von Nullstellen mit Fehlerschranken*, Computing 4;
/// Rump (2010), *Verification methods*, Acta Numerica 19; Higham (2002), *Accuracy and stability of numerical
/// algorithms*, §3.1, 3.6.
#[derive(Debug)]
pub struct Certifier<'a> {
    homotopy: &'a Homotopy,
    magnitudes: &'a Packed,
    directions: &'a Directions,
    equations: Equations<1>,
    patch: Vec<ComplexLanes<1>>,
    bounds: Levels<1>,
    inverse: ComplexMatrix<1>,
}

impl<'a> Certifier<'a> {
    pub fn new(homotopy: &'a Homotopy, magnitudes: &'a Packed, directions: &'a Directions) -> Self {
        let dim = homotopy.target.dim;
        Self {
            homotopy,
            magnitudes,
            directions,
            equations: Equations::new(homotopy),
            patch: vec![ComplexLanes::ZERO; dim],
            bounds: homotopy.target.levels(),
            inverse: ComplexMatrix::new(dim + 1),
        }
    }

    /// Refines an end at s = 1 and proves what can be; `None` if nothing can.
    pub fn prove(&mut self, mut at: Eigenpair<1>) -> Option<Proved> {
        refine(self.homotopy, &mut self.equations, &mut at, &mut self.patch);
        let radius = self.radius(&at)?;
        let aside = at.x.iter().fold(0.0f64, |top, x| top.max(x.im[0].abs()));
        if aside <= radius {
            let mut real = at.clone();
            real.x.iter_mut().chain([&mut real.lambda]).for_each(|x| x.im = [0.0]);
            refine(self.homotopy, &mut self.equations, &mut real, &mut self.patch);
            if let Some(radius) = self.radius(&real) {
                let fingerprint = self.directions.fingerprint(&real.x, radius, self.rounding())?;
                let real = real.x.iter().map(|x| x.re[0]).collect();
                return Some(Proved { fingerprint, real: Some(real) });
            }
        }
        let fingerprint = self.directions.fingerprint(&at.x, radius, self.rounding())?;
        // Real vectors have real fingerprints: off the axis it is proved not real, on it nothing is.
        (fingerprint.value[1].abs() > fingerprint.radius).then_some(Proved { fingerprint, real: None })
    }

    /// Bound of relative rounding errors: 4 (H + 1)(N + 8) units.
    fn rounding(&self) -> f64 {
        let target = &self.homotopy.target;
        4.0 * ((target.order + 1) * (target.dim + 8)) as f64 * (0.5 * f64::EPSILON)
    }

    /// Radius of a ball about `at` with exactly one zero; `None` if there is no proof.
    fn radius(&mut self, at: &Eigenpair<1>) -> Option<f64> {
        self.equations.evaluate(self.homotopy, at, &[1.0], &self.patch);
        self.inverse.entries.copy_from_slice(&self.equations.jacobian.entries);
        self.inverse.factor();
        let inverse = Inverse::of(&self.inverse);
        let slopes = self.slopes(at);
        let (vector, matrix) = self.magnitudes_at(at);
        let rounding = self.rounding();
        let size = inverse.size;
        let (mut eta, mut kappa, mut turn) = (0.0f64, 0.0f64, 0.0f64);
        for i in 0..size {
            let row = inverse.row(i);
            let own: f64 = row
                .iter()
                .zip(&self.equations.residual)
                .zip(&vector)
                .map(|((y, g), bound)| modulus(y) * (modulus(g) + rounding * bound))
                .sum();
            eta = worst(eta, own);
            kappa = worst(kappa, self.defect(i, row, &matrix));
            turn = worst(turn, row.iter().zip(&slopes).map(|(y, slope)| modulus(y) * slope).sum());
        }
        let radius = 2.0 * eta * INFLATED;
        let contraction = (kappa + turn * radius) * INFLATED;
        // η = r/2 and q < 1/2: the ball goes into itself. A comparison with NaN is no proof.
        (contraction < 0.5 && radius <= WIDEST).then_some(radius)
    }

    /// Row i of |I − Y G′| with its rounding.
    fn defect(&self, i: usize, row: &[ComplexLanes<1>], magnitudes: &[f64]) -> f64 {
        let size = row.len();
        let (jacobian, rounding) = (&self.equations.jacobian.entries, self.rounding());
        let column = |k: usize| {
            let mut entry = if i == k { ComplexLanes::ONE } else { ComplexLanes::ZERO };
            let mut bound = f64::from(u8::from(i == k));
            for (l, y) in row.iter().enumerate() {
                entry.sub_product(y, &jacobian[l * size + k]);
                bound += modulus(y) * magnitudes[l * size + k];
            }
            modulus(&entry) + rounding * bound
        };
        (0..size).map(column).sum()
    }

    /// Bounds of what is summed in each entry of G and G′.
    fn magnitudes_at(&mut self, at: &Eigenpair<1>) -> (Vec<f64>, Vec<f64>) {
        let (order, dim) = (self.magnitudes.order, self.magnitudes.dim);
        let x: Vec<ComplexLanes<1>> = at.x.iter().map(|x| ComplexLanes::splat([modulus(x), 0.0])).collect();
        let lambda = modulus(&at.lambda);
        self.magnitudes.contract_all(&x, &mut self.bounds);
        let (matrix, vector) = (&self.bounds[order - 3], &self.bounds[order - 2]);
        let mut sums: Vec<f64> = vector.iter().zip(&x).map(|(sum, x)| sum.re[0] + lambda * x.re[0]).collect();
        if self.homotopy.has_quadric() {
            sums[self.homotopy.rows()] = x.iter().map(|x| x.re[0] * x.re[0]).sum();
        }
        sums.push(1.0 + x.iter().map(|x| x.re[0] * x.re[0]).sum::<f64>());
        let entry = |place: usize| match [place / (dim + 1), place % (dim + 1)] {
            [i, j] if self.homotopy.has_quadric() && i == self.homotopy.rows() => {
                x.get(j).map_or(0.0, |x| 2.0 * x.re[0])
            }
            [i, j] if i < dim && j < dim => {
                let (i, j, own) = (i.max(j), i.min(j), if i == j { lambda } else { 0.0 });
                (order - 1) as f64 * matrix[i * (i + 1) / 2 + j].re[0] + own
            }
            [i, j] if i < dim || j < dim => x[i.min(j)].re[0],
            _ => 0.0,
        };
        (sums, (0..(dim + 1) * (dim + 1)).map(entry).collect())
    }

    /// Bound of how much each row of G′ changes per distance within [`WIDEST`]:
    /// `(H−1)(H−2) |A| (|x| + r)^{H−3} 1 1` from A x^{H−1}, and 2 from λ x; 2 N for the quadric.
    fn slopes(&mut self, at: &Eigenpair<1>) -> Vec<f64> {
        let (order, dim) = (self.magnitudes.order, self.magnitudes.dim);
        let ones = vec![ComplexLanes::ONE; dim];
        let wide: Vec<_> = at.x.iter().map(|x| ComplexLanes::splat([modulus(x) + WIDEST, 0.0])).collect();
        let vector = |level| if level <= 2 { ones.as_slice() } else { wide.as_slice() };
        self.magnitudes.contract_each(vector, &mut self.bounds);
        let factor = ((order - 1) * (order - 2)) as f64;
        let mut slopes: Vec<f64> =
            self.bounds[order - 2].iter().map(|sum| factor * sum.re[0] + 2.0).chain([0.0]).collect();
        if self.homotopy.has_quadric() {
            slopes[self.homotopy.rows()] = 2.0 * dim as f64;
        }
        slopes
    }
}

/// Rows of an approximate inverse.
struct Inverse {
    size: usize,
    entries: Vec<ComplexLanes<1>>,
}

impl Inverse {
    fn of(factored: &ComplexMatrix<1>) -> Self {
        let size = factored.size;
        let mut entries = vec![ComplexLanes::ZERO; size * size];
        let mut column = vec![ComplexLanes::ZERO; size];
        for j in 0..size {
            column.fill(ComplexLanes::ZERO);
            column[j] = ComplexLanes::ONE;
            factored.solve(&mut column);
            (0..size).for_each(|i| entries[i * size + j] = column[i]);
        }
        Self { size, entries }
    }

    fn row(&self, i: usize) -> &[ComplexLanes<1>] {
        &self.entries[i * self.size..][..self.size]
    }
}

/// The larger; NaN wins.
fn worst(a: f64, b: f64) -> f64 {
    if a >= b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Role, stream};

    /// Of the tensor a_1 x_1³ + a_2 x_2³, whose eigenvectors are e_1, e_2 and (1/a_1, 1/a_2).
    fn prove(diagonal: [f64; 2], at: [[f64; 2]; 2]) -> Option<Proved> {
        let target = Packed::new(3, 2, |set| {
            set(&[0, 0, 0], diagonal[0]);
            set(&[1, 1, 1], diagonal[1]);
        });
        let magnitudes = target.magnitudes();
        let mut rng = stream(1, Role::Probe, &[]);
        let homotopy = Homotopy::new(target, 2, &mut rng);
        let directions = Directions::new(2, &mut rng);
        let x = at.map(ComplexLanes::splat).to_vec();
        Certifier::new(&homotopy, &magnitudes, &directions)
            .prove(Eigenpair { x, lambda: ComplexLanes::splat([1.0, 0.0]) })
    }

    #[test]
    fn real_eigenvectors_are_proved_real_whatever_their_phase() {
        // (1, 1/2)/|·| times e^{0.3 i}, a little off.
        let (sin, cos) = 0.3f64.sin_cos();
        let proved = prove([1.0, 2.0], [[1.001 * cos, sin], [0.5 * cos, 0.5 * sin]]).unwrap();
        let real = proved.real.clone().unwrap();
        assert!((real[0].abs() - 0.8f64.sqrt()).abs() < 1e-15 && (real[1] / real[0] - 0.5).abs() < 1e-15);
        assert!(proved.fingerprint.value[1] == 0.0 && proved.fingerprint.radius < 1e-11, "{proved:?}");
    }

    #[test]
    fn multiple_eigenvectors_are_not_proved() {
        // x_1³: every line in x_1 = 0 has λ = 0, here it is one, twice.
        assert_eq!(prove([1.0, 0.0], [[0.0, 0.0], [1.0, 0.0]]), None);
        assert!(prove([1.0, 0.0], [[1.0, 0.0], [0.0, 0.0]]).is_some());
        assert_eq!(prove([1.0, 1.0], [[f64::NAN, 0.0], [1.0, 0.0]]), None);
    }

    /// Of a (x_1/t) + (x_1/t)³ on the circle, at ξ = (cos 0.001, sin 0.001); its curvature at (1, 0) is −(a + 3).
    fn prove_mixture(a: f64) -> Option<Proved> {
        let target = Packed::new(3, 3, |set| {
            set(&[0, 0, 0], 1.0);
            set(&[2, 2, 0], a / 3.0);
        });
        let magnitudes = target.magnitudes();
        let mut rng = stream(1, Role::Probe, &[]);
        let homotopy = Homotopy::new(target, 2, &mut rng);
        let directions = Directions::new(3, &mut rng);
        let (sin, cos) = 1e-3f64.sin_cos();
        let x = [cos, sin, 1.0].map(|x| ComplexLanes::splat([x, 0.0])).to_vec();
        Certifier::new(&homotopy, &magnitudes, &directions)
            .prove(Eigenpair { x, lambda: ComplexLanes::splat([1.0 + a / 3.0, 0.0]) })
    }

    #[test]
    fn points_of_mixtures_are_proved_unless_they_are_multiple() {
        for a in [-2.9, -2.0, 1.0] {
            let real = prove_mixture(a).and_then(|proved| proved.real).unwrap();
            assert!((real[0] / real[2] - 1.0).abs() < 1e-14 && real[1].abs() < 1e-14, "{a}: {real:?}");
        }
        assert_eq!(prove_mixture(-3.0), None);
    }
}
