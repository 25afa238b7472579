//! One worker's share of a surface: descend, polish, classify, hand over.

use std::time::Instant;

use super::events::Stop;
use super::record::{Record, StartResult, Timings};
use crate::critical::Spectrum;
use crate::descent::{
    Carrier, Descended, Descent, EVALUATE_LANES, Polish, Polished, Protocol, Start, evaluate,
};
use crate::hamiltonian::{Surface, SurfaceKey};
use crate::rng::{Role, stream};
use crate::sphere::random_point;

/// What is done to every start of one surface.
pub(super) struct Task<'a> {
    pub surface: &'a Surface,
    pub key: SurfaceKey,
    pub protocol: Protocol,
    pub carrier: Carrier,
    pub traced: bool,
}

/// How a worker meets the others.
pub(super) struct Exchange<'a> {
    /// Hands out at most so many starts; empty when there are no more.
    pub take: &'a (dyn Fn(usize) -> Vec<u32> + Sync),
    /// Receives each start's result; `false` if nobody listens any more.
    pub give: &'a dyn Fn(StartResult) -> bool,
    /// Receives progress in starts' worth of work.
    pub advanced: &'a (dyn Fn(f64) + Sync),
    pub stop: &'a Stop,
}

/// Works until no starts are left or a stop is asked for; returns the seconds spent.
pub(super) fn work(task: &Task, exchange: &Exchange) -> Timings {
    let mut timings = Timings::default();
    let mut descent = Descent::new(task.surface, task.protocol, task.carrier, task.traced);
    let mut bench = Bench { task, waiting: Vec::new(), polishing: Vec::new() };
    let mut more = true;
    while exchange.stop.requested().is_none() {
        let wanted = descent.wanted();
        if more && wanted > 0 {
            let ids = (exchange.take)(wanted);
            more = !ids.is_empty();
            if more {
                descent.take_on(ids.into_iter().map(|id| task.start(id)).collect());
            }
        }
        if descent.is_idle() && !more && bench.is_empty() {
            break;
        }
        let begin = Instant::now();
        (exchange.advanced)(descent.work_per_step());
        bench.waiting.extend(descent.advance());
        timings.descent_s += begin.elapsed().as_secs_f64();
        let flush = descent.is_idle();
        while bench.is_worthwhile(flush) && exchange.stop.requested().is_none() {
            let begin = Instant::now();
            let polished = bench.round();
            timings.polish_s += begin.elapsed().as_secs_f64();
            let begin = Instant::now();
            let results: Vec<_> = polished.into_iter().map(|polished| task.result(polished)).collect();
            timings.index_s += begin.elapsed().as_secs_f64();
            if !results.into_iter().all(|result| (exchange.give)(result)) {
                return timings;
            }
        }
    }
    timings
}

/// Starts that are being polished, several to one pass over the couplings.
struct Bench<'a> {
    task: &'a Task<'a>,
    waiting: Vec<Descended>,
    polishing: Vec<Polish>,
}

impl Bench<'_> {
    fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.polishing.is_empty()
    }

    /// Whether a round would use all lanes, or must not wait any longer.
    fn is_worthwhile(&self, flush: bool) -> bool {
        match flush {
            true => !self.is_empty(),
            false => self.waiting.len() + self.polishing.len() >= EVALUATE_LANES,
        }
    }

    /// One evaluation of every polish under way; returns those that ended.
    fn round(&mut self) -> Vec<Polished> {
        while self.polishing.len() < EVALUATE_LANES {
            let Some(next) = self.waiting.pop() else { break };
            self.polishing.push(Polish::new(next, self.task.surface.deviation()));
        }
        let trials: Vec<&[f64]> = self.polishing.iter().map(Polish::trial).collect();
        let evaluated = evaluate(self.task.surface, self.task.carrier.isa, &trials);
        let mut ended = Vec::new();
        let mut answers = evaluated.into_iter();
        self.polishing.retain_mut(|polish| match polish.tell(answers.next().flatten()) {
            Some(polished) => {
                ended.push(polished);
                false
            }
            None => true,
        });
        ended
    }
}

impl Task<'_> {
    /// The starting point: uniform on the sphere, a function of (seed, H, Λ, instance, start) only.
    fn start(&self, id: u32) -> Start {
        let layout = self.key.layout;
        let ids = [layout.spins as u64, layout.dim as u64, self.key.instance, u64::from(id)];
        let mut rng = stream(self.key.seed, Role::Start, &ids);
        Start { id: u64::from(id), point: random_point(&mut rng, layout.dim) }
    }

    /// The record of a finished start.
    fn result(&self, polished: Polished) -> StartResult {
        let layout = self.key.layout;
        let dim = layout.dim as f64;
        let spectrum = polished.end.as_ref().and_then(|end| {
            let radial_slope = layout.spins as f64 * end.energy / dim;
            Spectrum::of(&end.hessian, radial_slope).ok()
        });
        let energy = polished.end.as_ref().map_or(f64::NAN, |end| end.energy);
        let record = Record {
            spins: layout.spins as u32,
            dim: layout.dim as u32,
            instance: self.key.instance as u32,
            start: polished.descended.id as u32,
            energy,
            energy_per_spin: energy / dim,
            descent_energy_per_spin: polished.descent_energy.unwrap_or(f64::NAN) / dim,
            gradient_norm: polished.end.as_ref().map_or(f64::NAN, |end| end.gradient_norm),
            index: spectrum.map(|spectrum| spectrum.index),
            min_eigenvalue: spectrum.map_or(f64::NAN, |spectrum| spectrum.min_eigenvalue),
            undecided: spectrum.map(|spectrum| spectrum.undecided),
            steps: polished.descended.steps,
            polish_overlap: polished.overlap,
            outcome: polished.outcome,
        };
        let point = polished.end.map_or(polished.descended.point, |end| end.point);
        StartResult { record: record.canonical(), point, trace: polished.descended.trace }
    }
}
