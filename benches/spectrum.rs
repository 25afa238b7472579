//! Hessians and their spectra of 1000 points at Λ = 500, on two threads: `cargo bench --bench spectrum`.

mod common;

use std::time::Instant;

use common::{Table, number};
use hspin::critical::spectra;
use hspin::descent::EVALUATE_LANES;
use hspin::hamiltonian::{Isa, Layout, Surface, SurfaceKey};
use hspin::rng::{Role, stream};
use hspin::sphere::random_point;

const POINTS: usize = 1000;
const THREADS: usize = 2;

fn main() {
    let isa = Isa::best();
    let what = format!("Hessian and spectrum, H = 3, {THREADS} threads, {POINTS} points");
    let mut table = Table::new("spectrum", &what, &["Λ", "seconds", "ms/point/thread"]);
    for dim in [50, 100, 200, 500] {
        let key = SurfaceKey { seed: 1, layout: Layout::new(3, dim), instance: 0 };
        let surface = Surface::draw(&key, 0, &|n, job| (0..n).map(job).collect());
        let points: Vec<Vec<f64>> = (0..POINTS as u64)
            .map(|number| random_point(&mut stream(1, Role::Probe, &[dim as u64, number]), dim))
            .collect();
        let begin = Instant::now();
        std::thread::scope(|scope| {
            for share in points.chunks(POINTS / THREADS) {
                let surface = &surface;
                scope.spawn(move || {
                    for group in share.chunks(EVALUATE_LANES) {
                        let group: Vec<&[f64]> = group.iter().map(Vec::as_slice).collect();
                        assert!(spectra(surface, isa, &group).iter().all(Option::is_some));
                    }
                });
            }
        });
        let seconds = begin.elapsed().as_secs_f64();
        let each = 1e3 * seconds * THREADS as f64 / POINTS as f64;
        table.row([dim.into(), number(seconds, 2), number(each, 2)]);
    }
    table.finish();
}
