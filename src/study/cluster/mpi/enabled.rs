//! The processes of one job, by MPI. The thread that joined talks to other ranks; threads that share a surface with other
//! processes talk to those. None of them waits in MPI: a thread that does takes a core.

use ::mpi::Threading;
use ::mpi::environment::Universe;
use ::mpi::point_to_point::MatchedReceiveVec;
use ::mpi::request::scope;
use ::mpi::topology::{Color, SimpleCommunicator};
use ::mpi::traits::{Communicator, Destination, Source};

use crate::error::{Error, Result};
use crate::study::cluster::pace::Pause;
use crate::study::cluster::transport::{GroupTransport, Transport, check_groups};

/// This process among the others; leaving waits for all of them.
pub struct World {
    // Before the universe, whose end ends MPI. Of processes that lead groups, where there are groups.
    ranks: SimpleCommunicator,
    neighbours: usize,
    /// The group of this process, where there are groups.
    group: Option<Group>,
    _universe: Universe,
}

impl World {
    /// Joins the others, in groups of `shard` that hold surfaces together.
    ///
    /// # Errors
    /// [`Error::Refused`] if the MPI library has no room for the threads that call it.
    pub fn join(shard: usize) -> Result<Self> {
        let refused = |reason: &str| Error::Refused(format!("MPI cannot be used: {reason}"));
        let wanted = if shard > 1 { Threading::Multiple } else { Threading::Funneled };
        let (universe, threading) =
            ::mpi::initialize_with_threading(wanted).ok_or_else(|| refused("it was begun before"))?;
        if threading < wanted {
            return Err(refused("the library is built without threads, or with too few for --shard"));
        }
        let all = universe.world();
        let neighbours = all.split_shared(all.rank()).size() as usize;
        Ok(Self { ranks: all, neighbours, group: None, _universe: universe })
    }

    /// Forms groups of so many; from then on the ranks are those that lead one.
    ///
    /// # Errors
    /// [`Error::BadInput`] where that does not come out even.
    pub fn form_groups(&mut self, shard: usize) -> Result<()> {
        check_groups(shard, self.size())?;
        if shard == 1 {
            return Ok(());
        }
        let rank = self.rank();
        let group = Group { first: rank / shard * shard, rank: rank % shard, size: shard };
        let color = Color::with_value(i32::from(group.rank > 0));
        let alike =
            self.ranks.split_by_color(color).ok_or_else(|| Error::Internal("no communicator".into()))?;
        if group.rank == 0 {
            self.ranks = alike;
        }
        self.group = Some(group);
        Ok(())
    }

    /// The group that this process serves in, and its number there, if it does not lead it.
    pub fn served(&self) -> Option<(&dyn GroupTransport, usize)> {
        let group = self.group.as_ref().filter(|group| group.rank > 0);
        group.map(|group| (group as &dyn GroupTransport, group.rank))
    }

    /// The group that this process leads, if there are groups and it leads one.
    pub fn led(&self) -> Option<Box<dyn GroupTransport>> {
        let group = self.group.filter(|group| group.rank == 0);
        group.map(|group| Box::new(group) as Box<dyn GroupTransport>)
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
            SimpleCommunicator::world().abort(1);
        }
    }
}

impl Transport for World {
    fn rank(&self) -> usize {
        self.ranks.rank() as usize
    }

    fn size(&self) -> usize {
        self.ranks.size() as usize
    }

    fn send(&self, to: usize, message: &[u8]) {
        self.ranks.process_at_rank(to as i32).send(message);
    }

    fn receive(&self) -> Option<(usize, Vec<u8>)> {
        let (bytes, status) = self.ranks.any_process().immediate_matched_probe()?.matched_receive_vec::<u8>();
        Some((status.source_rank() as usize, bytes))
    }
}

/// Neighbours among all processes, who talk over the communicator of all, a tag for each line. Ranks that lead groups have
/// one of their own.
#[derive(Debug, Clone, Copy)]
struct Group {
    first: usize,
    rank: usize,
    size: usize,
}

impl GroupTransport for Group {
    fn size(&self) -> usize {
        self.size
    }

    fn name(&self, member: usize) -> String {
        format!("process {}", self.first + member)
    }

    fn send(&self, to: usize, line: usize, message: &[u8], meanwhile: &mut dyn FnMut()) {
        let world = SimpleCommunicator::world();
        let to = world.process_at_rank((self.first + to) as i32);
        let pause = Pause::begin();
        scope(|scope| {
            let mut request = to.immediate_send_with_tag(scope, message, line as i32);
            while let Err(under_way) = request.test() {
                request = under_way;
                meanwhile();
                pause.pass();
            }
        });
    }

    fn receive(&self, from: usize, line: usize) -> Option<Vec<u8>> {
        let world = SimpleCommunicator::world();
        let from = world.process_at_rank((self.first + from) as i32);
        Some(from.immediate_matched_probe_with_tag(line as i32)?.matched_receive_vec::<u8>().0)
    }
}
