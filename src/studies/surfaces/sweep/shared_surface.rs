//! One surface of a run: what is done on it, and its tensors once they are drawn.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::storage::has_few_starts;
use crate::descent::{Execution, Protocol, Rules};
use crate::hamiltonian::layout::{most_chunks, share};
use crate::hamiltonian::{ChunkValues, Layout, Model, OwnCouplings, Recipe, Surface, SurfaceKey};
use crate::studies::surfaces::given::Given;
use crate::studies::surfaces::record::{SurfaceTimings, Timings};
use crate::studies::surfaces::shard::leader::{RemoteSurface, Shards};
use crate::studies::surfaces::spec::Spec;
use crate::studies::surfaces::starts_from::StartsFrom;
use crate::study::Resources;

/// Where the starts of a surface begin.
#[derive(Debug, Clone, Copy, Default)]
pub enum JobStarts<'a> {
    /// Uniformly on the sphere.
    #[default]
    Uniform,
    /// At this overlap with the hidden vector of the spike.
    Overlap(f64),
    /// At given points, Λ numbers for each start.
    Given(&'a [f64]),
}

/// A surface and what to do on it.
#[derive(Debug, Clone, Copy)]
pub struct SurfaceJob<'a> {
    /// Which surface; its seed and instance also key the starting points.
    pub key: SurfaceKey,
    /// The user's couplings in place of random ones.
    pub couplings: Option<&'a OwnCouplings>,
    /// Orders, law and spike of random couplings; the pure Gaussian model where there is none.
    pub model: Option<Model>,
    /// Constants of the descent.
    pub protocol: Protocol,
    /// Version of the rules by which records are made.
    pub rules: Rules,
    /// How it is carried out.
    pub execution: Execution,
    /// Whether paths are recorded.
    pub traced: bool,
    /// Where starts begin.
    pub starts: JobStarts<'a>,
    /// Whether each surface has few starts, so that its couplings are stored for passes with few points.
    pub few_starts: bool,
    /// Whether records have [`Slopes`](crate::studies::surfaces::record::Slopes) beside them.
    pub have_slopes: bool,
}

impl<'a> SurfaceJob<'a> {
    /// What a sweep does on the surface with this number.
    pub fn of(
        (spec, protocol): (&Spec, Protocol),
        (dim, instance): (u32, u32),
        given: &'a Given,
        resources: &Resources,
    ) -> Self {
        let couplings = given.couplings.as_ref();
        let starts = match (&spec.starts_from, &given.starts) {
            (Some(StartsFrom::Overlap(reached)), _) => JobStarts::Overlap(*reached),
            (Some(StartsFrom::Points { .. }), Some(points)) => JobStarts::Given(&points.values),
            _ => JobStarts::Uniform,
        };
        Self {
            key: spec.surface_key(dim, instance),
            couplings,
            model: spec.model,
            protocol,
            rules: spec.rules,
            execution: Execution { isa: resources.isa, batch: resources.batch },
            traced: spec.trace,
            starts,
            few_starts: has_few_starts(spec, resources.shard),
            have_slopes: spec.has_slopes(),
        }
    }

    /// Layouts of the tensors of a surface of this run with a dimension.
    pub fn layouts(&self, dim: usize) -> impl Iterator<Item = Layout> {
        let orders: Vec<usize> = match (self.couplings, &self.model) {
            (Some(own), _) => own.tensors().iter().map(|tensor| tensor.layout().spins).collect(),
            (None, Some(model)) => {
                model.orders.shares().map(|(order, _)| order).filter(|&order| order > 1).collect()
            }
            (None, None) => vec![self.key.layout.spins],
        };
        orders.into_iter().map(move |spins| Layout::new(spins, dim))
    }

    /// Time spent on this surface.
    pub fn timings(&self, spent: &Timings) -> SurfaceTimings {
        SurfaceTimings::new(self.key.layout.dim as u32, self.key.instance as u32, spent)
    }
}

/// How a surface of a run is made: random, or of the user's couplings in units of their scale; release 0.1 took them as
/// they are.
pub(in crate::studies::surfaces) fn recipe<'a>(
    key: SurfaceKey,
    (model, couplings): (Option<&Model>, Option<&'a OwnCouplings>),
    samples: usize,
    rules: Rules,
) -> Recipe<'a> {
    match (couplings, model) {
        (None, None) => Recipe::random(key, samples),
        (None, Some(model)) => Recipe::of_model(key, model, samples),
        (Some(couplings), _) => match couplings.tensors() {
            [tensor] if rules.is_first() => Recipe::given(key, tensor, samples),
            _ => Recipe::own(key, couplings, samples),
        },
    }
}

/// A surface in memory: drawn part by part by whichever thread is free, then read by all. Where several processes hold it,
/// this is the share of one of them.
pub(in crate::studies::surfaces) struct SharedSurface<'a> {
    pub job: SurfaceJob<'a>,
    /// Chunks that are drawn here.
    held: Range<usize>,
    /// Those of the other processes, at the one that leads.
    elsewhere: Option<Arc<RemoteSurface>>,
    recipe: OnceLock<Recipe<'a>>,
    parts: Mutex<Vec<ChunkValues>>,
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
            parts: Mutex::new(held.clone().map(|_| ChunkValues::new()).collect()),
            missing: AtomicUsize::new(most_chunks(ranks)),
            surface: OnceLock::new(),
            held,
        }
    }

    /// The share of the process that leads these.
    pub fn led(job: SurfaceJob<'a>, shards: Arc<Shards>) -> Self {
        let shared = Self::share(job, 0, shards.size());
        Self { elsewhere: Some(Arc::new(RemoteSurface::new(shards, &job.key))), ..shared }
    }

    /// Draws the chunks of these numbers, counted from the first that is held, here and with the others; `true` once the
    /// surface is whole. Numbers go up to the most that any of the processes holds.
    pub fn draw(&self, numbers: Range<usize>) -> bool {
        let samples = self.job.protocol.method().samples() as usize;
        let recipe = self.recipe.get_or_init(|| {
            let SurfaceJob { key, couplings, rules, model, .. } = self.job;
            let recipe = recipe(key, (model.as_ref(), couplings), samples, rules);
            if self.job.few_starts { recipe.for_few_points() } else { recipe.share(self.held.clone()) }
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
                Some(elsewhere) => surface.with_remote_chunks(elsewhere.clone()),
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
