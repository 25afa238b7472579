//! Where the command line meets the other processes of a job.

use super::estimate::Estimate;
use super::{env, output, signals};
use crate::error::{Error, Result};
use crate::hamiltonian::SymmetricTensor;
use crate::run::ranks::{Hand, Post, Traffic, dismiss, lead, serve};
use crate::run::shard::{ShardTraffic, serve_shard};
use crate::run::{Couplings, Means, Observer, Stop, Store, World, execute};

/// This process among others, if it was started with others.
///
/// # Errors
/// [`Error::Refused`] if it was and this build cannot talk to them.
fn join(shard: usize) -> Result<Option<World>> {
    env::launch().map(|_| World::join(shard)).transpose()
}

/// Refuses a verb that would be done as often as there are processes.
///
/// # Errors
/// [`Error::Refused`].
pub fn only_one() -> Result<()> {
    match env::launch() {
        Some(launch) => Err(Error::Refused(format!(
            "started as {} processes: only sweep, census and networks sweep share their work",
            launch.ranks
        ))),
        None => Ok(()),
    }
}

/// Memory is shared by the processes of a machine, surfaces by those of a group.
pub fn per_process(means: Means, shard: usize, world: Option<&World>) -> Means {
    let neighbours = world.map_or(1, World::neighbours).max(1) as u64;
    Means { memory: means.memory / neighbours, shard, ..means }
}

/// An estimate of one process, for all of them.
pub fn shared(estimate: Estimate, world: Option<&World>) -> Estimate {
    let processes = world.map_or(1, Post::size) * estimate.shard;
    Estimate { seconds: estimate.seconds / processes as f64, ..estimate }
}

/// What all processes of a job bring along, and what rank 0 does with it.
pub trait SharedCommand {
    /// The user's couplings.
    fn couplings(&self) -> Option<&SymmetricTensor<f64>>;

    /// How they are known.
    fn known_as(&self) -> Option<Couplings>;

    /// How it is carried out.
    fn means(&self) -> Means;

    /// What rank 0 does, with the others or, without a world, alone.
    ///
    /// # Errors
    /// What ends the command.
    fn first(&self, world: Option<&World>) -> Result<()>;
}

/// Runs a command that processes share, in groups of `shard` that hold surfaces together.
///
/// # Errors
/// What ends it.
pub fn share<T: SharedCommand>(shard: usize, decide: impl FnOnce(Option<&World>) -> Result<T>) -> Result<()> {
    let first = |decided: T, world: Option<&World>| decided.first(world);
    run_on_ranks(shard, decide, first, |world, decided, stop| {
        let hand = decided.as_ref().map(|decided| Hand {
            couplings: decided.couplings(),
            known_as: decided.known_as().unwrap_or_default(),
            means: decided.means(),
        });
        // Errors cannot be copied; rank 0 passes this one on as a refusal.
        let hand = hand.map_err(|error| Error::Refused(error.to_string()));
        match world.served() {
            Some((wire, rank)) => serve_shard(wire, rank, hand, stop),
            None => serve(world, hand, stop),
        }
    })
}

/// Runs a command that processes share, in groups of `shard`: what each decides, what rank 0 does, and what the others do
/// for it, also where they could decide nothing.
///
/// # Errors
/// What ends it.
pub fn run_on_ranks<T>(
    shard: usize,
    decide: impl FnOnce(Option<&World>) -> Result<T>,
    first: impl FnOnce(T, Option<&World>) -> Result<()>,
    others: impl FnOnce(&World, Result<T>, &Stop) -> Result<()>,
) -> Result<()> {
    let Some(mut world) = join(shard)? else { return first(decide(None)?, None) };
    let formed = world.form_groups(shard);
    let decided = formed.and_then(|()| decide(Some(&world)));
    let ended = if world.rank() == 0 && world.served().is_none() {
        let ended = decided.and_then(|decided| first(decided, Some(&world)));
        dismiss(&world);
        ended
    } else {
        let stop = Stop::default();
        // Rank 0 knows by then what is wrong, says so, and leaves with the exit code of the job: mpirun takes that of
        // whoever fails first, and ends the others before they have spoken.
        signals::install(&stop).map(|()| drop(others(&world, decided, &stop)))
    };
    if let Some(shards) = world.shards() {
        shards.end();
    }
    ended
}

/// Carries out a run with all processes there are.
///
/// # Errors
/// What ends it.
pub fn carry_out(
    world: Option<&World>,
    couplings: Option<&SymmetricTensor<f64>>,
    store: &mut Store,
    means: &Means,
    observer: &dyn Observer,
    stop: &Stop,
) -> Result<()> {
    let Some(world) = world else { return execute(couplings, store, means, observer, stop) };
    lead(world, couplings, store, means, observer, stop).map(|traffic| log_traffic(traffic, world))
}

/// Says what it took to share the work.
pub fn log_traffic(traffic: Traffic, world: &World) {
    let Traffic { ranks, units, messages, bytes, seconds } = traffic;
    let shards = world.shards();
    let groups = shards.map_or(String::new(), |shards| format!(" of {}", shards.size()));
    output::log(&format!(
        "{ranks} {}{groups}: {units} units from others, {messages} messages of {:.1} kB in all, {seconds:.2} s on them",
        if shards.is_some() { "groups" } else { "ranks" },
        bytes as f64 / 1e3
    ));
    if let Some(ShardTraffic { messages, bytes, seconds }) = shards.map(|shards| shards.traffic()) {
        output::log(&format!(
            "within the first: {messages} messages of {:.1} MB in all, {seconds:.2} s of its threads on them",
            bytes as f64 / 1e6
        ));
    }
}
