//! Overlaps with the spike and radial slopes of one size of a run, in a few numbers.

use serde::Serialize;

use super::networks::estimate::{error_of_mean, mean};
use crate::studies::surfaces::{CriticalPointRow, Slopes, Spec};

/// What the starts of one size say of the spike and of the radial slope, over converged starts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct SlopesSummary {
    /// Overlap m with the hidden vector, |m| where the spike's order is even; absent without a spike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spike_overlap: Option<OverlapSummary>,
    /// Radial slope r = w·∇L/Λ; absent where it is a multiple of the energy, in models of one order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub radial_slope: Option<SlopeSummary>,
}

/// Overlaps with the hidden vector.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OverlapSummary {
    /// Mean.
    pub mean: Option<f64>,
    /// Its standard error, taken over what that of the mean energy is taken over.
    pub standard_error: Option<f64>,
    /// Largest.
    pub max: Option<f64>,
    /// At the lowest energy.
    pub at_min: Option<f64>,
}

/// Radial slopes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SlopeSummary {
    /// Mean.
    pub mean: Option<f64>,
    /// Its standard error, taken over what that of the mean energy is taken over.
    pub standard_error: Option<f64>,
}

/// Slopes of the starts that converged.
#[derive(Debug, Clone, Default)]
pub struct SlopeTally {
    surfaces: Vec<Vec<Slopes>>,
    /// The lowest energy, and the overlap there.
    lowest: Option<(f64, f64)>,
}

impl SlopeTally {
    /// Takes the converged starts of one surface.
    pub fn add_surface(&mut self, rows: &[&CriticalPointRow]) {
        let finite = rows.iter().filter(|row| row.record.energy_per_spin.is_finite());
        let known: Vec<(f64, Slopes)> =
            finite.filter_map(|row| Some((row.record.energy_per_spin, row.slopes?))).collect();
        let energies = known.iter().map(|(energy, slopes)| (*energy, slopes.spike_overlap));
        self.lowest = self.lowest.into_iter().chain(energies).min_by(|a, b| a.0.total_cmp(&b.0));
        if !known.is_empty() {
            self.surfaces.push(known.into_iter().map(|(_, slopes)| slopes).collect());
        }
    }

    /// What they come to in a run of this spec.
    pub fn close(&self, spec: &Spec) -> SlopesSummary {
        let has_slopes = spec.has_slopes();
        let overlap = |slopes: &Slopes| slopes.spike_overlap;
        let spiked = has_slopes && spec.model().spike.is_some();
        let spike_overlap = spiked.then(|| {
            let SlopeSummary { mean, standard_error } = self.mean_of(overlap);
            let all = self.surfaces.iter().flatten().map(overlap);
            OverlapSummary {
                mean,
                standard_error,
                max: all.reduce(f64::max),
                at_min: self.lowest.map(|(_, overlap)| overlap),
            }
        });
        let radial_slope =
            (has_slopes && !spec.is_homogeneous()).then(|| self.mean_of(|slopes| slopes.radial_slope));
        SlopesSummary { spike_overlap, radial_slope }
    }

    /// The mean over all starts, its error over surfaces where there are several.
    fn mean_of(&self, of: impl Fn(&Slopes) -> f64) -> SlopeSummary {
        let by_surface: Vec<Vec<f64>> =
            self.surfaces.iter().map(|surface| surface.iter().map(&of).collect()).collect();
        let all = by_surface.concat();
        let means: Vec<f64> = by_surface.iter().filter_map(|surface| mean(surface)).collect();
        let sample = if means.len() > 1 { &means } else { &all };
        SlopeSummary { mean: mean(&all), standard_error: error_of_mean(sample) }
    }
}
