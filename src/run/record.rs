//! What one start leaves behind.
// What is read here was written by others: whatever it is, it must not panic.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

use super::census::CensusFacts;
use super::unit::UnitKey;
use crate::descent::{Outcome, TracePoint};

/// One start: where it ended and how. Energies, gradient norm and index are those after the polish.
///
/// In a census, one critical point; both points ±w of a pair have a record.
///
/// A float that is not known is NaN here, NULL in the store, empty in CSV and `null` in JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// H.
    pub spins: u32,
    /// Λ.
    pub dim: u32,
    /// Number of the surface.
    pub instance: u32,
    /// Number of the start on its surface; of a critical point in a census, its rank by energy.
    pub start: u32,
    /// L, extensive.
    pub energy: f64,
    /// u = L/Λ.
    pub energy_per_spin: f64,
    /// L/Λ where the descent handed over to the polish, or the approach to the saddle search; unknown in a census.
    pub descent_energy_per_spin: f64,
    /// ‖g‖/√Λ.
    pub gradient_norm: f64,
    /// Number of negative eigenvalues of the Riemannian Hessian; `None` where there is no Hessian.
    pub index: Option<u32>,
    /// Smallest eigenvalue of the Riemannian Hessian.
    pub min_eigenvalue: f64,
    /// Eigenvalues within the stated tolerance of 0; `None` where there is no Hessian.
    pub undecided: Option<u32>,
    /// Descent steps before the polish; for a saddle search gradient steps to the target energy and steps of the
    /// search together; 0 in a census.
    pub steps: u64,
    /// w·w′/Λ of the points before and after the polish or the saddle search; unknown in a census.
    pub polish_overlap: f64,
    /// How the start ended.
    pub outcome: Outcome,
}

impl Record {
    /// The same record in the one form that a store gives back bit for bit: every unknown or infinite float is the
    /// same NaN, and zero has no sign.
    pub fn canonical(&self) -> Self {
        let tidy = |x: f64| if x.is_finite() { x + 0.0 } else { f64::NAN };
        Self {
            energy: tidy(self.energy),
            energy_per_spin: tidy(self.energy_per_spin),
            descent_energy_per_spin: tidy(self.descent_energy_per_spin),
            gradient_norm: tidy(self.gradient_norm),
            min_eigenvalue: tidy(self.min_eigenvalue),
            polish_overlap: tidy(self.polish_overlap),
            ..self.clone()
        }
    }

    /// Whether two records are the same bit for bit; unknown floats are the same as each other.
    pub fn same_bits(&self, other: &Self) -> bool {
        let floats = |record: &Self| {
            [
                record.energy,
                record.energy_per_spin,
                record.descent_energy_per_spin,
                record.gradient_norm,
                record.min_eigenvalue,
                record.polish_overlap,
            ]
            .map(f64::to_bits)
        };
        let rest = |record: &Self| {
            let Self { spins, dim, instance, start, index, undecided, steps, outcome, .. } = *record;
            (spins, dim, instance, start, index, undecided, steps, outcome)
        };
        let (a, b) = (self.canonical(), other.canonical());
        floats(&a) == floats(&b) && rest(&a) == rest(&b)
    }

    /// The index, where no eigenvalue is undecided.
    pub fn decided_index(&self) -> Option<u32> {
        self.index.filter(|_| self.undecided == Some(0))
    }

    /// Whether the start ended at a critical point.
    pub fn converged(&self) -> bool {
        self.outcome == Outcome::Converged
    }
}

/// All that one start hands to the store.
#[derive(Debug, Clone, PartialEq)]
pub struct StartResult {
    /// Its record.
    pub record: Record,
    /// Its final point, Λ numbers; left empty by a run that keeps no points.
    pub point: Vec<f64>,
    /// Its history; empty in a run without traces.
    pub trace: Vec<TracePoint>,
}

/// A finished unit: one transaction of the store.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitResult {
    /// Which unit.
    pub key: UnitKey,
    /// Its starts, in order; of a census its critical points, by energy.
    pub starts: Vec<StartResult>,
    /// What is known of a census beside its points; `None` in a sweep.
    pub census: Option<CensusFacts>,
}

/// Processor time spent on a surface, in seconds; outside dumps and checksums.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize)]
pub struct Timings {
    /// Drawing the couplings.
    pub draw_s: f64,
    /// Descents; of a census, following paths and all that comes after.
    pub descent_s: f64,
    /// Polishes.
    pub polish_s: f64,
    /// Spectra and indices.
    pub index_s: f64,
}

impl Timings {
    /// All parts times a factor.
    pub fn scaled(&self, factor: f64) -> Self {
        Self {
            draw_s: factor * self.draw_s,
            descent_s: factor * self.descent_s,
            polish_s: factor * self.polish_s,
            index_s: factor * self.index_s,
        }
    }

    /// Sum of all parts, in seconds.
    pub fn total_s(&self) -> f64 {
        self.draw_s + self.descent_s + self.polish_s + self.index_s
    }
}

impl std::ops::AddAssign for Timings {
    fn add_assign(&mut self, other: Self) {
        self.draw_s += other.draw_s;
        self.descent_s += other.descent_s;
        self.polish_s += other.polish_s;
        self.index_s += other.index_s;
    }
}
