//! The index and smallest eigenvalue of every stored critical point, counted by another road.
//!
//! B = ∇²L − (H L/Λ) I from the dense tensor, and the matrix [[B − s, w], [wᵀ, 0]]: its inertia is that of B − s on the
//! tangent space plus one of each sign. No tangent basis, kernel or eigenvalue of the library enters.

use hspin::hamiltonian::{Layout, Surface, SurfaceKey};
use hspin::studies::surfaces::{Record, SurfaceStore};

use crate::common::inertia::inertia;
use crate::common::{dense_contraction, serial};
use crate::harness::{Place, hspin, succeed};
use crate::tally::Tally;

const RUNS: [&str; 12] = [
    "sweep --spins 2 --dims 2,20 --starts 20 --instances 2",
    "sweep --spins 3 --dims 2,3,12,40 --starts 40 --instances 2",
    "sweep --spins 3 --dims 80 --starts 10",
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
struct Seen<'a> {
    w: &'a [f64],
    energy: f64,
    /// H L/Λ.
    slope: f64,
    /// Euclidean Hessian.
    hessian: Vec<f64>,
}

impl<'a> Seen<'a> {
    fn new(spins: usize, dense: &[f64], w: &'a [f64]) -> Self {
        let (h, dim) = (spins as f64, w.len() as f64);
        let scale = dim.powf(-0.5 * (h - 1.0));
        let energy = scale * dense_contraction(dense, w, 0)[0];
        let hessian = dense_contraction(dense, w, 2).iter().map(|x| h * (h - 1.0) * scale * x).collect();
        Self { w, energy, slope: h * energy / dim, hessian }
    }

    /// Eigenvalues below and above s.
    fn around(&self, s: f64) -> (usize, usize) {
        let dim = self.w.len();
        let entry = |i: usize, j: usize| match (i < dim, j < dim) {
            (true, true) => self.hessian[i * dim + j] - if i == j { self.slope + s } else { 0.0 },
            (true, false) => self.w[i],
            (false, true) => self.w[j],
            (false, false) => 0.0,
        };
        let (below, above) = inertia(dim + 1, entry);
        (below - 1, above - 1)
    }

    /// Whether an index, with so many eigenvalues undecided, is compatible with the count.
    fn has_index(&self, index: u32, undecided: u32) -> bool {
        let (negative, positive) = self.around(0.0);
        let possible = index as usize..=(index + undecided) as usize;
        possible.contains(&negative) && negative + positive == self.w.len() - 1
    }

    /// Whether this is the smallest eigenvalue, to 1e-9 of the Hessian's size.
    fn has_smallest(&self, value: f64) -> bool {
        let size = self.hessian.iter().fold(self.slope.abs(), |top, x| top.max(x.abs()));
        self.around(value - 1e-9 * size).0 == 0 && self.around(value + 1e-9 * size).0 > 0
    }
}

fn try_run(tally: &mut Tally, decided: &mut u64, args: &str) {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(hspin(args).arg("--out").arg(&run));
    let store = SurfaceStore::open_read(&run).unwrap();
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
                let seen = Seen::new(layout.spins, &dense, points.of(record.start));
                let energy = (seen.energy - record.energy).abs() <= 1e-12 * f64::from(dim);
                let smallest = seen.has_smallest(record.min_eigenvalue);
                tally.check(seen.has_index(index, undecided) && energy && smallest, || {
                    format!("{args}: {record:?}: counted {:?}, L = {}", seen.around(0.0), seen.energy)
                });
                // What is wrong must not pass.
                assert!(
                    !seen.has_smallest(record.min_eigenvalue + 1e-7 * (1.0 + seen.slope.abs())),
                    "{record:?}"
                );
                if undecided == 0 {
                    *decided += 1;
                    assert!(!seen.has_index(index + 1, 0), "{record:?}");
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
fn every_index_and_smallest_eigenvalue_is_that_of_an_inertia_count() {
    try_runs("conformance, index and smallest eigenvalue", &RUNS);
}

#[test]
#[ignore = "long: sizes of 100, many censuses"]
fn so_they_are_in_larger_runs() {
    try_runs("conformance, index and smallest eigenvalue, larger", &LONG);
}
