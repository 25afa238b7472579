//! Tensors with few entries: eigenvectors on coordinate axes, paths whose power series lack terms, singular ends.

use std::f64::consts::TAU;

use super::harness::{given, in_order, take};
use crate::common::{dense_contraction, surface as surface_of};
use hspin::critical::census::{Census, CensusKey, census, census_under};
use hspin::descent::Rules;
use hspin::hamiltonian::{Isa, Surface};
use hspin::numeric::symmetric::Symmetric;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

fn with_seed(surface: &Surface, seed: u64) -> Census {
    census(surface, CensusKey { seed, instance: 0 }, Isa::best(), &in_order).unwrap()
}

/// Σ c_i x_i^H.
fn diagonal(spins: usize, weights: &[f64]) -> Surface {
    given(spins, weights.len(), |indices| {
        if indices.iter().all(|&i| i == indices[0]) { weights[indices[0]] } else { 0.0 }
    })
}

/// Real classes of Σ c_i x_i^H: x_i is 0 or x_i^{H−2} = λ/c_i. For odd H that has one real root each, so that every
/// subset of the variables counts once; for even H none or two, so that the c_i of a subset have one sign, and the signs
/// of its x_i are free up to a common one: (3^p − 1)/2 + (3^q − 1)/2 for p positive and q negative c_i.
fn real_classes(spins: usize, weights: &[f64]) -> usize {
    let positive = weights.iter().filter(|&&c| c > 0.0).count() as u32;
    let negative = weights.len() as u32 - positive;
    match spins % 2 {
        1 => 2usize.pow(weights.len() as u32) - 1,
        _ => [positive, negative].iter().map(|&p| (3usize.pow(p) - 1) / 2).sum(),
    }
}

#[track_caller]
fn assert_all_found(spins: usize, weights: &[f64], seed: u64) {
    let found = with_seed(&diagonal(spins, weights), seed);
    assert!(found.is_certified(), "H = {spins}, {weights:?}, seed {seed}: {:?}", found.tally);
    assert_eq!(found.points.len(), 2 * real_classes(spins, weights), "H = {spins}, {weights:?}, seed {seed}");
    // e_i has the eigenvalue c_i.
    let values = found.eigenvalues();
    for &c in weights {
        let c = if spins % 2 == 1 { c.abs() } else { c };
        assert!(values.iter().any(|value| (value - c).abs() < 1e-12 * c.abs()), "{c} is not in {values:?}");
    }
}

#[test]
fn diagonal_tensors_have_all_their_eigenvectors_at_every_seed() {
    assert_all_found(3, &[1.0, 2.0, 3.0], 1);
    for seed in 0..200 {
        assert_all_found(3, &[1.0; 3], seed);
    }
    for seed in 0..80 {
        assert_all_found(3, &[1.0; 4], seed);
        assert_all_found(3, &[1.0; 5], seed);
        assert_all_found(4, &[1.0; 3], seed);
    }
}

/// A run of release 0.1 that is resumed has the records it would have had.
#[test]
fn the_rules_of_the_first_release_lose_what_they_lost() {
    let key = CensusKey { seed: 1, instance: 0 };
    let surface = diagonal(3, &[1.0, 2.0, 3.0]);
    let before = census_under(Rules::FIRST, &surface, key, Isa::best(), &in_order).unwrap();
    assert_eq!((before.tally.distinct, before.tally.lost, before.is_certified()), (6, 1, false));
    let random = surface_of(3, 6, 1, 0);
    let [a, b] = [Rules::FIRST, Rules::CURRENT]
        .map(|rules| census_under(rules, &random, key, Isa::best(), &in_order).unwrap());
    assert_eq!(a, b, "a random surface has the same records under both");
}

#[test]
fn diagonal_tensors_with_any_weights_have_all_their_eigenvectors() {
    let mut rng = Pcg64::seed_from_u64(1);
    for (spins, dim, tensors) in [
        (3, 2, 60),
        (3, 3, 60),
        (3, 4, 60),
        (3, 5, 60),
        (4, 2, 40),
        (4, 3, 40),
        (4, 4, 20),
        (5, 2, 40),
        (5, 3, 20),
    ] {
        for seed in 0..tensors {
            let weight = |_| {
                let size: f64 = 10f64.powf(rng.random_range(-1.0..1.0));
                if rng.random_range(0.0..1.0) < 0.5 { size } else { -size }
            };
            let weights: Vec<f64> = (0..dim).map(weight).collect();
            assert_all_found(spins, &weights, seed);
        }
    }
}

/// A tensor of which each entry is not 0 with a given probability; then a small integer or any number.
fn sparse(spins: usize, dim: usize, rng: &mut Pcg64) -> Surface {
    let share = rng.random_range(0.15..0.6);
    let whole = rng.random_range(0.0..1.0) < 0.5;
    given(spins, dim, |_| {
        let (there, value) = (rng.random_range(0.0..1.0) < share, rng.random_range(-1.0..1.0f64));
        match (there, whole) {
            (false, _) => 0.0,
            (true, true) => (3.0 * value).round(),
            (true, false) => value,
        }
    })
}

/// Smallest |eigenvalue| of the Hessian on the sphere below which an eigenvector counts as nearly multiple.
const SIMPLE: f64 = 1e-4;

/// Simple real eigenvectors of a dense symmetric tensor by Newton's method on `A x^{H−1} = λ x`, |x| = 1, from many
/// random starts: some, each only once up to its sign.
struct Search<'a> {
    dense: &'a [f64],
    spins: usize,
    dim: usize,
}

impl Search<'_> {
    fn run(&self, starts: usize, rng: &mut Pcg64) -> Vec<Vec<f64>> {
        let mut found: Vec<Vec<f64>> = Vec::new();
        for start in 0..starts {
            // Every other start lies near a coordinate subspace.
            let small =
                |rng: &mut Pcg64| if start % 2 == 1 && rng.random_range(0.0..1.0) < 0.5 { 1e-3 } else { 1.0 };
            let normal = |rng: &mut Pcg64| {
                let (a, b): (f64, f64) = (rng.random_range(0.0..1.0), rng.random_range(0.0..1.0));
                (-2.0 * (1.0 - a).ln()).sqrt() * (TAU * b).cos()
            };
            let x: Vec<f64> = (0..self.dim).map(|_| small(rng) * normal(rng)).collect();
            if let Some(x) = self.newton(x).filter(|x| !found.iter().any(|other| same_line(x, other, 1e-6))) {
                found.push(x);
            }
        }
        found
    }

    fn newton(&self, mut x: Vec<f64>) -> Option<Vec<f64>> {
        let n = self.dim;
        for _ in 0..60 {
            normalise(&mut x);
            let (matrix, force) = self.at(&x);
            let lambda: f64 = force.iter().zip(&x).map(|(f, x)| f * x).sum();
            let mut system = vec![0.0; (n + 1) * (n + 2)];
            for i in 0..n {
                for j in 0..n {
                    system[i * (n + 2) + j] =
                        (self.spins - 1) as f64 * matrix[i * n + j] - if i == j { lambda } else { 0.0 };
                }
                system[i * (n + 2) + n] = -x[i];
                system[n * (n + 2) + i] = x[i];
                system[i * (n + 2) + n + 1] = lambda * x[i] - force[i];
            }
            let step = solve(n + 1, &mut system)?;
            x.iter_mut().zip(&step).for_each(|(x, step)| *x += step);
            if step[..n].iter().all(|step| step.abs() < 1e-14) {
                normalise(&mut x);
                return (self.least_curvature(&x) > SIMPLE).then_some(x);
            }
        }
        None
    }

    /// A x^{H−2} and A x^{H−1}.
    fn at(&self, x: &[f64]) -> (Vec<f64>, Vec<f64>) {
        (dense_contraction(self.dense, x, 2), dense_contraction(self.dense, x, 1))
    }

    /// Smallest |eigenvalue| of (H−1) A x^{H−2} − λ on the tangent space, relative to the largest entry of A.
    fn least_curvature(&self, x: &[f64]) -> f64 {
        let (matrix, force) = self.at(x);
        let (n, slope) = (self.dim, (self.spins - 1) as f64);
        let lambda: f64 = force.iter().zip(x).map(|(f, x)| f * x).sum();
        let largest = self.dense.iter().fold(0.0f64, |top, a| top.max(a.abs()));
        // The projection leaves x as an eigenvector at 0: it is moved far away.
        let projected = Symmetric::from_lower(n, |i, j| {
            let mut sum = if i == j { -lambda } else { 0.0 } + slope * matrix[i * n + j];
            sum -= (slope - 1.0) * lambda * x[i] * x[j];
            sum + 1e3 * largest * x[i] * x[j]
        });
        projected.eigenvalues().unwrap().iter().fold(f64::INFINITY, |least, v| least.min(v.abs())) / largest
    }
}

fn normalise(x: &mut [f64]) {
    let length = x.iter().map(|x| x * x).sum::<f64>().sqrt();
    x.iter_mut().for_each(|x| *x /= length);
}

/// Gauss's elimination with pivots; rows hold the right side at their end.
fn solve(n: usize, rows: &mut [f64]) -> Option<Vec<f64>> {
    let width = n + 1;
    for k in 0..n {
        let pivot =
            (k..n).max_by(|&a, &b| rows[a * width + k].abs().total_cmp(&rows[b * width + k].abs()))?;
        for j in 0..width {
            rows.swap(k * width + j, pivot * width + j);
        }
        let top = rows[k * width + k];
        if top == 0.0 || !top.is_finite() {
            return None;
        }
        for i in (0..n).filter(|&i| i != k) {
            let factor = rows[i * width + k] / top;
            for j in k..width {
                rows[i * width + j] -= factor * rows[k * width + j];
            }
        }
    }
    Some((0..n).map(|i| rows[i * width + n] / rows[i * width + i]).collect())
}

fn same_line(x: &[f64], y: &[f64], tolerance: f64) -> bool {
    let apart = |sign: f64| x.iter().zip(y).fold(0.0f64, |top, (x, y)| top.max((x - sign * y).abs()));
    apart(1.0).min(apart(-1.0)) < tolerance
}

/// How many simple real eigenvectors the search found that the census did not.
fn lost(surface: &Surface, found: &Census, starts: usize, rng: &mut Pcg64) -> usize {
    let (spins, dim) = (found.spins, found.dim);
    let dense = surface.to_dense();
    if dense.iter().all(|&a| a == 0.0) {
        return 0;
    }
    let lines = Search { dense: &dense, spins, dim }.run(starts, rng);
    let root = (dim as f64).sqrt();
    let is_found = |line: &Vec<f64>| {
        found.points.iter().any(|at| {
            let unit: Vec<f64> = at.point.iter().map(|w| w / root).collect();
            same_line(line, &unit, 1e-7)
        })
    };
    lines.iter().filter(|line| !is_found(line)).count()
}

#[test]
fn no_simple_real_eigenvector_of_a_sparse_tensor_is_lost() {
    let mut rng = Pcg64::seed_from_u64(2);
    let (mut singular, mut missing) = (0, Vec::new());
    for (spins, dim, tensors) in [
        (3, 2, 60),
        (3, 3, 120),
        (3, 4, 120),
        (3, 5, 40),
        (4, 2, 60),
        (4, 3, 60),
        (4, 4, 20),
        (5, 2, 60),
        (5, 3, 20),
    ] {
        for number in 0..tensors {
            let surface = sparse(spins, dim, &mut rng);
            let found = take(&surface);
            singular += u32::from(found.tally.singular > 0);
            let count = lost(&surface, &found, 60, &mut rng);
            if count > 0 {
                missing.push((spins, dim, number, count, found.tally, found.attempts));
            }
        }
    }
    assert!(singular > 100, "most have singular ends: {singular}");
    assert!(missing.is_empty(), "{} tensors lost some: {missing:#?}", missing.len());
}

/// The search is no empty one: it finds all real eigenvectors of random tensors.
#[test]
fn the_search_finds_what_a_certified_census_finds() {
    let mut rng = Pcg64::seed_from_u64(3);
    for (spins, dim) in [(3, 3), (4, 3), (3, 4)] {
        let surface = surface_of(spins, dim, 5, 0);
        let found = take(&surface);
        let lines = Search { dense: &surface.to_dense(), spins, dim }.run(400, &mut rng);
        assert_eq!(
            (found.is_certified(), 2 * lines.len()),
            (true, found.points.len()),
            "H = {spins}, Λ = {dim}"
        );
        let mut fewer = found.clone();
        fewer.points.truncate(2);
        assert!(lost(&surface, &fewer, 100, &mut rng) > 0, "and what is missing");
    }
}
