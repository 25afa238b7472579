//! A run surface by surface.

use std::collections::BTreeMap;

use itertools::Itertools;

use super::networks::estimate::{mean, variance};
use crate::Result;
use crate::studies::surfaces::{CriticalPointRow, SurfaceId, SurfaceStore, rows, surfaces};

/// Points of one surface: converged starts, or all critical points of a census.
#[derive(Debug, Clone, PartialEq)]
pub struct SurfaceSummary {
    /// Λ.
    pub dim: u32,
    /// Number of the surface.
    pub instance: u32,
    /// Starts stored; of a census, critical points.
    pub starts: u64,
    /// Those that converged; all numbers below are over these.
    pub converged: u64,
    /// Mean energy per spin.
    pub mean: Option<f64>,
    /// Standard deviation of the energies.
    pub sd: Option<f64>,
    /// Lowest.
    pub min: Option<f64>,
    /// Highest.
    pub max: Option<f64>,
    /// Distinct points; none where points were not kept.
    pub distinct: Option<u64>,
    /// How many points have each index, of those whose index is decided.
    pub index_counts: BTreeMap<u32, u64>,
}

impl SurfaceSummary {
    /// Every surface of which something is stored, by Λ and number; the first `most` of each size.
    ///
    /// # Errors
    /// Those of the store.
    pub fn of_run(store: &SurfaceStore, most: usize) -> Result<Vec<Self>> {
        let mut taken: BTreeMap<u32, usize> = BTreeMap::new();
        let mut found = Vec::new();
        for surface in surfaces(store) {
            let taken = taken.entry(surface.dim).or_default();
            *taken += 1;
            if *taken <= most {
                found.push(Self::new(surface, &rows(store, surface)?));
            }
        }
        Ok(found)
    }

    fn new(SurfaceId { dim, instance }: SurfaceId, rows: &[CriticalPointRow]) -> Self {
        let converged: Vec<&CriticalPointRow> = rows.iter().filter(|row| row.record.converged()).collect();
        let energies: Vec<f64> =
            converged.iter().map(|row| row.record.energy_per_spin).filter(|u| u.is_finite()).collect();
        let distinct = converged.iter().filter_map(|row| row.distinct).unique().count() as u64;
        Self {
            dim,
            instance,
            starts: rows.len() as u64,
            converged: converged.len() as u64,
            mean: mean(&energies),
            sd: variance(&energies).map(f64::sqrt),
            min: energies.iter().copied().reduce(f64::min),
            max: energies.iter().copied().reduce(f64::max),
            distinct: Some(distinct).filter(|&distinct| distinct > 0),
            index_counts: converged
                .iter()
                .filter_map(|row| row.record.decided_index())
                .counts()
                .into_iter()
                .map(|(index, count)| (index, count as u64))
                .collect(),
        }
    }
}
