//! How long a run will take: some of its starts are run now, at a size that is quick, and scaled by counts of
//! operations.
//!
//! What is measured needs no constants: the rates of the kernels, how many steps and trials starts take at this order
//! and protocol, how full the lanes are with so many starts. What is scaled to larger sizes: couplings by their number,
//! steps to the hand-over as Λ (of `fast`, as Λ to the power that it states), polishes by couplings or Λ³, spectra by Λ³.
//!
//! What is not measured then, but was measured once, on two cores of an Intel Xeon with AVX-512: [`ROW_SECONDS`];
//! [`CUT_TRIALS`] and [`SEARCH_TRIALS`], fits to runs. Chosen, not measured: how long trials may take.
//! `scripts/check_estimates.py` holds what comes out against thirteen runs.

use std::time::Instant;

use super::scheduler::{Overlap, Planned, Scheduler};
use super::shared_surface::SurfaceJob;
use super::workers::{WorkContext, work_on};
use crate::Result;
use crate::critical::MOST_TRIALS;
use crate::descent::{Protocol, Sought};
use crate::numeric::lanes::Real;
use crate::studies::surfaces::given::Given;
use crate::studies::surfaces::record::{Record, Timings};
use crate::studies::surfaces::spec::Spec;
use crate::studies::surfaces::study::Surfaces;
use crate::studies::surfaces::unit::StartsUnit;
use crate::study::clock::Lap;
use crate::study::{Expected, Job, Resources, Stop};

/// Wall seconds that one trial run may take, foretold by a smaller one.
const BUDGET: f64 = 0.5;
/// Where surfaces are small, so many seconds of them are run.
const ENOUGH: f64 = 0.1;
/// Values of the smallest trial surface.
const FIRST_VALUES: u64 = 60_000;
/// Starts that share a register.
const REGISTER: usize = <f32 as Real>::LANES / 3;
/// Seconds that a row takes to be stored, and read again for the summary at the end (3000 units of ten starts).
const ROW_SECONDS: f64 = 8e-6;
/// A polish after a descent that the limit on steps cut short takes so many times the trials of another
/// (fitted, H = 3, Λ = 100 … 500).
const CUT_TRIALS: f64 = 4.0;
/// A saddle search takes about a ln Λ + b trials, but [`LEAST_TRIALS`] (fitted, H = 3, Λ = 5 … 200).
const SEARCH_TRIALS: [f64; 2] = [8.0, -3.0];
const LEAST_TRIALS: f64 = 3.0;

/// Wall time that what is left will take.
///
/// # Errors
/// Where no threads can be started.
pub fn expected(job: &Job<Surfaces>, left: &[StartsUnit]) -> Result<Expected> {
    let Job { spec, resources, .. } = *job;
    let Some(protocol) = spec.descent else { return Ok(Expected { seconds: 0.0, processor_share: 1.0 }) };
    let forecast = Forecast { spec, protocol, resources, pool: resources.pool()?, none: Given::default() };
    let (mut thread_s, mut longest, mut pilot) = (0.0, 0.0f64, None);
    for of_size in left.chunk_by(|a, b| a.dim == b.dim) {
        let dim = of_size[0].dim as usize;
        let found = forecast.pilot(dim, pilot.take())?;
        let scaled = found.at(&forecast, dim);
        for units in of_size.chunk_by(StartsUnit::shares_surface) {
            let starts: f64 = units.iter().map(|unit| f64::from(unit.starts)).sum();
            thread_s += scaled.thread_s(starts) + forecast.store_s(starts);
            longest = longest.max(scaled.wall_s(starts, resources.threads));
        }
        pilot = Some(found);
    }
    let seconds = longest.max(thread_s / resources.threads as f64);
    Ok(Expected { seconds, processor_share: pilot.map_or(1.0, |pilot| pilot.share) })
}

struct Forecast<'a> {
    spec: &'a Spec,
    protocol: Protocol,
    resources: &'a Resources,
    pool: rayon::ThreadPool,
    /// Trials are of random surfaces, from random starts.
    none: Given,
}

/// What some starts on one surface took, or would take at another size.
#[derive(Debug, Clone, Copy)]
struct Pilot {
    dim: usize,
    starts: f64,
    /// Seconds that threads took, of which they had a processor for [`Self::share`].
    spent: Timings,
    share: f64,
    /// Wall seconds of one surface on all threads.
    wall: f64,
    /// Mean steps of the full phase if nothing cut it short.
    uncut_steps: f64,
    /// Work of descents as a share of what the same lanes could do if they were full.
    fullness: f64,
}

impl Forecast<'_> {
    /// A trial at this size, or at the largest that is quick; `known` is a trial at a smaller size.
    fn pilot(&self, dim: usize, known: Option<Pilot>) -> Result<Pilot> {
        let samples = 1 + u64::from(self.protocol.method().samples());
        let is_small = |&dim: &usize| self.values(dim).is_some_and(|n| n * samples <= FIRST_VALUES);
        let mut pilot = match known {
            Some(known) => known,
            None => self.run((2..=dim).rev().find(is_small).unwrap_or(2))?,
        };
        loop {
            let is_quick = |&next: &usize| pilot.at(self, next).wall <= BUDGET;
            let next = (pilot.dim..=dim).rev().find(is_quick).unwrap_or(pilot.dim);
            // A little larger would tell nothing new.
            if next == pilot.dim || (next < dim && 10 * next < 12 * pilot.dim) {
                return Ok(pilot);
            }
            pilot = self.run(next)?;
        }
    }

    fn values(&self, dim: usize) -> Option<u64> {
        self.spec.values(dim as u32)
    }

    /// One surface on all threads; then more of them at once, if that took too short to tell.
    fn run(&self, dim: usize) -> Result<Pilot> {
        let one = self.run_surfaces(dim, 1)?;
        let more = (ENOUGH / one.wall.max(1e-4)) as u32;
        if more < 2 {
            return Ok(one);
        }
        Ok(Pilot { wall: one.wall, ..self.run_surfaces(dim, more)? })
    }

    fn run_surfaces(&self, dim: usize, surfaces: u32) -> Result<Pilot> {
        let Resources { threads, batch, .. } = *self.resources;
        let starts = self.spec.starts.min((batch * threads) as u32);
        let surface = |instance| {
            SurfaceJob::of((self.spec, self.protocol), (dim as u32, instance), &self.none, self.resources)
        };
        let job = surface(0);
        let planned = (0..surfaces).map(|instance| Planned {
            key: surface(instance).key,
            starts: std::iter::once(0..starts).collect(),
        });
        let overlap = Overlap { surfaces: threads, bytes: u64::MAX };
        let scheduler = Scheduler::new(job, planned.collect(), overlap, threads);
        let stop = Stop::default();
        let (mut spent, mut wall_s, mut records) = (Timings::default(), 0.0, Vec::new());
        let begin = Instant::now();
        work_on(&self.pool, &scheduler, &WorkContext::new(&(), &stop), |reports| {
            reports.iter().for_each(|report| {
                spent += report.spent;
                wall_s += report.wall_s;
                records.extend(report.starts.into_iter().map(|start| start.record));
            });
            Ok(())
        })?;
        let wall = begin.elapsed().as_secs_f64() / f64::from(surfaces);
        // What is to come will wait for a processor as long as this did.
        let share = Lap { processor_s: spent.total_s(), wall_s }.share();
        let spent = spent.scaled(1.0 / (share * f64::from(surfaces)));
        let steps = self.full_steps(&records);
        Ok(Pilot {
            dim,
            starts: f64::from(starts),
            spent,
            share,
            wall,
            uncut_steps: self.uncut(&steps),
            fullness: self.fullness(&steps),
        })
    }

    /// Steps of the full phase, ascending.
    fn full_steps(&self, records: &[Record]) -> Vec<u64> {
        let before = self.protocol.method().first_steps();
        let mut steps: Vec<u64> = records.iter().map(|record| record.steps.saturating_sub(before)).collect();
        steps.sort_unstable();
        steps
    }

    /// Their mean if times to the hand-over are exponential and the limit on steps cuts them.
    fn uncut(&self, steps: &[u64]) -> f64 {
        let ended =
            steps.iter().filter(|&&steps| steps < u64::from(self.protocol.method().full_steps())).count();
        steps.iter().sum::<u64>() as f64 / ended.max(1) as f64
    }

    /// How full registers are while a batch of starts with these steps comes down, all having started together.
    fn fullness(&self, steps: &[u64]) -> f64 {
        let before = self.protocol.method().first_steps();
        let batch = self.resources.batch.min(steps.len());
        // Every so many of all: a batch like the whole.
        let ends: Vec<u64> = (0..batch).map(|place| before + steps[place * steps.len() / batch]).collect();
        let mut taken = 0;
        for (place, &end) in ends.iter().enumerate() {
            let registers = (batch - place).div_ceil(REGISTER);
            let since = if place == 0 { 0 } else { ends[place - 1] };
            taken += (end - since) * (registers * REGISTER) as u64;
        }
        ends.iter().sum::<u64>() as f64 / taken.max(1) as f64
    }

    /// Mean steps of the full phase at another size if nothing cuts it short.
    fn uncut_at(&self, pilot: &Pilot, dim: usize) -> f64 {
        let growth = self.protocol.method().growth_of_steps();
        (pilot.uncut_steps * (dim as f64 / pilot.dim as f64).powf(growth)).max(1e-9)
    }

    /// Mean steps of the full phase at another size.
    fn steps(&self, pilot: &Pilot, dim: usize) -> f64 {
        let most = f64::from(self.protocol.method().full_steps());
        match self.protocol.method().sought() {
            Sought::AnyIndex => pilot.uncut_steps.min(most),
            Sought::Minima => {
                let mean = self.uncut_at(pilot, dim);
                mean * (1.0 - (-most / mean).exp())
            }
        }
    }

    /// Trials of a polish or a search at another size, as a multiple of those at the pilot's.
    fn trials(&self, pilot: &Pilot, dim: usize) -> f64 {
        let most = f64::from(self.protocol.method().full_steps());
        let at = |dim: usize| match self.protocol.method().sought() {
            Sought::AnyIndex => {
                let [slope, constant] = SEARCH_TRIALS;
                (slope * (dim as f64).ln() + constant).clamp(LEAST_TRIALS, f64::from(MOST_TRIALS))
            }
            Sought::Minima => {
                let mean = self.uncut_at(pilot, dim);
                1.0 + (CUT_TRIALS - 1.0) * (-most / mean).exp()
            }
        };
        at(dim) / at(pilot.dim)
    }

    fn store_s(&self, starts: f64) -> f64 {
        let trace = if self.spec.trace { super::cost::trace_points(&self.protocol) as f64 } else { 0.0 };
        starts * (1.0 + f64::from(u8::from(self.spec.points)) + trace) * ROW_SECONDS
    }
}

impl Pilot {
    /// The same starts at another size.
    fn at(&self, forecast: &Forecast, dim: usize) -> Self {
        let values = |dim| forecast.values(dim).map_or(f64::INFINITY, |values| values.max(1) as f64);
        let couplings = values(dim) / values(self.dim);
        let cubes = (dim as f64 / self.dim as f64).powi(3);
        let before = forecast.protocol.method().first_steps() as f64;
        let steps =
            (before + forecast.steps(self, dim)) / (before + forecast.steps(self, self.dim)).max(1e-9);
        let spent = Timings {
            draw_s: self.spent.draw_s * couplings,
            descent_s: self.spent.descent_s * couplings * steps,
            polish_s: self.spent.polish_s * couplings.max(cubes) * forecast.trials(self, dim),
            index_s: self.spent.index_s * cubes,
        };
        let wall = self.wall * spent.total_s() / self.spent.total_s().max(1e-9);
        Self { spent, wall, ..*self }
    }

    /// Seconds of all threads for so many starts on one surface. Starts beyond the pilot's fill its lanes.
    fn thread_s(&self, starts: f64) -> f64 {
        let Timings { draw_s, descent_s, polish_s, index_s } = self.spent;
        let more = starts - self.starts;
        let share = if more > 0.0 { self.fullness } else { 1.0 };
        let descents = descent_s * (1.0 + share * more / self.starts);
        draw_s + descents + (polish_s + index_s) * starts / self.starts
    }

    /// Wall seconds of one surface that all threads share.
    fn wall_s(&self, starts: f64, threads: usize) -> f64 {
        self.wall + (self.thread_s(starts) - self.thread_s(self.starts)) / threads as f64
    }
}
