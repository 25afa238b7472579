//! The census of one surface, its paths dealt to all threads.

use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::facts::CensusFacts;
use crate::critical::census::{BlockEnds, Census, CensusKey, PathBlocks, RealPoint, Stage, census_under};
use crate::descent::{CONVERGED, Outcome};
use crate::error::{Error, Result};
use crate::hamiltonian::{ChunkValues, Landscape, OwnCouplings, Surface};
use crate::studies::surfaces::record::{Record, Slopes, StartResult, SurfaceTimings, Timings};
use crate::studies::surfaces::result::UnitResult;
use crate::studies::surfaces::spec::Spec;
use crate::studies::surfaces::study::Surfaces;
use crate::studies::surfaces::sweep::shared_surface::recipe;
use crate::studies::surfaces::sweep::task::spike_overlap;
use crate::studies::surfaces::unit::UnitKey;
use crate::study::clock::Meter;
use crate::study::{Advance, Job};

/// Takes the census of a surface on this thread and the pool, with the seconds spent by all of them; `None` where `advance`
/// ended it.
///
/// # Errors
/// Those of the work.
pub fn unit(
    job: &Job<Surfaces>,
    instance: u32,
    advance: Advance,
) -> Result<Option<(UnitResult, SurfaceTimings)>> {
    let Job { spec, given, resources, .. } = *job;
    let pool = given.pool(resources)?;
    // This thread's own time: while the pool works for it, it waits.
    let mut meter = Meter::start();
    let surface = surface(spec, given.couplings.as_ref(), instance);
    let draw_s = meter.lap().processor_s;
    let follower = Follower { advance: Mutex::new(advance), worked: AtomicU64::new(0) };
    let dealt = |stage: Stage, paths: PathBlocks| {
        pool.install(|| {
            let blocks = (0..stage.blocks).into_par_iter();
            blocks.map(|block| follower.follow(stage, paths, block)).collect::<Result<Vec<_>>>()
        })
    };
    let key = CensusKey { seed: spec.seed, instance: u64::from(instance) };
    let found = match census_under(spec.rules, &surface, key, resources.isa, &dealt) {
        Err(Error::Interrupted(_)) => return Ok(None),
        found => found?,
    };
    let unit = unit_of(spec, found, instance, &surface);
    let on_pool = 1e-9 * follower.worked.load(Ordering::Relaxed) as f64;
    let descent_s = meter.lap().processor_s + on_pool;
    let spent = Timings { draw_s, descent_s, ..Timings::default() };
    Ok(Some((unit, SurfaceTimings::new(spec.dim(), instance, &spent))))
}

struct Follower<'a> {
    advance: Mutex<Advance<'a>>,
    /// Nanoseconds on the pool, by all its threads.
    worked: AtomicU64,
}

impl Follower<'_> {
    /// One block of paths, unless a stop is asked for.
    fn follow(&self, stage: Stage, paths: PathBlocks, block: usize) -> Result<BlockEnds> {
        self.advanced(0.0)?;
        let mut meter = Meter::start();
        let ends = paths(block);
        self.worked.fetch_add((1e9 * meter.lap().processor_s) as u64, Ordering::Relaxed);
        if stage.round == 0 && stage.attempt == 0 {
            self.advanced(1.0 / stage.blocks as f64)?;
        }
        Ok(ends)
    }

    fn advanced(&self, part: f64) -> Result<()> {
        // Whoever asked for the end knows the signal.
        let go_on = self.advance.lock().map(|mut advance| advance(part));
        if matches!(go_on, Ok(ControlFlow::Continue(()))) { Ok(()) } else { Err(Error::Interrupted(0)) }
    }
}

/// A surface of a census; small ones are drawn in no time.
pub(super) fn surface(spec: &Spec, couplings: Option<&OwnCouplings>, instance: u32) -> Surface {
    let key = spec.surface_key(spec.dim(), instance);
    let map = |n: usize, job: &(dyn Fn(usize) -> ChunkValues + Sync)| (0..n).map(job).collect();
    recipe(key, (spec.model.as_ref(), couplings), 0, spec.rules).carry_out(&map)
}

/// A census of a surface as a unit; energies, gradients and eigenvalues are those of the couplings as they were given.
pub(super) fn unit_of(spec: &Spec, census: Census, instance: u32, surface: &Surface) -> UnitResult {
    let (scale, deviation) = (surface.scale(), surface.deviation());
    // A spike may have a higher order than the couplings.
    let facts = CensusFacts { spins: spec.spins, ..CensusFacts::of(&census, instance) };
    let key = UnitKey { spins: facts.spins, dim: facts.dim, instance, block: 0 };
    let result = |(rank, point): (u32, RealPoint)| {
        let record = Record {
            spins: facts.spins,
            dim: facts.dim,
            instance,
            start: rank,
            energy: scale * point.energy_per_spin * f64::from(facts.dim),
            energy_per_spin: scale * point.energy_per_spin,
            descent_energy_per_spin: f64::NAN,
            gradient_norm: scale * point.gradient_norm,
            index: Some(point.index),
            min_eigenvalue: scale * point.min_eigenvalue,
            undecided: Some(point.undecided),
            steps: 0,
            polish_overlap: f64::NAN,
            // Every point is proved to be critical; the gradient is what double precision makes of it.
            outcome: if point.gradient_norm <= CONVERGED * deviation {
                Outcome::Converged
            } else {
                Outcome::Stalled
            },
        };
        let slopes = spec.has_slopes().then(|| Slopes {
            radial_slope: scale * point.radial_slope,
            spike_overlap: spike_overlap(surface, &point.point),
        });
        StartResult { record, point: point.point, trace: Vec::new(), slopes }.canonical()
    };
    UnitResult { key, starts: (0..).zip(census.points).map(result).collect(), census: Some(facts) }
}
