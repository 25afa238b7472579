//! What a run tells its caller, and how the caller asks it to stop.
//!
//! Networks have n₁ where this says Λ (`dim`), and networks where it says starts.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

/// Progress of a sweep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event {
    /// Work on one dimension begins; counts are starts over all its instances.
    DimStarted {
        /// Λ.
        dim: u32,
        /// Starts asked for.
        planned: u64,
        /// Starts already stored.
        done: u64,
    },
    /// Starts of this dimension were stored.
    Stored {
        /// Λ.
        dim: u32,
        /// How many.
        starts: u64,
    },
    /// Starts of this dimension advanced; `fraction` of one start's work each, summed (for smooth bars).
    Advanced {
        /// Λ.
        dim: u32,
        /// Starts' worth of work done since the last such event.
        starts: f64,
    },
    /// Something was written to the disk.
    Committed {
        /// How long that took.
        seconds: f64,
    },
    /// All starts of this dimension are stored.
    DimFinished {
        /// Λ.
        dim: u32,
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
