//! Exact mean numbers of one order and size, by index and by energy.

use itertools::Itertools;

use crate::Result;
use crate::theory::{EnergyLaw, MeanCounts, Thresholds};

/// Lines −E_0 … −E_K that bound the bands.
pub const LINES: u32 = 6;

/// Energies per spin between which points are counted: −∞, −E_0, …, −E_5, −E_∞, 0, ∞.
pub fn band_edges(spins: u32) -> Result<Vec<f64>> {
    let thresholds = Thresholds::new(spins)?;
    let mut edges = vec![f64::NEG_INFINITY];
    edges.extend(thresholds.up_to(LINES - 1)?.iter().map(|e| -e));
    edges.extend([-thresholds.e_inf(), 0.0, f64::INFINITY]);
    // At H = 2 all lines are one.
    edges.dedup();
    Ok(edges)
}

/// Exact means of one order and size.
pub struct ExactMeans {
    spins: u32,
    dim: u32,
    counts: MeanCounts,
}

impl ExactMeans {
    /// Means of order H at dimension Λ.
    ///
    /// # Errors
    /// Bad input outside what theory takes.
    pub fn new(spins: u32, dim: u32) -> Result<Self> {
        Ok(Self { spins, dim, counts: MeanCounts::new(spins, dim)? })
    }

    /// Mean numbers of points of an index below each energy; none where they are out of reach.
    ///
    /// # Errors
    /// Bad input outside what theory takes.
    pub fn below(&mut self, index: u32, energies: &[f64]) -> Result<Option<Vec<f64>>> {
        let finite: Vec<f64> = energies.iter().copied().filter(|&u| u > f64::NEG_INFINITY).collect();
        if self.spins == 2 && finite.iter().all(|u| u.is_infinite()) {
            // Two for every eigenvector, at any Λ.
            return Ok(Some(energies.iter().map(|&u| if u > 0.0 { 2.0 } else { 0.0 }).collect()));
        }
        let counts = self.counts.by_index(index, &finite)?;
        let Some(mut values) = counts.into_iter().map(|c| c.map(|c| c.value())).collect::<Option<Vec<f64>>>()
        else {
            return Ok(None);
        };
        values.splice(0..0, vec![0.0; energies.len() - finite.len()]);
        Ok(Some(values))
    }

    /// Mean numbers of points of an index between edges.
    ///
    /// # Errors
    /// As [`Self::below`].
    pub fn between(&mut self, index: u32, edges: &[f64]) -> Result<Option<Vec<f64>>> {
        let below = self.below(index, edges)?;
        Ok(below.map(|below| below.iter().tuple_windows().map(|(low, high)| (high - low).max(0.0)).collect()))
    }

    /// Law of the energy of points of an index; none where it is out of reach.
    pub fn law(&mut self, index: u32) -> Option<EnergyLaw> {
        self.counts.energy_law(index).ok()
    }

    /// Density in u of the mean number of points of an index; none where it is out of reach.
    ///
    /// # Errors
    /// As [`Self::below`].
    pub fn density(&mut self, index: u32, energies: &[f64]) -> Result<Option<Vec<f64>>> {
        let density = self.counts.density_by_index(index, energies)?;
        Ok(density.into_iter().map(|d| d.map(|d| d.value())).collect())
    }

    /// Λ.
    pub fn dim(&self) -> u32 {
        self.dim
    }
}
