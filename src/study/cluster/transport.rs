//! Messages between processes, whatever carries them.

use crate::error::{Error, Result};

/// Messages between the processes of a job, whole and in order between each two of them.
pub trait Transport {
    /// Number of this process.
    fn rank(&self) -> usize;

    /// How many there are.
    fn size(&self) -> usize;

    /// Sends; may wait until the other looks, if the message is long.
    fn send(&self, to: usize, message: &[u8]);

    /// What has come, with its sender; does not wait.
    fn receive(&self) -> Option<(usize, Vec<u8>)>;
}

/// Messages within a group of processes that hold together what units share, whole and in order on each line between each two
/// of them. The process that leads the group is number 0.
pub trait GroupTransport: Send + Sync {
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
