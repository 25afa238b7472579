//! Threads that work on the units of a sweep, and starts that make whole units.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Mutex;

use super::alone::Listener;
use super::cost;
use super::scheduler::Scheduler;
use super::shared_surface::SurfaceJob;
use super::workers::{WorkContext, WorkerReport, work_on};
use crate::descent::Protocol;
use crate::error::{Error, Result};
use crate::studies::surfaces::record::{Record, StartResult, SurfaceTimings, Timings};
use crate::studies::surfaces::result::UnitResult;
use crate::studies::surfaces::spec::Spec;
use crate::studies::surfaces::study::Surfaces;
use crate::studies::surfaces::unit::{StartsUnit, UNIT_STARTS, UnitKey};
use crate::study::work::EndOnDrop;
use crate::study::{Advance, Job, Listed, Stop};
use crate::study::{Finding, Findings, Intake};

fn protocol(spec: &Spec) -> Result<Protocol> {
    spec.descent.ok_or_else(|| Error::Internal("a sweep without a protocol".into()))
}

/// Works on all threads on what `pump`, on this thread, feeds, and hands it the units that become whole.
///
/// # Errors
/// What `pump` returns; those of the work.
pub fn carry_out(
    job: &Job<Surfaces>,
    pump: impl FnOnce(&dyn Intake<Surfaces>, Findings<Surfaces>) -> Result<()>,
) -> Result<()> {
    let Job { spec, given, resources, observer, stop } = *job;
    if let Some(shards) = &given.shards {
        shards.begin(spec, resources.threads, stop)?;
    }
    let first = spec.dim();
    let surface = SurfaceJob::of((spec, protocol(spec)?), (first, 0), given.couplings.as_ref(), resources);
    let scheduler = Scheduler::open_ended(surface, cost::overlap(spec, resources), resources.threads)
        .sharded(given.shards.as_ref());
    let context = WorkContext::new(observer, stop);
    let mut assembly = Assembly::new(spec);
    work_on(&resources.pool()?, &scheduler, &context, |reports| {
        let _guard = EndOnDrop(&scheduler);
        pump(&scheduler, &mut |patience| {
            reports.recv_timeout(patience).map(|report| assembly.take_all(report))
        })
    })
}

/// One unit alone, on the calling thread.
///
/// # Errors
/// Those of the work.
pub fn unit(
    job: &Job<Surfaces>,
    planned: &StartsUnit,
    advance: Advance,
) -> Result<Option<(UnitResult, SurfaceTimings)>> {
    let Job { spec, given, resources, .. } = *job;
    let one = crate::study::Resources { threads: 1, ..*resources };
    let place = (planned.dim, planned.instance);
    let surface = SurfaceJob::of((spec, protocol(spec)?), place, given.couplings.as_ref(), resources);
    let (mut assembly, mut whole) = (Assembly::new(spec), None);
    let key = planned.key();
    let starts = key.starts(spec.starts);
    let (stop, count, advance) = (Stop::default(), starts.len() as f64, Mutex::new(advance));
    let advanced = |work: f64| {
        let go_on = advance.lock().map(|mut advance| advance(work / count));
        if matches!(go_on, Ok(ControlFlow::Break(()))) {
            stop.request(1);
        }
    };
    let mut keep = |start: StartResult| {
        whole = assembly.take(start);
        Ok(())
    };
    let mut listener = Listener { result: &mut keep, advanced: &advanced, stop: &stop };
    let spent = surface.run(&one.pool()?, starts.collect(), &mut listener)?;
    Ok(whole.map(|unit| (unit, surface.timings(&spent))))
}

/// Starts to units.
struct Assembly {
    points: bool,
    starts: u32,
    /// Units of which some starts have ended.
    open: BTreeMap<UnitKey, Vec<StartResult>>,
}

impl Assembly {
    fn new(spec: &Spec) -> Self {
        Self { points: spec.points, starts: spec.starts, open: BTreeMap::new() }
    }

    fn take_all(&mut self, report: WorkerReport) -> Finding<Surfaces> {
        let WorkerReport { dim, instance, starts, spent, .. } = report;
        let units = starts.into_iter().filter_map(|start| self.take(start)).collect();
        let is_spent = spent != Timings::default();
        let spent = is_spent.then(|| SurfaceTimings::new(dim, instance, &spent));
        Finding { units, spent: spent.into_iter().collect() }
    }

    /// Takes a start; the unit that it makes whole, if it does.
    fn take(&mut self, mut result: StartResult) -> Option<UnitResult> {
        if !self.points {
            result.point = Vec::new();
        }
        let Record { spins, dim, instance, start, .. } = result.record;
        let key = UnitKey { spins, dim, instance, block: start / UNIT_STARTS };
        let starts = self.open.entry(key).or_default();
        starts.push(result);
        if starts.len() < key.starts(self.starts).len() {
            return None;
        }
        let mut starts = self.open.remove(&key)?;
        starts.sort_by_key(|result| result.record.start);
        Some(UnitResult { key, starts, census: None })
    }
}
