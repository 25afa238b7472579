//! Couplings that are not Gaussian beside the Gaussian model: numbers and their differences, no test.
//!
//! Exact means are of Gaussian couplings. What another law, or an array of the user's own, has in common with them is a question
//! of universality, not of a model that is right or wrong; so no verdict is drawn from a difference.

use itertools::Itertools;
use serde::Serialize;

use super::sample::SoughtPoints;
use super::spike::converged;
use super::statistics::Mean;
use crate::Result;
use crate::analysis::model::{LimitEnergies, limits_without_spike, mixture_of};
use crate::studies::surfaces::{Record, StartResult, SurfaceId, SurfaceStore, rows};
use crate::theory::{Mixture, MixtureCounts};

/// The minima that were found on a surface, and where all points or starts ended; energies per spin, in units of the scale s
/// of the user's own array.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SurfaceEnergies {
    /// Distinct minima, both of each pair ±w; none where points were not kept or none were sought.
    pub minima: Option<Vec<f64>>,
    /// Lowest energy reached.
    pub lowest: Option<f64>,
}

/// Which number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Distinct minima on a surface; in descents those that were found.
    Minima,
    /// Mean energy per spin of these minima, each counted once.
    EnergyOfMinima,
    /// Mean over surfaces of the lowest energy per spin.
    Lowest,
}

/// A number of the run beside that of Gaussian couplings. No verdict follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Difference {
    /// Which number.
    pub quantity: Quantity,
    /// Whether the Gaussian number is the limit Λ → ∞; if not it is exact at this Λ.
    pub is_limit: bool,
    /// Of the run.
    pub observed: f64,
    /// Of Gaussian couplings.
    pub gaussian: f64,
    /// observed − gaussian.
    pub difference: f64,
    /// Of the difference, over surfaces; none for one surface.
    pub standard_error: Option<f64>,
}

/// Numbers of a run beside those of Gaussian couplings; of each surface its number and its starts.
///
/// # Errors
/// Those of the store; bad input outside what theory takes.
pub(super) fn differences_of_run(
    store: &SurfaceStore,
    dim: u32,
    surfaces: &[(u32, Vec<StartResult>)],
) -> Result<Vec<Difference>> {
    let spec = store.spec();
    let scale = spec.couplings.scale().unwrap_or(1.0);
    let each = surfaces.iter().map(|(instance, starts)| {
        let energies = converged(starts).map(|start| start.record.energy_per_spin / scale);
        let lowest = energies.reduce(f64::min);
        let is_minimum = |record: &Record| record.decided_index() == Some(0);
        let minima = match SoughtPoints::of(spec) {
            SoughtPoints::Saddle => None,
            SoughtPoints::Census => {
                let minima = starts.iter().map(|start| &start.record).filter(|record| is_minimum(record));
                Some(minima.map(|record| record.energy_per_spin / scale).collect())
            }
            SoughtPoints::Descent => {
                let rows = rows(store, SurfaceId { dim, instance: *instance })?;
                let minima = rows.iter().filter(|row| row.record.converged() && is_minimum(&row.record));
                let known: Option<Vec<_>> =
                    minima.map(|row| Some((row.distinct?, row.record.energy_per_spin / scale))).collect();
                let pair = if spec.is_even() { 2 } else { 1 };
                known.map(|known| {
                    let distinct = known.into_iter().unique_by(|(id, _)| *id);
                    distinct.flat_map(|(_, energy)| std::iter::repeat_n(energy, pair)).collect()
                })
            }
        };
        Ok(SurfaceEnergies { minima, lowest })
    });
    let each = each.collect::<Result<Vec<_>>>()?;
    differences(&mixture_of(spec)?, dim, &each, &limits_without_spike(spec)?)
}

/// Every number that is known of both.
///
/// # Errors
/// Bad input outside what theory takes.
pub fn differences(
    mixture: &Mixture,
    dim: u32,
    surfaces: &[SurfaceEnergies],
    limits: &LimitEnergies,
) -> Result<Vec<Difference>> {
    let minima: Option<Vec<&[f64]>> = surfaces.iter().map(|surface| surface.minima.as_deref()).collect();
    let lowest: Vec<f64> = surfaces.iter().filter_map(|surface| surface.lowest).collect();
    let mut found = Vec::new();
    if let Some(minima) = minima.filter(|minima| !minima.is_empty()) {
        let mut counts = MixtureCounts::new(mixture, dim)?;
        let numbers: Vec<f64> = minima.iter().map(|minima| minima.len() as f64).collect();
        let exact = counts.by_index(0, &[f64::INFINITY]).ok().and_then(|counts| counts[0]);
        let number = Mean::of(&numbers, None);
        let exact = exact.map(|count| count.value());
        found.extend(exact.map(|exact| Difference::new(Quantity::Minima, false, (&number, exact))));
        let law = counts.energy_law(0).ok();
        let energy = of_each(&minima);
        let both = energy.zip(law);
        found.extend(
            both.map(|(energy, law)| Difference::new(Quantity::EnergyOfMinima, false, (&energy, law.mean))),
        );
    }
    let limit = limits.e_0.filter(|_| !lowest.is_empty());
    let of_lowest = Mean::of(&lowest, None);
    found.extend(limit.map(|e_0| Difference::new(Quantity::Lowest, true, (&of_lowest, -e_0))));
    Ok(found)
}

impl Difference {
    fn new(quantity: Quantity, is_limit: bool, (mean, gaussian): (&Mean, f64)) -> Self {
        let Mean { observed, standard_error, .. } = *mean;
        Self { quantity, is_limit, observed, gaussian, difference: observed - gaussian, standard_error }
    }
}

/// Mean energy of the minima of all surfaces together, Σu/n, with its error over surfaces; none without minima.
fn of_each(minima: &[&[f64]]) -> Option<Mean> {
    let all = minima.iter().map(|minima| minima.len()).sum::<usize>() as f64;
    let observed = minima.iter().flat_map(|minima| *minima).sum::<f64>() / all;
    // Each surface's part of the deviation, whose mean is 0.
    let per_surface = all / minima.len() as f64;
    let parts: Vec<f64> =
        minima.iter().map(|minima| minima.iter().map(|u| u - observed).sum::<f64>() / per_surface).collect();
    (all > 0.0).then(|| Mean { observed, ..Mean::of(&parts, None) })
}
