//! The overlap of a run's points with the hidden vector of a spike, beside the theory of Λ → ∞.

use serde::Serialize;

use super::statistics::{Mean, mean};
use crate::Result;
use crate::hamiltonian::Spike;
use crate::studies::surfaces::{Spec, StartResult, SurfaceStore, surfaces};
use crate::theory::Spiked;

/// Share of the theory's overlap from which on a start counts as one that met the spike.
const MET: f64 = 0.5;

/// The overlap with the hidden vector, beside the theory of Λ → ∞. An overlap is m as the records have it, |m| where r is even,
/// unless it is said that its sign is left out; all errors are over surfaces.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SpikeCheck {
    /// λ.
    pub strength: f64,
    /// r.
    pub order: u32,
    /// Surfaces on which a start ended at a critical point; all numbers are of these.
    pub surfaces: u64,
    /// Points on them: the ends of starts that converged.
    pub ends: u64,
    /// Overlap of a point, its mean on each surface.
    pub mean_overlap: Mean,
    /// Overlap of the lowest point of each surface.
    pub lowest_overlap: Mean,
    /// The same without its sign.
    pub overlap_of_lowest: Mean,
    /// Half of the overlap of the good minimum: above it a point counts as one in the good minimum; unknown without one.
    pub met_above: Option<f64>,
    /// Share of the points of a surface that are in the good minimum; unknown without one.
    pub met: Option<Mean>,
    /// Share of the surfaces whose lowest point is in the good minimum; unknown without one.
    pub lowest_met: Option<Mean>,
    /// Overlap of the good minimum, if there is one.
    pub overlap: Option<f64>,
    /// Its energy per spin.
    pub energy: Option<f64>,
    /// λ_s, from which on there is a good minimum; unknown for mixtures.
    pub lambda_s: Option<f64>,
    /// λ_ML, from which on it is the ground state; unknown for r < H.
    pub lambda_ml: Option<f64>,
}

/// Overlaps at the ends of the starts of one surface that converged.
#[derive(Debug, Clone, PartialEq)]
pub struct SurfaceOverlaps {
    /// All of them, by start; never empty.
    pub all: Vec<f64>,
    /// That of the lowest.
    pub lowest: f64,
}

impl SurfaceOverlaps {
    /// Those of some starts; none where none of them converged.
    pub fn of(starts: &[StartResult]) -> Option<Self> {
        let overlap = |start: &StartResult| start.slopes.map_or(f64::NAN, |slopes| slopes.spike_overlap);
        let lowest = converged(starts)
            .min_by(|a, b| a.record.energy_per_spin.total_cmp(&b.record.energy_per_spin))
            .map(overlap)?;
        Some(Self { all: converged(starts).map(overlap).collect(), lowest })
    }

    /// Those of all surfaces of one size.
    ///
    /// # Errors
    /// Those of the store.
    pub fn of_size(store: &SurfaceStore, dim: u32) -> Result<Vec<Self>> {
        let of_surface = |instance| Ok(Self::of(&store.surface_starts(dim, instance)?));
        let found = surfaces(store).into_iter().filter(|surface| surface.dim == dim);
        found.filter_map(|surface| of_surface(surface.instance).transpose()).collect()
    }
}

/// Starts that ended at a critical point.
pub(super) fn converged(starts: &[StartResult]) -> impl Iterator<Item = &StartResult> {
    starts.iter().filter(|start| start.record.converged() && start.record.energy_per_spin.is_finite())
}

/// The theory of the spike of a run; it is of one order with variance 1.
///
/// # Errors
/// Bad input outside what theory takes.
pub fn theory_of(spec: &Spec, spike: Spike) -> Result<Option<Spiked>> {
    let spins = spec.model().orders.as_pure().filter(|&spins| spins > 1);
    spins.map(|spins| Spiked::of_order(spins as u32, spike.strength, spike.order)).transpose()
}

/// What the starts of some surfaces say of the spike.
///
/// # Errors
/// Bad input outside what theory takes.
pub(super) fn spike_check(spec: &Spec, spike: Spike, surfaces: &[SurfaceOverlaps]) -> Result<SpikeCheck> {
    let theory = theory_of(spec, spike)?;
    let good = theory.and_then(|theory| theory.good_minimum());
    let met_above = good.map(|good| MET * good.overlap);
    let over_surfaces = |number: &dyn Fn(&SurfaceOverlaps) -> f64| {
        Mean::of(&surfaces.iter().map(number).collect::<Vec<f64>>(), None)
    };
    let is_met = |m: f64, least: f64| if m > least { 1.0 } else { 0.0 };
    let share = |of: &SurfaceOverlaps, least: f64| {
        of.all.iter().map(|&m| is_met(m, least)).sum::<f64>() / of.all.len() as f64
    };
    Ok(SpikeCheck {
        strength: spike.strength,
        order: spike.order,
        surfaces: surfaces.len() as u64,
        ends: surfaces.iter().map(|surface| surface.all.len() as u64).sum(),
        mean_overlap: over_surfaces(&|surface| mean(&surface.all)),
        lowest_overlap: over_surfaces(&|surface| surface.lowest),
        overlap_of_lowest: over_surfaces(&|surface| surface.lowest.abs()),
        met_above,
        met: met_above.map(|least| over_surfaces(&|surface| share(surface, least))),
        lowest_met: met_above.map(|least| over_surfaces(&|surface| is_met(surface.lowest, least))),
        overlap: good.map(|good| good.overlap),
        energy: good.map(|good| good.energy),
        lambda_s: theory.map(|theory| theory.lambda_s()),
        lambda_ml: theory.map(|theory| theory.lambda_ml()).transpose()?.flatten(),
    })
}
