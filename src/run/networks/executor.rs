//! Carries out what is left of a run of networks: one unit to a thread.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::Scope;
use std::time::{Duration, Instant};

use super::cost;
use super::job::{BlockJob, Samples};
use super::queue::Queue;
use super::rows::NetworkTimes;
use super::spec::NetworksSpec;
use super::store::NetworksStore;
use super::unit::{BlockKey, BlockResult, Extent, todo};
use crate::run::events::{Event, Observer, Stop};
use crate::run::executor::Means;
use crate::run::keeper::Commits;
use crate::{Error, Result};

/// Units that may wait to be stored.
pub(super) const BACKLOG: usize = 64;
/// After a commit, rest so many times as long as it took, but not for long: units that end meanwhile share the next.
const REST: u32 = 4;
const LONGEST_REST: Duration = Duration::from_secs(1);

/// Whom units tell how far they are, and who tells them to stop.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Receives progress.
    pub observer: &'a dyn Observer,
    /// A request to stop.
    pub stop: &'a Stop,
}

/// A unit that is done, and time spent on it.
pub(super) type Done = (BlockResult, NetworkTimes);

/// Does all units that the store's spec plans and the store has not yet; stores each soon after it is complete. The
/// longest come first, so that the last ones to end are short.
///
/// # Errors
/// [`Error::Interrupted`] once a stop is requested, with every finished unit stored; those of the store.
pub fn execute(store: &mut NetworksStore, samples: &Samples, means: &Means, watch: Watch) -> Result<()> {
    let spec = store.spec().clone();
    let left = todo(&spec, &store.done());
    if left.is_empty() {
        return Ok(());
    }
    let queue = Queue::new(&spec, &left, cost::index_slots(&spec, means));
    let crew = Crew {
        job: BlockJob { spec: &spec, samples, isa: means.carrier.isa },
        queue: &queue,
        watch,
        beginnings: Mutex::new(beginnings(&spec, &left)),
    };
    let (sender, receiver) = sync_channel(BACKLOG);
    std::thread::scope(|scope| {
        crew.start(scope, means.threads.min(left.len()), &sender)?;
        drop(sender);
        let kept = keep(store, &left, means.commits, watch.observer, &receiver);
        // Workers stop at their next step once nobody listens.
        queue.end();
        drop(receiver);
        kept
    })?;
    watch.stop.requested().map_or(Ok(()), |signal| Err(Error::Interrupted(signal)))
}

/// What is told as work on each size begins: networks that are stored and need nothing more count as done.
pub(super) fn beginnings(spec: &NetworksSpec, left: &[(BlockKey, Extent)]) -> BTreeMap<u32, Event> {
    let planned = u64::from(spec.networks);
    let mut missing: BTreeMap<u32, u64> = BTreeMap::new();
    for (key, extent) in left {
        *missing.entry(key.hidden).or_default() += u64::from(extent.networks);
    }
    let event =
        |(hidden, missing)| (hidden, Event::DimStarted { dim: hidden, planned, done: planned - missing });
    missing.into_iter().map(event).collect()
}

/// Threads that work off a queue.
pub(super) struct Crew<'a> {
    pub job: BlockJob<'a>,
    pub queue: &'a Queue,
    pub watch: Watch<'a>,
    /// What is told as work on each size begins.
    pub beginnings: Mutex<BTreeMap<u32, Event>>,
}

impl Crew<'_> {
    /// Starts so many threads, which send what they have done until the queue ends.
    ///
    /// # Errors
    /// [`Error::Refused`] if the system gives no threads; the queue is ended then.
    pub fn start<'scope, 'env>(
        &'env self,
        scope: &'scope Scope<'scope, 'env>,
        threads: usize,
        sender: &SyncSender<Done>,
    ) -> Result<()> {
        for number in 0..threads {
            let sender = sender.clone();
            let named = std::thread::Builder::new().name(format!("networks-{number}"));
            if let Err(error) = named.spawn_scoped(scope, move || self.work(&sender)) {
                self.queue.end();
                return Err(Error::Refused(format!("cannot start enough threads ({threads}): {error}")));
            }
        }
        Ok(())
    }

    fn work(&self, sender: &SyncSender<Done>) {
        while let Some((key, extent)) = self.queue.next() {
            self.begun(key.hidden);
            let Watch { observer, stop } = self.watch;
            let mut advance = |part: f64| {
                let networks = part * f64::from(extent.networks);
                observer.event(Event::Advanced { dim: key.hidden, starts: networks });
                let is_over = stop.requested().is_some() || self.queue.is_ended();
                if is_over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let done = self.job.run(&key, extent, &mut advance);
            self.queue.ended(extent);
            let is_heard = done.is_some_and(|done| sender.send(done).is_ok());
            if !is_heard || stop.requested().is_some() {
                self.queue.end();
            }
        }
    }

    /// Work on a size begins here or elsewhere.
    pub fn begun(&self, hidden: u32) {
        let event = self.beginnings.lock().unwrap_or_else(PoisonError::into_inner).remove(&hidden);
        event.into_iter().for_each(|event| self.watch.observer.event(event));
    }
}

/// Stores what comes until nobody sends any more.
pub(super) fn keep(
    store: &mut NetworksStore,
    left: &[(BlockKey, Extent)],
    commits: Commits,
    observer: &dyn Observer,
    done: &Receiver<Done>,
) -> Result<()> {
    let mut missing: BTreeMap<u32, usize> = BTreeMap::new();
    left.iter().for_each(|(key, _)| *missing.entry(key.hidden).or_default() += 1);
    let mut rested = Instant::now();
    while let Ok(first) = done.recv() {
        let whole = match commits {
            Commits::Grouped => with_others(first, done, rested),
            Commits::EachUnit => vec![first],
        };
        let begin = Instant::now();
        let mut spent: BTreeMap<u32, NetworkTimes> = BTreeMap::new();
        whole.iter().for_each(|(unit, times)| *spent.entry(unit.key.hidden).or_default() += *times);
        let units: Vec<BlockResult> = whole.into_iter().map(|(unit, _)| unit).collect();
        store.write(&units, &spent)?;
        let took = begin.elapsed();
        rested = Instant::now() + (REST * took).min(LONGEST_REST);
        observer.event(Event::Committed { seconds: took.as_secs_f64() });
        for unit in &units {
            let dim = unit.key.hidden;
            observer.event(Event::Stored { dim, starts: unit.networks.len() as u64 });
            let Some(missing) = missing.get_mut(&dim) else { continue };
            *missing = missing.saturating_sub(1);
            if *missing == 0 {
                observer.event(Event::DimFinished { dim });
            }
        }
    }
    Ok(())
}

/// A unit and those that end until the store is rested.
fn with_others(first: Done, done: &Receiver<Done>, rested: Instant) -> Vec<Done> {
    let mut whole = vec![first];
    while let Ok(unit) = done.recv_timeout(rested.saturating_duration_since(Instant::now())) {
        whole.push(unit);
        if Instant::now() >= rested {
            break;
        }
    }
    whole
}
