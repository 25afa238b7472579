//! How fast this machine is: fused multiply–adds, and the contraction as a share of them.

mod few;
mod spent;

use std::hint::black_box;
use std::sync::{Barrier, mpsc};

use crate::Result;
use crate::hamiltonian::kernel::{Kernel, Stored, fma_burst};
use crate::hamiltonian::{Contraction, Isa, Layout, Surface, SurfaceKey, SymmetricTensor, contract};
use crate::numeric::lanes::PointLanes;
use crate::rng::{Role, stream};
use crate::sphere::random_point;
use crate::study::clock::Lap;

pub use few::{FewStarts, FewStartsRate, few_starts_rate, read_rate};
pub use spent::Precision;
use spent::{Spent, useful_flops};

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

/// A measured contraction with the limit measured in turns with it.
///
/// A core lowers its clock for wide registers, and more so when they are also loaded: bursts of a fifth of a millisecond
/// right after contractions are slower than bursts alone, [`fma_rate`].
#[derive(Debug, Clone, Copy)]
pub struct ContractionRate {
    /// Useful flops, 4Λ^H/H! per gradient, (2/3)Λ³ at H = 3; in 10⁹/s over all threads.
    pub gflops: f64,
    /// Fused multiply–adds in registers, in 10⁹ flops/s over all threads.
    pub fma_gflops: f64,
    /// Milliseconds of one thread per gradient of one point.
    pub ms_per_gradient: f64,
    /// Share of the time that the threads had a processor; below 1 the machine is busy with something else, and the rates
    /// are too low.
    pub processor_share: f64,
}

impl ContractionRate {
    /// Share of the limit.
    pub fn fraction_of_fma(&self) -> f64 {
        self.gflops / self.fma_gflops
    }
}

/// Trials: of a burst the best counts, since whatever else the machine does only makes it slower; of a ratio the median.
const TRIALS: usize = 7;
/// Seconds of contractions in a trial, at least, and how many turns.
const TRIAL: f64 = 0.06;
const TURNS: usize = 5;
/// Seconds of a turn of contractions, at least, and of the burst that follows it.
const TURN: f64 = 1e-3;
const BURST: f64 = 2e-4;

/// Fused multiply–adds in registers and nothing else, in 10⁹ flops/s over all threads; the best of several trials.
///
/// # Errors
/// [`Error::Refused`](crate::Error::Refused) if the system gives no threads.
pub fn fma_rate(precision: Precision, isa: Isa, threads: usize) -> Result<f64> {
    match precision {
        Precision::F32 => lone_bursts::<f32>(isa, threads),
        Precision::F64 => lone_bursts::<f64>(isa, threads),
    }
}

fn lone_bursts<T: Kernel>(isa: Isa, threads: usize) -> Result<f64> {
    let iterations = if isa == Isa::Scalar { 300_000 } else { 3_000_000 };
    let trial = || {
        let rates = at_once(threads, || {
            || {
                let mut spent = Spent::default();
                spent.time(|| burst::<T>(isa, iterations));
                spent.gflops()
            }
        })?;
        Ok(rates.iter().sum())
    };
    (0..TRIALS).try_fold(0.0, |best: f64, _| Ok(best.max(trial()?)))
}

/// The contraction and its limit, measured in turns.
///
/// # Errors
/// As [`fma_rate`].
pub fn contraction_rate(case: &Case) -> Result<ContractionRate> {
    let key = SurfaceKey { seed: 0, layout: case.layout, instance: 0 };
    let surface = Surface::draw(&key, 0, &|n, job| (0..n).map(job).collect());
    match case.precision {
        Precision::F32 => measure::<f32, f32>(case, surface.full()),
        Precision::F64 => measure::<f64, f32>(case, surface.full()),
    }
}

fn measure<T: Kernel, A: Stored<T>>(case: &Case, tensor: &SymmetricTensor<A>) -> Result<ContractionRate> {
    let starts = case.starts.unwrap_or(T::LANES);
    let dim = case.layout.dim;
    let mut blocks = vec![PointLanes::<T>::new(dim); starts.div_ceil(T::LANES)];
    for start in 0..starts {
        let w = random_point(&mut stream(0, Role::Probe, &[start as u64]), dim);
        blocks[start / T::LANES].push(&w.into_iter().map(T::from_f64).collect::<Vec<_>>());
    }
    let flops = useful_flops(case.layout) * starts as f64;
    let pass = |out: &mut Contraction<T>| {
        blocks.iter().for_each(|block| contract(case.isa, tensor, block, black_box(out)));
        flops
    };
    let burst_of = |iterations| burst::<T>(case.isa, iterations);
    let mut out = Contraction::new(dim);
    let plan = Plan::new(|| pass(&mut out), burst_of);
    let together = Barrier::new(case.threads);
    let of_threads = at_once(case.threads, || {
        let mut out = Contraction::new(dim);
        let (plan, together) = (&plan, &together);
        move || [(); TRIALS].map(|()| plan.trial(together, || pass(&mut out), burst_of))
    })?;
    let over_threads = |trial: usize| {
        of_threads.iter().fold([0.0; 2], |sum, trials| {
            let [contraction, bursts] = trials[trial];
            [sum[0] + contraction.gflops(), sum[1] + bursts.gflops()]
        })
    };
    let mut trials: Vec<[f64; 2]> = (0..TRIALS).map(over_threads).collect();
    trials.sort_by(|a, b| (a[0] / a[1]).total_cmp(&(b[0] / b[1])));
    let [gflops, fma_gflops] = trials[TRIALS / 2];
    let ms_per_gradient = 1e-6 * useful_flops(case.layout) * case.threads as f64 / gflops;
    let mut all = Lap::default();
    of_threads.iter().flatten().flatten().for_each(|spent| all += spent.lap);
    Ok(ContractionRate { gflops, fma_gflops, ms_per_gradient, processor_share: all.share() })
}

/// How a trial is made up.
struct Plan {
    turns: usize,
    /// Passes in a turn.
    passes: usize,
    /// Iterations of a burst.
    iterations: u64,
}

impl Plan {
    /// From the fastest of a few passes and bursts.
    fn new(mut pass: impl FnMut() -> f64, burst: impl Fn(u64) -> f64) -> Self {
        const ITERATIONS: u64 = 10_000;
        let fastest = |work: &mut dyn FnMut() -> f64| {
            let seconds = |work: &mut dyn FnMut() -> f64| {
                let mut spent = Spent::default();
                spent.time(work);
                spent.seconds()
            };
            (0..3).map(|_| seconds(work)).fold(f64::INFINITY, f64::min)
        };
        let of_pass = fastest(&mut pass);
        let of_burst = fastest(&mut || burst(ITERATIONS));
        let passes = (TURN / of_pass).ceil().max(1.0);
        let turns = (TRIAL / (passes * of_pass)).ceil() as usize;
        let iterations = (ITERATIONS as f64 * BURST / of_burst).ceil() as u64;
        Self { turns: turns.max(TURNS), passes: passes as usize, iterations }
    }

    /// What a trial spent on passes and on bursts; all threads do the same at the same time.
    fn trial(
        &self,
        together: &Barrier,
        mut pass: impl FnMut() -> f64,
        burst: impl Fn(u64) -> f64,
    ) -> [Spent; 2] {
        let mut spent = [Spent::default(); 2];
        for _ in 0..self.turns {
            together.wait();
            spent[0].time(|| (0..self.passes).map(|_| pass()).sum());
            spent[1].time(|| burst(self.iterations));
        }
        spent
    }
}

/// Fused multiply–adds in registers; returns their flops.
fn burst<T: Kernel>(isa: Isa, iterations: u64) -> f64 {
    black_box(fma_burst::<T>(isa, iterations)).0 as f64
}

/// Prepares a job on each thread, then runs all of them together.
///
/// # Errors
/// [`Error::Refused`](crate::Error::Refused) if the system does not give so many threads; none of them runs its job then.
fn at_once<R: Send, J: FnOnce() -> R>(threads: usize, prepare: impl Fn() -> J + Sync) -> Result<Vec<R>> {
    let ready = Barrier::new(threads);
    std::thread::scope(|scope| {
        let (prepare, ready) = (&prepare, &ready);
        let mut workers = Vec::with_capacity(threads);
        for number in 0..threads {
            // Nobody waits for the others before all of them are there.
            let (go, may_go) = mpsc::channel();
            let job = move || {
                may_go.recv().ok()?;
                let job = prepare();
                ready.wait();
                Some(job())
            };
            workers.push((crate::study::work::start(scope, &format!("measure-{number}"), job)?, go));
        }
        workers.iter().for_each(|(_, go)| assert!(go.send(()).is_ok(), "a thread waits for this"));
        Ok(workers.into_iter().filter_map(|(worker, _)| worker.join().ok().flatten()).collect())
    })
}
