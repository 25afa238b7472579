//! When a thread looks again for what has come.

use std::thread::{sleep, yield_now};
use std::time::{Duration, Instant};

/// Time between two looks at what has come: short beside the work of a lease, long beside a look.
pub(super) const LOOK: Duration = Duration::from_millis(2);
/// The same where no word has fallen for long: each look takes a core from a thread that works.
const LONGEST_LOOK: Duration = Duration::from_millis(16);
/// Looks in the time since the last word.
const LOOKS: u32 = 16;
/// How long a thread that waits lets others go first before it sleeps.
const WIDE_AWAKE: Duration = Duration::from_micros(100);
/// Shortest and longest sleep between two looks.
const NAPS: [Duration; 2] = [Duration::from_micros(20), Duration::from_micros(500)];
/// A nap is this part of how long a thread has waited: the wait gets longer by no more.
const PART_OF_WAIT: u32 = 32;

/// When to look next: soon while words go to and fro.
pub(super) struct Pace {
    last_word: Instant,
}

impl Pace {
    /// Right after a word.
    pub fn new() -> Self {
        Self { last_word: Instant::now() }
    }

    /// A word fell.
    pub fn word(&mut self) {
        self.last_word = Instant::now();
    }

    /// How long to wait.
    pub fn patience(&self) -> Duration {
        (self.last_word.elapsed() / LOOKS).clamp(LOOK, LONGEST_LOOK)
    }
}

/// A wait that takes no core.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pause(Instant);

impl Pause {
    /// Waiting begins.
    pub fn begin() -> Self {
        Self(Instant::now())
    }

    /// Lets some time pass before the next look.
    pub fn pass(&self) {
        let waited = self.0.elapsed();
        match waited < WIDE_AWAKE {
            true => yield_now(),
            false => sleep((waited / PART_OF_WAIT).clamp(NAPS[0], NAPS[1])),
        }
    }
}
