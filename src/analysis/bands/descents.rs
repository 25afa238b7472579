//! Where descents of one size ended.

/// A minimum that starts on a surface found; at even H a pair ±w.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Minimum {
    /// u.
    pub energy_per_spin: f64,
    /// Starts that ended there.
    pub starts: u64,
    /// Mean eigenvalue of the Riemannian Hessian there; none where it was not worked out.
    pub mean_eigenvalue: Option<f64>,
}

/// Where the starts on one surface ended.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Descents {
    /// Energy per spin of each start that ended at a minimum.
    pub energies: Vec<f64>,
    /// Distinct minima. None where points were not kept.
    pub minima: Option<Vec<Minimum>>,
    /// Starts that ended elsewhere: not converged, of index above 0, or of undecided index.
    pub elsewhere: u64,
}

/// Descents of one size.
#[derive(Debug, Clone, PartialEq)]
pub struct DescentSample {
    /// H.
    pub spins: u32,
    /// Λ.
    pub dim: u32,
    /// By surface.
    pub surfaces: Vec<Descents>,
}

impl DescentSample {
    /// Points on the sphere that are one minimum found: ±w at even H.
    pub(super) fn signs(&self) -> f64 {
        if self.spins.is_multiple_of(2) { 2.0 } else { 1.0 }
    }
}
