//! What a stored run says of one size, in the form that theory is asked in.

use serde::Serialize;

use super::census::{CensusSample, Place};
use super::minima::{DescentSample, Descents};
use super::saddles::SaddleSample;
use crate::Result;
use crate::descent::Method;
use crate::run::export::{Row, SurfaceId, rows, surfaces};
use crate::run::{Spec, Store};

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
        match spec.descent.method {
            Method::Sgd | Method::Gd => Self::Descent,
            Method::Saddle => Self::Saddle,
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
    let surfaces: Vec<SurfaceId> = surfaces(store).into_iter().filter(|surface| surface.dim == dim).collect();
    let each = surfaces.iter().map(|&surface| rows(store, surface)).collect::<Result<Vec<_>>>()?;
    Ok(match Kind::of(store.spec()) {
        Kind::Census => Sample::Census(CensusSample { spins, dim, surfaces: Vec::new(), left_out: 0 }),
        Kind::Descent => {
            Sample::Minima(DescentSample { spins, dim, surfaces: each.iter().map(|r| descents(r)).collect() })
        }
        Kind::Saddle => {
            let found: Vec<Option<Place>> = each.iter().flatten().map(place).collect();
            let points: Vec<Place> = found.iter().copied().flatten().collect();
            let elsewhere = (found.len() - points.len()) as u64;
            Sample::Saddles(SaddleSample { spins, dim, surfaces: each.len() as u64, points, elsewhere })
        }
    })
}

/// A critical point whose index is decided.
fn place(row: &Row) -> Option<Place> {
    let record = &row.record;
    let decided = record.converged() && record.undecided == Some(0) && record.energy_per_spin.is_finite();
    let place = |index| Place { index, energy_per_spin: record.energy_per_spin };
    record.index.filter(|_| decided).map(place)
}

fn descents(rows: &[Row]) -> Descents {
    let minima: Vec<&Row> = rows.iter().filter(|row| place(row).is_some_and(|p| p.index == 0)).collect();
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
