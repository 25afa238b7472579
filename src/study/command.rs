//! What a program does with a run, written once for every study: work on it, alone or as one of many processes; say ahead what
//! that takes; check, mend and recompute it. The program says where and with what, and prints what comes of it.

use std::path::Path;

use serde::Serialize;

use super::attachment::Attached;
use super::cluster::{RankInputs, Transport, World, dismiss, lead, serve};
use super::environment::JobLaunch;
use super::events::{Observer, Stop};
use super::interface::Expected;
use super::interface::{Job, Study};
use super::listed::Listed;
use super::plan::todo;
use super::recompute::{Recomputed, recompute};
use super::resources::Resources;
use super::sampling::Sampling;
use super::store::{self, Store};
use super::verify::{Repaired, Verdict, verify_or_repair};
use super::work::execute;
use crate::error::{Error, Result};

/// A run, and with what a program works on it.
pub struct Command<'a, S: Study> {
    /// Where the run is or will be.
    pub run: &'a Path,
    /// What units need beside the spec.
    pub given: &'a S::Given,
    /// Threads, instruction set, memory of this machine.
    pub resources: Resources,
    /// The other processes of the job, if this one was started with others.
    pub launch: Option<JobLaunch>,
    /// Receives progress.
    pub observer: &'a dyn Observer,
    /// A request to stop.
    pub stop: &'a Stop,
}

/// What a run will need.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// Peak memory.
    pub memory_bytes: u64,
    /// Memory that is free now.
    pub available_bytes: u64,
    /// Size of the finished run file.
    pub disk_bytes: u64,
    /// Wall time for what is still to do, on the machine as busy as it is now.
    pub seconds: f64,
    /// Share of the time that a thread had a processor in a trial just now: 1 on a machine that does nothing else.
    pub processor_share: f64,
    /// Processes that hold together what units share, and need that memory each.
    #[serde(skip_serializing_if = "is_one")]
    pub shard: usize,
}

fn is_one(&shard: &usize) -> bool {
    shard == 1
}

/// Result of a check of a run.
#[derive(Debug, Clone, Serialize)]
pub struct Checked<K> {
    /// What was found, after a repair if there was one.
    #[serde(flatten)]
    pub verdict: Verdict<K>,
    /// Units that were computed again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deep: Option<Recomputed>,
    /// What a repair did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repaired: Option<Repaired<K>>,
}

/// What a check names units by.
pub type Key<S> = <<S as Study>::Listed as Listed>::Key;

impl<S: Study> Command<'_, S> {
    /// Goes on with the run, enlarged as `spec` says of the stored spec, or begins it with what `spec` says of nothing; works
    /// until all of it is stored. `None` in a process that works for another one.
    ///
    /// # Errors
    /// Those of `spec`, of the store and of the work; [`Error::Interrupted`] once a stop is requested.
    pub fn carry_out(
        &self,
        spec: impl FnOnce(Option<&S::Spec>) -> Result<S::Spec>,
    ) -> Result<Option<Store<S>>> {
        self.carry_out_keeping(&[], spec)
    }

    /// The same, and a new run keeps what its spec names as [attachments](Study::attachments). One that is there already
    /// goes on with what it has.
    ///
    /// # Errors
    /// As [`Self::carry_out`].
    pub fn carry_out_keeping(
        &self,
        attached: &[Attached],
        spec: impl FnOnce(Option<&S::Spec>) -> Result<S::Spec>,
    ) -> Result<Option<Store<S>>> {
        self.first_of_all(|world| {
            let resources = shared_by(self.resources, world);
            let attached = if store::exists(self.run)? { &[] } else { attached };
            let mut store = open_keeping::<S>(self.run, &resources, attached, spec)?;
            let spec = store.spec().clone();
            self.with_job(&spec, &resources, |job| match world {
                Some(world) => lead(world, &mut store, job).map(drop),
                None => execute(&mut store, job),
            })?;
            store.check_complete()?;
            Ok(store)
        })
    }

    /// Says what [`carry_out`](Self::carry_out) would take, and writes nothing.
    ///
    /// # Errors
    /// Those of `spec` and of the store; [`Error::Refused`] as [`Study::admit`].
    pub fn estimate(
        &self,
        spec: impl FnOnce(Option<&S::Spec>) -> Result<S::Spec>,
    ) -> Result<Option<Estimate>> {
        self.first_of_all(|world| {
            let resources = shared_by(self.resources, world);
            let store = stored::<S>(self.run)?;
            let spec = spec(store.as_ref().map(Store::spec))?;
            let estimate = |job: &Job<S>| estimate(&spec, store.as_ref(), (job.given, &resources));
            let alone = self.with_job(&spec, &resources, estimate)?;
            let processes = world.map_or(1, Transport::size) as f64;
            Ok(Estimate { seconds: alone.seconds / processes, ..alone })
        })
    }

    /// Checks the run; drops what is damaged where `repairs`; computes some of it again where a sample is given.
    ///
    /// # Errors
    /// Those of [`verify`](super::verify()), [`repair`](super::repair) and [`recompute`]. What was found is no error: see
    /// [`Checked::outcome`].
    pub fn check(&self, repairs: bool, deep: Option<&Sampling>) -> Result<Checked<Key<S>>> {
        let (mut verdict, repaired) = verify_or_repair::<S>(self.run, repairs)?;
        let mut found = None;
        if let Some(sampling) = deep.filter(|_| verdict.ok) {
            let store = Store::<S>::open_read(self.run)?;
            let again = |job: &Job<S>| recompute(&store, job, sampling);
            found = Some(self.with_job(store.spec(), &self.resources, again)?);
        }
        verdict.ok &= found.as_ref().is_none_or(|found| found.wrong.is_empty());
        Ok(Checked { verdict, deep: found, repaired })
    }

    /// Works on a spec with as much of what is given as it needs.
    fn with_job<T>(
        &self,
        spec: &S::Spec,
        resources: &Resources,
        work: impl FnOnce(&Job<S>) -> Result<T>,
    ) -> Result<T> {
        let narrowed = S::narrowed(spec, self.given);
        let given = narrowed.as_ref().unwrap_or(self.given);
        work(&Job { spec, given, resources, observer: self.observer, stop: self.stop })
    }

    /// What the first process does, with the others at its service if there are others.
    fn first_of_all<T>(&self, work: impl FnOnce(Option<&World>) -> Result<T>) -> Result<Option<T>> {
        if self.launch.is_none() {
            return work(None).map(Some);
        }
        let world = World::join(1)?;
        if world.rank() == 0 {
            let ended = work(Some(&world));
            dismiss(&world);
            return ended.map(Some);
        }
        let inputs = RankInputs { given: self.given, resources: shared_by(self.resources, Some(&world)) };
        // What went wrong is told by the first process, which leaves with the exit code of the job.
        drop(serve::<S>(&world, Ok(inputs), self.stop));
        Ok(None)
    }
}

impl<K> Checked<K> {
    /// Damage that is still there as an error.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn outcome(&self, run: &Path) -> Result<()> {
        match &self.deep {
            _ if self.verdict.ok => Ok(()),
            Some(_) => Err(not_reproduced(run)),
            None => Err(damaged(run)),
        }
    }
}

/// The error of a run that contradicts its checksums.
pub fn damaged(run: &Path) -> Error {
    let run = run.display();
    Error::Damaged(format!(
        "{run} is damaged; hspin verify {run} --repair and then the same command repair it"
    ))
}

/// The error of a run that does not contradict its checksums, but what is computed again.
pub fn not_reproduced(run: &Path) -> Error {
    Error::Damaged(format!(
        "{} holds records that are not reproduced; its checksums are right",
        run.display()
    ))
}

/// Memory is shared by the processes of a machine.
fn shared_by(resources: Resources, world: Option<&World>) -> Resources {
    let neighbours = world.map_or(1, World::neighbours).max(1) as u64;
    Resources { memory: resources.memory / neighbours, ..resources }
}

/// [Opens](open()) a run, and has a new one keep what its spec names as [attachments](Study::attachments). One that is there
/// already keeps what it was made with.
///
/// # Errors
/// As [`open()`]; [`Error::Refused`] where a run that is there keeps nothing.
pub fn open_keeping<S: Study>(
    run: &Path,
    resources: &Resources,
    attached: &[Attached],
    spec: impl FnOnce(Option<&S::Spec>) -> Result<S::Spec>,
) -> Result<Store<S>> {
    if attached.is_empty() || store::exists(run)? {
        let store = open(run, resources, spec)?;
        if attached.is_empty() || store.keeps()? {
            return Ok(store);
        }
        let run = run.display();
        return Err(Error::Refused(format!(
            "{run} was made without what it is to keep now; only a new run keeps it"
        )));
    }
    let spec = spec(None)?;
    S::admit(&spec, resources)?;
    Store::create_keeping(run, &spec, attached)
}

/// Opens a run to go on with it, enlarged as `spec` says of the stored spec; or makes a new one, with what `spec` says of
/// nothing. That it can be carried out is checked before anything is written.
///
/// # Errors
/// Those of `spec`, of the store, and of [`Study::admit`].
pub fn open<S: Study>(
    run: &Path,
    resources: &Resources,
    spec: impl FnOnce(Option<&S::Spec>) -> Result<S::Spec>,
) -> Result<Store<S>> {
    if !store::exists(run)? {
        let spec = spec(None)?;
        S::admit(&spec, resources)?;
        return Store::create(run, &spec);
    }
    let mut store = Store::<S>::open(run)?;
    let spec = spec(Some(store.spec()))?;
    S::admit(&spec, resources)?;
    store.check_units()?;
    store.grow(&spec)?;
    Ok(store)
}

/// The stored run that a command goes on with, if there is one.
///
/// # Errors
/// Those of the store.
pub fn stored<S: Study>(run: &Path) -> Result<Option<Store<S>>> {
    if store::exists(run)? { Store::open_read(run).map(Some) } else { Ok(None) }
}

/// Estimates what is still to do of a spec; `done` is the store so far, if there is one.
///
/// # Errors
/// [`Error::Refused`] as [`Study::admit`].
pub fn estimate<S: Study>(
    spec: &S::Spec,
    done: Option<&Store<S>>,
    (given, resources): (&S::Given, &Resources),
) -> Result<Estimate> {
    S::admit(spec, resources)?;
    let left = todo::<S>(spec, &done.map(|done| done.units.clone()).unwrap_or_default());
    let job = Job::<S> { spec, given, resources, observer: &(), stop: &Stop::default() };
    let nothing = Expected { seconds: 0.0, processor_share: 1.0 };
    let expected = if left.is_empty() { nothing } else { S::expected(&job, &left)? };
    let Expected { seconds, processor_share } = expected;
    Ok(Estimate {
        memory_bytes: S::memory_bytes(spec, resources),
        available_bytes: resources.memory,
        disk_bytes: S::disk_bytes(spec),
        seconds,
        processor_share,
        shard: resources.shard,
    })
}
