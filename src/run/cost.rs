//! What a run will need of memory and disk, exactly enough to refuse.

use super::board::Overlap;
use super::census;
use super::executor::Means;
use super::spec::{Couplings, Spec};
use crate::critical::MOST_TRIALS;
use crate::descent::{EVALUATE_LANES, Method, Protocol};
use crate::hamiltonian::Layout;

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

/// Peak memory of a run in bytes; `u64::MAX` where it overflows.
pub fn memory_bytes(spec: &Spec, means: &Means) -> u64 {
    overlap(spec, means).bytes.saturating_add(bytes_beside_tensors(spec, means))
}

/// Surfaces that are worked on at once, and what their tensors take at most: as many as keep all threads busy while
/// the last starts of one end, as far as they fit in memory; one where they do not.
pub fn overlap(spec: &Spec, means: &Means) -> Overlap {
    let per_thread = (means.threads * means.carrier.batch).div_ceil(spec.starts.max(1) as usize);
    let wanted = if spec.is_census() { 1 } else { means.threads.min(1 + per_thread) };
    let room = means.memory.saturating_sub(bytes_beside_tensors(spec, means));
    let mut overlap = Overlap { surfaces: 0, bytes: 0 };
    let sizes = spec.dims.iter().rev().flat_map(|&dim| (0..spec.instances).map(move |_| dim));
    for dim in sizes.take(wanted) {
        let bytes = tensor_bytes(spec, dim).unwrap_or(u64::MAX).saturating_add(overlap.bytes);
        if overlap.surfaces > 0 && bytes > room {
            break;
        }
        overlap = Overlap { surfaces: overlap.surfaces + 1, bytes };
    }
    overlap
}

fn bytes_beside_tensors(spec: &Spec, means: &Means) -> u64 {
    let largest = spec.dims.iter().copied().max().unwrap_or(0);
    let work = match &spec.descent {
        Some(descent) => worker_bytes(spec, descent, largest, means),
        None => census::memory_bytes(spec, means),
    };
    work.unwrap_or(u64::MAX).saturating_add(BASE_BYTES)
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
pub(super) fn trace_points(descent: &Protocol) -> u64 {
    let search = if descent.method == Method::Saddle { u64::from(MOST_TRIALS) } else { 0 };
    let steps = descent.sample_steps() + u64::from(descent.full_steps) + search;
    8 + ((steps.max(8) as f64 / 8.0).ln() / 1.25f64.ln()).ceil() as u64
}
