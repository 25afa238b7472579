//! Energies of all critical points by index, beside their exact densities.

use super::mean_count_curves::evenly;
use crate::Result;
use crate::analysis::bands::{CensusSample, ExactMeans, LINES};
use crate::theory::Thresholds;

/// Most indices that are shown, from 0 on.
const MOST_INDICES: u32 = 10;
/// Indices whose numbers below an energy are shown.
const LOW_INDICES: u32 = 4;
/// Points of a curve.
const SAMPLES: usize = 241;
/// How far below −E_0 and above −E_∞ their neighbourhood reaches: to where a few low indices begin.
const AROUND: [f64; 2] = [0.4, 0.75];
/// Places at which numbers below an energy are counted.
const PLACES: usize = 24;

/// A census by index and energy.
#[derive(Debug, Clone, PartialEq)]
pub struct CensusBands {
    /// H.
    pub spins: u32,
    /// Λ.
    pub dim: u32,
    /// Surfaces.
    pub surfaces: usize,
    /// E_0, …, E_5, energies per spin.
    pub e: Vec<f64>,
    /// E_∞, energy per spin.
    pub e_inf: f64,
    /// Index 0, 1, ….
    pub indices: Vec<IndexEnergies>,
    /// Numbers below an energy near the lines, of index 0, 1, ….
    pub below: Vec<NumbersBelow>,
}

/// Energies of the points of one index.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexEnergies {
    /// Per spin, of all surfaces.
    pub energies: Vec<f64>,
    /// Energies per spin, rising, and the exact probability density there; none where it is out of reach.
    pub density: Option<[Vec<f64>; 2]>,
    /// Exact mean number on a surface.
    pub expected: Option<f64>,
}

/// Mean numbers on a surface of points of one index below an energy.
#[derive(Debug, Clone, PartialEq)]
pub struct NumbersBelow {
    /// (u, mean, standard error over surfaces), where anything was found.
    pub observed: Vec<[f64; 3]>,
    /// Energies per spin, rising, and exact mean numbers.
    pub exact: Option<[Vec<f64>; 2]>,
}

impl CensusBands {
    /// The table of a sample.
    ///
    /// # Errors
    /// Bad input outside what theory takes.
    pub fn new(sample: &CensusSample) -> Result<Self> {
        let thresholds = Thresholds::new(sample.spins)?;
        let mut expected = ExactMeans::new(sample.spins, sample.dim)?;
        let e = thresholds.up_to(LINES - 1)?;
        let e_inf = thresholds.e_inf();
        let span = [-e[0] - AROUND[0], -e_inf + AROUND[1]];
        let indices = 0..sample.dim.min(MOST_INDICES);
        let below = 0..sample.dim.min(LOW_INDICES);
        Ok(Self {
            spins: sample.spins,
            dim: sample.dim,
            surfaces: sample.surfaces.len(),
            indices: indices.map(|k| energies(sample, k, &mut expected)).collect::<Result<_>>()?,
            below: below.map(|k| numbers_below(sample, k, span, &mut expected)).collect::<Result<_>>()?,
            e,
            e_inf,
        })
    }
}

fn energies(sample: &CensusSample, index: u32, expected: &mut ExactMeans) -> Result<IndexEnergies> {
    let of_index = sample.surfaces.iter().flatten().filter(|place| place.index == index);
    let found = IndexEnergies {
        energies: of_index.map(|place| place.energy_per_spin).collect(),
        density: None,
        expected: None,
    };
    let Some(law) = expected.law(index) else { return Ok(found) };
    let us = evenly(law.mean - 4.5 * law.deviation, law.mean + 4.5 * law.deviation, SAMPLES);
    let count = law.count.value();
    let density = expected.density(index, &us)?;
    Ok(IndexEnergies {
        density: density.map(|density| [us, density.iter().map(|d| d / count).collect()]),
        expected: Some(count),
        ..found
    })
}

fn numbers_below(
    sample: &CensusSample,
    index: u32,
    [low, high]: [f64; 2],
    expected: &mut ExactMeans,
) -> Result<NumbersBelow> {
    let us = evenly(low, high, SAMPLES);
    let exact = expected.below(index, &us)?.map(|numbers| [us, numbers]);
    let n = sample.surfaces.len() as f64;
    let count = |u: f64| {
        let of_surface = sample.surfaces.iter().map(|points| {
            points.iter().filter(|place| place.index == index && place.energy_per_spin < u).count() as f64
        });
        let (sum, squares) = of_surface.fold((0.0, 0.0), |(sum, squares), c| (sum + c, squares + c * c));
        let mean = sum / n;
        let error = ((squares / n - mean * mean) / (n - 1.0).max(1.0)).max(0.0).sqrt();
        (mean > 0.0).then_some([u, mean, error])
    };
    let places = (1..PLACES).map(|i| low + (high - low) * i as f64 / PLACES as f64);
    Ok(NumbersBelow { observed: places.filter_map(count).collect(), exact })
}
