//! A field alone and with a matrix: the secular equation.

use super::sample::{Mixture, apart};
use crate::rng::{Role, stream};
use crate::sphere::retract;
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64;

/// One step of Newton's method on ∇L = 2μ w, |w|² = Λ, by Gauss's elimination.
fn newton(mixture: &Mixture, w: &mut [f64]) -> f64 {
    let n = w.len();
    let (_, gradient, hessian) = mixture.derivatives(w);
    let slope = gradient.iter().zip(&*w).map(|(g, w)| g * w).sum::<f64>() / n as f64;
    let width = n + 2;
    let mut rows = vec![0.0; (n + 1) * width];
    for i in 0..n {
        for j in 0..n {
            rows[i * width + j] = hessian[i * n + j] - if i == j { slope } else { 0.0 };
        }
        rows[i * width + n] = -w[i];
        rows[n * width + i] = w[i];
        rows[i * width + n + 1] = slope * w[i] - gradient[i];
    }
    for k in 0..=n {
        let size = |i: &usize| rows[i * width + k].abs();
        let pivot = (k..=n).max_by(|a, b| size(a).total_cmp(&size(b))).unwrap();
        (0..width).for_each(|j| rows.swap(k * width + j, pivot * width + j));
        for i in (0..=n).filter(|&i| i != k) {
            let factor = rows[i * width + k] / rows[k * width + k];
            (k..width).for_each(|j| rows[i * width + j] -= factor * rows[k * width + j]);
        }
    }
    let step: Vec<f64> = (0..n).map(|i| rows[i * width + n + 1] / rows[i * width + i]).collect();
    w.iter_mut().zip(&step).for_each(|(w, step)| *w += step);
    retract(w);
    step.iter().fold(0.0, |top, step| top.max(step.abs()))
}

/// Different critical points that Newton's method finds from random starts.
fn search(mixture: &Mixture, starts: usize, rng: &mut Pcg64) -> Vec<Vec<f64>> {
    let mut found: Vec<Vec<f64>> = Vec::new();
    for _ in 0..starts {
        let mut w: Vec<f64> = (0..mixture.dim).map(|_| StandardNormal.sample(rng)).collect();
        retract(&mut w);
        let ended = (0..40).any(|_| newton(mixture, &mut w) < 1e-13);
        if ended && !found.iter().any(|other| apart(other, &w) < 1e-7) {
            found.push(w);
        }
    }
    found
}

#[test]
fn random_searches_find_the_points_of_the_census_and_no_other() {
    let mut rng = stream(1, Role::Probe, &[10]);
    for (orders, instances, starts) in [
        (&[(1, 0.02), (2, 1.0)][..], 3, 20_000),
        (&[(1, 0.5), (2, 0.5)], 3, 2000),
        (&[(2, 0.5), (3, 0.5)], 1, 20_000),
    ] {
        for instance in 0..instances {
            let mixture = Mixture::draw(orders, 6, instance);
            let census = mixture.census();
            assert!(census.is_certified(), "{orders:?}, {instance}: {:?}", census.tally);
            let found = search(&mixture, starts, &mut rng);
            for w in &found {
                let is_known = census.points.iter().any(|point| apart(&point.point, w) < 1e-9);
                assert!(is_known, "{orders:?}, {instance}: {w:?} is not in the census");
            }
            assert_eq!(found.len(), census.points.len(), "{orders:?}, {instance}");
        }
    }
}

/// Every field is certified, weak or strong, up to sizes where points are few among many complex ones.
#[test]
fn fields_of_every_strength_are_certified() {
    for dim in [2, 3, 8, 30] {
        let mut counts = Vec::new();
        for exponent in -5..=3 {
            for instance in 0..5 {
                let mixture = Mixture::draw(&[(1, 10f64.powi(exponent)), (2, 1.0)], dim, instance);
                let found = mixture.census();
                let label = format!("dim {dim}, 10^{exponent}, {instance}: {:?}", found.tally);
                assert!(found.is_certified(), "{label}");
                assert_eq!((found.tally.distinct, found.attempts), (2 * dim as u64, 0), "{label}");
                assert!(found.points.iter().all(|point| point.gradient_norm < 1e-12), "{label}");
                counts.push(found.points.len());
            }
        }
        assert_eq!((counts[0], counts[counts.len() - 1]), (2 * dim, 2), "dim {dim}");
    }
}

#[test]
fn a_field_alone_has_its_two_ends() {
    for dim in [2, 3, 5, 40] {
        let mixture = Mixture::equal(&[1], dim, 3);
        let found = mixture.census();
        assert!(found.is_certified() && found.expected_complex == 2, "{:?}", found.tally);
        let length = mixture.arrays[0].1.iter().map(|h| h * h).sum::<f64>().sqrt();
        for (point, sign) in found.points.iter().zip([-1.0, 1.0]) {
            assert!((point.energy_per_spin * (dim as f64).sqrt() - sign * length).abs() < 1e-13 * length);
        }
        let mut expected = vec![0; dim];
        expected[0] += 1;
        expected[dim - 1] += 1;
        assert_eq!(found.by_index(), expected);
    }
}

/// h·ξ + b_1 ξ_1² + b_2 ξ_2² + …
fn diagonal(field: &[f64], matrix: &[f64]) -> Mixture {
    let dim = field.len();
    let mut array = vec![0.0; dim * dim];
    (0..dim).for_each(|i| array[i * (dim + 1)] = matrix[i]);
    Mixture { dim, arrays: vec![(1, field.to_vec()), (2, array)] }
}

/// g = (a, a) between the poles ±1: φ has its minimum 2a² at 0.
#[test]
fn a_double_root_is_not_certified_and_its_neighbours_are() {
    let points = |a: f64| {
        let found = diagonal(&[2.0 * a, 2.0 * a], &[-1.0, 1.0]).census();
        (found.is_certified(), found.points.len(), found.tally.singular)
    };
    let double = 0.5f64.sqrt();
    assert_eq!(points(double), (false, 2, 2));
    assert_eq!(points(double * (1.0 + 1e-15)), (false, 2, 2));
    assert_eq!(points(double * (1.0 - 1e-6)), (true, 4, 0));
    assert_eq!(points(double * (1.0 + 1e-6)), (true, 2, 0));
}

/// g_i = 0, or eigenvalues that are not apart: nothing is claimed of the intervals beside them.
#[test]
fn hard_cases_are_not_certified() {
    for (field, matrix) in [
        ([0.3, 0.0, 0.2], [-1.0, 0.5, 1.0]),
        ([0.0, 0.3, 0.2], [-1.0, 0.5, 1.0]),
        ([0.3, 0.1, 0.2], [1.0, 0.5, 1.0]),
        ([0.3, 1e-18, 0.2], [-1.0, 0.5, 1.0]),
    ] {
        let found = diagonal(&field, &matrix).census();
        assert!(!found.is_certified() && found.tally.singular > 0, "{field:?}: {:?}", found.tally);
        assert!(found.tally.distinct + found.tally.singular == 6);
    }
    assert!(diagonal(&[0.3, 0.1, 0.2], &[-1.0, 0.5, 1.0]).census().is_certified());
    let without = diagonal(&[0.0; 3], &[-1.0, 0.5, 1.0]).census();
    assert!(without.is_certified() && without.by_index() == [2, 2, 2], "{without:?}");
}
