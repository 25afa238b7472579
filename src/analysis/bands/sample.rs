//! What a stored run says of one size, in the form that theory is asked in.

use serde::Serialize;

use super::census::{CensusSample, Place};
use super::minima::{DescentSample, Descents};
use super::saddles::SaddleSample;
use crate::Result;
use crate::descent::Method;
use crate::run::export::{Row, SurfaceId, rows, surfaces};
use crate::run::{Record, Spec, Store};

/// What a run looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// All critical points.
    Census,
    /// Minima, by descent.
    Descent,
    /// Critical points of any index near chosen energies.
    Saddle,
}

impl Kind {
    /// Of a run with this spec.
    pub fn of(spec: &Spec) -> Self {
        match spec.descent.map(|descent| descent.method) {
            None => Self::Census,
            Some(Method::Sgd | Method::Gd | Method::Anneal) => Self::Descent,
            Some(Method::Saddle) => Self::Saddle,
        }
    }
}

/// One size of a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Sample {
    /// All critical points.
    Census(CensusSample),
    /// Minima.
    Minima(DescentSample),
    /// Critical points of any index.
    Saddles(SaddleSample),
}

impl Sample {
    /// H and Λ.
    pub fn size(&self) -> (u32, u32) {
        match self {
            Self::Census(sample) => (sample.spins, sample.dim),
            Self::Minima(sample) => (sample.spins, sample.dim),
            Self::Saddles(sample) => (sample.spins, sample.dim),
        }
    }
}

/// What is stored of one size.
///
/// # Errors
/// Those of the store.
pub fn sample(store: &Store, dim: u32) -> Result<Sample> {
    let spins = store.spec().spins;
    let kind = Kind::of(store.spec());
    if kind == Kind::Census {
        return census(store, dim).map(Sample::Census);
    }
    let surfaces: Vec<SurfaceId> = surfaces(store).into_iter().filter(|surface| surface.dim == dim).collect();
    let each = surfaces.iter().map(|&surface| rows(store, surface)).collect::<Result<Vec<_>>>()?;
    Ok(if kind == Kind::Descent {
        Sample::Minima(DescentSample { spins, dim, surfaces: each.iter().map(|r| descents(r)).collect() })
    } else {
        let found: Vec<Option<Place>> = each.iter().flatten().map(|row| place(&row.record)).collect();
        let points: Vec<Place> = found.iter().copied().flatten().collect();
        let elsewhere = (found.len() - points.len()) as u64;
        Sample::Saddles(SaddleSample { spins, dim, surfaces: each.len() as u64, points, elsewhere })
    })
}

/// The certified surfaces of a census. What certification asks, a store can lose: each point must still be there and
/// have an index.
fn census(store: &Store, dim: u32) -> Result<CensusSample> {
    let mut sample = CensusSample { spins: store.spec().spins, dim, surfaces: Vec::new(), left_out: 0 };
    for facts in store.census_facts()?.iter().filter(|facts| facts.dim == dim) {
        let records = store.surface_records(dim, facts.instance)?;
        let places: Vec<Place> = records.iter().filter_map(certain_place).collect();
        if facts.certified && places.len() as u64 == facts.real {
            sample.surfaces.push(places);
        } else {
            sample.left_out += 1;
        }
    }
    Ok(sample)
}

/// Where a search ended, if that is a critical point of decided index.
fn place(record: &Record) -> Option<Place> {
    certain_place(record).filter(|_| record.converged())
}

/// A point's energy and index, if both are certain. In a census every point is proved to be critical, whatever its
/// gradient in double precision.
fn certain_place(record: &Record) -> Option<Place> {
    let certain = record.undecided == Some(0) && record.energy_per_spin.is_finite();
    let place = |index| Place { index, energy_per_spin: record.energy_per_spin };
    record.index.filter(|_| certain).map(place)
}

fn descents(rows: &[Row]) -> Descents {
    let minima: Vec<&Row> =
        rows.iter().filter(|row| place(&row.record).is_some_and(|p| p.index == 0)).collect();
    let mut known: Vec<(u32, f64, u64)> = Vec::new();
    let mut kept = true;
    for row in &minima {
        let Some(id) = row.distinct else {
            kept = false;
            continue;
        };
        match known.iter_mut().find(|(other, ..)| *other == id) {
            Some((_, _, starts)) => *starts += 1,
            None => known.push((id, row.record.energy_per_spin, 1)),
        }
    }
    Descents {
        energies: minima.iter().map(|row| row.record.energy_per_spin).collect(),
        minima: kept.then(|| known.into_iter().map(|(_, energy, starts)| (energy, starts)).collect()),
        elsewhere: (rows.len() - minima.len()) as u64,
    }
}
