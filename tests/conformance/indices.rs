//! The index of every stored critical point, counted by another road.
//!
//! B = ∇²L − (H L/Λ) I from the dense tensor, and the matrix [[B, w], [wᵀ, 0]]: its inertia is that of B on the
//! tangent space plus one of each sign. No tangent basis, kernel or eigenvalue of the library enters.

use hspin::hamiltonian::{Layout, Surface, SurfaceKey};
use hspin::run::{Record, Store};

use crate::common::inertia::inertia;
use crate::common::{dense_contraction, serial};
use crate::harness::{Place, hspin, succeed};
use crate::tally::Tally;

const RUNS: [&str; 11] = [
    "sweep --spins 2 --dims 2,20 --starts 20 --instances 2",
    "sweep --spins 3 --dims 2,3,12,40 --starts 40 --instances 2",
    "sweep --spins 4 --dims 10 --starts 40",
    "sweep --spins 5 --dims 6 --starts 40 --protocol gd",
    "sweep --spins 2 --dims 20 --starts 40 --protocol saddle",
    "sweep --spins 3 --dims 2,3,12,40 --starts 60 --protocol saddle",
    "sweep --spins 4 --dims 10 --starts 60 --protocol saddle",
    "sweep --spins 6 --dims 5 --starts 60 --protocol saddle",
    "census --spins 2 --dim 12 --instances 3",
    "census --spins 3 --dim 8 --instances 4",
    "census --spins 4 --dim 5 --instances 4",
];

const LONG: [&str; 4] = [
    "sweep --spins 3 --dims 100 --starts 100 --instances 4",
    "sweep --spins 3 --dims 100 --starts 100 --instances 4 --protocol saddle",
    "census --spins 3 --dim 10 --instances 20",
    "census --spins 5 --dim 4 --instances 20",
];

/// What a dense tensor says of a point.
struct Counted {
    negative: usize,
    positive: usize,
    energy: f64,
}

fn counted(spins: usize, dense: &[f64], w: &[f64]) -> Counted {
    let (h, dim) = (spins as f64, w.len());
    let scale = (dim as f64).powf(-0.5 * (h - 1.0));
    let energy = scale * dense_contraction(dense, w, 0)[0];
    let hessian = dense_contraction(dense, w, 2);
    let slope = h * energy / dim as f64;
    let entry = |i: usize, j: usize| match (i < dim, j < dim) {
        (true, true) => h * (h - 1.0) * scale * hessian[i * dim + j] - if i == j { slope } else { 0.0 },
        (true, false) => w[i],
        (false, true) => w[j],
        (false, false) => 0.0,
    };
    let (negative, positive) = inertia(dim + 1, entry);
    Counted { negative: negative - 1, positive: positive - 1, energy }
}

/// Whether an index, with so many eigenvalues undecided, is compatible with a count.
fn agrees(index: u32, undecided: u32, counted: &Counted, dim: usize) -> bool {
    let lowest = index as usize;
    (lowest..=lowest + undecided as usize).contains(&counted.negative)
        && counted.negative + counted.positive == dim - 1
}

fn try_run(tally: &mut Tally, decided: &mut u64, args: &str) {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(hspin(args).arg("--out").arg(&run));
    let store = Store::open_read(&run).unwrap();
    let spec = store.spec().clone();
    for &dim in &spec.dims {
        for instance in 0..spec.instances {
            let layout = Layout::new(spec.spins as usize, dim as usize);
            let key = SurfaceKey { seed: spec.seed, layout, instance: u64::from(instance) };
            let dense = Surface::draw(&key, 0, &serial).to_dense();
            let points = store.points(dim, instance).unwrap();
            let records = store.surface_records(dim, instance).unwrap();
            for record in records.iter().filter(|record| record.converged()) {
                let Record { index: Some(index), undecided: Some(undecided), .. } = *record else {
                    panic!("{record:?}")
                };
                let counted = counted(layout.spins, &dense, points.of(record.start));
                let right = agrees(index, undecided, &counted, layout.dim);
                let energy = (counted.energy - record.energy).abs() <= 1e-12 * f64::from(dim);
                tally.check(right && energy, || {
                    format!(
                        "{args}: {record:?}: counted {} −, {} +, L = {}",
                        counted.negative, counted.positive, counted.energy
                    )
                });
                // With every eigenvalue decided, an index that is one off must not pass.
                if undecided == 0 {
                    *decided += 1;
                    assert!(!agrees(index + 1, 0, &counted, layout.dim), "{record:?}");
                }
            }
        }
    }
}

fn try_runs(name: &'static str, runs: &[&str]) {
    let mut tally = Tally::new(name);
    let mut decided = 0;
    for args in runs {
        try_run(&mut tally, &mut decided, args);
    }
    println!("{name}: {decided} points with every eigenvalue decided");
    assert!(decided > 1000, "only {decided} points have every eigenvalue decided");
    tally.end();
}

#[test]
fn every_index_is_that_of_an_independent_inertia_count() {
    try_runs("conformance, index by inertia", &RUNS);
}

#[test]
#[ignore = "long: sizes of 100, many censuses"]
fn every_index_of_larger_runs_is_too() {
    try_runs("conformance, index by inertia, larger", &LONG);
}
