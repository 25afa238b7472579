//! Overlaps with the hidden vector, of runs with spikes of several strengths.

use std::collections::BTreeMap;

use super::bands::Mean;
use super::bands::SpikeCheck;
use super::bands::model::check;
use super::inputs::SeveralRuns;
use super::spiked_runs::SpikedRuns;
use crate::error::Result;

/// Points of the curve of Λ → ∞.
const CURVE_POINTS: usize = 400;

/// Overlaps by size and strength.
#[derive(Debug, Clone, PartialEq)]
pub struct SpikeOverlaps {
    /// What the runs have in common.
    pub model: String,
    /// r.
    pub order: u32,
    /// How starts begin, if not at random.
    pub starts: Option<String>,
    /// By Λ, ascending; each by λ, ascending.
    pub sizes: Vec<(u32, Vec<OverlapPoint>)>,
    /// Overlap of the good minimum by λ, as Λ → ∞; empty for mixtures.
    pub curve: [Vec<f64>; 2],
    /// λ_s, from which on there is a good minimum.
    pub lambda_s: Option<f64>,
    /// λ_ML, from which on it is the ground state.
    pub lambda_ml: Option<f64>,
}

/// One strength at one size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OverlapPoint {
    /// λ.
    pub strength: f64,
    /// Surfaces.
    pub surfaces: u64,
    /// |m| of the lowest point of each surface.
    pub lowest: Mean,
    /// Share of starts that met the spike.
    pub met: Option<Mean>,
}

impl SpikeOverlaps {
    /// The table of some runs that differ in the strength of the spike only.
    ///
    /// # Errors
    /// [`Error::BadInput`](crate::Error::BadInput) naming a run without a spike, or one that differs in more than its strength;
    /// those of the store.
    pub fn of_runs(runs: &SeveralRuns) -> Result<Self> {
        let runs = SpikedRuns::of(runs, "--run")?;
        let mut sizes: BTreeMap<u32, Vec<OverlapPoint>> = BTreeMap::new();
        for store in runs.stores {
            for &dim in &store.spec().dims {
                let found = check(store, dim)?;
                let Some(SpikeCheck { strength, overlap_of_lowest, met, .. }) = found.spike else { continue };
                let point =
                    OverlapPoint { strength, surfaces: found.surfaces, lowest: overlap_of_lowest, met };
                sizes.entry(dim).or_default().push(point);
            }
        }
        for points in sizes.values_mut() {
            points.sort_by(|a, b| a.strength.total_cmp(&b.strength));
        }
        let strongest = sizes.values().flatten().map(|point| point.strength).fold(0.0, f64::max);
        let theory = runs.theory(1.0)?;
        let lambda_s = theory.map(|theory| theory.lambda_s());
        let mut curve = [Vec::new(), Vec::new()];
        if let Some(least) = lambda_s {
            let most = (1.05 * strongest).max(1.3 * least);
            for place in 0..=CURVE_POINTS {
                let strength = least + (most - least) * place as f64 / CURVE_POINTS as f64;
                let at = runs.theory(strength.max(least * (1.0 + 1e-9)))?;
                if let Some(good) = at.and_then(|theory| theory.good_minimum()) {
                    curve[0].push(strength);
                    curve[1].push(good.overlap);
                }
            }
        }
        let lambda_ml = theory.map(|theory| theory.lambda_ml()).transpose()?.flatten();
        let (starts, SpikedRuns { model, order, .. }) = (runs.starts(), runs);
        Ok(Self { model, order, starts, sizes: sizes.into_iter().collect(), curve, lambda_s, lambda_ml })
    }
}
