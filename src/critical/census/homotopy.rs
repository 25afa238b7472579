//! The family of equations that leads from a diagonal tensor to the user's.

use rand::RngExt;
use rand_pcg::Pcg64;

use super::complex::{ComplexLanes, square_root};
use super::packed::Packed;

/// `T(s) x^{H−1} = λ x` with `T(s) = (1 − s) S + s A`, s from 0 to 1.
///
/// A is real, scaled to the Frobenius norm √Λ; S is diagonal with entries σ_i of modulus 1 and independent random
/// phases, so that the segment meets tensors with singular or too few eigenvectors with probability zero. Unknown are
/// the line through x in ℂ^Λ and λ; a class of solutions of A x^{H−1} = x modulo (H−2)-th roots of unity is such a
/// line with λ ≠ 0. A line is held by |x| = 1 and, where equations are solved, by the patch c·x = 1 with c = x̄.
///
/// Of a mixture, A is a tensor T in Λ + 1 variables y = (x, t), see [`Target::tensor`](super::target::Target::tensor), and
/// the row of t is `x·x = t²`: with ξ = x/t the equations are `∇Σ_p A_p ξ^p ∝ ξ`, ξ·ξ = 1. S is the same diagonal tensor
/// of x alone, and each of its lines has the two solutions t = ±√(x·x). Lines with t = 0 are isotropic eigenvectors of A_d,
/// which random phases and a tensor in general position do not have; a real line never is one.
///
/// # Reference
/// Cartwright, Sturmfels (2013), *The number of eigenvalues of a tensor*, Linear Algebra Appl. 438;
/// Sommese, Wampler (2005), *The numerical solution of systems of polynomials*, ch. 2, 8.
#[derive(Debug, Clone)]
pub struct Homotopy {
    /// A.
    pub target: Packed,
    /// ρ_i on the unit circle; σ_i = ρ_i^{−(H−2)}.
    roots: Vec<[f64; 2]>,
    sigma: Vec<[f64; 2]>,
}

impl Homotopy {
    /// Towards a tensor in the first `rows` = Λ of whose variables there are equations: all of them, or all but t.
    pub fn new(target: Packed, rows: usize, rng: &mut Pcg64) -> Self {
        let roots: Vec<[f64; 2]> = (0..rows).map(|_| on_circle(rng)).collect();
        let mut sigma: Vec<_> = roots.iter().map(|&[re, im]| power([re, -im], target.order - 2)).collect();
        sigma.resize(target.dim, [0.0; 2]);
        Self { target, roots, sigma }
    }

    /// Λ: the rows of the tensor that are equations.
    pub fn rows(&self) -> usize {
        self.roots.len()
    }

    /// Whether the last variable is t, with the equation x·x = t².
    pub fn has_quadric(&self) -> bool {
        self.rows() < self.target.dim
    }

    /// x·x' − t t' of y = (x, t) and y' = (x', t').
    pub fn quadric<const W: usize>(
        &self,
        y: &[ComplexLanes<W>],
        other: &[ComplexLanes<W>],
    ) -> ComplexLanes<W> {
        let rows = self.rows();
        let mut sum = ComplexLanes::ZERO;
        y[..rows].iter().zip(other).for_each(|(x, other)| sum.add_product(x, other));
        sum.sub_product(&y[rows], &other[rows]);
        sum
    }

    /// The solution at s = 0 that path number `path` begins with.
    ///
    /// Each coordinate is 0 or ρ_i times one of the (H−2)-th roots of unity; the first that is not 0 has the root 1.
    /// Numbers go through the leading coordinate first, then through the digits of those behind it. Of a mixture, each line
    /// has two numbers, one for either sign of t.
    pub fn start(&self, path: u64) -> (Vec<[f64; 2]>, f64) {
        if !self.has_quadric() {
            return self.start_line(path);
        }
        let (mut y, lambda) = self.start_line(path / 2);
        let square = y.iter().map(|&x| product(x, x)).fold([0.0; 2], |[a, b], [re, im]| [a + re, b + im]);
        let [re, im] = square_root(square);
        let sign = if path.is_multiple_of(2) { 1.0 } else { -1.0 };
        y.push([sign * re, sign * im]);
        let length = (1.0 + re * re + im * im).sqrt();
        y.iter_mut().for_each(|y| *y = y.map(|part| part / length));
        (y, (2..self.target.order).fold(lambda, |lambda, _| lambda / length))
    }

    /// x with |x| = 1.
    fn start_line(&self, path: u64) -> (Vec<[f64; 2]>, f64) {
        let (dim, base) = (self.rows(), self.target.order as u64 - 1);
        let mut x = vec![[0.0; 2]; dim];
        let (mut rest, mut lead) = (path, 0);
        while rest >= base.pow((dim - 1 - lead) as u32) {
            rest -= base.pow((dim - 1 - lead) as u32);
            lead += 1;
        }
        x[lead] = self.roots[lead];
        let mut count = 1.0;
        for (x, &root) in x.iter_mut().zip(&self.roots).skip(lead + 1) {
            let digit = rest % base;
            rest /= base;
            if digit > 0 {
                *x = product(root, unity(digit - 1, base - 1));
                count += 1.0;
            }
        }
        let length = f64::sqrt(count);
        x.iter_mut().for_each(|x| *x = [x[0] / length, x[1] / length]);
        (x, (2..self.target.order).fold(1.0, |lambda, _| lambda / length))
    }

    /// σ_i.
    pub fn first_diagonal<const W: usize>(&self, i: usize) -> ComplexLanes<W> {
        ComplexLanes::splat(self.sigma[i])
    }

    /// σ_i x_i^j.
    pub fn diagonal<const W: usize>(&self, x: &[ComplexLanes<W>], j: usize, out: &mut [ComplexLanes<W>]) {
        for ((out, sigma), x) in out.iter_mut().zip(&self.sigma).zip(x) {
            *out = (0..j).fold(ComplexLanes::splat(*sigma), |power, _| power.times(x));
        }
    }
}

/// A random point of the unit circle, from a point of the disc: no sine, so the same bits on every machine.
fn on_circle(rng: &mut Pcg64) -> [f64; 2] {
    loop {
        let [re, im] = [0, 1].map(|_| rng.random_range(-1.0..1.0));
        let square: f64 = re * re + im * im;
        if square > 0.01 && square <= 1.0 {
            let length = square.sqrt();
            return [re / length, im / length];
        }
    }
}

fn product([a, b]: [f64; 2], [c, d]: [f64; 2]) -> [f64; 2] {
    [a * c - b * d, a * d + b * c]
}

fn power(z: [f64; 2], exponent: usize) -> [f64; 2] {
    (0..exponent).fold([1.0, 0.0], |power, _| product(power, z))
}

/// e^{2πi k/n}.
fn unity(k: u64, n: u64) -> [f64; 2] {
    match 4 * k / n {
        quarter if 4 * k == quarter * n => {
            [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]][quarter as usize]
        }
        _ => {
            let angle = std::f64::consts::TAU * k as f64 / n as f64;
            [angle.cos(), angle.sin()]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::equations::{Eigenpair, Equations, patch};
    use super::*;
    use crate::rng::{Role, stream};

    fn sample(order: usize, rows: usize, dim: usize) -> Homotopy {
        let target = Packed::new(order, dim, |set| set(&vec![0; order], 1.0));
        Homotopy::new(target, rows, &mut stream(1, Role::Probe, &[]))
    }

    #[test]
    fn starts_solve_the_start_system_and_are_all_different() {
        for (order, rows, dim) in
            [(3, 4, 4), (4, 3, 3), (5, 3, 3), (7, 2, 2), (3, 4, 5), (4, 3, 4), (5, 3, 4), (7, 2, 3)]
        {
            let homotopy = sample(order, rows, dim);
            let lines = ((order as u64 - 1).pow(rows as u32) - 1) / (order as u64 - 2);
            let count = lines * (1 + (dim - rows) as u64);
            let mut equations = Equations::<1>::new(&homotopy);
            let mut seen = std::collections::BTreeSet::new();
            for path in 0..count {
                let (x, lambda) = homotopy.start(path);
                let at = Eigenpair::<1> {
                    x: x.iter().map(|&x| ComplexLanes::splat(x)).collect(),
                    lambda: ComplexLanes::splat([lambda, 0.0]),
                };
                let mut held = at.x.clone();
                patch(&at.x, &mut held);
                equations.evaluate(&homotopy, &at, &[0.0], &held);
                assert!(
                    equations.residual.iter().all(|r| r.square()[0] < 1e-28),
                    "order {order}, path {path}"
                );
                // Modulo phases: ratios to the first coordinate that is not 0.
                let lead = at.x.iter().find(|x| x.square()[0] > 0.0).unwrap().inverse();
                let key: Vec<_> =
                    at.x.iter()
                        .flat_map(|x| x.times(&lead).lane(0))
                        .map(|v| (1e6 * v).round() as i64)
                        .collect();
                assert!(seen.insert(key), "order {order}, path {path}");
            }
        }
    }
}
