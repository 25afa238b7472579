//! One step of a descent, and one sweep of an annealing, against the contraction alone: `cargo bench --bench
//! descent_step`.
//!
//! What a step does beside the contraction is projection, norm, move and retraction, and in a sweep a normal for each
//! coordinate: work of order Λ, not Λ^H, that counts at small Λ. Times are of one thread and one block of starts.

mod common;

use std::hint::black_box;
use std::time::Instant;

use common::{Cell, Table, number, share};
use hspin::descent::{Anneal, Annealing, Cooling, Descent, Driver, Execution, FullPhase, NoisyStart, Start};
use hspin::hamiltonian::{Contraction, Isa, Layout, Surface, SurfaceKey, contract};
use hspin::numeric::lanes::{PointLanes, Real};
use hspin::rng::{Role, stream};
use hspin::sphere::random_point;

/// Starts of a block.
const STARTS: usize = <f32 as Real>::LANES;
/// Trials, of which the best counts.
const TRIALS: usize = 9;
/// Orders and dimensions.
const CASES: [(usize, usize); 8] =
    [(3, 10), (3, 25), (3, 50), (3, 100), (3, 200), (4, 20), (4, 60), (2, 200)];
const COLUMNS: [&str; 8] =
    ["H", "Λ", "isa", "contraction µs", "step µs", "contraction of step", "sweep µs", "contraction of sweep"];

fn main() {
    let what = format!("Steps and sweeps of {STARTS} starts, one thread, best of {TRIALS}");
    let mut table = Table::new("descent_step", &what, &COLUMNS);
    for (spins, dim) in CASES {
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available() && *isa != Isa::Scalar) {
            table.row(measured(spins, dim, isa));
        }
    }
    table.finish();
}

/// Steps of the full phase, and sweeps, that never end, in turns with contractions at the same points.
fn measured(spins: usize, dim: usize, isa: Isa) -> [Cell; 8] {
    let key = SurfaceKey { seed: 1, layout: Layout::new(spins, dim), instance: 0 };
    let surface = Surface::draw(&key, 0, &|n, job| (0..n).map(job).collect());
    let execution = Execution { isa, batch: STARTS };
    let full = FullPhase { handover: 0.0, steps: u32::MAX, ..FullPhase::gd(spins as u32) };
    let mut descent = Descent::new(&surface, full, execution, false);
    let cooling = Cooling { sweeps: u32::MAX, ..Anneal::new(spins as u32).cooling };
    let mut annealing = Annealing::new(&surface, Anneal { cooling, full }, execution, false);
    let mut block = PointLanes::<f32>::new(dim);
    let points = (0..STARTS as u64).map(|id| {
        let point = random_point(&mut stream(1, Role::Probe, &[dim as u64, id]), dim);
        block.push(&point.iter().map(|&x| x as f32).collect::<Vec<_>>());
        Start { id, point }
    });
    let points: Vec<Start> = points.collect();
    let noisy =
        points.iter().map(|start| NoisyStart { start: start.clone(), noise_seed: 1 + u128::from(start.id) });
    annealing.add(noisy.collect());
    descent.add(points);
    let mut space = Contraction::new(dim);
    let mut contraction = || contract(isa, surface.full(), black_box(&block), black_box(&mut space));
    let mut step = || assert!(descent.advance().is_ok_and(|ended| ended.is_empty()), "no start may end");
    let mut sweep = || assert!(annealing.advance().is_ok_and(|ended| ended.is_empty()), "no start may end");
    let mut best = [f64::INFINITY; 3];
    for _ in 0..TRIALS {
        best[0] = best[0].min(seconds(&mut contraction));
        best[1] = best[1].min(seconds(&mut step));
        best[2] = best[2].min(seconds(&mut sweep));
    }
    let [contraction, step, sweep] = best;
    [
        spins.into(),
        dim.into(),
        isa.name().into(),
        number(1e6 * contraction, 2),
        number(1e6 * step, 2),
        share(contraction / step),
        number(1e6 * sweep, 2),
        share(contraction / sweep),
    ]
}

/// Seconds of one call, from as many as fill some milliseconds.
fn seconds(work: &mut dyn FnMut()) -> f64 {
    let begin = Instant::now();
    work();
    let calls = (0.005 / begin.elapsed().as_secs_f64()).ceil().clamp(1.0, 1e5) as u32;
    let begin = Instant::now();
    (0..calls).for_each(|_| work());
    begin.elapsed().as_secs_f64() / f64::from(calls)
}
