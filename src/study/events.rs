//! What a run tells its caller, and how the caller asks it to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

/// Progress of a run, by size (Λ, n₁, or what else a study grows by); items are what units are made of: starts, networks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event {
    /// Work on a size begins.
    Started {
        /// Which.
        size: u32,
        /// Items asked for.
        planned: u64,
        /// Items already stored.
        done: u64,
    },
    /// Items of a size were stored.
    Stored {
        /// Which.
        size: u32,
        /// How many.
        items: u64,
    },
    /// Items of a size advanced, for smooth bars.
    Advanced {
        /// Which.
        size: u32,
        /// Items' worth of work done since the last such event.
        items: f64,
    },
    /// Something was written to the disk.
    Committed {
        /// How long that took.
        seconds: f64,
    },
    /// All items of a size are stored.
    Finished {
        /// Which.
        size: u32,
    },
}

/// Receives progress; called from worker threads.
pub trait Observer: Sync {
    /// Takes one event.
    fn event(&self, event: Event);
}

/// An observer that ignores everything.
impl Observer for () {
    fn event(&self, _: Event) {}
}

/// A request to stop, shared between a signal handler and the workers. Holds the signal's number.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicI32>);

impl Stop {
    /// Asks for a stop because of `signal`.
    pub fn request(&self, signal: i32) {
        self.0.store(signal, Ordering::Relaxed);
    }

    /// The signal that asked for a stop, if any.
    pub fn requested(&self) -> Option<i32> {
        Some(self.0.load(Ordering::Relaxed)).filter(|&signal| signal != 0)
    }
}
