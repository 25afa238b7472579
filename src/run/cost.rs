//! What a run will need: memory and disk exactly enough to refuse, time from a short run of the kernels.

use std::time::Instant;

use super::census;
use super::executor::Means;
use super::measure::{Case, Precision, contraction_rate};
use super::plan::Group;
use super::spec::{Couplings, Spec};
use crate::critical::MOST_TRIALS;
use crate::descent::{EVALUATE_LANES, Method, Protocol, evaluate};
use crate::hamiltonian::{Layout, Surface, SurfaceKey};
use crate::numeric::lanes::Real;
use crate::numeric::trust_region::trust_region_step;
use crate::rng::{Role, stream};
use crate::sphere::random_point;

/// Program, store and figures, beside what grows with the run.
const BASE_BYTES: u64 = 64 << 20;
/// Matrices of Λ² doubles that a worker's polish holds at its peak, counted: eight each of Hessians, tangent Hessians
/// here and at the trial; factors and eigenvalue workspace of one point.
const MATRICES_PER_WORKER: u64 = 32;
/// The same, further, of a saddle search: eigenvectors of eight points, those of a trial and of faer's own.
const MATRICES_PER_SEARCHER: u64 = 12;
/// Bytes of a stored record with its keys, without its point (measured).
const RECORD_BYTES: u64 = 200;
/// Bytes of a stored step of a trace (measured).
const TRACE_POINT_BYTES: u64 = 45;
/// Largest layout, in stored values, that the kernels are timed on.
const PILOT_VALUES: u64 = 10_000_000;
/// Mean gradient steps to a target energy.
const APPROACH_STEPS: f64 = 30.0;
/// Mean evaluations of a saddle search are about a_0 + a_1 ln Λ (by eye, H = 3, Λ = 5 … 200, good to 20 %).
const SEARCH_ROUNDS: [f64; 2] = [-3.0, 8.0];

/// Peak memory of a run in bytes, at its largest size; `u64::MAX` where it overflows.
pub fn memory_bytes(spec: &Spec, means: &Means) -> u64 {
    let largest = spec.dims.iter().copied().max().unwrap_or(0);
    let bytes = tensor_bytes(spec, largest).and_then(|tensors| {
        let work = match &spec.descent {
            Some(descent) => worker_bytes(spec, descent, largest, means),
            None => census::memory_bytes(spec, means),
        };
        work?.checked_add(tensors)?.checked_add(BASE_BYTES)
    });
    bytes.unwrap_or(u64::MAX)
}

/// One surface with its sample tensors, and the user's couplings behind it.
fn tensor_bytes(spec: &Spec, dim: u32) -> Option<u64> {
    let values = Layout::new(spec.spins as usize, dim as usize).values()?;
    let own = match spec.couplings {
        Couplings::Random => 0,
        // The array as read, and its leaf layout in double precision.
        Couplings::File { .. } => {
            8u64.checked_mul(u64::from(dim).checked_pow(spec.spins)?.checked_add(values)?)?
        }
    };
    let samples = spec.descent.map_or(0, |descent| descent.samples);
    values.checked_mul(4 * (1 + u64::from(samples)))?.checked_add(own)
}

fn worker_bytes(spec: &Spec, descent: &Protocol, dim: u32, means: &Means) -> Option<u64> {
    let dim = u64::from(dim);
    let square = dim.checked_mul(dim)?;
    let pairs = if spec.spins > 3 { 8 * EVALUATE_LANES as u64 } else { 0 };
    let search = if descent.method == Method::Saddle { 8 * MATRICES_PER_SEARCHER } else { 0 };
    let matrices = square.checked_mul(8 * MATRICES_PER_WORKER + search + pairs)?;
    let blocks =
        dim.checked_mul(192 * (8 + means.carrier.batch as u64 / 12) + 1024 * EVALUATE_LANES as u64)?;
    matrices.checked_add(blocks)?.checked_mul(means.threads as u64)
}

/// About how many bytes the finished store of a sweep takes.
pub fn disk_bytes(spec: &Spec) -> u64 {
    let trace = match &spec.descent {
        Some(descent) if spec.trace => TRACE_POINT_BYTES * trace_points(descent),
        _ => 0,
    };
    let starts = u64::from(spec.starts) * u64::from(spec.instances);
    let of_size = |&dim: &u32| record_bytes(spec, dim).saturating_add(trace).saturating_mul(starts);
    spec.dims.iter().map(of_size).fold(0, u64::saturating_add)
}

/// About how many bytes the finished store of a census takes, with about so many critical points on each surface.
pub fn census_disk_bytes(spec: &Spec, points: f64) -> u64 {
    let points = points * f64::from(spec.instances);
    (record_bytes(spec, spec.dims[0]) as f64 * points) as u64
}

/// A record with its point.
fn record_bytes(spec: &Spec, dim: u32) -> u64 {
    // Pages of points are not filled to the last byte.
    RECORD_BYTES + if spec.points { u64::from(dim) * 8 * 9 / 8 } else { 0 }
}

/// Points of a trace whose steps are a quarter apart.
fn trace_points(descent: &Protocol) -> u64 {
    let search = if descent.method == Method::Saddle { u64::from(MOST_TRIALS) } else { 0 };
    let steps = descent.sample_steps() + u64::from(descent.full_steps) + search;
    8 + ((steps.max(8) as f64 / 8.0).ln() / 1.25f64.ln()).ceil() as u64
}

/// Wall seconds that what is left will take, from kernels timed now at each size (at a smaller size where that is
/// large, and scaled by the count of operations); for a census, from some paths followed now.
pub fn seconds(spec: &Spec, left: &[Group], means: &Means) -> f64 {
    let Some(descent) = &spec.descent else { return census::seconds(spec, left.len(), means) };
    left.chunk_by(|a, b| a.dim == b.dim)
        .map(|groups| {
            let pilot = Pilot::run(spec, descent, groups[0].dim, means);
            groups.iter().map(|group| pilot.seconds(descent, group.starts() as f64, means)).sum::<f64>()
        })
        .sum()
}

/// Times of one size's parts, in seconds of one thread (all threads busy).
struct Pilot {
    dim: f64,
    draw: f64,
    step: f64,
    polish_round: f64,
    index: f64,
}

impl Pilot {
    fn run(spec: &Spec, descent: &Protocol, dim: u32, means: &Means) -> Self {
        let layout = Layout::new(spec.spins as usize, dim as usize);
        let small = smaller(layout);
        let growth = work(layout) / work(small);
        let case = Case {
            layout: small,
            precision: Precision::F32,
            threads: means.threads,
            starts: None,
            isa: means.carrier.isa,
        };
        let step = 1e-3 * contraction_rate(&case).ms_per_gradient * growth;
        let key = SurfaceKey { seed: 0, layout: small, instance: 0 };
        let begin = Instant::now();
        let surface = Surface::draw(&key, 0, &|n, job| (0..n).map(job).collect());
        let draw = begin.elapsed().as_secs_f64() * growth * (1.0 + 1.3 * f64::from(descent.samples));
        let points: Vec<Vec<f64>> = (0..EVALUATE_LANES as u64)
            .map(|lane| random_point(&mut stream(0, Role::Probe, &[lane]), small.dim))
            .collect();
        let trials: Vec<&[f64]> = points.iter().map(Vec::as_slice).collect();
        let begin = Instant::now();
        let evaluated = evaluate(&surface, means.carrier.isa, &trials);
        let evaluation = begin.elapsed().as_secs_f64() * growth / EVALUATE_LANES as f64;
        let cubes = (dim as f64 / small.dim as f64).powi(3);
        let (mut solve, mut index) = (0.0, 0.0);
        if let Some(Some(here)) = evaluated.first() {
            let begin = Instant::now();
            match descent.method {
                Method::Saddle => _ = here.hessian.eigen(),
                _ => _ = trust_region_step(&here.hessian, &here.gradient, 0.05 * (small.dim as f64).sqrt()),
            }
            solve = begin.elapsed().as_secs_f64() * cubes;
            let begin = Instant::now();
            let _ = here.hessian.eigenvalues();
            index = begin.elapsed().as_secs_f64() * cubes;
        }
        Self { dim: f64::from(dim), draw, step, polish_round: evaluation + solve, index }
    }

    fn seconds(&self, descent: &Protocol, starts: f64, means: &Means) -> f64 {
        let threads = means.threads as f64;
        // A register of lanes costs the same however few of them are used.
        let lanes = <f32 as Real>::LANES as f64 / 3.0;
        let full = threads * lanes * (starts / threads / lanes).ceil();
        let steps = descent.sample_steps() as f64 + expected_full_steps(descent, self.dim);
        let each = self.polish_round * polish_rounds(descent, self.dim) + self.index;
        self.draw / threads + (full * steps * self.step + starts * each) / threads
    }
}

/// Mean steps of the full phase. Times to reach the hand-over are near exponential with a mean of 2Λ at 1e-3 and
/// half as much again per further decade (a fit by eye to mean steps at H = 3, Λ = 25 … 500, good to 20 %); the limit
/// on steps cuts them.
fn expected_full_steps(descent: &Protocol, dim: f64) -> f64 {
    if descent.method == Method::Saddle {
        return APPROACH_STEPS.min(f64::from(descent.full_steps));
    }
    let decades = (1e-3 / descent.handover).log10();
    let mean = 2.0 * dim * (1.0 + 0.5 * decades).max(0.2);
    let most = f64::from(descent.full_steps);
    mean * (1.0 - (-most / mean).exp())
}

/// Mean evaluations of a polish: a guess, more where the limit on steps cuts descents short. With it the time of the
/// full sweep is foretold to 6 % on the machine that README names.
fn polish_rounds(descent: &Protocol, dim: f64) -> f64 {
    if descent.method == Method::Saddle {
        return (SEARCH_ROUNDS[0] + SEARCH_ROUNDS[1] * dim.ln()).max(3.0);
    }
    let cut = (-f64::from(descent.full_steps) / (2.0 * dim)).exp();
    4.0 + 12.0 * cut
}

/// The largest layout of the same order that is quick to time.
fn smaller(layout: Layout) -> Layout {
    let fits = |dim: usize| Layout { dim, ..layout }.values().is_some_and(|values| values <= PILOT_VALUES);
    let dim = (2..=layout.dim).rev().find(|&dim| fits(dim)).unwrap_or(2);
    Layout { dim, ..layout }
}

fn work(layout: Layout) -> f64 {
    layout.values().unwrap_or(u64::MAX) as f64
}
