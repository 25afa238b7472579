//! How fast this machine is: fused multiply–adds, and the contraction as a share of them.

use std::hint::black_box;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use crate::hamiltonian::kernel::{Kernel, Stored, fma_burst};
use crate::hamiltonian::{Contraction, Isa, Layout, Surface, SurfaceKey, SymmetricTensor, contract};
use crate::numeric::lanes::Block;
use crate::rng::{Role, stream};
use crate::sphere::random_point;

/// A floating-point format, by its name in tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Single.
    F32,
    /// Double.
    F64,
}

impl Precision {
    /// Both formats.
    pub const ALL: [Self; 2] = [Self::F32, Self::F64];

    /// Name in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F64 => "f64",
        }
    }
}

/// What to measure.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Order and dimension.
    pub layout: Layout,
    /// Type of points and arithmetic; couplings are f32 values, as in a sweep.
    pub precision: Precision,
    /// Threads at once.
    pub threads: usize,
    /// Points of each thread, in blocks as full as can be; `None` for one full block.
    pub starts: Option<usize>,
    /// Instruction set.
    pub isa: Isa,
}

/// A measured contraction with the limit measured beside it.
#[derive(Debug, Clone, Copy)]
pub struct ContractionRate {
    /// Useful flops, 4Λ^H/H! per gradient, (2/3)Λ³ at H = 3; in 10⁹/s over all threads.
    pub gflops: f64,
    /// Fused multiply–adds in registers in the same process, in 10⁹ flops/s over all threads.
    pub fma_gflops: f64,
    /// Milliseconds of one thread per gradient of one point.
    pub ms_per_gradient: f64,
    /// Median over the trials of the share of the limit, each trial beside its own burst.
    pub median_fraction: f64,
}

impl ContractionRate {
    /// Share of the limit, the best contraction over the best burst.
    pub fn fraction_of_fma(&self) -> f64 {
        self.gflops / self.fma_gflops
    }
}

/// Trials, of which the best counts: whatever else the machine does only makes a trial slower.
const TRIALS: usize = 7;

/// Fused multiply–adds in registers, in 10⁹ flops/s over all threads; the best of several trials.
pub fn fma_rate(precision: Precision, isa: Isa, threads: usize) -> f64 {
    let trial = || match precision {
        Precision::F32 => fma_trial::<f32>(isa, threads),
        Precision::F64 => fma_trial::<f64>(isa, threads),
    };
    (0..TRIALS).map(|_| trial()).fold(0.0, f64::max)
}

/// The contraction and its limit, measured in turns.
pub fn contraction_rate(case: &Case) -> ContractionRate {
    let key = SurfaceKey { seed: 0, layout: case.layout, instance: 0 };
    let surface = Surface::draw(&key, 0, &|n, job| (0..n).map(job).collect());
    match case.precision {
        Precision::F32 => measure::<f32, f32>(case, surface.full()),
        Precision::F64 => measure::<f64, f32>(case, surface.full()),
    }
}

fn measure<T: Kernel, A: Stored<T>>(case: &Case, tensor: &SymmetricTensor<A>) -> ContractionRate {
    let starts = case.starts.unwrap_or(T::LANES);
    let flops = useful_flops(case.layout) * starts as f64;
    let dim = case.layout.dim;
    let mut blocks = vec![Block::<T>::new(dim); starts.div_ceil(T::LANES)];
    for start in 0..starts {
        let w = random_point(&mut stream(0, Role::Probe, &[start as u64]), dim);
        blocks[start / T::LANES].push(&w.into_iter().map(T::from_f64).collect::<Vec<_>>());
    }
    let run = |times: usize| {
        at_once(
            case.threads,
            || {
                let mut out = Contraction::new(dim);
                contract(case.isa, tensor, &blocks[0], &mut out);
                move |blocks: &Vec<Block<T>>| {
                    for block in std::iter::repeat_n(blocks, times).flatten() {
                        contract(case.isa, tensor, block, black_box(&mut out));
                    }
                }
            },
            &blocks,
        )
    };
    // Long enough to be timed, short enough to find a quiet moment.
    let once = run(1).as_secs_f64().max(1e-7);
    let times = (0.05 / once).ceil().clamp(1.0, 1e6) as usize;
    let (mut best, mut fma) = (0.0f64, 0.0f64);
    let mut fractions = [0.0; TRIALS];
    for fraction in &mut fractions {
        let limit = fma_trial::<T>(case.isa, case.threads);
        let rate = flops * (times * case.threads) as f64 / run(times).as_secs_f64() / 1e9;
        (best, fma) = (best.max(rate), fma.max(limit));
        *fraction = rate / limit;
    }
    fractions.sort_by(f64::total_cmp);
    ContractionRate {
        gflops: best,
        fma_gflops: fma,
        ms_per_gradient: flops / starts as f64 * case.threads as f64 / best / 1e6,
        median_fraction: fractions[TRIALS / 2],
    }
}

/// Leading term of the flops of an energy with its gradient, 4Λ^H/H!.
fn useful_flops(layout: Layout) -> f64 {
    (1..=layout.spins).fold(4.0, |flops, j| flops * layout.dim as f64 / j as f64)
}

/// One timed burst on all threads, in 10⁹ flops/s.
fn fma_trial<T: Kernel>(isa: Isa, threads: usize) -> f64 {
    let iterations = if isa == Isa::Scalar { 300_000 } else { 3_000_000 };
    let elapsed =
        at_once(threads, || |&iterations: &u64| _ = black_box(fma_burst::<T>(isa, iterations)), &iterations);
    let (flops, _) = fma_burst::<T>(isa, 1);
    flops as f64 * iterations as f64 * threads as f64 / elapsed.as_secs_f64() / 1e9
}

/// Prepares a job on each thread, then times all of them together.
fn at_once<I: Sync, J: FnMut(&I)>(threads: usize, prepare: impl Fn() -> J + Sync, input: &I) -> Duration {
    let ready = Barrier::new(threads + 1);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut job = prepare();
                    ready.wait();
                    let begin = Instant::now();
                    job(input);
                    begin.elapsed()
                })
            })
            .collect();
        ready.wait();
        workers.into_iter().filter_map(|worker| worker.join().ok()).max().unwrap_or_default()
    })
}
