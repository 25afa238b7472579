//! Phases of a descent: steps along sample gradients, steps along the full gradient.

use super::constants::Constants;
use crate::error::{Error, Result, check_positive, check_range};

/// Least and most sample tensors.
pub const SAMPLES: [u32; 2] = [1, 4096];
/// Least and most passes through the sample tensors.
pub const CYCLES: [u32; 2] = [1, 1_000_000];
/// Most steps of the full-gradient phase.
pub const FULL_STEPS: u32 = 100_000_000;

/// Steps along the gradient of one sample tensor each, `t = 1 … cycles · samples`: `w ← retract(w − γ_t g_b(w))`,
/// `γ_t = rate / (1 + decay · t)`, b cyclic; the decay is that of the [`FullPhase`] which follows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SamplePhase {
    /// Number P of sample tensors.
    pub samples: u32,
    /// Passes through the P sample tensors.
    pub cycles: u32,
    /// γ_0, in units of one over the couplings' root mean square.
    pub rate: f64,
}

/// Steps along the full gradient, `k = 1 … steps`: `w ← retract(w − γ_k g(w))`, `γ_k = rate / (1 + decay · k)`, ended early
/// once ‖g‖/√Λ ≤ `handover`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FullPhase {
    /// Most steps.
    pub steps: u32,
    /// γ_1, in units of one over the couplings' root mean square.
    pub rate: f64,
    /// Decay of the rate per step; of the rate of a sample phase before it, too.
    pub decay: f64,
    /// ‖g‖/√Λ at which the phase ends. Like the rates, in units of the couplings' root mean square, which is 1 for random
    /// surfaces.
    pub handover: f64,
}

/// The phases of a gradient descent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Phases {
    /// The first one, if there is one.
    pub sampling: Option<SamplePhase>,
    /// The last one.
    pub full: FullPhase,
}

impl SamplePhase {
    /// Its number of steps.
    pub fn steps(&self) -> u64 {
        u64::from(self.samples) * u64::from(self.cycles)
    }

    pub(super) fn check(&self) -> Result<()> {
        check_range("samples", self.samples, SAMPLES)?;
        check_range("descent.cycles", self.cycles, CYCLES)?;
        check_positive("descent.sample_rate", self.rate)
    }
}

impl FullPhase {
    /// 0.8 of the stability limit, `γ = 0.8 / (2√(H(H−1)))`, at most 2000 steps, to ‖g‖/√Λ = 1e-3.
    pub fn gd(spins: u32) -> Self {
        let h = f64::from(spins);
        Self { steps: 2000, rate: 0.8 / (2.0 * (h * (h - 1.0)).sqrt()), decay: 0.0, handover: 1e-3 }
    }

    /// The same phase on a landscape that is so many times higher: its gradients are longer, its rates shorter.
    pub fn at_scale(self, scale: f64) -> Self {
        Self { rate: self.rate / scale, handover: self.handover * scale, ..self }
    }

    pub(super) fn of(constants: &Constants) -> Self {
        let Constants { full_steps, full_rate, decay, handover, .. } = *constants;
        Self { steps: full_steps, rate: full_rate, decay, handover }
    }

    /// As written, with no other phase before it.
    pub(super) fn constants(&self) -> Constants {
        let Self { steps, rate, decay, handover } = *self;
        Constants { full_steps: steps, full_rate: rate, decay, handover, ..Constants::default() }
    }

    pub(super) fn check(&self) -> Result<()> {
        check_range("descent.full_steps", self.steps, [0, FULL_STEPS])?;
        check_positive("descent.full_rate", self.rate)?;
        check_positive("descent.handover", self.handover)?;
        if self.decay.is_finite() && self.decay >= 0.0 {
            return Ok(());
        }
        Err(Error::bad_input("descent.decay", self.decay, "a finite number of at least 0"))
    }
}

impl Phases {
    /// Steps of the sample phase.
    pub fn sample_steps(&self) -> u64 {
        self.sampling.map_or(0, |sampling| sampling.steps())
    }

    /// Number of sample tensors.
    pub fn samples(&self) -> usize {
        self.sampling.map_or(0, |sampling| sampling.samples as usize)
    }

    /// Most steps.
    pub fn most_steps(&self) -> u64 {
        self.sample_steps() + u64::from(self.full.steps)
    }

    /// The same phases on a landscape that is so many times higher.
    pub fn at_scale(self, scale: f64) -> Self {
        let sampling = self.sampling.map(|sampling| SamplePhase { rate: sampling.rate / scale, ..sampling });
        Self { sampling, full: self.full.at_scale(scale) }
    }
}

impl From<FullPhase> for Phases {
    fn from(full: FullPhase) -> Self {
        Self { sampling: None, full }
    }
}
