//! How much of a run of networks is there.

use serde::Serialize;

use crate::run::networks::{NetworksStore, plan, todo};

/// Units of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Units {
    /// Stored whole.
    pub done: u64,
    /// In all.
    pub planned: u64,
}

impl Units {
    /// Of a stored run.
    pub fn of(store: &NetworksStore) -> Self {
        let planned = plan(store.spec()).count() as u64;
        Self { done: planned - todo(store.spec(), &store.done()).len() as u64, planned }
    }

    /// Whether all are done.
    pub fn are_complete(&self) -> bool {
        self.done == self.planned
    }
}
