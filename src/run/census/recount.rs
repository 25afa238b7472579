//! A census taken again on another way from the start system to the surface.

use rayon::prelude::*;

use super::executor::surface;
use crate::Result;
use crate::critical::census::{CensusKey, Job, Stage, admitted_class_count, census_under};
use crate::run::executor::Means;
use crate::run::store::Store;

/// Most paths that a check follows: a minute or two.
const MOST_PATHS: u64 = 20_000;
/// Largest difference of two energies per spin that rounding may make.
const TOLERANCE: f64 = 1e-9;

/// What came of a census taken again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recount {
    /// Number of the surface.
    pub instance: u32,
    /// Whether the same points came out, by index and energy.
    pub holds: bool,
}

/// Takes one certified census of random couplings again: paths begin with other phases and are told apart by other
/// fingerprints. `None` where there is none, at H = 2, which has no paths, and above 20 000 paths.
///
/// # Errors
/// Those of the store; [`Error::Refused`](crate::Error::Refused) if no threads can be had.
pub fn recount(store: &Store, means: &Means) -> Result<Option<Recount>> {
    let spec = store.spec();
    let certified = store.census_facts()?.into_iter().find(|facts| facts.certified);
    let Some(facts) = certified.filter(|facts| facts.spins > 2) else { return Ok(None) };
    if admitted_class_count(facts.spins as usize, facts.dim as usize)? > MOST_PATHS {
        return Ok(None);
    }
    let pool = means.pool()?;
    let map =
        |stage: Stage, job: Job| Ok(pool.install(|| (0..stage.blocks).into_par_iter().map(job).collect()));
    // Any other seed is another way; the surface keeps its own.
    let key = CensusKey { seed: !spec.seed, instance: u64::from(facts.instance) };
    let again = census_under(spec.rules, &surface(spec, None, facts.instance), key, means.carrier.isa, &map)?;
    let records = store.surface_records(facts.dim, facts.instance)?;
    let mut pairs = records.iter().zip(&again.points);
    let holds = again.is_certified()
        && records.len() == again.points.len()
        && pairs.all(|(record, point)| {
            record.index == Some(point.index)
                && (record.energy_per_spin - point.energy_per_spin).abs() <= TOLERANCE
        });
    Ok(Some(Recount { instance: facts.instance, holds }))
}
