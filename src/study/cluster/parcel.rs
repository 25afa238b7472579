//! A run by processes that somebody else starts and talks to: spec and units go out as bytes, results come back as bytes, and
//! whoever holds the store is the only writer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use super::leases::Leases;
use super::message::{RankReport, RankRequest, Results};
use crate::error::{Error, Result};
use crate::study::columns::message::Sent;
use crate::study::events::{Observer, Stop};
use crate::study::interface::{Finding, Job, Study, Unit, Work};
use crate::study::listed::Listed;
use crate::study::resources::Resources;
use crate::study::spec::RunSpec;
use crate::study::store::Store;
use crate::study::work::add_all;

/// Time between two looks where nothing comes.
const LONG: Duration = Duration::from_secs(3600);

/// Units that are left of a run, as orders for so many workers: the first orders are the largest, so that all workers end
/// together. Any worker can carry out any of them, once or more often.
pub fn orders<S: Study>(store: &Store<S>, workers: usize) -> Vec<Vec<u8>> {
    let workers = workers.max(1);
    let mut leases = Leases::<S>::new(store.spec(), &store.left(), vec![1; workers]);
    let units = (0..workers).cycle().map(|worker| leases.next(worker)).take_while(|units| !units.is_empty());
    units.map(|units| RankRequest::<S>::Do(units).encode()).collect()
}

/// Carries out an order of a run with this spec, and gives the results as bytes: a function of spec, what is given and the
/// order, but for the time spent.
///
/// # Errors
/// [`Error::Damaged`] where spec or order cannot be read; [`Error::Refused`] where the run cannot be carried out here, or not
/// with what is given; [`Error::Interrupted`] once a stop is requested; those of the work.
pub fn carry_out<S: Study>(
    spec: &str,
    order: &[u8],
    (given, resources): (&S::Given, &Resources),
    (observer, stop): (&dyn Observer, &Stop),
) -> Result<Vec<u8>> {
    let spec = &S::Spec::from_canonical(spec)?;
    let Some(RankRequest::<S>::Do(units)) = RankRequest::decode(order) else {
        return Err(foreign("an order"));
    };
    if let Some(unit) = units.iter().find(|unit| S::planned(spec, unit).is_none()) {
        return Err(Error::Damaged(format!("an order has unit {}, which the run has not", unit.key())));
    }
    let narrowed = S::narrowed(spec, given);
    let given = narrowed.as_ref().unwrap_or(given);
    S::check_given(spec, given)?;
    S::admit(spec, resources)?;
    let job = Job { spec, given, resources, observer, stop };
    let mut finding = Finding::<S> { units: Vec::new(), spent: Vec::new() };
    S::Work::carry_out(&job, |intake, findings| {
        intake.feed(&units);
        intake.close();
        loop {
            match findings(LONG) {
                Ok(Finding { units, spent }) => {
                    finding.units.extend(units);
                    finding.spent.extend(spent);
                }
                Err(RecvTimeoutError::Timeout) => {}
                // Threads that are gone have sent all they had.
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    })?;
    if let Some(signal) = stop.requested() {
        return Err(Error::Interrupted(signal));
    }
    let mut spent = BTreeMap::new();
    add_all::<S>(&mut spent, finding.spent);
    let finding = Finding::<S> { units: finding.units, spent: spent.into_values().collect() };
    Ok(RankReport::Found(Results { finding, advanced: Vec::new(), wants_more: false }).encode())
}

/// Stores the results of an order; the sizes that they count under, and how many items each has. Results that are stored
/// already, since an order was carried out twice, are left out.
///
/// # Errors
/// [`Error::Damaged`] where results cannot be read; those of the store.
pub fn keep<S: Study>(store: &mut Store<S>, results: &[u8]) -> Result<Vec<(u32, u64)>> {
    let Some(RankReport::<S>::Found(Results { finding, .. })) = RankReport::decode(results) else {
        return Err(foreign("results"));
    };
    let left: BTreeSet<_> = store.left().iter().map(Listed::key).collect();
    let is_new = |unit: &S::Unit| left.contains(&unit.listed().key());
    let units: Vec<S::Unit> = finding.units.into_iter().filter(is_new).collect();
    store.write(&units, if units.is_empty() { &[] } else { &finding.spent })?;
    Ok(units.iter().map(|unit| S::progress(store.spec(), &unit.listed())).collect())
}

fn foreign(what: &str) -> Error {
    Error::Damaged(format!("{what} cannot be read: all processes need the same version of hspin"))
}
