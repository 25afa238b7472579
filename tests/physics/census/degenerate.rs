//! Tensors with multiple eigenvectors or families of them: reported, never certified, never without end.

use super::harness::{given, random, take};
use hspin::critical::census::{CensusKey, MOST_CLASSES, census, class_count};
use hspin::hamiltonian::Isa;

#[test]
fn zeros_have_no_isolated_critical_point() {
    for (spins, dim) in [(2, 4), (3, 6), (4, 4), (5, 3)] {
        let found = take(&given(spins, dim, |_| 0.0));
        assert_eq!((found.tally.distinct, found.tally.lost, found.points.len()), (0, 0, 0), "order {spins}");
        assert_eq!(found.tally.singular, found.expected_complex);
        assert!(!found.is_complete() && !found.is_certified());
    }
}

/// v⊗⋯⊗v: ±v, and all that is orthogonal to v, at λ = 0.
#[test]
fn rank_one_tensors_have_one_isolated_pair() {
    for (spins, dim) in [(2, 4), (3, 6), (4, 4), (5, 3)] {
        let v = |i: usize| 1.0 + i as f64;
        let found = take(&given(spins, dim, |indices| indices.iter().map(|&i| v(i)).product()));
        let squares: f64 = (0..dim).map(|i| v(i) * v(i)).sum();
        let expected = squares.powf(spins as f64 / 2.0);
        assert_eq!(found.tally.distinct, 1, "order {spins}: {:?}", found.tally);
        assert!(found.tally.singular >= found.expected_complex / 2, "order {spins}: {:?}", found.tally);
        assert!((found.eigenvalues()[0] / expected - 1.0).abs() < 1e-12);
        assert!(!found.is_certified());
    }
}

/// λ = 0 is an eigenvalue like any other as long as it is simple: x_1 x_2 x_3 in three variables has seven
/// eigenvectors, e_1, e_2, e_3 at 0 and (±1, ±1, ±1)/√3 at 1/√27 times the entries' 2.
#[test]
fn simple_eigenvectors_at_zero_are_found() {
    let found = take(&given(3, 3, |indices| if indices == [2, 1, 0] { 1.0 } else { 0.0 }));
    assert!(found.is_certified(), "{:?}", found.tally);
    let values = found.eigenvalues();
    let expected = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0].map(|k| k * 2.0 / 3f64.sqrt());
    super::harness::assert_close(&values, &expected, 1e-14);
    assert_eq!(found.by_index(), [4, 6, 4]);
}

#[test]
fn circles_of_eigenvectors_of_a_matrix_are_singular() {
    let found = take(&given(2, 4, |indices| match indices {
        [3, 3] => 2.0,
        [a, b] if a == b => 1.0,
        _ => 0.0,
    }));
    assert_eq!((found.tally.distinct, found.tally.singular), (1, 3));
    assert!(!found.is_complete());
}

#[test]
fn too_many_classes_are_refused_with_their_number() {
    assert_eq!(class_count(3, 10), Some(1023));
    assert_eq!(class_count(4, 7), Some(1093));
    assert_eq!(class_count(2, 7), Some(7));
    assert_eq!(class_count(3, 70), None);
    let refused =
        census(&random(3, 24, 0), CensusKey { seed: 1, instance: 0 }, Isa::best(), &|_, _| Ok(vec![]));
    let message = refused.unwrap_err().to_string();
    assert!(message.contains("16777215") && message.contains(&MOST_CLASSES.to_string()), "{message}");
}

/// sin(i + j + k + l), of rank two: all that is orthogonal to two vectors is a family at λ = 0. The others are in
/// print: Cui, Dai, Nie (2014), SIAM J. Matrix Anal. Appl. 35, "All real eigenvalues of symmetric tensors".
#[test]
fn isolated_eigenvectors_beside_a_family_are_found() {
    let found = take(&given(4, 5, |indices| (indices.iter().map(|i| i + 1).sum::<usize>() as f64).sin()));
    assert!(found.tally.singular > 0 && !found.is_certified(), "{:?}", found.tally);
    super::harness::assert_close(&found.eigenvalues(), &[-8.8463, -3.9204, 4.6408, 7.2595], 5.1e-5);
}

/// As many paths as a census of moderate size has, each to no end.
#[test]
fn a_thousand_singular_paths_end() {
    for entry in [0.0, 1.0] {
        let found = take(&given(3, 10, |_| entry));
        assert!(found.tally.singular > 500 && found.attempts == 1, "{:?}", found.tally);
        assert!(found.steps < 1023 * 500, "{}", found.steps);
    }
}
