//! What a run will need: memory, disk, time.

use std::ops::ControlFlow;
use std::time::Instant;

use super::clock::Meter;
use super::interface::{Expected, Job, Needs, Study, Unit};
use super::resources::Resources;
use crate::error::{Error, Result};

/// Bytes of an empty file, of a row beside its columns, and of a column (measured on runs of networks).
const EMPTY_FILE: u64 = 24 << 10;
const ROW_BYTES: u64 = 12;
const COLUMN_BYTES: u64 = 8;
/// Bytes of a unit on the list.
const UNIT_BYTES: u64 = 56;

/// How long the units that are left will take. Nothing where there are none.
///
/// # Errors
/// What keeps a trial from being carried out.
pub fn expected<S: Study>(job: &Job<S>, left: &[S::Listed]) -> Result<Expected> {
    if left.is_empty() {
        return Ok(Expected { seconds: 0.0, processor_share: 1.0 });
    }
    S::Needs::expected(job, left)
}

/// What a run needs by what its units say of themselves, and its time by a trial of the unit with the least work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByTrial;

impl<S: Study> Needs<S> for ByTrial {
    /// The largest unit on all threads at once, beside what all share.
    fn memory_bytes(spec: &S::Spec, resources: &Resources) -> u64 {
        let largest = S::plan(spec).map(|planned| S::unit_bytes(spec, &planned)).max().unwrap_or(0);
        let most = largest.saturating_mul(resources.threads as u64);
        let shared = S::shared_bytes(spec, resources);
        // Threads wait where there is no room for another unit, but one is always admitted.
        shared.saturating_add(most.min(resources.memory.saturating_sub(shared)).max(largest))
    }

    /// Rows by their columns, and units.
    fn disk_bytes(spec: &S::Spec) -> u64 {
        let row = ROW_BYTES + COLUMN_BYTES * S::Unit::heads().len() as u64;
        let bytes = S::plan(spec).map(|planned| UNIT_BYTES + row * S::progress(spec, &planned).1);
        bytes.fold(EMPTY_FILE, u64::saturating_add)
    }

    fn admit(spec: &S::Spec, resources: &Resources) -> Result<()> {
        let (needed, available) = (S::memory_bytes(spec, resources), resources.memory);
        if needed <= available {
            return Ok(());
        }
        Err(Error::Refused(format!(
            "{needed} bytes of memory are needed, {available} are available; fewer threads need less"
        )))
    }

    fn expected(job: &Job<S>, left: &[S::Listed]) -> Result<Expected> {
        let work = |listed: &S::Listed| S::work(job.spec, listed);
        let Some(least) = left.iter().min_by(|a, b| work(a).total_cmp(&work(b))) else {
            return Ok(Expected { seconds: 0.0, processor_share: 1.0 });
        };
        let (begin, mut meter) = (Instant::now(), Meter::start());
        S::unit(job, least, &mut |_| ControlFlow::Continue(()))?;
        let (wall, processor_share) = (begin.elapsed().as_secs_f64(), meter.lap().share());
        let all: f64 = left.iter().map(work).sum();
        let shared = job.resources.threads.min(left.len()).max(1) as f64;
        let seconds = wall * all / work(least).max(f64::MIN_POSITIVE) / shared;
        Ok(Expected { seconds, processor_share })
    }
}
