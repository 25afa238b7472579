//! Carries out a census: some surfaces at once, all their paths dealt to one pool of threads.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use rayon::prelude::*;

use super::cost;
use super::facts::unit_of;
use super::surfaces::Surfaces;
use crate::critical::census::{BlockEnds, CensusKey, Job, Stage, census_under};
use crate::hamiltonian::{Layout, Part, Surface, SurfaceKey, SymmetricTensor};
use crate::run::events::{Event, Observer, Stop};
use crate::run::executor::Means;
use crate::run::keeper::{Finding, Keeper};
use crate::run::plan::todo;
use crate::run::ranks::Intake;
use crate::run::record::{Timings, UnitResult};
use crate::run::spec::Spec;
use crate::run::store::Store;
use crate::{Error, Result};

/// Censuses that may wait to be collected.
const BACKLOG: usize = 64;

/// Censuses of some surfaces of a spec.
#[derive(Clone, Copy)]
pub struct CensusJob<'a> {
    /// The run.
    pub spec: &'a Spec,
    /// The user's couplings in place of random ones.
    pub couplings: Option<&'a SymmetricTensor<f64>>,
    /// Threads and instruction set; they change nothing that comes out.
    pub means: &'a Means,
    /// Receives progress.
    pub observer: &'a dyn Observer,
    /// A request to stop.
    pub stop: &'a Stop,
}

/// Takes each census as it ends, with the seconds spent on it by all threads; in no particular order.
pub type Take<'a> = &'a mut dyn FnMut(UnitResult, Timings) -> Result<()>;

/// Does all surfaces that the store has not yet; stores each soon after its census is complete.
///
/// # Errors
/// [`Error::Interrupted`] once `stop` is requested, with every finished surface stored; those of the store.
pub fn execute(
    couplings: Option<&SymmetricTensor<f64>>,
    store: &mut Store,
    means: &Means,
    observer: &dyn Observer,
    stop: &Stop,
) -> Result<()> {
    let spec = store.spec().clone();
    let left = todo(&spec, &store.done());
    let job = CensusJob { spec: &spec, couplings, means, observer, stop };
    let keeper = Keeper::new(store, observer, &left, means.commits);
    job.work_on(left.iter().map(|group| group.instance).collect(), |found| keeper.keep(found))
}

impl CensusJob<'_> {
    /// Takes the census of each of these surfaces.
    ///
    /// # Errors
    /// What `take` returns; [`Error::Interrupted`] once a stop is requested.
    pub fn run(&self, instances: Vec<u32>, take: Take) -> Result<()> {
        let dim = self.dim();
        self.work_on(instances, |found| {
            found.iter().try_for_each(|finding| match finding {
                Finding::Unit(unit, spent) => {
                    take(unit, spent)?;
                    self.observer.event(Event::Stored { dim, starts: 1 });
                    Ok(())
                }
                Finding::Starts(_) | Finding::Spent(_) => {
                    Err(Error::Internal("a census has no starts".into()))
                }
            })
        })?;
        self.observer.event(Event::DimFinished { dim });
        Ok(())
    }

    fn dim(&self) -> u32 {
        self.spec.dims[0]
    }

    fn go_on(&self) -> Result<()> {
        self.stop.requested().map_or(Ok(()), |signal| Err(Error::Interrupted(signal)))
    }

    fn work_on(
        &self,
        instances: Vec<u32>,
        collect: impl FnOnce(Receiver<Finding>) -> Result<()>,
    ) -> Result<()> {
        let (dim, planned) = (self.dim(), u64::from(self.spec.instances));
        let done = planned.saturating_sub(instances.len() as u64);
        self.observer.event(Event::DimStarted { dim, planned, done });
        let at_once = cost::at_once(self.spec, self.means)?.min(instances.len());
        self.deal(&Surfaces::only(instances), at_once, collect)
    }

    /// Some threads take one surface after the other and deal its paths to the pool: what one of them does alone
    /// leaves the pool to the others' paths.
    ///
    /// # Errors
    /// What `collect` returns; [`Error::Interrupted`] once a stop is requested.
    pub(in crate::run) fn deal(
        &self,
        surfaces: &Surfaces,
        at_once: usize,
        collect: impl FnOnce(Receiver<Finding>) -> Result<()>,
    ) -> Result<()> {
        let pool = self.means.pool()?;
        let (sender, receiver) = sync_channel(BACKLOG);
        std::thread::scope(|scope| {
            let mut workers = Vec::new();
            for number in 0..at_once {
                let (sender, pool) = (sender.clone(), &pool);
                let named = std::thread::Builder::new().name(format!("census-{number}"));
                match named.spawn_scoped(scope, move || self.work(pool, surfaces, &sender)) {
                    Ok(worker) => workers.push(worker),
                    Err(error) => {
                        surfaces.end();
                        // Those that have begun stop at their next finding.
                        drop(receiver);
                        return Err(Error::Refused(format!("cannot start {at_once} threads: {error}")));
                    }
                }
            }
            drop(sender);
            let collected = collect(receiver);
            let found: Result<()> = workers.into_iter().try_for_each(|worker| match worker.join() {
                Ok(found) => found,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            collected.and(found)
        })?;
        self.go_on()
    }

    fn work(
        &self,
        pool: &rayon::ThreadPool,
        surfaces: &Surfaces,
        sender: &SyncSender<Finding>,
    ) -> Result<()> {
        let _guard = LastTaken(surfaces);
        while let Some(instance) = surfaces.next() {
            match self.surface(pool, instance) {
                Ok(found) => {
                    if sender.send(found).is_err() {
                        // Nobody listens to a run that failed.
                        return Ok(());
                    }
                }
                // Others may come to their surface's end all the same; the caller looks at the stop.
                Err(Error::Interrupted(_)) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn surface(&self, pool: &rayon::ThreadPool, instance: u32) -> Result<Finding> {
        self.go_on()?;
        let begin = Instant::now();
        let surface = surface(self.spec, self.couplings, instance);
        let draw_s = begin.elapsed().as_secs_f64();
        // Nanoseconds on the pool, by all its threads, and of this thread waiting for it.
        let (worked, waited) = (AtomicU64::new(0), Cell::new(Duration::ZERO));
        let dealt = |stage: Stage, job: Job| {
            let begin = Instant::now();
            let ends = pool.install(|| {
                let blocks = (0..stage.blocks).into_par_iter();
                blocks.map(|block| self.follow(stage, job, block, &worked)).collect::<Result<Vec<_>>>()
            });
            waited.set(waited.get() + begin.elapsed());
            ends
        };
        let begin = Instant::now();
        let key = CensusKey { seed: self.spec.seed, instance: u64::from(instance) };
        let found = census_under(self.spec.rules, &surface, key, self.means.carrier.isa, &dealt)?;
        let unit = unit_of(found, instance, surface.deviation());
        let alone = begin.elapsed().saturating_sub(waited.get());
        let on_pool = Duration::from_nanos(worked.load(Ordering::Relaxed));
        let spent = Timings { draw_s, descent_s: (alone + on_pool).as_secs_f64(), ..Timings::default() };
        Ok(Finding::Unit(unit, spent))
    }

    /// One block of paths, unless a stop is asked for.
    fn follow(&self, stage: Stage, job: Job, block: usize, worked: &AtomicU64) -> Result<BlockEnds> {
        self.go_on()?;
        let begin = Instant::now();
        let ends = job(block);
        worked.fetch_add(begin.elapsed().as_nanos() as u64, Ordering::Relaxed);
        if stage.round == 0 && stage.attempt == 0 {
            self.observer.event(Event::Advanced { dim: self.dim(), starts: 1.0 / stage.blocks as f64 });
        }
        Ok(ends)
    }
}

/// A thread leaves where there is nothing more, or because something is wrong: then others need not go on.
struct LastTaken<'a>(&'a Surfaces);

impl Drop for LastTaken<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// A surface of a census; small ones are drawn in no time.
pub(super) fn surface(spec: &Spec, couplings: Option<&SymmetricTensor<f64>>, instance: u32) -> Surface {
    let layout = Layout::new(spec.spins as usize, spec.dims[0] as usize);
    let key = SurfaceKey { seed: spec.seed, layout, instance: u64::from(instance) };
    let map = |n: usize, job: &(dyn Fn(usize) -> Part + Sync)| (0..n).map(job).collect();
    match couplings {
        Some(couplings) => Surface::given(&key, couplings, 0, &map),
        None => Surface::draw(&key, 0, &map),
    }
}
