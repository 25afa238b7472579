//! Counts over random mixtures against exact means at finite Λ.

use super::sample::Mixture;
use crate::numeric::symmetric::Symmetric;
use crate::rng::{Role, stream};
use rand_distr::{Distribution, StandardNormal};

/// ξ′(1) and ξ″(1) of orders with equal v_p that add up to 1.
fn slopes(orders: &[usize]) -> [f64; 2] {
    let mean =
        |f: &dyn Fn(f64) -> f64| orders.iter().map(|&p| f(p as f64)).sum::<f64>() / orders.len() as f64;
    [mean(&|p| p), mean(&|p| p * (p - 1.0))]
}

/// Counts by index of so many mixtures, each certified.
fn counted(orders: &[usize], dim: usize, instances: u64) -> Vec<Vec<u64>> {
    let one = |instance| {
        let found = Mixture::equal(orders, dim, instance).census();
        assert!(found.is_certified(), "{orders:?}, {instance}: {:?}", found.tally);
        found.by_index()
    };
    (0..instances).map(one).collect()
}

/// Deviation of a mean from its exact value, in standard errors.
fn deviation(counts: &[f64], exact: f64) -> f64 {
    let n = counts.len() as f64;
    let mean = counts.iter().sum::<f64>() / n;
    let variance = counts.iter().map(|c| (c - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean - exact) / (variance / n).sqrt()
}

/// E C = 2√((3ξ″+ξ′)/ξ′) at Λ = 2.
#[test]
fn on_the_circle_the_mean_number_is_the_exact_one() {
    for orders in [&[2, 3][..], &[1, 2], &[1, 2, 3], &[2, 4]] {
        let [first, second] = slopes(orders);
        let exact = 2.0 * ((3.0 * second + first) / first).sqrt();
        let totals: Vec<f64> =
            counted(orders, 2, 1500).iter().map(|c| c.iter().sum::<u64>() as f64).collect();
        let z = deviation(&totals, exact);
        assert!(z.abs() < 4.0, "{orders:?}: {z} standard errors from {exact}");
        // Were one of a hundred points missing, that would not show; one of twenty does.
        let fewer: Vec<f64> = totals.iter().map(|total| 0.95 * total).collect();
        assert!(deviation(&fewer, exact) < -4.0, "{orders:?}");
    }
}

/// `E C_k = 2√(2ξ′/(ξ′+ξ″)) (ξ″/ξ′)^{Λ/2} E e^{−Λ(ξ″−ξ′)λ_k²/(2(ξ″+ξ′))}` with λ_k of sampled GOE matrices,
/// E M_ij² = (1+δ_ij)/(2Λ).
fn exact_by_index(orders: &[usize], dim: usize) -> Vec<f64> {
    let (samples, size) = (100_000, dim as f64);
    let mut rng = stream(1, Role::Probe, &[11, dim as u64]);
    let [first, second] = slopes(orders);
    let mut sums = vec![0.0; dim];
    for _ in 0..samples {
        let normals: Vec<f64> = (0..dim * dim).map(|_| StandardNormal.sample(&mut rng)).collect();
        let entry = |i: usize, j: usize| {
            let deviation = if i == j { 1.0 / size } else { 0.5 / size };
            f64::sqrt(deviation) * normals[i * dim + j]
        };
        for (sum, value) in sums.iter_mut().zip(Symmetric::from_lower(dim, entry).eigenvalues().unwrap()) {
            *sum += (-0.5 * size * (second - first) / (second + first) * value * value).exp();
        }
    }
    let factor = 2.0 * (2.0 * first / (first + second)).sqrt() * (second / first).powf(0.5 * size);
    sums.into_iter().map(|sum| factor * sum / samples as f64).collect()
}

#[test]
fn mean_numbers_by_index_are_the_exact_ones() {
    for (orders, dim) in [(&[2, 3][..], 5), (&[1, 2, 3], 4), (&[1, 2], 6), (&[2, 4], 3)] {
        let (counts, exact) = (counted(orders, dim, 400), exact_by_index(orders, dim));
        for (k, exact) in exact.into_iter().enumerate() {
            let of_index: Vec<f64> = counts.iter().map(|c| c[k] as f64).collect();
            let z = deviation(&of_index, exact);
            assert!(z.abs() < 4.0, "{orders:?}, index {k}: {z} standard errors from {exact}");
        }
    }
}
