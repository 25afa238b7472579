//! One surface held by a group of processes: the first of a group leads, and is what a rank is elsewhere; the others hold
//! chunks of its surfaces and answer. Whatever the size of the group, the bits are those of one process.
//!
//! A leader's threads talk on a line each, to a thread of its own in every other process. Orders are few and short beside the
//! work that they ask for; a thread that waits for one sleeps.

mod leader;
mod member;
mod message;

pub use leader::{ShardTraffic, Shards};
pub use member::serve_shard;

pub(super) use leader::Elsewhere;

use std::thread::{sleep, yield_now};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// Line of the group itself; threads have those from 1 on.
const CONTROL: usize = 0;
/// How long a thread that waits lets others go first before it sleeps.
const WIDE_AWAKE: Duration = Duration::from_micros(100);
/// Shortest and longest sleep between two looks.
const NAPS: [Duration; 2] = [Duration::from_micros(20), Duration::from_micros(500)];
/// A nap is this part of how long a thread has waited: the wait gets longer by no more.
const PART_OF_WAIT: u32 = 32;

/// Messages within a group, whole and in order on each line between each two of them. The leader is number 0.
pub trait Wire: Send + Sync {
    /// Processes of the group.
    fn size(&self) -> usize;

    /// How a member is called in what a person reads.
    fn name(&self, member: usize) -> String;

    /// Sends, and calls `meanwhile` now and then if that takes a while: two who send to each other must both listen.
    fn send(&self, to: usize, line: usize, message: &[u8], meanwhile: &mut dyn FnMut());

    /// The next message on a line; does not wait.
    fn receive(&self, from: usize, line: usize) -> Option<Vec<u8>>;
}

/// Refuses groups of `shard` that so many processes do not make.
///
/// # Errors
/// [`Error::BadInput`].
pub fn check_groups(shard: usize, processes: usize) -> Result<()> {
    if processes.is_multiple_of(shard) {
        return Ok(());
    }
    let allowed = match processes {
        1 => "1 for one process: a larger number needs several processes (mpirun)".into(),
        _ => format!("a divisor of the number of processes, {processes}"),
    };
    Err(Error::bad_input("shard", shard, allowed))
}

/// A wait that takes no core.
#[derive(Debug, Clone, Copy)]
pub struct Pause(Instant);

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
