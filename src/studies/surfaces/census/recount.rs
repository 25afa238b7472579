//! Censuses taken again: on the same way, to the bit, and on another way from the start system to the surface.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use rayon::prelude::*;

use super::facts::CensusFacts;
use super::unit::{surface, unit, unit_of};
use crate::critical::census::{CensusKey, PathBlocks, Stage, census_under};
use crate::studies::surfaces::recheck::point::{DifferingColumns, near, near_slopes, same_bits, same_point};
use crate::studies::surfaces::record::Slopes;
use crate::studies::surfaces::result::UnitResult;
use crate::studies::surfaces::spec::Spec;
use crate::studies::surfaces::study::{SurfaceStore, Surfaces};
use crate::study::{Job, columns};
use crate::{Error, Result};

/// Most paths of a quick census: a minute or two.
const MOST_PATHS: u64 = 20_000;
/// Largest difference of two energies per spin that rounding may make, relative to the largest.
const TOLERANCE: f64 = 1e-9;

/// Whether taking a census again is a matter of a minute or two.
///
/// # Errors
/// If it has too many paths for any census.
pub(in crate::studies::surfaces) fn is_quick(spec: &Spec) -> Result<bool> {
    // Up to degree 2 there are no paths.
    Ok(spec.degree() <= 2 || spec.census_paths()? <= MOST_PATHS)
}

/// Takes one census again and compares all of it to the bit: what differs, by critical point; `None` for facts and number
/// of points.
///
/// # Errors
/// Those of the store; [`Error::Refused`] if no threads can be had.
pub(in crate::studies::surfaces) fn again(
    store: &SurfaceStore,
    job: &Job<Surfaces>,
    instance: u32,
) -> Result<BTreeMap<Option<u32>, DifferingColumns>> {
    let computed = unit(job, instance, &mut |_| ControlFlow::Continue(()))?;
    let (unit, _) = computed.ok_or_else(|| Error::Internal(format!("instance {instance} gave no census")))?;
    compare(store, instance, &unit)
}

fn compare(
    store: &SurfaceStore,
    instance: u32,
    unit: &UnitResult,
) -> Result<BTreeMap<Option<u32>, DifferingColumns>> {
    let mut wrong: BTreeMap<Option<u32>, DifferingColumns> = BTreeMap::new();
    let mut note = |start, name| wrong.entry(start).or_default().push(name);
    let stored = store.census_facts()?.into_iter().find(|facts| facts.instance == instance);
    if let (Some(stored), Some(facts)) = (stored, unit.census) {
        columns::differing(&stored, &facts).into_iter().for_each(|name| note(None, name));
    } else {
        note(None, "facts");
    }
    let dim = unit.key.dim;
    let by_library = store.spec().degree() <= 2;
    let (records, points) = store.surface(dim, instance)?;
    if records.len() != unit.starts.len() {
        note(None, "number of points");
        return Ok(wrong);
    }
    let slopes: BTreeMap<u32, Slopes> = match store.spec().has_slopes() {
        true => {
            let starts = store.surface_starts(dim, instance)?.into_iter();
            starts.filter_map(|start| Some((start.record.start, start.slopes?))).collect()
        }
        false => BTreeMap::new(),
    };
    for (record, result) in records.iter().zip(&unit.starts) {
        // Eigenvalues, and at H = 2 the points, are a linear-algebra library's, whose rounding is the processor's.
        let differ = record.differing(&result.record).into_iter();
        let differ = differ.filter(|name| {
            let is_librarys = *name == "min_eigenvalue" || by_library;
            !(is_librarys && near(name, record, &result.record))
        });
        differ.for_each(|name| note(Some(record.start), name));
        let point = points.of(record.start);
        let is_same = same_bits(point, &result.point) || (by_library && same_point(point, &result.point));
        if !is_same {
            note(Some(record.start), "point");
        }
        if !near_slopes(slopes.get(&record.start).copied(), result.slopes) {
            note(Some(record.start), "radial_slope");
        }
    }
    Ok(wrong)
}

/// Whether the same points come out, by index and energy, where a certified census is taken on another way: paths begin with other phases and are told apart by other fingerprints. `None`
/// where it is not certified, and at H = 2, which has no paths.
///
/// # Errors
/// Those of the store; [`Error::Refused`] if no threads can be had.
pub(in crate::studies::surfaces) fn recount(
    store: &SurfaceStore,
    job: &Job<Surfaces>,
    facts: &CensusFacts,
) -> Result<Option<bool>> {
    if !facts.certified || job.spec.degree() <= 2 {
        return Ok(None);
    }
    let Job { spec, given, resources, .. } = *job;
    let pool = given.pool(resources)?;
    let map = |stage: Stage, paths: PathBlocks| {
        Ok(pool.install(|| (0..stage.blocks).into_par_iter().map(paths).collect()))
    };
    // Any other seed is another way; the surface keeps its own.
    let key = CensusKey { seed: !spec.seed, instance: u64::from(facts.instance) };
    let surface = surface(spec, given.couplings.as_ref(), facts.instance);
    let again = census_under(spec.rules, &surface, key, resources.isa, &map)?;
    let unit = unit_of(spec, again, facts.instance, &surface);
    let records = store.surface_records(facts.dim, facts.instance)?;
    let mut pairs = records.iter().zip(&unit.starts);
    let largest = records.iter().map(|record| record.energy_per_spin.abs()).fold(0.0, f64::max);
    let holds = unit.census.is_some_and(|facts| facts.certified)
        && records.len() == unit.starts.len()
        && pairs.all(|(record, found)| {
            let difference = (record.energy_per_spin - found.record.energy_per_spin).abs();
            record.index == found.record.index && difference <= TOLERANCE * largest
        });
    Ok(Some(holds))
}
