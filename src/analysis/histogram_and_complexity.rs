//! Energies that a run reached, over the complexity of Λ → ∞ and the exact mean numbers at the run's own Λ.

use super::energy_histogram::Histogram;
use super::mean_count_curves::evenly;
use super::units::UnitCount;
use crate::analysis::bands::statistics::{ratio_error, variance};
use crate::analysis::bands::{CensusSample, IndexAndEnergy, SizeSample, SoughtPoints, sample};
use crate::analysis::complexity_curves::CurveSet;
use crate::studies::surfaces::SurfaceStore;
use crate::theory::{Complexity, Count, MeanCounts, Thresholds};
use crate::{Error, Result};

/// Indices k = 0 … 5 that have curves.
pub const INDICES: u32 = 6;
/// Most sizes that have exact curves: the smallest and the largest.
const MOST_EXACT: usize = 2;
/// Largest Λ that theory takes by index.
const MOST_DIM: u32 = 1000;
/// Points of an exact curve.
const SAMPLES: usize = 161;
/// Places at which numbers found below an energy are drawn.
const PLACES: usize = 17;

/// What was reached, what theory says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct HistogramAndComplexity {
    /// H.
    pub spins: u32,
    /// What the run looked for.
    pub kind: SoughtPoints,
    /// How far the run is.
    pub units: UnitCount,
    /// Histograms: by size, or by index of a census.
    pub reached: Vec<Reached>,
    /// E_0, …, E_5, energies per spin.
    pub e: Vec<f64>,
    /// E_∞, energy per spin.
    pub e_inf: f64,
    /// Θ_H and Θ_{k,H}.
    pub limits: CurveSet,
    /// The same at some Λ, exactly.
    pub exact: Vec<ExactCurves>,
}

/// Energies of one size, or of one index of a census.
#[derive(Debug, Clone, PartialEq)]
pub struct Reached {
    /// Λ, or k.
    pub number: u32,
    /// Surfaces.
    pub surfaces: usize,
    /// Energies shown.
    pub shown: u64,
    /// Starts made, or points found.
    pub all: u64,
    /// Probability density; of a census, mean number on a surface for each unit of u.
    pub density: Option<Histogram>,
    /// Standard error of each height: over surfaces; over starts, given this surface, where there is one.
    pub errors: Vec<f64>,
}

/// (1/Λ) ln of mean numbers below an energy.
#[derive(Debug, Clone, PartialEq)]
pub struct ExactCurves {
    /// Λ.
    pub dim: u32,
    /// u, rising.
    pub energies: Vec<f64>,
    /// Of all critical points.
    pub total: Vec<f64>,
    /// Of those of index k = 0 … 5; none where it cannot be had.
    pub by_index: Vec<Vec<Option<f64>>>,
    /// Found by a census, of index k = 0 … 5: (u, value, the same of the mean less and plus its standard error).
    pub found: Vec<Vec<[f64; 4]>>,
}

/// Energies on each surface, and what there is in all.
pub struct Energies {
    /// Λ, or k.
    pub number: u32,
    /// By surface.
    pub surfaces: Vec<Vec<f64>>,
    /// Starts made, or points found.
    pub all: u64,
}

impl HistogramAndComplexity {
    /// The table of a stored run on random couplings, also while it grows.
    ///
    /// # Errors
    /// Those of the store; bad input outside what theory takes.
    pub fn of_run(store: &SurfaceStore) -> Result<Self> {
        let spec = store.spec();
        let (kind, units) = (SoughtPoints::of(spec), UnitCount::of(store));
        if kind == SoughtPoints::Census {
            let SizeSample::Census(census) = sample(store, spec.dim())? else {
                return Err(Error::Internal("a census without its sample".into()));
            };
            return Self::of_census(&census, units);
        }
        let reached = spec.dims.iter().map(|&dim| {
            let records = store.records(Some(dim))?;
            let surfaces = records.chunk_by(|a, b| a.instance == b.instance).map(|surface| {
                let converged = surface.iter().filter(|record| record.converged());
                converged.map(|record| record.energy_per_spin).collect()
            });
            Ok(Energies { number: dim, surfaces: surfaces.collect(), all: records.len() as u64 })
        });
        Self::new(spec.spins, kind, units, reached.collect::<Result<Vec<_>>>()?)
    }

    /// The table of energies by size.
    ///
    /// # Errors
    /// Bad input outside what theory takes.
    pub fn new(spins: u32, kind: SoughtPoints, units: UnitCount, sizes: Vec<Energies>) -> Result<Self> {
        let reached: Vec<Reached> = sizes.into_iter().map(|size| Reached::new(size, false)).collect();
        // The range is that of what was reached: a size without energies would have its curves outside of it.
        let empty = reached.iter().all(|set| set.density.is_none());
        let shown = reached.iter().filter(|set| empty || set.density.is_some());
        let dims: Vec<u32> = shown.map(|set| set.number).filter(|&dim| dim <= MOST_DIM).collect();
        let mut table = Self::without_exact(spins, kind, units, reached, dims.first().copied())?;
        let mut chosen = vec![dims.first(), dims.last()];
        chosen.dedup();
        for &dim in chosen.into_iter().flatten().take(MOST_EXACT) {
            table.exact.push(ExactCurves::new(spins, dim, table.range())?);
        }
        Ok(table)
    }

    /// The table of a census, by index.
    ///
    /// # Errors
    /// Bad input outside what theory takes.
    pub fn of_census(census: &CensusSample, units: UnitCount) -> Result<Self> {
        let reached = (0..INDICES.min(census.dim)).map(|k| {
            let of_index = |points: &Vec<IndexAndEnergy>| -> Vec<f64> {
                points.iter().filter(|place| place.index == k).map(|place| place.energy_per_spin).collect()
            };
            let surfaces: Vec<Vec<f64>> = census.surfaces.iter().map(of_index).collect();
            let all = surfaces.iter().map(|energies| energies.len() as u64).sum();
            Reached::new(Energies { number: k, surfaces, all }, true)
        });
        let (spins, dim) = (census.spins, census.dim);
        let mut table =
            Self::without_exact(spins, SoughtPoints::Census, units, reached.collect(), Some(dim))?;
        let mut exact = ExactCurves::new(spins, dim, table.range())?;
        exact.found = (0..INDICES.min(dim)).map(|k| found(census, k, table.range())).collect();
        table.exact.push(exact);
        Ok(table)
    }

    fn without_exact(
        spins: u32,
        kind: SoughtPoints,
        units: UnitCount,
        reached: Vec<Reached>,
        smallest: Option<u32>,
    ) -> Result<Self> {
        let complexity = Complexity::new(spins)?;
        let e = Thresholds::new(spins)?.up_to(INDICES - 1)?;
        let e_inf = complexity.e_inf();
        let [low, high] = range(&reached, [e[0], e_inf], kind, smallest);
        let limits = CurveSet::sample(&complexity, INDICES - 1, low, high);
        Ok(Self { spins, kind, units, reached, e, e_inf, limits, exact: Vec::new() })
    }

    /// The range of u that is shown.
    pub fn range(&self) -> [f64; 2] {
        [0, self.limits.energies.len() - 1].map(|i| self.limits.energies[i])
    }
}

/// As wide as what was reached and the thresholds, not wider than energies can be; of a census the negative part.
fn range(reached: &[Reached], [e_0, e_inf]: [f64; 2], kind: SoughtPoints, smallest: Option<u32>) -> [f64; 2] {
    let densities = || reached.iter().filter_map(|set| set.density.as_ref());
    let band = (e_0 - e_inf).max(0.02 * e_inf);
    let low = densities().map(|density| density.low).fold(-e_0 - band, f64::min);
    let high = densities().map(Histogram::high).fold(-e_inf + 2.0 * band, f64::max);
    let most = e_0 + 10.0 / f64::from(smallest.unwrap_or(1)).sqrt();
    let [low, high] = [low, high].map(|end| end.clamp(-most, most));
    let margin = 0.02 * (high - low);
    [low - margin, if kind == SoughtPoints::Census { high.min(0.0) } else { high } + margin]
}

impl Reached {
    /// Heights are probability densities, or `as_numbers` on a surface.
    fn new(energies: Energies, as_numbers: bool) -> Self {
        let Energies { number, surfaces, all } = energies;
        let surfaces: Vec<Vec<f64>> =
            surfaces.into_iter().map(|s| s.into_iter().filter(|u| u.is_finite()).collect()).collect();
        let pooled: Vec<f64> = surfaces.concat();
        let mut density = Histogram::of(&pooled, 0.01);
        let mut errors = Vec::new();
        if let Some(density) = &mut density {
            let scale = if as_numbers { pooled.len() as f64 / surfaces.len() as f64 } else { 1.0 };
            for (i, height) in density.heights.iter_mut().enumerate() {
                let bin = density.low / density.width + i as f64;
                let inside = |u: &&f64| (**u / density.width).floor() == bin;
                let count = |surface: &Vec<f64>| surface.iter().filter(inside).count() as f64;
                let error = if as_numbers {
                    number_error(&surfaces.iter().map(count).collect::<Vec<_>>())
                } else {
                    ratio_error(&surfaces.iter().map(|s| [count(s), s.len() as f64]).collect::<Vec<_>>())
                };
                errors.push(error.unwrap_or(0.0) / density.width);
                *height *= scale;
            }
        }
        Self { number, surfaces: surfaces.len(), shown: pooled.len() as u64, all, density, errors }
    }
}

/// Standard error of a mean number over surfaces.
fn number_error(counts: &[f64]) -> Option<f64> {
    (counts.len() > 1).then(|| (variance(counts) / counts.len() as f64).sqrt())
}

impl ExactCurves {
    fn new(spins: u32, dim: u32, [low, high]: [f64; 2]) -> Result<Self> {
        let energies = evenly(low, high, SAMPLES);
        let mut counts = MeanCounts::new(spins, dim)?;
        let rate = |count: Count| count.log / f64::from(dim);
        let total = counts.total(&energies)?.into_iter().map(rate).collect();
        let by_index = (0..INDICES.min(dim))
            .map(|k| Ok(counts.by_index(k, &energies)?.into_iter().map(|count| count.map(rate)).collect()));
        Ok(Self { dim, total, by_index: by_index.collect::<Result<_>>()?, found: Vec::new(), energies })
    }
}

/// (1/Λ) ln of the mean number of points of an index that a census found below some energies.
fn found(census: &CensusSample, index: u32, [low, high]: [f64; 2]) -> Vec<[f64; 4]> {
    let rate = |mean: f64| mean.max(f64::MIN_POSITIVE).ln() / f64::from(census.dim);
    let at = |i: usize| {
        let u = low + (high - low) * i as f64 / PLACES as f64;
        let below = |place: &&IndexAndEnergy| place.index == index && place.energy_per_spin < u;
        let counts: Vec<f64> =
            census.surfaces.iter().map(|points| points.iter().filter(below).count() as f64).collect();
        let mean = counts.iter().sum::<f64>() / counts.len() as f64;
        let error = number_error(&counts).unwrap_or(0.0);
        (mean > 0.0).then(|| [u, rate(mean), rate(mean - error), rate(mean + error)])
    };
    (1..PLACES).filter_map(at).collect()
}
