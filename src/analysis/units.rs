//! How much of a run is there.

use serde::Serialize;

use crate::study::{Store, Study};

/// Units of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct UnitCount {
    /// Stored whole.
    pub done: u64,
    /// Asked for.
    pub planned: u64,
}

impl UnitCount {
    /// Of a stored run.
    pub fn of<S: Study>(store: &Store<S>) -> Self {
        let planned = S::plan(store.spec()).count() as u64;
        Self { done: planned - store.left().len() as u64, planned }
    }

    /// Whether all are done.
    pub fn are_complete(&self) -> bool {
        self.done == self.planned
    }

    /// What to say of whatever shows a run that is not finished: “unfinished: 120 of 350 units”.
    pub fn note(&self) -> Option<String> {
        let units = if self.planned == 1 { "unit" } else { "units" };
        (self.done < self.planned).then(|| format!("unfinished: {} of {} {units}", self.done, self.planned))
    }
}
