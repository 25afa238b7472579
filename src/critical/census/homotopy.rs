//! The family of eigenproblems that leads from a diagonal tensor to the user's.

use rand::RngExt;
use rand_pcg::Pcg64;

use super::complex::ComplexLanes;
use super::packed::Packed;

/// `T(s) x^{H−1} = λ x` with `T(s) = (1 − s) S + s A`, s from 0 to 1.
///
/// A is real, scaled to the Frobenius norm √Λ; S is diagonal with entries σ_i of modulus 1 and independent random
/// phases, so that the segment meets tensors with singular or too few eigenvectors with probability zero. Unknown are
/// the line through x in ℂ^Λ and λ; a class of solutions of A x^{H−1} = x modulo (H−2)-th roots of unity is such a
/// line with λ ≠ 0. A line is held by |x| = 1 and, where equations are solved, by the patch c·x = 1 with c = x̄.
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
    pub fn new(target: Packed, rng: &mut Pcg64) -> Self {
        let roots: Vec<[f64; 2]> = (0..target.dim).map(|_| on_circle(rng)).collect();
        let sigma = roots.iter().map(|&[re, im]| power([re, -im], target.order - 2)).collect();
        Self { target, roots, sigma }
    }

    /// The solution at s = 0 that path number `path` begins with.
    ///
    /// Each coordinate is 0 or ρ_i times one of the (H−2)-th roots of unity; the first that is not 0 has the root 1.
    /// Numbers go through the leading coordinate first, then through the digits of those behind it.
    pub fn start(&self, path: u64) -> (Vec<[f64; 2]>, f64) {
        let (dim, base) = (self.target.dim, self.target.order as u64 - 1);
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

    fn sample(order: usize, dim: usize) -> Homotopy {
        let target = Packed::new(order, dim, |set| set(&vec![0; order], 1.0));
        Homotopy::new(target, &mut stream(1, Role::Probe, &[]))
    }

    #[test]
    fn starts_solve_the_start_system_and_are_all_different() {
        for (order, dim) in [(3, 4), (4, 3), (5, 3), (7, 2)] {
            let homotopy = sample(order, dim);
            let count = ((order as u64 - 1).pow(dim as u32) - 1) / (order as u64 - 2);
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
