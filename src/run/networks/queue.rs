//! Units that nobody works on yet, the longest first.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::cost::Work;
use super::spec::NetworksSpec;
use super::unit::{BlockKey, Extent};

/// A unit and how much of it is asked for.
pub(super) type Planned = (BlockKey, Extent);

/// Hands units to threads.
pub(super) struct Queue {
    state: Mutex<Waiting>,
    changed: Condvar,
}

struct Waiting {
    units: VecDeque<Planned>,
    /// Hessians that may still be made at once.
    slots: usize,
    /// More units may come.
    is_open: bool,
    is_ended: bool,
}

impl Queue {
    /// With all that is left of a run.
    pub fn new(spec: &NetworksSpec, left: &[Planned], slots: usize) -> Self {
        let mut units = left.to_vec();
        let work = |(key, extent): &Planned| Work::of(spec, key.hidden, *extent).total();
        units.sort_by(|a, b| work(b).total_cmp(&work(a)));
        Self::with(Waiting { units: units.into(), slots, is_open: false, is_ended: false })
    }

    /// With nothing in it, to be fed.
    pub fn open_ended(slots: usize) -> Self {
        Self::with(Waiting { units: VecDeque::new(), slots, is_open: true, is_ended: false })
    }

    fn with(waiting: Waiting) -> Self {
        Self { state: Mutex::new(waiting), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // What a panic leaves is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The longest unit that there is room for; waits where there is none. `None` at the end.
    pub fn next(&self) -> Option<Planned> {
        let mut state = self.lock();
        loop {
            let has_room = |(_, extent): &Planned| extent.indexed == 0 || state.slots > 0;
            let at = state.units.iter().position(has_room);
            if let Some(unit) = at.and_then(|at| state.units.remove(at)) {
                state.slots -= usize::from(unit.1.indexed > 0);
                return Some(unit);
            }
            if state.units.is_empty() && !state.is_open {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A thread is done with a unit.
    pub fn ended(&self, extent: Extent) {
        self.lock().slots += usize::from(extent.indexed > 0);
        self.changed.notify_all();
    }

    /// The longest unit of all for someone with memory of their own, if they want it.
    pub fn take_if(&self, is_wanted: impl FnOnce(&Planned) -> bool) -> Option<Planned> {
        let mut state = self.lock();
        if !is_wanted(state.units.front()?) {
            return None;
        }
        self.changed.notify_all();
        state.units.pop_front()
    }

    /// Whether nobody waits to be handed out.
    pub fn is_empty(&self) -> bool {
        self.lock().units.is_empty()
    }

    /// One more unit.
    pub fn feed(&self, unit: Planned) {
        let mut state = self.lock();
        if !state.is_ended {
            state.units.push_back(unit);
        }
        self.changed.notify_all();
    }

    /// Nothing more is handed out, and what is under way is not wanted any more.
    pub fn end(&self) {
        let mut state = self.lock();
        state.units.clear();
        (state.is_open, state.is_ended) = (false, true);
        self.changed.notify_all();
    }

    /// Whether it was ended.
    pub fn is_ended(&self) -> bool {
        self.lock().is_ended
    }
}
