//! What a run will need of memory and disk, exactly enough to refuse.

use super::scheduler::Overlap;
use super::storage::{has_few_starts, order_bytes};
use crate::critical::MOST_TRIALS;
use crate::descent::{DeviceClass, EVALUATE_LANES, POLISHES, Protocol, Sought};
use crate::hamiltonian::HESSIAN_LANES;
use crate::numeric::lanes::Real;
use crate::studies::surfaces::census::cost as census;
use crate::studies::surfaces::couplings::Couplings;
use crate::studies::surfaces::plan::planned_units;
use crate::studies::surfaces::spec::Spec;
use crate::study::Resources;

/// Program and store, beside what grows with the run (measured).
const BASE_BYTES: u64 = 12 << 20;
/// Matrices of Λ² doubles that a worker's polish holds at its peak: the Hessian of each start under way, factors
/// (16 to 20 measured, H = 2 … 4).
const MATRICES_PER_WORKER: u64 = POLISHES as u64;
/// The same of a saddle search: eight each of Hessians and eigenvectors, here and at the trial; faer's own.
const MATRICES_PER_SEARCHER: u64 = 44;
/// What a worker has under way to each process of its group, by Λ: sums of some panels of Hessians, of chunks.
const SHARED_BYTES: u64 = 8 << 10;
/// Bytes of a start that is stored: its unit's key, its record as it is read for the summary at the end (measured).
const STORED_START_BYTES: u64 = 100;
/// Bytes of a page of the store.
const PAGE: u64 = 4096;
/// Pages of a store without units: one for each table and index.
const EMPTY_PAGES: u64 = 9;
/// Bytes of a stored record with its keys (measured).
const RECORD_BYTES: u64 = 95;
/// Bytes of a stored unit, and of a surface's times (measured).
const UNIT_BYTES: u64 = 64;
/// Bytes of a stored step of a trace (measured).
const TRACE_POINT_BYTES: u64 = 45;

/// Peak memory of a run in bytes; `u64::MAX` where it overflows.
pub fn memory_bytes(spec: &Spec, resources: &Resources) -> u64 {
    overlap(spec, resources).bytes.saturating_add(bytes_beside_tensors(spec, resources))
}

/// Surfaces that are worked on at once, and what their tensors take at most: as many as keep all threads busy while
/// the last starts of one end, as far as they fit in memory; one where they do not.
pub fn overlap(spec: &Spec, resources: &Resources) -> Overlap {
    let per_thread = (resources.threads * resources.batch).div_ceil(spec.starts.max(1) as usize);
    let wanted = if spec.is_census() { 1 } else { resources.threads.min(1 + per_thread) };
    let room = resources.memory.saturating_sub(bytes_beside_tensors(spec, resources));
    let mut overlap = Overlap { surfaces: 0, bytes: 0 };
    let sizes = spec.dims.iter().rev().flat_map(|&dim| (0..spec.instances).map(move |_| dim));
    for dim in sizes.take(wanted) {
        let bytes =
            tensor_bytes(spec, dim, resources.shard).unwrap_or(u64::MAX).saturating_add(overlap.bytes);
        if overlap.surfaces > 0 && bytes > room {
            break;
        }
        overlap = Overlap { surfaces: overlap.surfaces + 1, bytes };
    }
    overlap
}

fn bytes_beside_tensors(spec: &Spec, resources: &Resources) -> u64 {
    let largest = spec.dims.iter().copied().max().unwrap_or(0);
    let work = match &spec.descent {
        Some(descent) => worker_bytes(spec, descent, largest, resources),
        None => census::memory_bytes(spec, resources),
    };
    let starts = u64::from(spec.starts) * u64::from(spec.instances) * spec.dims.len() as u64;
    let on_device = spec.descent.is_some_and(|descent| descent.method().device() != DeviceClass::Cpu);
    let staged = if on_device { staged_bytes(spec, largest) } else { 0 };
    work.unwrap_or(u64::MAX)
        .saturating_add(staged)
        .saturating_add(BASE_BYTES)
        .saturating_add(STORED_START_BYTES.saturating_mul(starts))
}

/// What is on its way to a device: one tensor, whose leaves are padded, with room to spare, and all points of a block
/// three times over.
fn staged_bytes(spec: &Spec, dim: u32) -> u64 {
    let values = spec.values(dim).unwrap_or(u64::MAX);
    values.saturating_mul(8).saturating_add(u64::from(spec.starts.min(4096)) * u64::from(dim) * 16)
}

/// One surface with its sample tensors, the most that any of so many processes holds, and the user's couplings behind it.
fn tensor_bytes(spec: &Spec, dim: u32, ranks: usize) -> Option<u64> {
    let samples = spec.descent.map_or(0, |descent| descent.method().samples());
    let tensors = 1 + u64::from(samples);
    spec.layouts(dim).iter().try_fold(0u64, |sum, layout| {
        let own = match spec.couplings {
            Couplings::Random => 0,
            // The array as read, and its leaf layout in double precision.
            Couplings::File { .. } | Couplings::Orders { .. } => {
                let array = u64::from(dim).checked_pow(layout.spins as u32)?;
                8u64.checked_mul(array.checked_add(layout.values()?)?)?
            }
        };
        sum.checked_add(order_bytes(layout, tensors, (ranks, has_few_starts(spec, ranks)))?)?.checked_add(own)
    })
}

fn worker_bytes(spec: &Spec, descent: &Protocol, dim: u32, resources: &Resources) -> Option<u64> {
    let dim = u64::from(dim);
    let square = dim.checked_mul(dim)?;
    let pairs = if spec.spins > 3 { 8 * EVALUATE_LANES as u64 } else { 0 };
    let held = match descent.method().sought() {
        Sought::AnyIndex => MATRICES_PER_SEARCHER,
        Sought::Minima => MATRICES_PER_WORKER,
    };
    // Hessians of each further order before they are added.
    let more = if spec.layouts(2).len() > 1 { 8 * HESSIAN_LANES as u64 } else { 0 };
    let matrices = square.checked_mul(8 * held + pairs + more)?;
    let blocks = dim.checked_mul(192 * (8 + resources.batch as u64 / 12) + 128 * EVALUATE_LANES as u64)?;
    // Whole blocks of lanes.
    let lanes = <f32 as Real>::LANES as u64;
    let held = (resources.batch as u64).div_ceil(lanes) * lanes * 4 * descent.method().points_held();
    let held = dim.checked_mul(held)?;
    let shared = if resources.shard > 1 { dim * SHARED_BYTES * resources.shard as u64 } else { 0 };
    matrices
        .checked_add(blocks)?
        .checked_add(held)?
        .checked_add(shared)?
        .checked_mul(resources.threads as u64)
}

/// About how many bytes the finished store takes; of a census, without its points.
pub fn disk_bytes(spec: &Spec) -> u64 {
    let trace = match &spec.descent {
        Some(descent) if spec.trace => TRACE_POINT_BYTES * trace_points(descent),
        _ => 0,
    };
    let starts = u64::from(spec.starts) * u64::from(spec.instances);
    let of_size = |&dim: &u32| record_bytes(spec, dim).saturating_add(trace).saturating_mul(starts);
    let surfaces = u64::from(spec.instances) * spec.dims.len() as u64;
    let rest = planned_units(spec).saturating_add(surfaces).saturating_mul(UNIT_BYTES) + EMPTY_PAGES * PAGE;
    spec.dims.iter().map(of_size).fold(rest, u64::saturating_add)
}

/// About how many bytes the finished store of a census takes, with about so many critical points on each surface.
pub fn census_disk_bytes(spec: &Spec, points: f64) -> u64 {
    let points = points * f64::from(spec.instances);
    (record_bytes(spec, spec.dim()) as f64 * points) as u64 + EMPTY_PAGES * PAGE
}

/// A record with its point.
fn record_bytes(spec: &Spec, dim: u32) -> u64 {
    RECORD_BYTES + if spec.points { point_bytes(u64::from(dim)) } else { 0 }
}

/// A stored point with its share of pages that whole points do not fill, and its row of the index.
fn point_bytes(dim: u64) -> u64 {
    const KEYS: u64 = 14;
    const INDEX: u64 = 22;
    let row = 8 * dim + KEYS;
    INDEX
        + match (PAGE - 8) / row {
            // What does not fit a page goes to pages of its own.
            0 => row.div_ceil(PAGE - 4) * PAGE,
            rows => PAGE / rows,
        }
}

/// Points of a trace whose steps are a quarter apart.
pub(super) fn trace_points(descent: &Protocol) -> u64 {
    let method = descent.method();
    let search = if method.sought() == Sought::AnyIndex { u64::from(MOST_TRIALS) } else { 0 };
    let steps = method.first_steps() + u64::from(method.full_steps()) + search;
    8 + ((steps.max(8) as f64 / 8.0).ln() / 1.25f64.ln()).ceil() as u64
}
