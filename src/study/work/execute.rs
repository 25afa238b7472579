//! Carries out what is left of a run, in one process.

use std::sync::mpsc::RecvTimeoutError;

use super::announce::Announcing;
use super::keeper::{Keeper, LONG};
use crate::error::{Error, Result};
use crate::study::events::Event;
use crate::study::interface::{Finding, Job, Study, Unit, Work};
use crate::study::store::Store;

/// Does all units that the store's spec plans and the store has not yet; stores each soon after it is complete.
///
/// # Errors
/// [`Error::Interrupted`] once a stop is requested, with every finished unit stored; those of the store and of the work.
pub fn execute<S: Study>(store: &mut Store<S>, job: &Job<S>) -> Result<()> {
    let left = store.left();
    if left.is_empty() {
        return Ok(());
    }
    S::check_given(job.spec, job.given)?;
    let observer = Announcing::new::<S>(job.observer, job.spec, &left);
    let job = &Job { observer: &observer, ..*job };
    let mut keeper = Keeper::new(store, job, &left);
    S::Work::carry_out(job, |intake, findings| {
        intake.feed(&left);
        intake.close();
        keeper.keep(findings)
    })?;
    job.stop.requested().map_or(Ok(()), |signal| Err(Error::Interrupted(signal)))
}

/// Computes units without a store, and hands on each as it ends, in no particular order.
///
/// # Errors
/// What `take` returns; [`Error::Interrupted`] once a stop is requested; those of the work.
pub fn compute<S: Study>(
    job: &Job<S>,
    units: &[S::Listed],
    take: &mut dyn FnMut(S::Unit) -> Result<()>,
) -> Result<()> {
    let observer = Announcing::new::<S>(job.observer, job.spec, units);
    let job = &Job { observer: &observer, ..*job };
    S::Work::carry_out(job, |intake, findings| {
        intake.feed(units);
        intake.close();
        loop {
            match findings(LONG) {
                Ok(Finding { units, .. }) => {
                    for unit in units {
                        let (size, items) = S::progress(job.spec, &unit.listed());
                        take(unit)?;
                        job.observer.event(Event::Stored { size, items });
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    })?;
    job.stop.requested().map_or(Ok(()), |signal| Err(Error::Interrupted(signal)))
}
