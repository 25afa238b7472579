//! Energies, specific heats and overlaps of a run of sampling against temperature, with what theory has as Λ → ∞.

use std::path::Path;

use super::sampling::{SamplingSummary, TemperatureSummary, sampled_model, summarize_sampling};
use super::units::UnitCount;
use crate::error::Result;
use crate::studies::sampling::{BINS, SamplingStore};
use crate::theory::{Mixture, dynamical_transition, static_transition};

/// Temperatures at most whose overlaps are shown.
const SHOWN: usize = 6;
/// Points of the curve of theory.
const CURVE: usize = 200;

/// What the figure of a run of sampling shows.
#[derive(Debug, Clone, PartialEq)]
pub struct EnergyVsTemperature {
    /// Orders, law and spike in words.
    pub model: String,
    /// Surfaces per size.
    pub instances: u32,
    /// Sizes ascending, each with its temperatures.
    pub sizes: Vec<(u32, Vec<TemperatureSummary>)>,
    /// −ξ(1)/T on a grid of temperatures from T_s on; empty with a random field or a spike.
    pub annealed: [Vec<f64>; 2],
    /// T_d and T_s, where there is no field and no spike.
    pub transitions: Option<[f64; 2]>,
    /// Density of overlaps at the largest size, at some temperatures ascending: middles of bins, and densities.
    pub overlaps: Vec<(f64, [Vec<f64>; 2])>,
    /// How much of the run is there.
    pub units: UnitCount,
}

impl EnergyVsTemperature {
    /// Of the run at this path.
    ///
    /// # Errors
    /// Those of the store.
    pub fn at(path: &Path) -> Result<Self> {
        Self::of_run(&SamplingStore::open_read(path)?)
    }

    /// Of a stored run.
    ///
    /// # Errors
    /// Those of the store.
    pub fn of_run(store: &SamplingStore) -> Result<Self> {
        let summary: SamplingSummary = summarize_sampling(store)?;
        let model = store.spec().model();
        let shares: Vec<(u32, f64)> = model.orders.shares().map(|(p, v)| (p as u32, v)).collect();
        let mixture = Mixture::new(&shares)?;
        let is_known = model.spike.is_none() && mixture.field() == 0.0;
        let sizes = summary.temperatures.chunk_by(|a, b| a.dim == b.dim);
        let sizes: Vec<_> = sizes.filter_map(|rows| Some((rows.first()?.dim, rows.to_vec()))).collect();
        let ends = store.spec().temperatures.first().zip(store.spec().temperatures.last());
        let transitions = is_known.then(|| [dynamical_transition(&mixture), static_transition(&mixture)]);
        let from = ends.zip(transitions).map(|((&low, &high), [_, below])| [low.max(below), high]);
        let annealed =
            from.filter(|[low, high]| low < high).map_or([Vec::new(), Vec::new()], |[low, high]| {
                let grid = (0..=CURVE).map(|k| low + (high - low) * k as f64 / CURVE as f64);
                grid.map(|t| (t, -mixture.xi(1.0) / t)).unzip().into()
            });
        Ok(Self {
            model: sampled_model(store.spec()),
            instances: summary.instances,
            overlaps: overlaps(store, sizes.last().map(|(dim, _)| *dim))?,
            sizes,
            annealed,
            transitions,
            units: summary.units,
        })
    }
}

/// Densities of overlaps on all surfaces of a size.
fn overlaps(store: &SamplingStore, dim: Option<u32>) -> Result<Vec<(f64, [Vec<f64>; 2])>> {
    let temperatures = &store.spec().temperatures;
    let mut counts = vec![vec![0.0; BINS]; temperatures.len()];
    for unit in store.units() {
        let unit = unit?;
        if Some(unit.listed.dim) == dim {
            let of_unit = unit.overlaps.chunks(BINS);
            counts.iter_mut().zip(of_unit).for_each(|(sums, more)| {
                sums.iter_mut().zip(more).for_each(|(sum, count)| *sum += count);
            });
        }
    }
    let width = 2.0 / BINS as f64;
    let shown = temperatures.len().min(SHOWN);
    let last = temperatures.len().saturating_sub(1);
    let some = (0..shown).map(|k| if shown < 2 { 0 } else { k * last / (shown - 1) });
    let density = |rung: usize| {
        let total: f64 = counts[rung].iter().sum();
        let middles = (0..BINS).map(|bin| -1.0 + (bin as f64 + 0.5) * width).collect();
        let heights = counts[rung].iter().map(|count| count / (total * width).max(f64::MIN_POSITIVE));
        (temperatures[rung], [middles, heights.collect()])
    };
    Ok(if dim.is_some() { some.map(density).collect() } else { Vec::new() })
}
