//! Units that are computed by one thread each: the largest first, as far as memory has room.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::threads::{EndOnDrop, start};
use crate::error::{Error, Result};
use crate::study::events::Event;
use crate::study::interface::{Finding, Findings, Intake, Job, Study, Work};

/// Findings that may wait to be collected.
const BACKLOG: usize = 64;
/// Nominal seconds of a unit so short that another should wait beside it where more has to be asked for.
const SHORT: f64 = 0.5;

/// A unit that waits.
struct Waiting<L> {
    listed: L,
    work: f64,
    bytes: u64,
}

struct State<L> {
    /// The largest first.
    waiting: VecDeque<Waiting<L>>,
    /// Bytes of the units that are under way.
    bytes: u64,
    /// Threads that are done with a unit and will take the next one at once.
    between: usize,
    /// More units may come.
    is_open: bool,
    is_ended: bool,
}

/// Hands units to threads within a memory budget.
struct UnitQueue<'a, S: Study> {
    job: &'a Job<'a, S>,
    /// Bytes for the units that are under way together.
    budget: u64,
    workers: usize,
    state: Mutex<State<S::Listed>>,
    changed: Condvar,
}

impl<'a, S: Study> UnitQueue<'a, S> {
    fn new(job: &'a Job<'a, S>) -> Self {
        let budget = job.resources.memory.saturating_sub(S::shared_bytes(job.spec, job.resources));
        let state = State { waiting: VecDeque::new(), bytes: 0, between: 0, is_open: true, is_ended: false };
        Self { job, budget, workers: S::workers(job), state: Mutex::new(state), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State<S::Listed>> {
        // What a panic leaves is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The largest unit that there is room for; waits where there is none. `None` at the end.
    fn next(&self) -> Option<S::Listed> {
        let mut state = self.lock();
        loop {
            if state.is_ended {
                return None;
            }
            let used = state.bytes;
            // One is always admitted.
            let fits = |unit: &Waiting<_>| {
                unit.bytes == 0 || used == 0 || used.saturating_add(unit.bytes) <= self.budget
            };
            let at = state.waiting.iter().position(fits);
            if let Some(unit) = at.and_then(|at| state.waiting.remove(at)) {
                state.bytes += unit.bytes;
                return Some(unit.listed);
            }
            if state.waiting.is_empty() && !state.is_open {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A thread is done with a unit.
    fn returned(&self, unit: &S::Listed) {
        let mut state = self.lock();
        state.bytes -= S::unit_bytes(self.job.spec, unit);
        // Whoever hears of the unit knows by then that another one is wanted: both go in one message.
        state.between += 1;
        drop(state);
        self.changed.notify_all();
    }

    /// Computes units until there are no more, or something ends them.
    fn work(&self, sender: &SyncSender<Finding<S>>, failure: &Mutex<Option<Error>>) {
        let _guard = EndOnPanic(self);
        let mut next = self.next();
        while let Some(unit) = next {
            let computed = self.compute(&unit);
            self.returned(&unit);
            let is_taken = match computed {
                Ok(Some((unit, times))) => {
                    // Nobody listens to a run that failed.
                    sender.send(Finding { units: vec![unit], spent: vec![times] }).is_ok()
                }
                Ok(None) | Err(Error::Interrupted(_)) => false,
                Err(error) => {
                    failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    false
                }
            };
            if !is_taken {
                return self.end();
            }
            self.lock().between -= 1;
            next = self.next();
        }
    }

    fn compute(&self, unit: &S::Listed) -> Result<Option<(S::Unit, S::Times)>> {
        let Job { spec, observer, stop, .. } = *self.job;
        let (size, items) = S::progress(spec, unit);
        let mut advance = |part: f64| {
            observer.event(Event::Advanced { size, items: part * items as f64 });
            let is_over = stop.requested().is_some() || self.lock().is_ended;
            if is_over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        if advance(0.0).is_break() { Ok(None) } else { S::unit(self.job, unit, &mut advance) }
    }
}

/// Ends a queue whose thread panics: others would wait for what it had.
struct EndOnPanic<'a, 'b, S: Study>(&'a UnitQueue<'b, S>);

impl<S: Study> Drop for EndOnPanic<'_, '_, S> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.end();
        }
    }
}

impl<S: Study> Intake<S> for UnitQueue<'_, S> {
    fn feed(&self, units: &[S::Listed]) {
        let spec = self.job.spec;
        let waiting = |&listed: &S::Listed| Waiting {
            listed,
            work: S::work(spec, &listed),
            bytes: S::unit_bytes(spec, &listed),
        };
        let mut state = self.lock();
        if !state.is_ended {
            state.waiting.extend(units.iter().map(waiting));
            state.waiting.make_contiguous().sort_by(|a, b| b.work.total_cmp(&a.work));
        }
        self.changed.notify_all();
    }

    fn close(&self) {
        self.lock().is_open = false;
        self.changed.notify_all();
    }

    fn end(&self) {
        let mut state = self.lock();
        state.waiting.clear();
        (state.is_open, state.is_ended) = (false, true);
        self.changed.notify_all();
    }

    fn wants_units(&self) -> bool {
        let state = self.lock();
        let ahead =
            if state.waiting.front().is_some_and(|unit| unit.work < SHORT) { self.workers } else { 1 };
        state.waiting.len() < ahead + state.between
    }
}

/// One thread computes a unit; as many units at once as there are threads and memory has room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitPerThread;

impl<S: Study> Work<S> for UnitPerThread {
    /// # Errors
    /// What `pump` returns; those of the work; [`Error::Refused`] if the system gives no threads.
    fn carry_out(job: &Job<S>, pump: impl FnOnce(&dyn Intake<S>, Findings<S>) -> Result<()>) -> Result<()> {
        let queue = UnitQueue::new(job);
        let failure = Mutex::new(None);
        let (sender, receiver) = sync_channel(BACKLOG);
        let pumped = std::thread::scope(|scope| {
            // Threads stop at their next step once nobody listens.
            let receiver = receiver;
            let _guard = EndOnDrop(&queue);
            for number in 0..queue.workers {
                let (sender, queue, failure) = (sender.clone(), &queue, &failure);
                start(scope, &format!("worker-{number}"), move || queue.work(&sender, failure))?;
            }
            drop(sender);
            pump(&queue, &mut |patience| receiver.recv_timeout(patience))
        });
        let failure = failure.into_inner().unwrap_or_else(PoisonError::into_inner);
        failure.map_or(pumped, Err)
    }
}
