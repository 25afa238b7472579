//! Where the command line meets the other processes of a job.

use super::engine::Estimate;
use super::{env, output, signals};
use crate::error::{Error, Result};
use crate::hamiltonian::SymmetricTensor;
use crate::run::ranks::{Hand, Post, Traffic, dismiss, lead, serve};
use crate::run::{Couplings, Means, Observer, Stop, Store, World, execute};

/// This process among others, if it was started with others.
///
/// # Errors
/// [`Error::Refused`] if it was and this build cannot talk to them.
pub fn join() -> Result<Option<World>> {
    env::launch().map(|_| World::join()).transpose()
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

/// Memory is shared by the processes of a machine.
pub fn share_of(means: Means, world: Option<&World>) -> Means {
    let neighbours = world.map_or(1, World::neighbours).max(1) as u64;
    Means { memory: means.memory / neighbours, ..means }
}

/// An estimate of one process, for all of them.
pub fn shared(estimate: Estimate, world: Option<&World>) -> Estimate {
    Estimate { seconds: estimate.seconds / world.map_or(1, Post::size) as f64, ..estimate }
}

/// What all processes of a job bring along, and what rank 0 does with it.
pub trait Together {
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

/// Runs a command that processes share.
///
/// # Errors
/// What ends it.
pub fn share<T: Together>(decide: impl FnOnce(Option<&World>) -> Result<T>) -> Result<()> {
    let first = |decided: T, world: Option<&World>| decided.first(world);
    share_out(decide, first, |world, decided, stop| {
        let hand = decided.as_ref().map(|decided| Hand {
            couplings: decided.couplings(),
            known_as: decided.known_as().unwrap_or_default(),
            means: decided.means(),
        });
        serve(world, hand.map_err(|error| Error::Refused(error.to_string())), stop)
    })
}

/// Runs a command that processes share: what each decides, what rank 0 does, and what the others do for it, also where
/// they could decide nothing.
///
/// # Errors
/// What ends it.
pub fn share_out<T>(
    decide: impl FnOnce(Option<&World>) -> Result<T>,
    first: impl FnOnce(T, Option<&World>) -> Result<()>,
    others: impl FnOnce(&World, Result<T>, &Stop) -> Result<()>,
) -> Result<()> {
    let Some(world) = join()? else { return first(decide(None)?, None) };
    let decided = decide(Some(&world));
    if world.rank() == 0 {
        let ended = decided.and_then(|decided| first(decided, Some(&world)));
        dismiss(&world);
        return ended;
    }
    let stop = Stop::default();
    signals::install(&stop)?;
    // Rank 0 says what is wrong.
    others(&world, decided.map_err(|error| Error::Refused(error.to_string())), &stop)
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
    lead(world, couplings, store, means, observer, stop).map(tell)
}

/// Says what it took to share the work.
pub fn tell(traffic: Traffic) {
    let Traffic { ranks, units, messages, bytes, seconds } = traffic;
    output::log(&format!(
        "{ranks} ranks: {units} units from others, {messages} messages of {:.1} kB in all, {seconds:.2} s on them",
        bytes as f64 / 1e3
    ));
}
