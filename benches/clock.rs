//! A core's clock after bursts of multiply–adds and after contractions: `cargo bench --bench clock`.
//!
//! After each millisecond of some work a chain of dependent shifts is timed, whose speed is the core's clock. It is
//! shown as a share of the clock after shifts alone; medians of 300 turns.

mod common;

use std::hint::black_box;
use std::time::{Duration, Instant};

use common::{Table, median, number};
use hspin::hamiltonian::kernel::{Kernel, Stored, fma_burst};
use hspin::hamiltonian::{Contraction, Isa, Layout, Surface, SurfaceKey, contract};
use hspin::numeric::lanes::PointLanes;
use hspin::rng::{Role, stream};
use hspin::sphere::random_point;

const TURNS: usize = 300;
const WORK: Duration = Duration::from_millis(1);
/// Some twenty microseconds: short, so that the clock does not recover.
const STEPS: usize = 10_000;

/// Steps per second of a chain in which each waits for the one before.
fn speed() -> f64 {
    let begin = Instant::now();
    let mut x = black_box(88_172_645_463_325_252u64);
    for _ in 0..STEPS {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    black_box(x);
    STEPS as f64 / begin.elapsed().as_secs_f64()
}

/// Median speed after a millisecond of this.
fn speed_after(mut work: impl FnMut()) -> f64 {
    let turn = || {
        let begin = Instant::now();
        while begin.elapsed() < WORK {
            work();
        }
        speed()
    };
    median(std::iter::repeat_with(turn).take(TURNS).collect())
}

fn bursts<T: Kernel>() -> f64 {
    speed_after(|| _ = black_box(fma_burst::<T>(Isa::best(), 50_000)))
}

fn contractions<T: Kernel>(dim: usize) -> f64
where
    f32: Stored<T>,
{
    let key = SurfaceKey { seed: 1, layout: Layout::new(3, dim), instance: 0 };
    let surface = Surface::draw(&key, 0, &|n, job| (0..n).map(job).collect());
    let mut block = PointLanes::<T>::new(dim);
    for lane in 0..T::LANES as u64 {
        let point = random_point(&mut stream(1, Role::Probe, &[dim as u64, lane]), dim);
        block.push(&point.into_iter().map(T::from_f64).collect::<Vec<_>>());
    }
    let mut out = Contraction::new(dim);
    speed_after(|| contract(Isa::best(), surface.full(), &block, black_box(&mut out)))
}

fn main() {
    let mut table =
        Table::new("clock", "Clock of a core after a millisecond of work", &["work", "type", "clock"]);
    let unloaded = speed_after(|| _ = speed());
    let mut row = |work: &str, kind: &str, speed: f64| {
        table.row([work.into(), kind.into(), number(speed / unloaded, 3)]);
    };
    row("shifts", "u64", unloaded);
    row("bursts of fused multiply-adds", "f32", bursts::<f32>());
    row("bursts of fused multiply-adds", "f64", bursts::<f64>());
    for dim in [100, 200] {
        row(&format!("contractions, H = 3, Λ = {dim}"), "f32", contractions::<f32>(dim));
        row(&format!("contractions, H = 3, Λ = {dim}"), "f64", contractions::<f64>(dim));
    }
    table.finish();
}
