//! How much of a run is there.

use serde::Serialize;

use crate::run::networks::{self, NetworksStore};
use crate::run::{Store, Unit, plan, planned_units};

/// Units of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Units {
    /// Stored whole.
    pub done: u64,
    /// In all.
    pub planned: u64,
}

impl Units {
    /// Of a run of the spin glass.
    pub fn of(store: &Store) -> Self {
        let (spec, stored) = (store.spec(), store.done());
        let is_whole =
            |unit: &Unit| stored.get(&unit.key).is_some_and(|&starts| unit.is_whole(spec.kind(), starts));
        Self { done: plan(spec).filter(is_whole).count() as u64, planned: planned_units(spec) }
    }

    /// Of a run of networks.
    pub fn of_networks(store: &NetworksStore) -> Self {
        let planned = networks::plan(store.spec()).count() as u64;
        Self { done: planned - networks::todo(store.spec(), &store.done()).len() as u64, planned }
    }

    /// Whether all are done.
    pub fn are_complete(&self) -> bool {
        self.done == self.planned
    }

    /// What to say of whatever shows a run that is not finished: “unfinished: 120 of 350 units”.
    pub fn note(&self) -> Option<String> {
        let units = if self.planned == 1 { "unit" } else { "units" };
        (!self.are_complete()).then(|| format!("unfinished: {} of {} {units}", self.done, self.planned))
    }
}
