//! Carries out a census: over surfaces where there are many, over paths where there are few.

use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Instant;

use rayon::prelude::*;

use super::facts::unit_of;
use crate::critical::census::{BLOCK, BlockEnds, CensusKey, Job, Map, Stage, admitted_class_count, census};
use crate::hamiltonian::{Layout, Surface, SurfaceKey, SymmetricTensor};
use crate::run::events::{Event, Observer, Stop};
use crate::run::executor::Means;
use crate::run::plan::todo;
use crate::run::record::{Timings, UnitResult};
use crate::run::spec::Spec;
use crate::run::store::Store;
use crate::{Error, Result};

/// Blocks of paths for each thread from which on one surface after the other is taken: all threads follow its paths.
const BLOCKS_PER_THREAD: u64 = 8;

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

/// Does all surfaces that the store has not yet; stores each as soon as its census is complete.
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
    let left = todo(&spec, &store.done()).iter().map(|group| group.instance).collect();
    let job = CensusJob { spec: &spec, couplings, means, observer, stop };
    job.run(left, &mut |unit, spent| {
        store.write_unit(&unit)?;
        store.add_timings(unit.key.dim, unit.key.instance, &spent)
    })
}

impl CensusJob<'_> {
    /// Takes the census of each of these surfaces.
    ///
    /// # Errors
    /// What `take` returns; [`Error::Interrupted`] once a stop is requested.
    pub fn run(&self, instances: Vec<u32>, take: Take) -> Result<()> {
        let dim = self.dim();
        let planned = u64::from(self.spec.instances);
        let done = planned.saturating_sub(instances.len() as u64);
        self.observer.event(Event::DimStarted { dim, planned, done });
        let mut take = |unit, spent| {
            take(unit, spent)?;
            self.observer.event(Event::Stored { dim, starts: 1 });
            Ok(())
        };
        let pool = self.means.pool()?;
        let paths = admitted_class_count(self.spec.spins as usize, dim as usize)?;
        let (many, few) = instances.split_at(by_thread(instances.len(), paths, self.means.threads));
        self.surface_by_thread(&pool, many, &mut take)?;
        for &instance in few {
            let (unit, spent) = self.surface_by_pool(&pool, instance)?;
            take(unit, spent)?;
        }
        self.go_on()?;
        self.observer.event(Event::DimFinished { dim });
        Ok(())
    }

    fn dim(&self) -> u32 {
        self.spec.dims[0]
    }

    fn go_on(&self) -> Result<()> {
        self.stop.requested().map_or(Ok(()), |signal| Err(Error::Interrupted(signal)))
    }

    /// Each thread takes one surface after the other.
    fn surface_by_thread(&self, pool: &rayon::ThreadPool, instances: &[u32], take: Take) -> Result<()> {
        let queue = Mutex::new(instances.iter());
        let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next().copied();
        let in_order = |stage: Stage, job: Job| {
            (0..stage.blocks).map(|block| self.follow(stage, job, block)).collect::<Result<Vec<_>>>()
        };
        let (sender, receiver) = mpsc::channel();
        pool.in_place_scope(|scope| {
            for _ in 0..pool.current_num_threads() {
                let (sender, next, in_order) = (sender.clone(), &next, &in_order);
                scope.spawn(move |_| {
                    while let Some(instance) = next() {
                        let found = self.surface(instance, in_order);
                        let failed = found.is_err();
                        // Nobody listens to a run that failed.
                        if sender.send(found).is_err() || failed {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            let taken = receiver.iter().try_for_each(|found| match found {
                Ok((unit, spent)) => take(unit, spent),
                // Others may have come to their surface's end all the same; the caller looks at the stop.
                Err(Error::Interrupted(_)) => Ok(()),
                Err(error) => Err(error),
            });
            drop(receiver);
            taken
        })
    }

    /// All threads follow the paths of one surface.
    fn surface_by_pool(&self, pool: &rayon::ThreadPool, instance: u32) -> Result<(UnitResult, Timings)> {
        let threads = pool.current_num_threads() as f64;
        let dealt = |stage: Stage, job: Job| {
            pool.install(|| {
                let blocks = (0..stage.blocks).into_par_iter();
                blocks.map(|block| self.follow(stage, job, block)).collect::<Result<Vec<_>>>()
            })
        };
        let (unit, Timings { draw_s, descent_s, .. }) = self.surface(instance, &dealt)?;
        Ok((unit, Timings { draw_s, descent_s: threads * descent_s, ..Timings::default() }))
    }

    /// One block of paths, unless a stop is asked for.
    fn follow(&self, stage: Stage, job: Job, block: usize) -> Result<BlockEnds> {
        self.go_on()?;
        let ends = job(block);
        if stage.round == 0 && stage.attempt == 0 {
            self.observer.event(Event::Advanced { dim: self.dim(), starts: 1.0 / stage.blocks as f64 });
        }
        Ok(ends)
    }

    fn surface(&self, instance: u32, map: Map) -> Result<(UnitResult, Timings)> {
        self.go_on()?;
        let begin = Instant::now();
        let surface = surface(self.spec, self.couplings, instance);
        let draw_s = begin.elapsed().as_secs_f64();
        let begin = Instant::now();
        let key = CensusKey { seed: self.spec.seed, instance: u64::from(instance) };
        let found = census(&surface, key, self.means.carrier.isa, map)?;
        let unit = unit_of(found, instance, surface.deviation());
        let spent = Timings { draw_s, descent_s: begin.elapsed().as_secs_f64(), ..Timings::default() };
        Ok((unit, spent))
    }
}

/// How many of so many surfaces are taken by one thread each. Those that would leave threads idle at the end, and all
/// where each has paths enough for every thread, are taken one after the other: a large census then is in memory once.
pub(super) fn by_thread(surfaces: usize, paths: u64, threads: usize) -> usize {
    let (blocks, threads) = (paths.div_ceil(BLOCK), threads as u64);
    if blocks >= BLOCKS_PER_THREAD * threads {
        return 0;
    }
    let last = surfaces as u64 % threads;
    // In units of one block on one thread.
    let one_after_the_other = last * blocks.div_ceil(threads);
    surfaces - if one_after_the_other < blocks { last as usize } else { 0 }
}

/// A surface of a census; small ones are drawn in no time.
pub(super) fn surface(spec: &Spec, couplings: Option<&SymmetricTensor<f64>>, instance: u32) -> Surface {
    let layout = Layout::new(spec.spins as usize, spec.dims[0] as usize);
    let key = SurfaceKey { seed: spec.seed, layout, instance: u64::from(instance) };
    let map = |n: usize, job: &(dyn Fn(usize) -> Vec<Vec<f32>> + Sync)| (0..n).map(job).collect();
    match couplings {
        Some(couplings) => Surface::given(&key, couplings, 0, &map),
        None => Surface::draw(&key, 0, &map),
    }
}

#[cfg(test)]
mod tests {
    use super::by_thread;

    #[test]
    fn many_small_surfaces_go_to_threads_and_few_or_large_ones_to_all() {
        assert_eq!(by_thread(200, 1023, 2), 200);
        assert_eq!(by_thread(201, 1023, 2), 200);
        assert_eq!(by_thread(1, 1023, 2), 0);
        assert_eq!(by_thread(1, 100, 2), 1, "a single block");
        assert_eq!(by_thread(15, 1023, 16), 15);
        assert_eq!(by_thread(200, 16_383, 2), 0);
        assert_eq!(by_thread(0, 1023, 2), 0);
    }
}
