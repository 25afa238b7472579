//! One step of a descent against its contraction alone: `cargo bench --bench descent_step`.
//!
//! What a step does beside the contraction is projection, norm, move and retraction: work of order Λ, not Λ^H, that
//! counts at small Λ. Times are of one thread and one block of starts.

mod common;

use std::hint::black_box;
use std::time::Instant;

use common::{Table, number, share};
use hspin::descent::{Carrier, Descent, Protocol, Start};
use hspin::hamiltonian::{Contraction, Isa, Layout, Surface, SurfaceKey, contract};
use hspin::numeric::lanes::{Block, Real};
use hspin::rng::{Role, stream};
use hspin::sphere::random_point;

/// Starts of a block.
const STARTS: usize = <f32 as Real>::LANES;
/// Trials, of which the best counts.
const TRIALS: usize = 9;
/// Orders and dimensions.
const CASES: [(usize, usize); 8] =
    [(3, 10), (3, 25), (3, 50), (3, 100), (3, 200), (4, 20), (4, 60), (2, 200)];

fn main() {
    let columns = ["H", "Λ", "isa", "starts", "step µs", "contraction µs", "share"];
    let mut table = Table::new("descent_step", "A step of a descent against its contraction", &columns);
    for (spins, dim) in CASES {
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available() && *isa != Isa::Scalar) {
            let Seconds { step, contraction } = measured(spins, dim, isa);
            table.row([
                spins.into(),
                dim.into(),
                isa.name().into(),
                STARTS.into(),
                number(1e6 * step, 2),
                number(1e6 * contraction, 2),
                share(contraction / step),
            ]);
        }
    }
    table.finish();
}

/// Best times of one call.
struct Seconds {
    step: f64,
    contraction: f64,
}

/// Steps of the full phase that never end, in turns with contractions at the same points.
fn measured(spins: usize, dim: usize, isa: Isa) -> Seconds {
    let key = SurfaceKey { seed: 1, layout: Layout::new(spins, dim), instance: 0 };
    let surface = Surface::draw(&key, 0, &|n, job| (0..n).map(job).collect());
    let protocol = Protocol { handover: 0.0, full_steps: u32::MAX, ..Protocol::gd(spins as u32) };
    let mut descent = Descent::new(&surface, protocol, Carrier { isa, batch: STARTS }, false);
    let mut block = Block::<f32>::new(dim);
    let points = (0..STARTS as u64).map(|id| {
        let point = random_point(&mut stream(1, Role::Probe, &[dim as u64, id]), dim);
        block.push(&point.iter().map(|&x| x as f32).collect::<Vec<_>>());
        Start { id, point }
    });
    descent.take_on(points.collect());
    let mut space = Contraction::new(dim);
    let mut contraction = || contract(isa, surface.full(), black_box(&block), black_box(&mut space));
    let mut step = || assert!(descent.advance().is_empty(), "no start may end");
    let mut best = Seconds { step: f64::INFINITY, contraction: f64::INFINITY };
    for _ in 0..TRIALS {
        best.contraction = best.contraction.min(seconds(&mut contraction));
        best.step = best.step.min(seconds(&mut step));
    }
    best
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
