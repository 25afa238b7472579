//! Which thread does what next: the surfaces in memory, what is left to do on each, and those that wait for memory.
//!
//! A thread without starts of its own takes, of the oldest surface first: a full batch of refinements; starts to
//! descend; chunks to draw. Where there is none of these it opens the next surface if memory has room, and only then
//! takes a batch that is not full. So the last starts of one surface end while others are drawn and descended on, and
//! many small surfaces go to one thread each.

mod feed;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::refinement::{RefinementBatch, RefinementQueue, batch_sizes};
use super::shared_surface::{SharedSurface, SurfaceJob};
use super::storage::order_bytes;
use crate::descent::{Descended, DeviceClass};
use crate::hamiltonian::layout::most_chunks;
use crate::hamiltonian::{Layout, SurfaceKey};
use crate::numeric::lanes::Real;
use crate::studies::surfaces::shard::leader::Shards;

/// Starts that share a register: fewer cost as much.
const REGISTER: usize = <f32 as Real>::LANES / 3;
/// Values of a surface that are not worth sharing out.
const SMALL: u64 = 1 << 18;

/// How many surfaces may be in memory at once, at least 1, and how many bytes their tensors may take together; a surface
/// that is alone is always admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap {
    /// Surfaces.
    pub surfaces: usize,
    /// Bytes of their tensors.
    pub bytes: u64,
}

/// A surface that waits, with its starts.
pub(super) struct Planned {
    pub key: SurfaceKey,
    pub starts: Vec<Range<u32>>,
}

impl Planned {
    fn count(&self) -> usize {
        self.starts.iter().map(ExactSizeIterator::len).sum()
    }

    fn work(&self) -> f64 {
        self.count() as f64 * work_per_start(self.key.layout)
    }
}

/// Work of a start, in units that compare sizes.
fn work_per_start(layout: Layout) -> f64 {
    layout.values().map_or(f64::MAX, |values| values.max(layout.dim as u64) as f64)
}

/// What a thread does next.
pub(super) enum WorkerTask<'a> {
    /// Chunks of couplings and sample tensors.
    Draw(Arc<SharedSurface<'a>>, Range<usize>),
    /// Descents from starts that the thread takes as it goes; ends with [`Scheduler::descent_ended`].
    Descend(Arc<SharedSurface<'a>>),
    /// One evaluation of some starts that are refined; ends with [`Scheduler::batch_ended`].
    Refine(Arc<SharedSurface<'a>>, RefinementBatch),
}

enum Choice<'a> {
    WorkerTask(WorkerTask<'a>),
    /// Other threads are at work on all that is left.
    Wait,
    Nothing,
}

/// Starts in order, to be taken from the front.
struct Starts(VecDeque<Range<u32>>);

impl Iterator for Starts {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        loop {
            match self.0.front_mut()?.next() {
                Some(start) => return Some(start),
                None => drop(self.0.pop_front()),
            }
        }
    }
}

/// A surface in memory.
struct Entry<'a> {
    surface: Arc<SharedSurface<'a>>,
    /// Chunks that nobody draws yet.
    undrawn: Range<usize>,
    is_drawn: bool,
    /// Starts that nobody descends from yet, and how many.
    starts: Starts,
    waiting: usize,
    /// Threads that descend on it.
    descending: usize,
    refinements: RefinementQueue,
    /// Starts that have not ended.
    left: usize,
}

impl Entry<'_> {
    /// Whether no more starts will come to be refined.
    fn is_quiet(&self) -> bool {
        self.descending == 0 && self.waiting == 0
    }

    fn work(&self) -> f64 {
        self.waiting as f64 * work_per_start(self.surface.job.key.layout)
    }
}

struct State<'a> {
    pending: VecDeque<Planned>,
    pending_work: f64,
    /// Oldest first.
    entries: Vec<Entry<'a>>,
    /// Surfaces in memory, and bytes of their tensors: with those that are done and not yet freed.
    held: usize,
    bytes: u64,
    /// More surfaces or starts may come.
    is_open: bool,
    ended: bool,
}

/// The work of a run, shared out to threads.
pub(super) struct Scheduler<'a> {
    /// What all surfaces share; its key is replaced.
    job: SurfaceJob<'a>,
    overlap: Overlap,
    threads: usize,
    /// Those who hold chunks of the surfaces, too.
    shards: Option<Arc<Shards>>,
    state: Mutex<State<'a>>,
    changed: Condvar,
}

impl<'a> Scheduler<'a> {
    /// Surfaces are opened in the order given: the largest first ends best.
    pub fn new(job: SurfaceJob<'a>, planned: Vec<Planned>, overlap: Overlap, threads: usize) -> Self {
        let state = State {
            pending_work: planned.iter().map(Planned::work).sum(),
            pending: planned.into(),
            entries: Vec::new(),
            held: 0,
            bytes: 0,
            is_open: false,
            ended: false,
        };
        Self { job, overlap, threads, shards: None, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// With surfaces that others hold chunks of.
    pub fn sharded(self, shards: Option<&Arc<Shards>>) -> Self {
        Self { shards: shards.cloned(), ..self }
    }

    /// With no surface yet; more will come.
    pub fn open_ended(job: SurfaceJob<'a>, overlap: Overlap, threads: usize) -> Self {
        let scheduler = Self::new(job, Vec::new(), overlap, threads);
        scheduler.lock().is_open = true;
        scheduler
    }

    fn lock(&self) -> MutexGuard<'_, State<'a>> {
        // A thread that panics ends all work.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether one thread descends for all: a device takes all starts of a surface at once.
    fn on_device(&self) -> bool {
        self.job.protocol.method().device() != DeviceClass::Cpu
    }

    /// Whether a thread that descends refines starts in between: one that has a device to feed only where there
    /// is no other.
    pub fn refines_while_descending(&self) -> bool {
        !self.on_device() || self.threads == 1
    }

    /// The next thing to do; waits while other threads are at work on all that is left. `None` at the end.
    pub fn next(&self) -> Option<WorkerTask<'a>> {
        let mut state = self.lock();
        loop {
            match self.choose(&mut state) {
                Choice::WorkerTask(job) => return Some(job),
                Choice::Nothing => return None,
                Choice::Wait => state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn choose(&self, state: &mut State<'a>) -> Choice<'a> {
        if state.ended || (!state.is_open && state.pending.is_empty() && state.entries.is_empty()) {
            return Choice::Nothing;
        }
        self.full_batch(state)
            .or_else(|| share_of_a_surface(&mut state.entries, self.on_device()))
            .or_else(|| self.open(state))
            .or_else(|| self.batch_where(state, |entry| !entry.refinements.is_empty()))
            .map_or(Choice::Wait, Choice::WorkerTask)
    }

    /// Nothing more is handed out.
    pub fn end(&self) {
        self.lock().ended = true;
        self.changed.notify_all();
    }

    /// A batch that is full, or will not get any fuller.
    fn full_batch(&self, state: &mut State<'a>) -> Option<WorkerTask<'a>> {
        let full = *batch_sizes(self.job.protocol.method().sought()).end();
        self.batch_where(state, |entry| {
            entry.refinements.len() >= full || (entry.is_quiet() && !entry.refinements.is_empty())
        })
    }

    fn batch_where(&self, state: &mut State<'a>, is_due: impl Fn(&Entry) -> bool) -> Option<WorkerTask<'a>> {
        let at = state.entries.iter().position(is_due)?;
        let others =
            state.is_open || !state.pending.is_empty() || state.entries.iter().any(|entry| entry.waiting > 0);
        let entry = &mut state.entries[at];
        // The last ones of all are shared out evenly.
        let (few, full) = batch_sizes(self.job.protocol.method().sought()).into_inner();
        let share =
            if others { full } else { entry.refinements.len().div_ceil(self.threads).clamp(few, full) };
        Some(WorkerTask::Refine(entry.surface.clone(), entry.refinements.take(share)))
    }

    fn has_room(&self, state: &State) -> bool {
        let Some(next) = state.pending.front() else { return false };
        let bytes = self.bytes(next.key.layout).saturating_add(state.bytes);
        state.held == 0 || (state.held < self.overlap.surfaces && bytes <= self.overlap.bytes)
    }

    fn bytes(&self, layout: Layout) -> u64 {
        let tensors = 1 + u64::from(self.job.protocol.method().samples());
        let kind = (self.ranks(), self.job.few_starts);
        let bytes = |layout| order_bytes(&layout, tensors, kind).unwrap_or(u64::MAX);
        self.job.layouts(layout.dim).map(bytes).fold(0, u64::saturating_add)
    }

    /// Processes that hold a surface.
    fn ranks(&self) -> usize {
        self.shards.as_ref().map_or(1, |shards| shards.size())
    }

    fn open(&self, state: &mut State<'a>) -> Option<WorkerTask<'a>> {
        if !self.has_room(state) {
            return None;
        }
        let planned = state.pending.pop_front()?;
        let (key, count) = (planned.key, planned.count());
        state.pending_work -= planned.work();
        state.held += 1;
        state.bytes += self.bytes(key.layout);
        let in_parts = self.bytes(key.layout) / 4 > SMALL;
        let chunks = most_chunks(self.ranks());
        let first = if in_parts { 1 } else { chunks };
        let job = SurfaceJob { key, ..self.job };
        let surface = Arc::new(match &self.shards {
            Some(shards) => SharedSurface::led(job, shards.clone()),
            None => SharedSurface::new(job),
        });
        state.entries.push(Entry {
            surface: surface.clone(),
            undrawn: first..chunks,
            is_drawn: false,
            starts: Starts(planned.starts.into()),
            waiting: count,
            descending: 0,
            refinements: RefinementQueue::default(),
            left: count,
        });
        if in_parts {
            self.changed.notify_all();
        }
        Some(WorkerTask::Draw(surface, 0..first))
    }

    /// Changes the entry of a surface and tells the others; `None` if the surface is done.
    fn change<T>(
        &self,
        surface: &Arc<SharedSurface<'a>>,
        change: impl FnOnce(&mut Entry<'a>) -> T,
    ) -> Option<T> {
        let mut state = self.lock();
        let found = state.entries.iter_mut().find(|entry| Arc::ptr_eq(&entry.surface, surface)).map(change);
        self.changed.notify_all();
        found
    }

    /// The surface is whole.
    pub fn drawn(&self, surface: &Arc<SharedSurface<'a>>) {
        self.change(surface, |entry| entry.is_drawn = true);
    }

    /// Starts to descend from, at most as many as wanted, and no more than a thread's share of all that waits: the
    /// last ones of a surface go to one thread if the others have other surfaces to go to.
    pub fn take_starts(&self, surface: &Arc<SharedSurface<'a>>, wanted: usize) -> Vec<u32> {
        let mut state = self.lock();
        let others = if self.has_room(&state) { state.pending_work } else { 0.0 };
        let all: f64 = others + state.entries.iter().map(Entry::work).sum::<f64>();
        let threads = if self.on_device() { 1 } else { self.threads };
        let fair = all / work_per_start(surface.job.key.layout) / threads as f64;
        let Some(entry) = state.entries.iter_mut().find(|entry| Arc::ptr_eq(&entry.surface, surface)) else {
            return Vec::new();
        };
        let share = (fair.ceil() as usize).next_multiple_of(REGISTER).min(wanted);
        let ids: Vec<u32> = entry.starts.by_ref().take(share).collect();
        entry.waiting -= ids.len();
        ids
    }

    /// Takes starts that have descended.
    pub fn add_descended(&self, surface: &Arc<SharedSurface<'a>>, ended: Vec<Descended>) {
        self.change(surface, |entry| entry.refinements.add(ended));
    }

    /// A batch that a thread with starts of its own should carry out in between.
    pub fn worthwhile_batch(&self) -> Option<WorkerTask<'a>> {
        let mut state = self.lock();
        if state.ended { None } else { self.full_batch(&mut state) }
    }

    /// A thread has no more starts of its own on this surface.
    pub fn descent_ended(&self, surface: &Arc<SharedSurface<'a>>) {
        self.change(surface, |entry| entry.descending -= 1);
    }

    /// A batch was carried out: so many starts ended, the others go on.
    pub fn batch_ended(&self, surface: Arc<SharedSurface<'a>>, others: RefinementBatch, ended: usize) {
        if !self.put_back(&surface, others, ended) {
            return;
        }
        let bytes = self.bytes(surface.job.key.layout);
        // Its tensors are freed before others take their room.
        drop(surface);
        let mut state = self.lock();
        state.held -= 1;
        state.bytes -= bytes;
        self.changed.notify_all();
    }

    /// Whether that was the last of the surface, which is then removed, and given no more starts.
    fn put_back(&self, surface: &Arc<SharedSurface<'a>>, others: RefinementBatch, ended: usize) -> bool {
        let mut state = self.lock();
        self.changed.notify_all();
        let Some(at) = state.entries.iter().position(|entry| Arc::ptr_eq(&entry.surface, surface)) else {
            return false;
        };
        let entry = &mut state.entries[at];
        entry.refinements.put_back(others);
        entry.left -= ended;
        let is_done = entry.left == 0;
        if is_done {
            state.entries.remove(at);
        }
        is_done
    }
}

/// Starts or chunks of the oldest surface that has some; with a device, starts only while no thread descends.
fn share_of_a_surface<'a>(entries: &mut [Entry<'a>], on_device: bool) -> Option<WorkerTask<'a>> {
    let busy = on_device && entries.iter().any(|entry| entry.descending > 0);
    entries.iter_mut().find_map(|entry| {
        if entry.is_drawn && entry.waiting > 0 && !busy {
            entry.descending += 1;
            return Some(WorkerTask::Descend(entry.surface.clone()));
        }
        let chunk = entry.undrawn.next()?;
        Some(WorkerTask::Draw(entry.surface.clone(), chunk..chunk + 1))
    })
}
