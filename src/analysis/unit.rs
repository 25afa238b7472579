//! What energies are measured in: a tensor of the user's own has a scale, and only u/s compares with theory.

use crate::studies::surfaces::Couplings;
use serde::Serialize;

/// What the energies are measured in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum EnergyUnit {
    /// That of the model: couplings are random.
    Model,
    /// The scale s of the user's own tensor: u/s compares with the model.
    Scale(f64),
    /// The user's own tensor, whose scale release 0.1 did not store.
    Unknown,
}

impl EnergyUnit {
    pub fn of(couplings: &Couplings) -> Self {
        match (couplings, couplings.scale()) {
            (Couplings::Random, _) => Self::Model,
            (_, Some(scale)) => Self::Scale(scale),
            (_, None) => Self::Unknown,
        }
    }

    /// In the units of the records.
    pub fn size(self) -> f64 {
        if let Self::Scale(scale) = self { scale } else { 1.0 }
    }
}

/// Energies per spin over converged starts in units of the scale s of the user's own tensor: what compares with theory.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OverScale {
    /// Mean.
    pub mean_over_s: Option<f64>,
    /// Its standard error.
    pub standard_error_over_s: Option<f64>,
    /// Standard deviation over starts.
    pub sd_over_s: Option<f64>,
    /// Lowest.
    pub min_over_s: Option<f64>,
    /// Highest.
    pub max_over_s: Option<f64>,
}
