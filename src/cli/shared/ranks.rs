//! Where the command line meets the other processes of a job.

use std::sync::Arc;

use super::{env, output, signals};
use crate::error::{Error, Result};
use crate::studies::surfaces::shard::{ShardTraffic, Shards};
use crate::study::cluster::{Traffic, Transport, World, dismiss, lead};
use crate::study::command::Estimate;
use crate::study::{Job, Resources, Stop, Store, Study, execute};

/// The other processes of a job.
pub struct OtherRanks {
    /// All of them.
    pub world: World,
    /// Those that hold surfaces together with this one, if it leads a group.
    pub shards: Option<Arc<Shards>>,
}

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
            "started as {} processes: only sweep, census, sample, paths and networks sweep share their work",
            launch.ranks
        ))),
        None => Ok(()),
    }
}

/// Memory is shared by the processes of a machine, surfaces by those of a group.
pub fn per_process(resources: Resources, shard: usize, others: Option<&OtherRanks>) -> Resources {
    let neighbours = others.map_or(1, |others| others.world.neighbours()).max(1) as u64;
    Resources { memory: resources.memory / neighbours, shard, ..resources }
}

/// An estimate of one process, for all of them.
pub fn shared(estimate: Estimate, others: Option<&OtherRanks>) -> Estimate {
    let processes = others.map_or(1, |others| others.world.size()) * estimate.shard;
    Estimate { seconds: estimate.seconds / processes as f64, ..estimate }
}

/// Runs a command that processes share, in groups of `shard` that hold surfaces together: what each decides, what rank 0 does
/// (alone where there are no others), and what the others do for it, also where they could decide nothing.
///
/// # Errors
/// What ends it.
pub fn share<T>(
    shard: usize,
    decide: impl FnOnce(Option<&OtherRanks>) -> Result<T>,
    first: impl FnOnce(T, Option<&OtherRanks>) -> Result<()>,
    serve: impl FnOnce(&World, Result<T>, &Stop) -> Result<()>,
) -> Result<()> {
    let Some(mut world) = join(shard)? else { return first(decide(None)?, None) };
    let formed = world.form_groups(shard);
    let shards = world.led().map(|transport| Arc::new(Shards::new(transport)));
    let others = OtherRanks { world, shards };
    let decided = formed.and_then(|()| decide(Some(&others)));
    let world = &others.world;
    let ended = if world.rank() == 0 && world.served().is_none() {
        let ended = decided.and_then(|decided| first(decided, Some(&others)));
        dismiss(world);
        ended
    } else {
        let stop = Stop::default();
        // Rank 0 knows by then what is wrong, says so, and leaves with the exit code of the job: mpirun takes that of
        // whoever fails first, and ends the others before they have spoken.
        signals::install(&stop).map(|()| drop(serve(world, decided, &stop)))
    };
    if let Some(shards) = &others.shards {
        shards.end();
    }
    ended
}

/// Carries out a run with all processes there are.
///
/// # Errors
/// What ends it.
pub fn carry_out<S: Study>(others: Option<&OtherRanks>, store: &mut Store<S>, job: &Job<S>) -> Result<()> {
    let Some(others) = others else { return execute(store, job) };
    lead(&others.world, store, job).map(|traffic| tell(traffic, others))
}

/// Says what it took to share the work.
fn tell(traffic: Traffic, others: &OtherRanks) {
    let Traffic { ranks, units, messages, bytes, seconds } = traffic;
    let shards = others.shards.as_ref();
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
