//! A leapfrog step of sampling, with all that a sweep does beside it, over a contraction in double precision of as many points:
//! `cargo bench --bench sampling`.
//!
//! A full block of 24 chains: eight temperatures, three sets, exchange and records on, eight steps to a sweep. Sweeps and
//! contractions are timed in turns; the ratio is the median over the turns, on one thread.

mod common;

use std::hint::black_box;
use std::time::Instant;

use common::{Table, median, number};
use hspin::hamiltonian::{Contraction, Isa, Landscape, Layout, Surface, SurfaceKey};
use hspin::numeric::lanes::PointLanes;
use hspin::rng::{Role, stream};
use hspin::sampling::{ChainKey, LANES, Sampler, Schedule};
use hspin::sphere::random_point;

const STEPS: u32 = 8;
const TURNS: usize = 41;

fn main() {
    let columns = ["H", "Λ", "chains", "contraction µs/point", "step µs/chain", "ratio"];
    let mut table = Table::new("sampling", "A leapfrog step over a contraction, one thread", &columns);
    for (spins, dim) in [(3, 25), (3, 50), (3, 100), (3, 200), (2, 100), (4, 50)] {
        let key = SurfaceKey { seed: 1, layout: Layout::new(spins, dim), instance: 0 };
        let surface = Surface::draw(&key, 0, &|n, job| (0..n).map(job).collect());
        let schedule = Schedule {
            temperatures: (0..8).map(|k| 0.9 + 0.1 * f64::from(k)).collect(),
            replicas: 3,
            // Room for a series is made once: no sweep waits for it.
            sweeps: 10_000,
            burn_in: 0,
            steps: STEPS,
            exchange: true,
        };
        let chains = ChainKey { seed: 1, instance: 0 };
        let mut sampler = Sampler::new((&surface, None), Isa::best(), &schedule, chains);
        let mut points = PointLanes::<f64>::new(dim);
        for lane in 0..LANES as u64 {
            points.push(&random_point(&mut stream(1, Role::Probe, &[dim as u64, lane]), dim));
        }
        let mut space = Contraction::new(dim);
        let (mut passes, mut steps, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..TURNS {
            let begin = Instant::now();
            for _ in 0..STEPS {
                surface.contract_exact(Isa::best(), &points, &mut space);
                black_box(&space);
            }
            let pass = begin.elapsed().as_secs_f64() / f64::from(STEPS);
            let begin = Instant::now();
            black_box(sampler.sweep());
            let step = begin.elapsed().as_secs_f64() / f64::from(STEPS);
            passes.push(1e6 * pass / LANES as f64);
            steps.push(1e6 * step / LANES as f64);
            ratios.push(step / pass);
        }
        table.row([
            spins.into(),
            dim.into(),
            LANES.into(),
            number(median(passes), 2),
            number(median(steps), 2),
            number(median(ratios), 3),
        ]);
    }
    table.finish();
}
