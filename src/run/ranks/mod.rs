//! One run by many processes: rank 0 plans, hands out units, keeps and stores; the others ask for units, draw their
//! surfaces themselves and send back what they find. Rank 0 works, too.
//!
//! What a rank needs to know of a kind of work is small: something that takes leases (`Intake`), and
//! `Finding`s that come out.

pub(super) mod codec;
mod lead;
mod leases;
mod message;
mod serve;
mod work;

pub use lead::{Traffic, dismiss, lead};
pub use leases::{Lease, Leases};
pub use serve::{Hand, serve};

pub(super) use lead::failure;
pub(super) use work::Intake;

use std::sync::Arc;
use std::time::Duration;

use super::shard::Shards;

/// Time between two looks at what has come: short beside the work of a lease, long beside a look.
const LOOK: Duration = Duration::from_millis(2);

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
