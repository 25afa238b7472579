//! The overlap of a run's points with the hidden vector of a spike, beside the theory of Λ → ∞.

use itertools::Itertools;
use serde::Serialize;

use super::statistics::Mean;
use crate::Result;
use crate::hamiltonian::Spike;
use crate::studies::surfaces::{Spec, StartResult};
use crate::theory::Spiked;

/// Share of the theory's overlap from which on a start counts as one that met the spike.
const MET: f64 = 0.5;

/// The overlap with the hidden vector, beside the theory of Λ → ∞.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SpikeCheck {
    /// λ.
    pub strength: f64,
    /// r.
    pub order: u32,
    /// |m| of the lowest point of each surface.
    pub overlap_of_lowest: Mean,
    /// Share of the starts of a surface that ended above half of the overlap of the good minimum; unknown without one.
    pub met: Option<Mean>,
    /// Overlap of the good minimum, if there is one.
    pub overlap: Option<f64>,
    /// Its energy per spin.
    pub energy: Option<f64>,
    /// λ_s, from which on there is a good minimum; unknown for mixtures.
    pub lambda_s: Option<f64>,
    /// λ_ML, from which on it is the ground state; unknown for r < H.
    pub lambda_ml: Option<f64>,
}

/// Starts that ended at a critical point.
pub(super) fn converged(starts: &[StartResult]) -> impl Iterator<Item = &StartResult> {
    starts.iter().filter(|start| start.record.converged() && start.record.energy_per_spin.is_finite())
}

/// What the starts of some surfaces say of the spike.
///
/// # Errors
/// Bad input outside what theory takes.
pub(super) fn spike_check(spec: &Spec, spike: Spike, surfaces: &[Vec<StartResult>]) -> Result<SpikeCheck> {
    let Spike { strength, order } = spike;
    let orders = spec.model().orders;
    // The theory is of one order with variance 1.
    let theory = orders.as_pure().filter(|&spins| spins > 1);
    let theory = theory.map(|spins| Spiked::of_order(spins as u32, strength, order)).transpose()?;
    let good = theory.and_then(|theory| theory.good_minimum());
    let overlap_of = |start: &StartResult| start.slopes.map_or(f64::NAN, |slopes| slopes.spike_overlap.abs());
    let lowest = surfaces.iter().filter_map(|starts| {
        converged(starts).min_by(|a, b| a.record.energy_per_spin.total_cmp(&b.record.energy_per_spin))
    });
    let met = good.map(|good| {
        let share = |starts: &Vec<StartResult>| {
            let overlaps: Vec<f64> = converged(starts).map(overlap_of).collect();
            let met = overlaps.iter().filter(|&&m| m > MET * good.overlap).count() as f64;
            (!overlaps.is_empty()).then(|| met / overlaps.len() as f64)
        };
        Mean::of(&surfaces.iter().filter_map(share).collect_vec(), None)
    });
    Ok(SpikeCheck {
        strength,
        order,
        overlap_of_lowest: Mean::of(&lowest.map(overlap_of).collect_vec(), None),
        met,
        overlap: good.map(|good| good.overlap),
        energy: good.map(|good| good.energy),
        lambda_s: theory.map(|theory| theory.lambda_s()),
        lambda_ml: theory.map(|theory| theory.lambda_ml()).transpose()?.flatten(),
    })
}
