//! One run by many processes: rank 0 plans, hands out units, keeps and stores; the others ask for units, draw their
//! surfaces themselves and send back what they find. Rank 0 works, too.
//!
//! What a rank needs to know of a kind of work is small: something that takes leases (`Intake`), and
//! `Finding`s that come out. Networks say the same words of units of their own: `run/networks/ranks`.

mod lead;
mod leases;
mod message;
mod serve;
mod work;

pub use lead::{Traffic, dismiss, lead};
pub use leases::{Lease, Leases};
pub use serve::{Hand, serve};

pub(super) use lead::failure;
pub(super) use message::{Answer, Order, Wire, put_progress, take_progress};
pub(super) use serve::{BREATH, Progress, SENT_AWAY, Server, attend};
pub(super) use work::Intake;

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::shard::Shards;

/// Time between two looks at what has come: short beside the work of a lease, long beside a look.
const LOOK: Duration = Duration::from_millis(2);
/// The same where no word has fallen for long: each look takes a core from a thread that works.
const LONGEST_LOOK: Duration = Duration::from_millis(16);
/// Looks in the time since the last word.
const LOOKS: u32 = 16;

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

/// Messages between the processes of a job, whole and in order between each two of them.
pub trait Post {
    /// Number of this process.
    fn rank(&self) -> usize;

    /// How many there are.
    fn size(&self) -> usize;

    /// Sends; may wait until the other looks, if the message is long.
    fn send(&self, to: usize, message: &[u8]);

    /// What has come, with its sender; does not wait.
    fn receive(&self) -> Option<(usize, Vec<u8>)>;

    /// Those who hold chunks of this rank's surfaces for it, if it leads a group.
    fn shards(&self) -> Option<&Arc<Shards>> {
        None
    }
}
