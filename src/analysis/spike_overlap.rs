//! Overlaps with the hidden vector, of runs with spikes of several strengths.

use std::collections::BTreeMap;

use super::bands::Mean;
use super::bands::SpikeCheck;
use super::bands::model::check;
use super::inputs::SeveralRuns;
use crate::error::{Error, Result};
use crate::studies::surfaces::{SurfaceStore, model_text};
use crate::theory::Spiked;

/// Points of the curve of Λ → ∞.
const CURVE_POINTS: usize = 400;

/// Overlaps by size and strength.
#[derive(Debug, Clone, PartialEq)]
pub struct SpikeOverlaps {
    /// What the runs have in common.
    pub model: String,
    /// r.
    pub order: u32,
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
    /// [`Error::BadInput`] naming a run without a spike, or on another model; those of the store.
    pub fn of_runs(runs: &SeveralRuns) -> Result<Self> {
        let common = |store: &SurfaceStore| {
            let mut model = store.spec().model();
            let spike = model.spike.take();
            (model_text(&model), spike.map(|spike| spike.order))
        };
        let stores = runs.stores();
        let Some(first) = stores.first() else {
            return Err(Error::bad_input("--run", "(missing)", "runs with spikes"));
        };
        let (model, order) = common(first);
        let mut sizes: BTreeMap<u32, Vec<OverlapPoint>> = BTreeMap::new();
        for store in stores {
            let wrong = |allowed: &str| Error::bad_input("--run", store.path().display(), allowed);
            if store.spec().model().spike.is_none() {
                return Err(wrong("a run with a spike (--spike)"));
            }
            if common(store) != (model.clone(), order) {
                return Err(wrong("runs that differ in the strength of the spike only"));
            }
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
        let order = order.unwrap_or_default();
        let strongest = sizes.values().flatten().map(|point| point.strength).fold(0.0, f64::max);
        let spins = first.spec().model().orders.as_pure().filter(|&spins| spins > 1);
        let at =
            |strength: f64| spins.map(|spins| Spiked::of_order(spins as u32, strength, order)).transpose();
        let theory = at(1.0)?;
        let lambda_s = theory.map(|theory| theory.lambda_s());
        let mut curve = [Vec::new(), Vec::new()];
        if let Some(least) = lambda_s {
            let most = (1.05 * strongest).max(1.3 * least);
            for place in 0..=CURVE_POINTS {
                let strength = least + (most - least) * place as f64 / CURVE_POINTS as f64;
                let good = at(strength.max(least * (1.0 + 1e-9)))?.and_then(|theory| theory.good_minimum());
                if let Some(good) = good {
                    curve[0].push(strength);
                    curve[1].push(good.overlap);
                }
            }
        }
        let lambda_ml = theory.map(|theory| theory.lambda_ml()).transpose()?.flatten();
        Ok(Self { model, order, sizes: sizes.into_iter().collect(), curve, lambda_s, lambda_ml })
    }
}
