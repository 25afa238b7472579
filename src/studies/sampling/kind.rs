//! Sampling as a study: units of one surface.

use std::ops::ControlFlow;

use rusqlite::Connection;

use super::cost;
use super::rows::{BINS, SeriesRow, TemperatureRow, histogram, series};
use super::spec::SamplingSpec;
use super::stored::{SampledSurface, is_of, stray_rows};
use super::unit::SurfaceUnit;
use crate::error::Result;
use crate::hamiltonian::Surface;
use crate::sampling::{ChainKey, Sampler};
use crate::study::clock::Meter;
use crate::study::columns::Seconds;
use crate::study::{
    Advance, Expected, FORMATS, Format, Job, Resources, SizeTimes, Store, Study, UnitPerThread, Units,
};

/// Sweeps between two looks at whether to go on, as a share of all.
const LOOKS: u32 = 500;
/// Seconds of a nominal thread that a trial takes, and sweeps that it has at most.
const TRIAL_SECONDS: f64 = 0.2;
const TRIAL_SWEEPS: u32 = 200;

/// The study of sampling at temperature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExactSampling;

/// A run of sampling.
pub type SamplingStore = Store<ExactSampling>;

impl Study for ExactSampling {
    const FORMATS: &'static [Format] = &[FORMATS[9]];
    const ITEMS: &'static str = "surfaces";

    type Spec = SamplingSpec;
    type Listed = SurfaceUnit;
    type Unit = SampledSurface;
    type Times = SizeTimes;
    type Given = ();
    type Work = UnitPerThread;

    fn plan(spec: &SamplingSpec) -> impl Iterator<Item = SurfaceUnit> + '_ {
        let temperatures = spec.temperatures.len() as u32;
        spec.dims.iter().flat_map(move |&dim| {
            (0..spec.instances).map(move |instance| SurfaceUnit { dim, instance, temperatures })
        })
    }

    fn planned(spec: &SamplingSpec, listed: &SurfaceUnit) -> Option<SurfaceUnit> {
        let is_there = spec.dims.contains(&listed.dim) && listed.instance < spec.instances;
        is_there.then_some(SurfaceUnit { temperatures: spec.temperatures.len() as u32, ..*listed })
    }

    /// A row for each temperature, energies in order, arrays of the right length.
    fn fits(spec: &SamplingSpec, unit: &SampledSurface) -> bool {
        let SampledSurface { listed, rows, series, overlaps, points } = unit;
        let (rungs, sets) = (spec.temperatures.len(), spec.replicas as usize);
        let row_fits = |(number, (row, temperature)): (usize, (&TemperatureRow, &f64))| {
            is_of([row.dim, row.instance], listed)
                && row.rung as usize == number
                && row.temperature.to_bits() == temperature.to_bits()
                && [row.energy_per_spin, row.acceptance, row.step].iter().all(|x| x.is_finite())
        };
        let planned = (0..rungs as u32).flat_map(|rung| (0..spec.replicas).map(move |set| (rung, set)));
        let planned = planned.flat_map(|(rung, set)| spec.kept_sweeps().map(move |sweep| (rung, set, sweep)));
        let series_fits = |(row, key): (&SeriesRow, (u32, u32, u32))| {
            is_of([row.dim, row.instance], listed)
                && (row.rung, row.replica, row.sweep) == key
                && row.energy_per_spin.is_finite()
        };
        Self::planned(spec, listed) == Some(*listed)
            && rows.len() == rungs
            && rows.iter().zip(&spec.temperatures).enumerate().all(row_fits)
            && series.len() == rungs * sets * (spec.sweeps / spec.thin.max(1)) as usize
            && series.iter().zip(planned).all(series_fits)
            && overlaps.len() == rungs * BINS
            && points.len() == rungs * sets * listed.dim as usize
            && overlaps.iter().chain(points).all(|x| x.is_finite())
    }

    fn stray_rows(
        conn: &Connection,
        spec: &SamplingSpec,
        units: &Units<Self>,
    ) -> rusqlite::Result<Vec<String>> {
        stray_rows(conn, spec, units.values().map(|unit| &unit.listed))
    }

    fn progress(_: &SamplingSpec, listed: &SurfaceUnit) -> (u32, u64) {
        (listed.dim, 1)
    }

    fn work(spec: &SamplingSpec, listed: &SurfaceUnit) -> f64 {
        cost::work(spec, listed)
    }

    fn unit_bytes(spec: &SamplingSpec, listed: &SurfaceUnit) -> u64 {
        cost::unit_bytes(spec, listed)
    }

    fn shared_bytes(_: &SamplingSpec, _: &Resources) -> u64 {
        cost::shared_bytes()
    }

    fn disk_bytes(spec: &SamplingSpec) -> u64 {
        cost::disk_bytes(spec)
    }

    /// By a trial of some sweeps on a surface of the smallest size.
    fn expected(job: &Job<Self>, left: &[SurfaceUnit]) -> Result<Expected> {
        let work = |listed: &SurfaceUnit| cost::work(job.spec, listed);
        let Some(least) = left.iter().min_by(|a, b| work(a).total_cmp(&work(b))) else {
            return Ok(Expected { seconds: 0.0, processor_share: 1.0 });
        };
        let whole = f64::from(job.spec.sweeps) + f64::from(job.spec.burn_in);
        let sweeps = (whole * TRIAL_SECONDS / work(least).max(TRIAL_SECONDS)).ceil();
        let sweeps = (sweeps as u32).min(TRIAL_SWEEPS).min(job.spec.sweeps).max(1);
        let short = SamplingSpec { sweeps, burn_in: 0, thin: 1, ..job.spec.clone() };
        let mut meter = Meter::start();
        Self::unit(&Job { spec: &short, ..*job }, least, &mut |_| ControlFlow::Continue(()))?;
        let trial = meter.lap();
        let all: f64 = left.iter().map(work).sum();
        let shared = job.resources.threads.min(left.len()).max(1) as f64;
        let seconds = trial.wall_s * all / cost::work(&short, least).max(f64::MIN_POSITIVE) / shared;
        Ok(Expected { seconds, processor_share: trial.share() })
    }

    fn unit(
        job: &Job<Self>,
        planned: &SurfaceUnit,
        advance: Advance,
    ) -> Result<Option<(SampledSurface, SizeTimes)>> {
        let (mut meter, spec, listed) = (Meter::start(), job.spec, *planned);
        let key = spec.surface_key(listed.dim, listed.instance);
        let surface = Surface::draw_model(&key, &spec.model(), 0, &|n, job| (0..n).map(job).collect());
        let hidden = surface.spike().map(|spike| spike.vector());
        let schedule = spec.schedule();
        let chains = ChainKey { seed: spec.seed, instance: u64::from(listed.instance) };
        let mut sampler = Sampler::new((&surface, hidden), job.resources.isa, &schedule, chains);
        let sweeps = spec.sweeps.saturating_add(spec.burn_in);
        let some = sweeps.div_ceil(LOOKS).max(1);
        let mut done: u32 = 0;
        while sampler.sweep() {
            done += 1;
            let share = f64::from(some) / f64::from(sweeps);
            if done.is_multiple_of(some) && advance(share) == ControlFlow::Break(()) {
                return Ok(None);
            }
        }
        let rungs = sampler.finish().rungs;
        let rungs = || rungs.iter().enumerate();
        let unit = SampledSurface {
            listed,
            rows: rungs().map(|(number, rung)| TemperatureRow::new(spec, &listed, number, rung)).collect(),
            series: rungs().flat_map(|(number, rung)| series(spec, &listed, number, rung)).collect(),
            overlaps: rungs().flat_map(|(_, rung)| histogram(rung)).collect(),
            points: rungs().flat_map(|(_, rung)| rung.points.concat()).collect(),
        };
        let times = SizeTimes { size: listed.dim, spent_s: Seconds(meter.lap().processor_s) };
        Ok(Some((unit, times)))
    }
}
