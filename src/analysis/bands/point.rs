//! A critical point of a mixture, as the theory takes it.

use crate::studies::surfaces::{Record, Slopes, StartResult};

/// A critical point, as far as the theory of mixtures speaks of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ModelPoint {
    /// Number of negative eigenvalues.
    pub index: u32,
    /// u.
    pub energy_per_spin: f64,
    /// r.
    pub radial_slope: f64,
}

/// A certain critical point.
pub fn point(start: &StartResult) -> Option<ModelPoint> {
    let Record { energy_per_spin, .. } = start.record;
    let index = start.record.decided_index()?;
    let Slopes { radial_slope, .. } = start.slopes?;
    (energy_per_spin.is_finite() && radial_slope.is_finite()).then_some(ModelPoint {
        index,
        energy_per_spin,
        radial_slope,
    })
}
