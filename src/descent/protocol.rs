//! What a descent does before the polish: constants that define a run.

use serde::{Deserialize, Serialize};

/// Which gradient the first phase follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// One sample tensor per step in cyclic order, then the full gradient.
    Sgd,
    /// The full gradient only.
    Gd,
}

/// Constants of a descent. All of them are part of what a run *is*: changing one makes another run.
///
/// Sample phase, `t = 1 … cycles · samples`: `w ← retract(w − γ_t g_b(w))`, `γ_t = sample_rate / (1 + decay · t)`,
/// b cyclic. Full phase, `k = 1 … full_steps`: the same with the full gradient and `full_rate / (1 + decay · k)`,
/// ended early once ‖g‖/√Λ ≤ `handover`. Then the polish takes over.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Protocol {
    /// Which gradient the first phase follows.
    pub method: Method,
    /// Number P of sample tensors; 0 for `gd`.
    pub samples: u32,
    /// Passes through the P sample tensors; 0 for `gd`.
    pub cycles: u32,
    /// γ_0 of the sample phase.
    pub sample_rate: f64,
    /// Most steps of the full-gradient phase.
    pub full_steps: u32,
    /// γ_1 of the full-gradient phase.
    pub full_rate: f64,
    /// Decay of both rates per step.
    pub decay: f64,
    /// ‖g‖/√Λ at which the full phase hands over to the polish. Like the rates, in units of the couplings' root mean
    /// square, which is 1 for random surfaces.
    pub handover: f64,
}

/// γ published for H = 3, moved to order H with the stability limit: `γ · √(6 / (H(H−1)))`.
fn rate_at_order(published: f64, spins: u32) -> f64 {
    let h = f64::from(spins);
    published * (6.0 / (h * (h - 1.0))).sqrt()
}

impl Protocol {
    /// The published constants (public code behind the paper's figure), with P = 2, which was never published.
    pub fn literal(spins: u32) -> Self {
        Self {
            method: Method::Sgd,
            samples: 2,
            cycles: 500,
            sample_rate: rate_at_order(0.3, spins),
            full_steps: 1000,
            full_rate: rate_at_order(0.2, spins),
            decay: 0.0015,
            handover: 1e-6,
        }
    }

    /// The default: the published rates with fewer steps and an earlier hand-over to the polish, chosen by
    /// measurement (README, "The default protocol, and `--preset literal`").
    pub fn paper(spins: u32) -> Self {
        Self { cycles: 100, full_steps: 500, handover: 1e-3, ..Self::literal(spins) }
    }

    /// Full-gradient descent at 0.8 of the stability limit, `γ = 0.8 / (2√(H(H−1)))`.
    pub fn gd(spins: u32) -> Self {
        let h = f64::from(spins);
        Self {
            method: Method::Gd,
            samples: 0,
            cycles: 0,
            sample_rate: 0.0,
            full_steps: 2000,
            full_rate: 0.8 / (2.0 * (h * (h - 1.0)).sqrt()),
            decay: 0.0,
            handover: 1e-3,
        }
    }

    /// Steps of the sample phase.
    pub fn sample_steps(&self) -> u64 {
        u64::from(self.samples) * u64::from(self.cycles)
    }
}
