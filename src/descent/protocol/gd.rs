//! The full gradient alone.

use crate::Result;
use crate::descent::constants::{Constants, DeviceClass};
use crate::descent::method::Method;
use crate::descent::phases::{FullPhase, Phases};

/// The full gradient only.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gd {
    /// Steps along the full gradient.
    pub full: FullPhase,
    /// What descends.
    pub device: DeviceClass,
}

impl Gd {
    /// Its default at order H: [`FullPhase::gd`].
    pub fn new(spins: u32) -> Self {
        Self { full: FullPhase::gd(spins), device: DeviceClass::Cpu }
    }

    pub(super) fn of(constants: &Constants) -> Self {
        Self { full: FullPhase::of(constants), device: constants.device }
    }
}

impl From<Gd> for Phases {
    fn from(gd: Gd) -> Self {
        gd.full.into()
    }
}

impl Method for Gd {
    fn constants(&self) -> Constants {
        Constants { device: self.device, ..self.full.constants() }
    }

    fn check(&self) -> Result<()> {
        self.full.check()
    }

    fn full_steps(&self) -> u32 {
        self.full.steps
    }

    fn device(&self) -> DeviceClass {
        self.device
    }

    fn describe(&self, name: &str, _: &dyn Fn(f64) -> String) -> String {
        let steps = self.full.steps;
        format!("{name}: up to {steps} {}", if steps == 1 { "step" } else { "steps" })
    }
}
