//! What a run will need: memory, disk, time.

use std::ops::ControlFlow;
use std::time::Instant;

use super::clock::Meter;
use super::interface::{Job, Study, Unit};
use super::resources::Resources;
use crate::error::{Error, Result};

/// Bytes of the process without any work.
pub(super) const BASE_BYTES: u64 = 24 << 20;
/// Bytes of an empty file, of a row beside its columns, and of a column (measured on runs of networks).
const EMPTY_FILE: u64 = 24 << 10;
const ROW_BYTES: u64 = 12;
const COLUMN_BYTES: u64 = 8;
/// Bytes of a unit on the list.
const UNIT_BYTES: u64 = 56;

/// How long what is left will take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expected {
    /// Wall time, on the machine as busy as it is now.
    pub seconds: f64,
    /// Share of the time that a thread had a processor in the trial.
    pub processor_share: f64,
}

/// How long the units that are left will take. Nothing where there are none.
///
/// # Errors
/// What keeps a trial from being carried out.
pub fn expected<S: Study>(job: &Job<S>, left: &[S::Listed]) -> Result<Expected> {
    if left.is_empty() {
        return Ok(Expected { seconds: 0.0, processor_share: 1.0 });
    }
    S::expected(job, left)
}

/// Peak memory of a run whose units say what they need: the largest of them on all threads at once.
pub(super) fn memory_bytes<S: Study>(spec: &S::Spec, resources: &Resources) -> u64 {
    let units = S::plan(spec).map(|planned| S::unit_bytes(spec, &planned));
    let largest = units.max().unwrap_or(0);
    let most = largest.saturating_mul(resources.threads as u64);
    let shared = S::shared_bytes(spec, resources);
    // Threads wait where there is no room for another unit, but one is always admitted.
    shared.saturating_add(most.min(resources.memory.saturating_sub(shared)).max(largest))
}

/// Bytes of the finished file: rows by their columns, units.
pub(super) fn disk_bytes<S: Study>(spec: &S::Spec) -> u64 {
    let row = ROW_BYTES + COLUMN_BYTES * S::Unit::heads().len() as u64;
    let bytes = S::plan(spec).map(|planned| UNIT_BYTES + row * S::progress(spec, &planned).1);
    bytes.fold(EMPTY_FILE, u64::saturating_add)
}

/// Refuses a run that does not fit in memory.
pub(super) fn admit<S: Study>(spec: &S::Spec, resources: &Resources) -> Result<()> {
    let (needed, available) = (S::memory_bytes(spec, resources), resources.memory);
    if needed <= available {
        return Ok(());
    }
    Err(Error::Refused(format!(
        "{needed} bytes of memory are needed, {available} are available; fewer threads need less"
    )))
}

/// Wall time of units by their work, from a trial of the one with the least.
pub(super) fn by_a_trial<S: Study>(job: &Job<S>, left: &[S::Listed]) -> Result<Expected> {
    let work = |listed: &S::Listed| S::work(job.spec, listed);
    let Some(least) = left.iter().min_by(|a, b| work(a).total_cmp(&work(b))) else {
        return Ok(Expected { seconds: 0.0, processor_share: 1.0 });
    };
    let (begin, mut meter) = (Instant::now(), Meter::start());
    S::unit(job, least, &mut |_| ControlFlow::Continue(()))?;
    let (wall, share) = (begin.elapsed().as_secs_f64(), meter.lap().share());
    let all: f64 = left.iter().map(work).sum();
    let shared = job.resources.threads.min(left.len()).max(1) as f64;
    Ok(Expected { seconds: wall * all / work(least).max(f64::MIN_POSITIVE) / shared, processor_share: share })
}
