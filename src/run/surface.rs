//! One surface of a run: what is done on it, its tensors once they are drawn, and some starts on it alone.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::events::{Event, Observer, Stop};
use super::record::{StartResult, Timings};
use super::scheduler::{Overlap, Planned, Scheduler};
use super::shard::{Elsewhere, Shards};
use super::workers::{WorkContext, work_on};
use crate::Result;
use crate::descent::{Carrier, Protocol, Rules};
use crate::hamiltonian::layout::{most_chunks, share};
use crate::hamiltonian::{Part, Recipe, Surface, SurfaceKey, SymmetricTensor};

/// A surface and what to do on it.
#[derive(Debug, Clone, Copy)]
pub struct SurfaceJob<'a> {
    /// Which surface; its seed and instance also key the starting points.
    pub key: SurfaceKey,
    /// The user's couplings in place of random ones.
    pub couplings: Option<&'a SymmetricTensor<f64>>,
    /// Constants of the descent.
    pub protocol: Protocol,
    /// Version of the rules by which records are made.
    pub rules: Rules,
    /// How it is carried out.
    pub carrier: Carrier,
    /// Whether paths are recorded.
    pub traced: bool,
}

/// How a surface of a run is made: random, or of the user's couplings in units of their scale; release 0.1 took them as
/// they are.
pub(super) fn recipe(
    key: SurfaceKey,
    couplings: Option<&SymmetricTensor<f64>>,
    samples: usize,
    rules: Rules,
) -> Recipe<'_> {
    match couplings {
        None => Recipe::random(key, samples),
        Some(couplings) if rules.is_first() => Recipe::given(key, couplings, samples),
        Some(couplings) => Recipe::normalised(key, couplings, samples),
    }
}

/// Where results and progress of a surface go.
pub struct Listener<'a> {
    /// Takes each start as it ends, in no particular order.
    pub result: &'a mut dyn FnMut(StartResult) -> Result<()>,
    /// Takes progress in starts' worth of work; called from all threads.
    pub advanced: &'a (dyn Fn(f64) + Sync),
    /// A request to stop.
    pub stop: &'a Stop,
}

/// Passes on progress alone.
struct Advanced<'a>(&'a (dyn Fn(f64) + Sync));

impl Observer for Advanced<'_> {
    fn event(&self, event: Event) {
        if let Event::Advanced { starts, .. } = event {
            (self.0)(starts);
        }
    }
}

impl SurfaceJob<'_> {
    /// Runs the given starts; returns the seconds spent by all threads together.
    ///
    /// # Errors
    /// What the listener's `result` returns. A stop is no error: the starts that had ended were handed over.
    pub fn run(
        &self,
        pool: &rayon::ThreadPool,
        starts: Vec<u32>,
        listener: &mut Listener,
    ) -> Result<Timings> {
        let starts = starts.into_iter().map(|start| start..start + 1).collect();
        let planned = vec![Planned { key: self.key, starts }];
        let scheduler = Scheduler::new(
            *self,
            planned,
            Overlap { surfaces: 1, bytes: u64::MAX },
            pool.current_num_threads(),
        );
        let observer = Advanced(listener.advanced);
        let context = WorkContext::new(&observer, listener.stop);
        let mut timings = Timings::default();
        work_on(pool, &scheduler, &context, |reports| {
            reports.iter().try_for_each(|report| {
                timings += report.spent;
                report.starts.into_iter().try_for_each(&mut listener.result)
            })
        })?;
        Ok(timings)
    }
}

/// A surface in memory: drawn part by part by whichever thread is free, then read by all. Where several processes hold it,
/// this is the share of one of them.
pub(super) struct SharedSurface<'a> {
    pub job: SurfaceJob<'a>,
    /// Chunks that are drawn here.
    held: Range<usize>,
    /// Those of the other processes, at the one that leads.
    elsewhere: Option<Arc<Elsewhere>>,
    recipe: OnceLock<Recipe<'a>>,
    parts: Mutex<Vec<Part>>,
    missing: AtomicUsize,
    surface: OnceLock<Surface>,
}

impl<'a> SharedSurface<'a> {
    pub fn new(job: SurfaceJob<'a>) -> Self {
        Self::share(job, 0, 1)
    }

    /// The share of one of so many processes.
    pub fn share(job: SurfaceJob<'a>, rank: usize, ranks: usize) -> Self {
        let held = share(rank, ranks);
        Self {
            job,
            elsewhere: None,
            recipe: OnceLock::new(),
            parts: Mutex::new(held.clone().map(|_| Part::new()).collect()),
            missing: AtomicUsize::new(most_chunks(ranks)),
            surface: OnceLock::new(),
            held,
        }
    }

    /// The share of the process that leads these.
    pub fn led(job: SurfaceJob<'a>, shards: Arc<Shards>) -> Self {
        let shared = Self::share(job, 0, shards.size());
        Self { elsewhere: Some(Arc::new(Elsewhere::new(shards, &job.key))), ..shared }
    }

    /// Draws the chunks of these numbers, counted from the first that is held, here and with the others; `true` once the
    /// surface is whole. Numbers go up to the most that any of the processes holds.
    pub fn draw(&self, numbers: Range<usize>) -> bool {
        let samples = self.job.protocol.method().samples() as usize;
        let recipe = self.recipe.get_or_init(|| {
            let SurfaceJob { key, couplings, rules, .. } = self.job;
            recipe(key, couplings, samples, rules).share(self.held.clone())
        });
        let made = numbers.len();
        for number in numbers {
            let draw_here = || {
                if let Some(chunk) = self.held.clone().nth(number) {
                    let part = recipe.part(chunk);
                    self.parts.lock().unwrap_or_else(PoisonError::into_inner)[number] = part;
                }
            };
            match &self.elsewhere {
                Some(elsewhere) => elsewhere.draw(number, draw_here),
                None => draw_here(),
            }
        }
        if self.missing.fetch_sub(made, Ordering::AcqRel) > made {
            return false;
        }
        let parts = std::mem::take(&mut *self.parts.lock().unwrap_or_else(PoisonError::into_inner));
        let surface = recipe.assemble(parts);
        self.surface
            .set(match &self.elsewhere {
                Some(elsewhere) => surface.with_others(elsewhere.clone()),
                None => surface,
            })
            .is_ok()
    }

    /// The surface.
    ///
    /// # Panics
    /// If it is not whole yet: the scheduler sends nobody there before.
    pub fn surface(&self) -> &Surface {
        self.surface.get().expect("nobody works on a surface that is not drawn")
    }
}
