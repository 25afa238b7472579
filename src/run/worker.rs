//! One worker's share of a surface: descend, polish (or approach, search), classify, hand over.

use std::time::Instant;

use super::bench::Bench;
use super::events::Stop;
use super::record::{Record, StartResult, Timings};
use crate::critical::Spectrum;
use crate::descent::{
    Aimed, Approach, Carrier, Descended, Descent, Evaluated, Method, Polished, Protocol, Start,
};
use crate::hamiltonian::{Surface, SurfaceKey};
use crate::numeric::symmetric::{Cholesky, Symmetric};
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
    let mut way = Way::of(task);
    let mut bench = Bench::new(task);
    let mut factor = Cholesky::default();
    let mut more = true;
    while exchange.stop.requested().is_none() {
        let wanted = way.wanted();
        if more && wanted > 0 {
            let ids = (exchange.take)(wanted);
            more = !ids.is_empty();
            if more {
                way.take_on(task, ids);
            }
        }
        if way.is_idle() && !more && bench.is_empty() {
            break;
        }
        let begin = Instant::now();
        (exchange.advanced)(way.work_per_step());
        bench.add(way.advance());
        timings.descent_s += begin.elapsed().as_secs_f64();
        // While there are more starts, lanes that are left over wait for them.
        let flush = way.is_idle() && !more;
        while bench.is_worthwhile(flush) && exchange.stop.requested().is_none() {
            let begin = Instant::now();
            let polished = bench.round();
            timings.polish_s += begin.elapsed().as_secs_f64();
            let begin = Instant::now();
            let results: Vec<_> = polished
                .into_iter()
                .map(|polished| {
                    let (result, matrix) = task.result(polished, &mut factor);
                    matrix.into_iter().for_each(|matrix| bench.reuse(matrix));
                    result
                })
                .collect();
            timings.index_s += begin.elapsed().as_secs_f64();
            if !results.into_iter().all(|result| (exchange.give)(result)) {
                return timings;
            }
        }
    }
    timings
}

/// What brings starts to where they are polished or search from.
enum Way<'a> {
    Descent(Descent<'a>),
    Approach(Approach<'a>),
}

impl<'a> Way<'a> {
    fn of(task: &Task<'a>) -> Self {
        let Task { surface, protocol, carrier, traced, .. } = *task;
        match protocol.method {
            Method::Sgd | Method::Gd => Self::Descent(Descent::new(surface, protocol, carrier, traced)),
            Method::Saddle => Self::Approach(Approach::new(surface, protocol, carrier, traced)),
        }
    }

    fn wanted(&self) -> usize {
        match self {
            Self::Descent(descent) => descent.wanted(),
            Self::Approach(approach) => approach.wanted(),
        }
    }

    fn is_idle(&self) -> bool {
        match self {
            Self::Descent(descent) => descent.is_idle(),
            Self::Approach(approach) => approach.is_idle(),
        }
    }

    /// Starts' worth of work in the next step, for progress only. An approach is a small share of a saddle search:
    /// its progress is the starts that end.
    fn work_per_step(&self) -> f64 {
        match self {
            Self::Descent(descent) => descent.work_per_step(),
            Self::Approach(_) => 0.0,
        }
    }

    fn take_on(&mut self, task: &Task, ids: Vec<u32>) {
        let starts = ids.into_iter().map(|id| (id, task.start(id)));
        match self {
            Self::Descent(descent) => descent.take_on(starts.map(|(_, start)| start).collect()),
            Self::Approach(approach) => {
                let aimed = starts.map(|(id, start)| Aimed { start, target: task.target(id) });
                approach.take_on(aimed.collect());
            }
        }
    }

    fn advance(&mut self) -> Vec<Descended> {
        match self {
            Self::Descent(descent) => descent.advance(),
            Self::Approach(approach) => approach.advance(),
        }
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

    /// Target energy per spin of a saddle search; 0 for a protocol without targets, which limits refuse.
    fn target(&self, id: u32) -> f64 {
        self.protocol.target(self.key.instance as u32, id).unwrap_or(0.0)
    }

    /// The spectrum at the end of a start. A saddle search claims the index of the critical point nearby, of which
    /// eigenvalues near 0 are no rarity.
    fn spectrum(&self, end: &Evaluated, factor: &mut Cholesky) -> Option<Spectrum> {
        let spins = self.key.layout.spins;
        let radial_slope = spins as f64 * end.energy / self.key.layout.dim as f64;
        let spectrum = match self.protocol.method {
            Method::Sgd | Method::Gd => Spectrum::of_minimum(&end.hessian, radial_slope, factor),
            Method::Saddle => Spectrum::of_nearby(end, spins, self.surface.deviation()),
        };
        spectrum.ok()
    }

    /// The record of a finished start, and the matrix that it no longer needs.
    fn result(&self, polished: Polished, factor: &mut Cholesky) -> (StartResult, Option<Symmetric>) {
        let layout = self.key.layout;
        let dim = layout.dim as f64;
        let spectrum = polished.end.as_ref().and_then(|end| self.spectrum(end, factor));
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
        let (point, matrix) = match polished.end {
            Some(end) => (end.point, Some(end.hessian)),
            None => (polished.descended.point, None),
        };
        (StartResult { record: record.canonical(), point, trace: polished.descended.trace }, matrix)
    }
}
