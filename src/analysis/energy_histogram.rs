//! Energies per spin that descents reach, by size, and their densities.

use super::model::limit_energies;
use crate::studies::surfaces::{Couplings, SurfaceStore};
use crate::{Error, Result};
use std::ops::Range;
use std::path::Path;

/// Energies that the starts of one size reached.
#[derive(Debug, Clone, PartialEq)]
pub struct EnergySet {
    /// Λ.
    pub dim: u32,
    /// Starts made, over all instances; those that did not converge have no energy below.
    pub starts: u64,
    /// Energies per spin of the converged starts; what is not finite is ignored.
    pub energies_per_spin: Vec<f64>,
}

/// Energies per spin that descents reached, by size, with the thresholds of Λ → ∞; in units of its scale s for a tensor of
/// the user's own.
#[derive(Debug, Clone, PartialEq)]
pub struct EnergyHistogram {
    /// H.
    pub spins: u32,
    /// Orders, law and spike where they are not of the pure Gaussian model.
    pub model: Option<String>,
    /// E_0, energy per spin.
    pub e_0: Option<f64>,
    /// E_∞, energy per spin; of a mixture E_th.
    pub e_inf: Option<f64>,
    /// E_alg of a mixture, energy per spin.
    pub e_alg: Option<f64>,
    /// Scale s of the user's own tensor.
    pub scale: Option<f64>,
    /// Surfaces per size.
    pub instances: u32,
    /// One set per size, rising in Λ.
    pub sets: Vec<EnergySet>,
}

/// A histogram of mass 1 on equal bins.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// Lower edge of the first bin; a multiple of the width.
    pub low: f64,
    /// Width of a bin; a power of two, so that the edges of any two sets are nested.
    pub width: f64,
    /// Density in each bin; the first and the last are above 0.
    pub heights: Vec<f64>,
}

impl Histogram {
    /// Histogram with bins near Freedman–Diaconis' `2 IQR n^{-1/3}`, of width `fallback` if all values are equal to
    /// rounding; what is not finite or beyond 1e300 is left out, and `None` if nothing remains.
    ///
    /// # Reference
    /// Freedman, Diaconis (1981), *On the histogram as a density estimator: L₂ theory*.
    pub fn of(values: &[f64], fallback: f64) -> Option<Self> {
        let mut values: Vec<f64> = values.iter().copied().filter(|x| x.abs() <= FARTHEST).collect();
        values.sort_by(f64::total_cmp);
        let (&lowest, &highest) = (values.first()?, values.last()?);
        let rounding = ROUNDING * lowest.abs().max(highest.abs());
        let width = bin_width(&values).unwrap_or_else(|| fallback.max(rounding));
        Self::on_bins(&values, power_of_two_near(width))
    }

    /// Histogram on bins of this width, a power of two; `None` where there is no value. What is not finite or beyond 1e300 is
    /// left out.
    pub fn on_bins(values: &[f64], width: f64) -> Option<Self> {
        let values: Vec<f64> = values.iter().copied().filter(|x| x.abs() <= FARTHEST).collect();
        let lowest = values.iter().copied().reduce(f64::min)?;
        let highest = values.iter().copied().reduce(f64::max)?;
        let first = (lowest / width).floor();
        let bins = ((highest / width).floor() - first) as usize + 1;
        let mut heights = vec![0.0; bins];
        let mass = 1.0 / (width * values.len() as f64);
        for value in &values {
            // Division by a power of two is exact: no value falls beside the bin it belongs to.
            heights[(((value / width).floor() - first) as usize).min(bins - 1)] += mass;
        }
        Some(Self { low: first * width, width, heights })
    }

    /// Upper edge of the last bin.
    pub fn high(&self) -> f64 {
        self.edge(self.heights.len())
    }

    /// Lower edge of the i-th bin.
    pub fn edge(&self, i: usize) -> f64 {
        self.low + self.width * i as f64
    }

    /// Runs of bins that hold something.
    pub fn runs(&self) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for i in (0..self.heights.len()).filter(|&i| self.heights[i] > 0.0) {
            match runs.last_mut() {
                Some(run) if run.end == i => run.end = i + 1,
                _ => runs.push(i..i + 1),
            }
        }
        runs
    }

    /// The largest height.
    pub fn peak(&self) -> f64 {
        self.heights.iter().copied().fold(0.0, f64::max)
    }
}

/// Most bins of one set; a lone outlier must not make millions.
const MAX_BINS: f64 = 400.0;
/// Largest value that is shown: differences of two stay finite.
const FARTHEST: f64 = 1e300;
/// Energies that differ by less than this part of them are equal to rounding.
const ROUNDING: f64 = 1e-12;

impl EnergyHistogram {
    /// Density of each set, in the order of the sets; `None` where there is no energy.
    pub fn densities(&self) -> Vec<Option<Histogram>> {
        // Equal energies have no scale of their own: a hundredth of E_∞ is narrow, and wide enough to be seen.
        self.sets.iter().map(|set| set.density(0.01 * self.unit())).collect()
    }
}

impl EnergySet {
    /// [`Histogram::of`] the energies.
    pub fn density(&self, fallback: f64) -> Option<Histogram> {
        Histogram::of(&self.energies_per_spin, fallback)
    }
}

/// Freedman–Diaconis on sorted energies; of the range if half of them are equal; none if all are.
fn bin_width(sorted: &[f64]) -> Option<f64> {
    let range = sorted[sorted.len() - 1] - sorted[0];
    let quartiles = quantile(sorted, 0.75) - quantile(sorted, 0.25);
    let spread = if quartiles > 0.0 { quartiles } else { 0.5 * range };
    let width = (2.0 * spread / (sorted.len() as f64).cbrt()).max(range / MAX_BINS);
    Some(width).filter(|&width| width > ROUNDING * sorted[0].abs() && width > f64::MIN_POSITIVE)
}

/// Quantile of sorted values, linear between them.
pub(super) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

fn power_of_two_near(width: f64) -> f64 {
    width.log2().round().exp2()
}

impl EnergyHistogram {
    /// What energies compare with.
    pub fn unit(&self) -> f64 {
        self.e_inf.or(self.e_0).unwrap_or(1.0)
    }

    /// The table of a stored run, also while it grows: what is stored of its converged starts.
    ///
    /// # Errors
    /// Those of the store; [`Error::BadInput`] for a census, which has no starts, and for a tensor of the user's own whose
    /// scale is not stored.
    pub fn of_run(store: &SurfaceStore) -> Result<Self> {
        let spec = store.spec();
        let bad_run = |allowed: &str| Error::bad_input("--run", store.path().display(), allowed);
        if spec.is_census() {
            return Err(bad_run(
                "a sweep: the energy histogram shows where starts end, and a census has none",
            ));
        }
        let scale = spec.couplings.scale();
        if spec.couplings != Couplings::Random && scale.is_none() {
            return Err(bad_run(
                "a run that stored the scale of its couplings, which release 0.1 did not: sweep them again",
            ));
        }
        let limits = limit_energies(spec)?;
        let set = |&dim: &u32| energy_set(store, dim, scale.unwrap_or(1.0));
        Ok(Self {
            spins: spec.spins,
            model: spec.model_in_words(),
            e_0: limits.e_0,
            e_inf: limits.e_inf,
            e_alg: limits.e_alg,
            scale,
            instances: spec.instances,
            sets: spec.dims.iter().map(set).collect::<Result<_>>()?,
        })
    }

    /// [`Self::of_run`] of the run at a path.
    ///
    /// # Errors
    /// As there.
    pub fn at(path: &Path) -> Result<Self> {
        Self::of_run(&SurfaceStore::open_read(path)?)
    }
}

fn energy_set(store: &SurfaceStore, dim: u32, unit: f64) -> Result<EnergySet> {
    let records = store.records(Some(dim))?;
    Ok(EnergySet {
        dim,
        starts: records.len() as u64,
        energies_per_spin: records
            .iter()
            .filter(|record| record.converged())
            .map(|record| record.energy_per_spin / unit)
            .collect(),
    })
}
