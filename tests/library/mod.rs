//! The library as a program uses it, and the programs under examples/.

#[path = "../../examples/counts_against_theory.rs"]
mod counts_against_theory;
// Its `main` reads arguments, which here are those of the test program.
#[allow(dead_code)]
#[path = "../../examples/figure_of_a_run.rs"]
mod figure_of_a_run;
#[path = "../../examples/one_minimum.rs"]
mod one_minimum;
#[path = "../../examples/own_tensor.rs"]
mod own_tensor;
#[path = "../../examples/toy_landscape/main.rs"]
mod toy_landscape;

use hspin::hamiltonian::{Layout, SymmetricTensor};
use hspin::prelude::*;
use hspin::studies::surfaces::StartResult;

use super::common::setting::Setting;

/// An example that is not run here fails this.
#[test]
fn every_example_runs_and_holds_what_it_finds_against_theory() {
    one_minimum::main().unwrap();
    own_tensor::main().unwrap();
    counts_against_theory::main().unwrap();
    figure_of_a_run::example().unwrap();
    toy_landscape::main().unwrap();
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<String> =
        entries.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    names.sort();
    // The last one is run by tests/studies.
    let run = [
        "counts_against_theory",
        "figure_of_a_run",
        "one_minimum",
        "own_tensor",
        "toy_landscape",
        "toy_study",
    ];
    assert_eq!(names, run);
}

/// Bits of what both say about an end.
fn bits(energy: f64, gradient_norm: f64, min_eigenvalue: f64, point: &[f64]) -> Vec<u64> {
    let numbers = [energy, gradient_norm, min_eigenvalue];
    numbers.iter().chain(point).map(|x| x.to_bits()).collect()
}

fn assert_same(found: &[CriticalPoint], run: &[StartResult]) {
    assert_eq!(found.len(), run.len());
    for (end, StartResult { record, point, .. }) in found.iter().zip(run) {
        let ours = bits(end.energy, end.gradient_norm, end.min_eigenvalue, &end.point);
        assert_eq!(ours, bits(record.energy, record.gradient_norm, record.min_eigenvalue, point));
        assert_eq!((end.index, end.outcome), (record.index, record.outcome));
        assert_eq!(end.energy_per_spin.to_bits(), record.energy_per_spin.to_bits());
    }
}

#[test]
fn descents_and_annealings_are_those_of_a_run_to_the_bit() {
    let (spins, dim, seed) = (3, 30, 4);
    let layout = Layout::new(spins, dim);
    let surface = Surface::random_with_parts(spins, dim, Seed(seed), 2);
    let starts = surface.random_points(Seed(seed), 60);
    assert_eq!(starts[0], surface.random_point(Seed(seed)));
    for protocol in [Protocol::gd(3), Protocol::paper(3), Protocol::fast(3)] {
        let run = Setting::new(layout, seed, protocol).run(60);
        assert_same(&surface.descend_all(&starts, protocol).unwrap(), &run);
        // Alone and in company.
        assert_same(&[surface.descend(&starts[7], protocol).unwrap()], &run[7..8]);
    }
    let protocol = Protocol::anneal(3);
    let run = Setting::new(layout, seed, protocol).run(3);
    assert_same(&surface.anneal(&starts[..3], protocol, Seed(seed)).unwrap(), &run);
    // Another seed is another surface.
    let other = Surface::random(spins, dim, Seed(seed + 1)).descend(&starts[0], Protocol::gd(3)).unwrap();
    assert_ne!(other.energy, run[0].record.energy);
}

#[test]
fn an_array_of_ones_own_has_the_energies_of_a_run_on_it() {
    let dim = 8;
    let values = Surface::random(3, dim, Seed(9)).to_dense().iter().map(|x| 5.0 * x).collect::<Vec<_>>();
    let surface = Surface::from_array(&values, dim).unwrap();
    let tensor = SymmetricTensor::from_dense(&[dim as u64; 3], &values).unwrap();
    let run = Setting::new(Layout::new(3, dim), 2, Protocol::gd(3)).run_on(Some(&tensor), 20);
    let found = surface.descend_all(&surface.random_points(Seed(2), 20), Protocol::gd(3)).unwrap();
    for (end, StartResult { record, .. }) in found.iter().zip(&run) {
        assert_eq!(surface.scale() * end.energy, record.energy);
        assert_eq!(end.index, record.index);
    }
    // Every minimum is among all critical points.
    let census = surface.census(Seed(1)).unwrap();
    assert!(census.is_certified());
    for end in &found {
        let near = |u: f64| (u - end.energy_per_spin).abs() < 1e-10;
        assert!(census.points.iter().any(|point| point.index == 0 && near(point.energy_per_spin)));
    }
}

#[test]
fn what_a_program_can_mend_is_an_error_that_says_how() {
    let surface = Surface::random(3, 6, Seed(1));
    let point = surface.random_point(Seed(1));
    let refused = |result: Result<CriticalPoint>| result.unwrap_err().to_string();
    assert!(refused(surface.descend(&point[1..], Protocol::gd(3))).contains("6 numbers"));
    assert!(refused(surface.descend(&[1.1; 6], Protocol::gd(3))).contains("retract"));
    assert!(refused(surface.descend(&[f64::NAN; 6], Protocol::gd(3))).contains("retract"));
    assert!(refused(surface.descend(&point, Protocol::paper(3))).contains("random_with_parts"));
    assert!(refused(surface.descend(&point, Protocol::saddle(3))).contains("critical_point_near"));
    assert!(surface.anneal(&[point], Protocol::gd(3), Seed(1)).is_err());
    for (values, dim) in [(&[1.0; 7][..], 2), (&[0.0; 8], 2), (&[], 0), (&[1.0], 1), (&[f64::NAN; 4], 2)] {
        assert!(Surface::from_array(values, dim).is_err(), "{values:?} {dim}");
    }
}
