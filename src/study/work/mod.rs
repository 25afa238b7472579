//! Carrying out what is left of a run.

mod announce;
pub mod board;
mod execute;
mod keeper;
mod threads;

use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use super::interface::Study;

pub(crate) use announce::Announcing;
pub use execute::{compute, execute};
pub(crate) use keeper::{Keeper, add_all};
pub(crate) use threads::start;

/// What came of some work: whole units, and time spent.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding<S: Study> {
    /// Whole units.
    pub units: Vec<S::Unit>,
    /// Time spent since the last time, by key.
    pub spent: Vec<S::Times>,
}

impl<S: Study> Default for Finding<S> {
    fn default() -> Self {
        Self { units: Vec::new(), spent: Vec::new() }
    }
}

/// Takes units while threads work on them.
pub trait Intake<S: Study>: Sync {
    /// More to do.
    fn feed(&self, units: &[S::Listed]);

    /// Nothing more will come.
    fn close(&self);

    /// Nothing more is handed to threads.
    fn end(&self);

    /// Whether threads will soon have nothing to do.
    fn is_hungry(&self) -> bool;
}

/// Waits for the next finding, at most so long.
pub type Findings<'a, S> = &'a mut dyn FnMut(Duration) -> Result<Finding<S>, RecvTimeoutError>;

/// Threads that wait for more are let go whatever ends the other end.
pub(crate) struct EndOnDrop<'a, S: Study>(pub &'a dyn Intake<S>);

impl<S: Study> Drop for EndOnDrop<'_, S> {
    fn drop(&mut self) {
        self.0.end();
    }
}
