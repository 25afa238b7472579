//! How a run is carried out; none of it changes what comes out.

use crate::error::{Error, Result};
use crate::numeric::isa::Isa;

/// Points that a worker takes side by side: one block of lanes.
pub(super) const DEFAULT_BATCH: usize = 48;

/// Which units share a commit. A commit waits for the disk, so grouped ones are faster by far where units are small.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Commits {
    /// Those that end close together.
    #[default]
    Grouped,
    /// None: a unit is safe before the next is looked at.
    EachUnit,
}

/// Threads, instruction set and memory of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resources {
    /// Worker threads, at least 1.
    pub threads: usize,
    /// Instruction set of the kernels.
    pub isa: Isa,
    /// Points that a thread works on side by side, where a study has such.
    pub batch: usize,
    /// Bytes of memory that the run may take.
    pub memory: u64,
    /// Processes that hold together what units share; 1 where each holds its own.
    pub shard: usize,
    /// Which units share a commit.
    pub commits: Commits,
}

impl Resources {
    /// So many threads with the best instruction set of this machine, and as much memory as is asked for.
    pub fn of_threads(threads: usize) -> Self {
        let commits = Commits::Grouped;
        Self { threads, isa: Isa::best(), batch: DEFAULT_BATCH, memory: u64::MAX, shard: 1, commits }
    }

    /// The pool of worker threads.
    ///
    /// # Errors
    /// [`Error::Refused`] if the system gives no threads.
    pub fn pool(&self) -> Result<rayon::ThreadPool> {
        let builder = rayon::ThreadPoolBuilder::new().num_threads(self.threads);
        builder.build().map_err(|error| {
            Error::Refused(format!("cannot start enough threads ({}): {error}", self.threads))
        })
    }
}
