//! Carries out what is left of a run of networks: one unit to a thread.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::cost::{self, Work};
use super::job::{BlockJob, Samples};
use super::rows::NetworkTimes;
use super::spec::NetworksSpec;
use super::store::NetworksStore;
use super::unit::{BlockKey, BlockResult, Extent, todo};
use crate::run::events::{Event, Observer, Stop};
use crate::run::executor::Means;
use crate::run::keeper::Commits;
use crate::{Error, Result};

/// Units that may wait to be stored.
const BACKLOG: usize = 64;
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

type Done = (BlockResult, NetworkTimes);

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
    let job = BlockJob { spec: &spec, samples, isa: means.carrier.isa };
    let queue = Queue::new(&spec, &left, cost::index_slots(&spec, means));
    let beginnings = Mutex::new(beginnings(&spec, &left));
    let worker = Worker { job, queue: &queue, watch, beginnings: &beginnings };
    let (sender, receiver) = sync_channel(BACKLOG);
    std::thread::scope(|scope| {
        for number in 0..means.threads.min(left.len()) {
            let sender = sender.clone();
            let named = std::thread::Builder::new().name(format!("networks-{number}"));
            let started = named.spawn_scoped(scope, move || worker.work(&sender));
            if let Err(error) = started {
                queue.end();
                return Err(Error::Refused(format!("cannot start {} threads: {error}", means.threads)));
            }
        }
        drop(sender);
        let kept = keep(store, &left, means.commits, watch.observer, &receiver);
        // Workers stop at their next unit once nobody listens.
        queue.end();
        drop(receiver);
        kept
    })?;
    watch.stop.requested().map_or(Ok(()), |signal| Err(Error::Interrupted(signal)))
}

/// What is told as work on each size begins: networks that are stored and need nothing more count as done.
fn beginnings(spec: &NetworksSpec, left: &[(BlockKey, Extent)]) -> BTreeMap<u32, Event> {
    let planned = u64::from(spec.networks);
    let mut missing: BTreeMap<u32, u64> = BTreeMap::new();
    for (key, extent) in left {
        *missing.entry(key.hidden).or_default() += u64::from(extent.networks);
    }
    let event =
        |(hidden, missing)| (hidden, Event::DimStarted { dim: hidden, planned, done: planned - missing });
    missing.into_iter().map(event).collect()
}

/// Units that nobody works on yet, the longest first.
struct Queue {
    state: Mutex<Waiting>,
    changed: Condvar,
}

struct Waiting {
    units: Vec<(BlockKey, Extent)>,
    /// Hessians that may still be made at once.
    slots: usize,
}

impl Queue {
    fn new(spec: &NetworksSpec, left: &[(BlockKey, Extent)], slots: usize) -> Self {
        let mut units = left.to_vec();
        let work = |(key, extent): &(BlockKey, Extent)| Work::of(spec, key.hidden, *extent).total();
        units.sort_by(|a, b| work(b).total_cmp(&work(a)));
        Self { state: Mutex::new(Waiting { units, slots }), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // What a panic leaves is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The longest unit that there is room for; waits where there is none.
    fn next(&self) -> Option<(BlockKey, Extent)> {
        let mut state = self.lock();
        loop {
            let has_room = |(_, extent): &(BlockKey, Extent)| extent.indexed == 0 || state.slots > 0;
            if let Some(at) = state.units.iter().position(has_room) {
                let unit = state.units.remove(at);
                state.slots -= usize::from(unit.1.indexed > 0);
                return Some(unit);
            }
            if state.units.is_empty() {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn ended(&self, extent: Extent) {
        self.lock().slots += usize::from(extent.indexed > 0);
        self.changed.notify_all();
    }

    /// Nothing more is handed out.
    fn end(&self) {
        self.lock().units.clear();
        self.changed.notify_all();
    }
}

#[derive(Clone, Copy)]
struct Worker<'a> {
    job: BlockJob<'a>,
    queue: &'a Queue,
    watch: Watch<'a>,
    beginnings: &'a Mutex<BTreeMap<u32, Event>>,
}

impl Worker<'_> {
    fn work(&self, sender: &SyncSender<Done>) {
        while let Some((key, extent)) = self.queue.next() {
            self.begun(key.hidden);
            let Watch { observer, stop } = self.watch;
            let mut advance = |part: f64| {
                let networks = part * f64::from(extent.networks);
                observer.event(Event::Advanced { dim: key.hidden, starts: networks });
                if stop.requested().is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let done = self.job.run(&key, extent, &mut advance);
            self.queue.ended(extent);
            let is_heard = done.is_some_and(|done| sender.send(done).is_ok());
            if !is_heard || stop.requested().is_some() {
                self.queue.end();
            }
        }
    }

    fn begun(&self, hidden: u32) {
        let event = self.beginnings.lock().unwrap_or_else(PoisonError::into_inner).remove(&hidden);
        event.into_iter().for_each(|event| self.watch.observer.event(event));
    }
}

/// Stores what comes until nobody sends any more.
fn keep(
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
