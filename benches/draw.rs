//! Couplings drawn per second, H = 3, beside bare normals and a plain write: `cargo bench --bench draw`.
//!
//! In turns, five times: the draw of a surface (with P sample tensors), as many normals from the same generator and
//! only added up, and as many bytes written to fresh memory. Shares are medians of the five.

mod common;

use std::hint::black_box;
use std::time::Instant;

use common::{Table, median, number, share};
use hspin::hamiltonian::{Layout, Surface, SurfaceKey};
use hspin::rng::{Role, stream};
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

const TRIALS: usize = 5;
/// Shares of the normals and of the bytes, as many as a tensor has chunks.
const SHARES: u64 = 16;

fn seconds(work: impl FnOnce()) -> f64 {
    let begin = Instant::now();
    work();
    begin.elapsed().as_secs_f64()
}

fn draw(layout: Layout, samples: usize) {
    let key = SurfaceKey { seed: 1, layout, instance: 0 };
    black_box(Surface::draw(&key, samples, &|n, job| (0..n).into_par_iter().map(job).collect()));
}

fn normals(count: u64) {
    let sum_of_share = |share: u64| {
        let mut rng = stream(1, Role::Probe, &[share]);
        (0..count / SHARES).map(|_| -> f64 { StandardNormal.sample(&mut rng) }).sum::<f64>()
    };
    black_box((0..SHARES).into_par_iter().map(sum_of_share).collect::<Vec<_>>());
}

fn write(values: u64) {
    let share = |share: u64| vec![share as f32 + 1.0; (values / SHARES) as usize];
    black_box((0..SHARES).into_par_iter().map(share).collect::<Vec<_>>());
}

fn main() {
    let columns = ["Λ", "P", "threads", "seconds", "10⁶ couplings/s", "of bare normals", "of a plain write"];
    let mut table = Table::new("draw", "Draw of a surface and P sample tensors, H = 3", &columns);
    for (dim, samples) in [(100, 0), (200, 0), (300, 0), (500, 0), (500, 2)] {
        for threads in [1, 2] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            let layout = Layout::new(3, dim);
            let tensors = 1 + samples as u64;
            let couplings = tensors * layout.couplings().expect("few enough");
            let values = tensors * layout.values().expect("few enough");
            let trials: Vec<[f64; 3]> = (0..TRIALS)
                .map(|_| {
                    pool.install(|| {
                        [
                            seconds(|| draw(layout, samples)),
                            seconds(|| normals(couplings)),
                            seconds(|| write(values)),
                        ]
                    })
                })
                .collect();
            let time = median(trials.iter().map(|[draw, ..]| *draw).collect());
            let of = |other: usize| median(trials.iter().map(|trial| trial[other] / trial[0]).collect());
            table.row([
                dim.into(),
                samples.into(),
                threads.into(),
                number(time, 4),
                number(1e-6 * couplings as f64 / time, 1),
                share(of(1)),
                share(of(2)),
            ]);
        }
    }
    table.finish();
}
