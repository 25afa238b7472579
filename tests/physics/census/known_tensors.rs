//! Tensors whose eigenvalues are known in closed form, in print, or from an independent solver.

use super::harness::{assert_close, given, take};
use crate::common::{dense_contraction, surface};
use hspin::numeric::symmetric::Symmetric;

#[test]
fn order_two_gives_the_eigenvectors() {
    for dim in [2, 3, 10] {
        let surface = surface(2, dim, 3, 0);
        let found = take(&surface);
        let dense = surface.to_dense();
        let values = Symmetric::from_lower(dim, |i, j| dense[i * dim + j]).eigenvalues().unwrap();
        assert_close(&found.eigenvalues(), &values, 1e-13 * dim as f64);
        assert_eq!(found.by_index(), vec![2; dim]);
        assert!(found.is_certified() && found.expected_complex == dim as u64);
    }
}

/// Eigenvalues at Λ = 2, where x = (cos θ, sin θ): the zeros of the tangential part of A x^{H−1} in [0, π).
fn on_the_circle(spins: usize, dense: &[f64]) -> Vec<f64> {
    let at = |angle: f64| {
        let (sin, cos) = angle.sin_cos();
        let force = dense_contraction(dense, &[cos, sin], 1);
        (cos * force[1] - sin * force[0], cos * force[0] + sin * force[1])
    };
    let steps = 20_000;
    let angle = |step: usize| 1e-3 + std::f64::consts::PI * step as f64 / steps as f64;
    let mut values = Vec::new();
    for step in 0..steps {
        let (mut low, mut high) = (angle(step), angle(step + 1));
        if (at(low).0 < 0.0) != (at(high).0 < 0.0) {
            let below = at(low).0 < 0.0;
            for _ in 0..60 {
                let middle = 0.5 * (low + high);
                if (at(middle).0 < 0.0) == below { low = middle } else { high = middle }
            }
            let value = at(low).1;
            values.push(if spins % 2 == 1 { value.abs() } else { value });
        }
    }
    values.sort_by(f64::total_cmp);
    values
}

#[test]
fn on_the_circle_the_zeros_of_a_trigonometric_polynomial() {
    for spins in 3..=8 {
        for seed in 0..10 {
            let surface = surface(spins, 2, seed, 0);
            let found = take(&surface);
            assert!(found.is_certified(), "order {spins}, seed {seed}: {:?}", found.tally);
            assert_eq!(found.expected_complex, spins as u64, "a binary form of this degree");
            assert_close(&found.eigenvalues(), &on_the_circle(spins, &surface.to_dense()), 1e-10);
        }
    }
}

#[derive(serde::Deserialize)]
struct Case {
    name: String,
    order: usize,
    dim: usize,
    printed: Vec<f64>,
    /// By indices from 1, ascending.
    entries: std::collections::BTreeMap<String, f64>,
    eigenvalues: Vec<f64>,
}

#[test]
fn eigenvalues_in_print_and_of_an_independent_solver() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tensor_eigenvalues.json");
    let cases: Vec<Case> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(cases.len(), 6);
    for case in cases {
        let found = take(&given(case.order, case.dim, |indices| {
            let key: String = indices.iter().rev().map(|i| (i + 1).to_string()).collect();
            case.entries[&key]
        }));
        assert!(found.is_certified(), "{}: {:?}", case.name, found.tally);
        assert_close(&found.eigenvalues(), &case.eigenvalues, 1e-11);
        if !case.printed.is_empty() {
            assert_close(&found.eigenvalues(), &case.printed, 5.1e-5);
        }
    }
}

/// An orthogonal matrix: the reflection across the hyperplane orthogonal to (1, 2, …, n).
fn reflection(dim: usize) -> impl Fn(usize, usize) -> f64 {
    let squares: f64 = (1..=dim).map(|i| (i * i) as f64).sum();
    move |i, j| f64::from(u8::from(i == j)) - 2.0 * ((i + 1) * (j + 1)) as f64 / squares
}

/// Σ_k λ_k q_k⊗⋯⊗q_k with orthonormal q_k: the eigenvectors are Σ_{k ∈ S} ± λ_k^{−1/(H−2)} q_k over subsets S, with
/// eigenvalues (Σ_{k ∈ S} λ_k^{−2/(H−2)})^{−(H−2)/2}; all (H−2)-th roots count, for odd H one sign each way.
#[test]
fn orthogonally_decomposable_tensors_have_all_their_eigenvectors() {
    for (spins, dim, signs) in [(3, 5, 1), (4, 4, 2)] {
        let weight = |k: usize| 1.0 + 0.3 * k as f64;
        let q = reflection(dim);
        let surface = given(spins, dim, |indices| {
            (0..dim).map(|k| weight(k) * indices.iter().map(|&i| q(i, k)).product::<f64>()).sum()
        });
        let power = (spins - 2) as f64;
        let mut expected = Vec::new();
        for subset in 1usize..1 << dim {
            let members: Vec<usize> = (0..dim).filter(|k| subset >> k & 1 == 1).collect();
            let sum: f64 = members.iter().map(|&k| weight(k).powf(-2.0 / power)).sum();
            let copies = usize::pow(signs, members.len() as u32 - 1);
            expected.extend(std::iter::repeat_n(sum.powf(-power / 2.0), copies));
        }
        expected.sort_by(f64::total_cmp);
        let found = take(&surface);
        assert!(found.is_certified(), "{:?}", found.tally);
        assert_eq!(expected.len() as u64, found.expected_complex, "all real");
        assert_close(&found.eigenvalues(), &expected, 1e-11);
    }
}

/// Powers of two change no bit of a coupling: eigenvectors stay, eigenvalues scale.
#[test]
fn the_scale_of_a_tensor_drops_out() {
    let entry =
        |indices: &[usize]| (indices.iter().map(|i| 7 * i + 11).product::<usize>() % 199) as f64 - 99.0;
    let found = take(&given(3, 4, entry));
    assert!(found.is_certified(), "{found:?}");
    for exponent in [-300, 300] {
        let factor = 2f64.powi(exponent);
        let scaled = take(&given(3, 4, |indices| factor * entry(indices)));
        assert!(scaled.is_certified());
        for (a, b) in scaled.points.iter().zip(&found.points) {
            assert_eq!(
                (&a.point, a.energy_per_spin, a.index),
                (&b.point, factor * b.energy_per_spin, b.index)
            );
        }
    }
}

/// Where energies overflow or vanish, points are missing: that must not be certified.
#[test]
fn a_certificate_has_two_finite_points_for_each_real_class() {
    let entry =
        |indices: &[usize]| (indices.iter().map(|i| 7 * i + 11).product::<usize>() % 199) as f64 - 99.0;
    for (spins, dim) in [(2, 5), (3, 4), (4, 3), (7, 2)] {
        let plain = take(&given(spins, dim, entry));
        assert!(plain.is_certified() && plain.points.len() as u64 == 2 * plain.real_classes);
        for exponent in [-320, -306, -300, -160, 150, 165, 200, 300] {
            let factor = 10f64.powi(exponent);
            let found = take(&given(spins, dim, |indices| factor * entry(indices)));
            if found.is_certified() {
                assert_eq!(found.points.len() as u64, 2 * found.real_classes, "10^{exponent}");
                assert!(found.points.iter().all(hspin::critical::census::RealPoint::is_finite));
            }
            if found.is_certified() && exponent > -307 {
                assert_eq!(found.by_index(), plain.by_index(), "H = {spins}, 10^{exponent}");
            }
        }
        // The same points without one of them, or with one that is no number.
        let mut fewer = plain.clone();
        fewer.points.truncate(plain.points.len() - 2);
        let mut none = plain.clone();
        none.points[0].energy_per_spin = f64::NAN;
        assert!(!fewer.is_certified() && !none.is_certified(), "H = {spins}");
    }
}
