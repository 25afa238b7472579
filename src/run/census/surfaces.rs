//! Surfaces that wait for a census.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::run::ranks::{Intake, Lease};

/// Instances in order, taken by some threads while more may come.
pub struct Surfaces {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    waiting: VecDeque<u32>,
    is_open: bool,
}

impl Surfaces {
    /// None yet, more to come.
    pub fn open() -> Self {
        Self { state: Mutex::new(State { waiting: VecDeque::new(), is_open: true }), changed: Condvar::new() }
    }

    /// These and no others.
    pub fn only(instances: Vec<u32>) -> Self {
        Self {
            state: Mutex::new(State { waiting: instances.into(), is_open: false }),
            changed: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next one; waits while there may be more. `None` at the end.
    pub fn next(&self) -> Option<u32> {
        let mut state = self.lock();
        loop {
            if let Some(instance) = state.waiting.pop_front() {
                return Some(instance);
            }
            if !state.is_open {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Intake for Surfaces {
    fn feed(&self, lease: &Lease) {
        self.lock().waiting.push_back(lease.instance);
        self.changed.notify_all();
    }

    fn close(&self) {
        self.lock().is_open = false;
        self.changed.notify_all();
    }

    fn end(&self) {
        let mut state = self.lock();
        state.waiting.clear();
        state.is_open = false;
        self.changed.notify_all();
    }

    fn is_hungry(&self) -> bool {
        self.lock().waiting.is_empty()
    }
}
