//! Carries out what is left of a run.

use std::collections::BTreeMap;

use super::census;
use super::cost;
use super::events::{Event, Observer, Stop};
use super::keeper::{Commits, Keeper};
use super::plan::{Group, todo};
use super::scheduler::{Planned, Scheduler};
use super::spec::Spec;
use super::store::Store;
use super::surface::SurfaceJob;
use super::unit::UnitKey;
use super::workers::{WorkContext, work_on};
use crate::descent::Carrier;
use crate::hamiltonian::{Layout, SurfaceKey, SymmetricTensor};
use crate::{Error, Result};

/// How a run is carried out; none of it changes what comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Means {
    /// Worker threads, at least 1.
    pub threads: usize,
    /// Batch and instruction set of each worker.
    pub carrier: Carrier,
    /// Bytes of memory that the run may take. Surfaces overlap as far as they fit in; one of them must.
    pub memory: u64,
    /// Processes that hold a surface together; 1 where each holds its own.
    pub shard: usize,
    /// Which units share a commit.
    pub commits: Commits,
}

impl Means {
    /// The pool of worker threads.
    ///
    /// # Errors
    /// [`Error::Refused`] if the system gives no threads.
    pub fn pool(&self) -> Result<rayon::ThreadPool> {
        let builder = rayon::ThreadPoolBuilder::new().num_threads(self.threads);
        builder.build().map_err(|error| {
            Error::Refused(format!("cannot start enough threads ({}): {error}", self.threads))
        })
    }
}

/// Does all units that the store's spec plans and the store has not yet; stores each soon after it is complete. The
/// largest surfaces come first: where the last starts leave threads idle, surfaces are small.
///
/// # Errors
/// [`Error::Interrupted`] once `stop` is requested, with every finished unit stored; those of the store.
pub fn execute(
    couplings: Option<&SymmetricTensor<f64>>,
    store: &mut Store,
    means: &Means,
    observer: &dyn Observer,
    stop: &Stop,
) -> Result<()> {
    let spec = store.spec().clone();
    let Some(protocol) = spec.descent else {
        return census::execute(couplings, store, means, observer, stop);
    };
    let done = store.done();
    let mut left = todo(&spec, &done);
    left.sort_by_key(|group| std::cmp::Reverse(group.dim));
    let Some(first) = left.first() else { return Ok(()) };
    let job = SurfaceJob {
        key: key(&spec, first),
        couplings,
        protocol,
        rules: spec.rules,
        carrier: means.carrier,
        traced: spec.trace,
    };
    let planned = left.iter().map(|group| Planned {
        key: key(&spec, group),
        starts: group.units.iter().map(|unit| unit.starts.clone()).collect(),
    });
    let scheduler = Scheduler::new(job, planned.collect(), cost::overlap(&spec, means), means.threads);
    let context = WorkContext::new(observer, stop).with_beginnings(beginnings(&spec, &left, &done));
    let keeper = Keeper::new(store, observer, &left, means.commits);
    work_on(&means.pool()?, &scheduler, &context, |reports| keeper.keep(reports))?;
    stop.requested().map_or(Ok(()), |signal| Err(Error::Interrupted(signal)))
}

fn key(spec: &Spec, group: &Group) -> SurfaceKey {
    let layout = Layout::new(spec.spins as usize, group.dim as usize);
    SurfaceKey { seed: spec.seed, layout, instance: u64::from(group.instance) }
}

/// What is told as work on each size begins.
pub(super) fn beginnings(spec: &Spec, left: &[Group], done: &BTreeMap<UnitKey, u32>) -> BTreeMap<u32, Event> {
    let planned = u64::from(spec.starts) * u64::from(spec.instances);
    let mut stored: BTreeMap<u32, u64> = left.iter().map(|group| (group.dim, 0)).collect();
    for (key, &starts) in done {
        stored.entry(key.dim).and_modify(|sum| *sum += u64::from(starts));
    }
    stored.into_iter().map(|(dim, done)| (dim, Event::DimStarted { dim, planned, done })).collect()
}
