//! The processes of one job, by MPI. Only the thread that joined talks to it, and never waits in it: a thread that
//! waits in MPI takes a core.

use ::mpi::Threading;
use ::mpi::environment::Universe;
use ::mpi::point_to_point::MatchedReceiveVec;
use ::mpi::topology::SimpleCommunicator;
use ::mpi::traits::{Communicator, Destination, Source};

use crate::error::{Error, Result};
use crate::run::ranks::Post;

/// This process among the others; leaving waits for all of them.
pub struct World {
    // Before the universe, whose end ends MPI.
    all: SimpleCommunicator,
    neighbours: usize,
    _universe: Universe,
}

impl World {
    /// Joins the others.
    ///
    /// # Errors
    /// [`Error::Refused`] if the MPI library has no room for threads beside the one that calls it.
    pub fn join() -> Result<Self> {
        let refused = |reason: &str| Error::Refused(format!("MPI cannot be used: {reason}"));
        let (universe, threading) = ::mpi::initialize_with_threading(Threading::Funneled)
            .ok_or_else(|| refused("it was begun before"))?;
        if threading < Threading::Funneled {
            return Err(refused("the library is built without threads"));
        }
        let all = universe.world();
        let neighbours = all.split_shared(all.rank()).size() as usize;
        Ok(Self { all, neighbours, _universe: universe })
    }

    /// Processes of the job on this machine, this one included.
    pub fn neighbours(&self) -> usize {
        self.neighbours
    }
}

impl Drop for World {
    /// A process that panics does not wait for the others: it takes them along.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.all.abort(1);
        }
    }
}

impl Post for World {
    fn rank(&self) -> usize {
        self.all.rank() as usize
    }

    fn size(&self) -> usize {
        self.all.size() as usize
    }

    fn send(&self, to: usize, message: &[u8]) {
        self.all.process_at_rank(to as i32).send(message);
    }

    fn receive(&self) -> Option<(usize, Vec<u8>)> {
        let (bytes, status) = self.all.any_process().immediate_matched_probe()?.matched_receive_vec::<u8>();
        Some((status.source_rank() as usize, bytes))
    }
}
