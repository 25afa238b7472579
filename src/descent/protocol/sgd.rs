//! Gradients of sample tensors in turn, then the full gradient.

use crate::Result;
use crate::descent::constants::{Constants, DeviceClass};
use crate::descent::method::Method;
use crate::descent::phases::{FullPhase, Phases, SamplePhase};
use crate::descent::rules::Rules;

/// One sample tensor per step in cyclic order, then the full gradient.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sgd {
    /// Steps along the gradients of sample tensors.
    pub sampling: SamplePhase,
    /// Steps along the full gradient.
    pub full: FullPhase,
    /// What descends.
    pub device: DeviceClass,
}

/// γ published for H = 3, moved to order H with the stability limit: `γ · √(6 / (H(H−1)))`.
fn rate_at_order(published: f64, spins: u32) -> f64 {
    let h = f64::from(spins);
    published * (6.0 / (h * (h - 1.0))).sqrt()
}

impl Sgd {
    /// The published constants (public code behind the paper's figure), with P = 2, which was never published.
    pub fn literal(spins: u32) -> Self {
        Self {
            sampling: SamplePhase { samples: 2, cycles: 500, rate: rate_at_order(0.3, spins) },
            full: FullPhase { steps: 1000, rate: rate_at_order(0.2, spins), decay: 0.0015, handover: 1e-6 },
            device: DeviceClass::Cpu,
        }
    }

    /// The default of new runs: the published rates with fewer steps and an earlier hand-over to the polish, chosen by
    /// measurement (docs/protocols.md).
    pub fn paper(spins: u32) -> Self {
        Self::paper_by(Rules::CURRENT, spins)
    }

    /// The default of runs that follow these rules. Until 0.1 the sample phase was a third as long, and the energies
    /// per spin were higher by some 0.002 at Λ = 200 to 400.
    pub fn paper_by(rules: Rules, spins: u32) -> Self {
        let Self { sampling, full, device } = Self::literal(spins);
        let cycles = if rules.is_first() { 100 } else { 300 };
        Self {
            sampling: SamplePhase { cycles, ..sampling },
            full: FullPhase { steps: 500, handover: 1e-3, ..full },
            device,
        }
    }

    pub(super) fn of(constants: &Constants) -> Self {
        let Constants { samples, cycles, sample_rate, device, .. } = *constants;
        let sampling = SamplePhase { samples, cycles, rate: sample_rate };
        Self { sampling, full: FullPhase::of(constants), device }
    }
}

impl From<Sgd> for Phases {
    fn from(sgd: Sgd) -> Self {
        Self { sampling: Some(sgd.sampling), full: sgd.full }
    }
}

impl Method for Sgd {
    fn constants(&self) -> Constants {
        let SamplePhase { samples, cycles, rate } = self.sampling;
        Constants { samples, cycles, sample_rate: rate, device: self.device, ..self.full.constants() }
    }

    fn check(&self) -> Result<()> {
        self.sampling.check()?;
        self.full.check()
    }

    fn samples(&self) -> u32 {
        self.sampling.samples
    }

    fn first_steps(&self) -> u64 {
        self.sampling.steps()
    }

    fn full_steps(&self) -> u32 {
        self.full.steps
    }

    fn device(&self) -> DeviceClass {
        self.device
    }

    fn describe(&self, name: &str, _: &dyn Fn(f64) -> String) -> String {
        let Self { sampling, full, .. } = self;
        format!(
            "{name}: P = {}, {} sample steps, up to {} full",
            sampling.samples,
            sampling.steps(),
            full.steps
        )
    }
}
