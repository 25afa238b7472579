//! Langevin moves at falling temperature, then the full gradient.

use crate::Result;
use crate::descent::constants::Constants;
use crate::descent::cooling::{Cooling, dynamical_temperature};
use crate::descent::method::Method;
use crate::descent::phases::FullPhase;
use crate::error::Error;

/// Langevin moves at falling temperature, then the full gradient.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Anneal {
    /// The moves.
    pub cooling: Cooling,
    /// Steps along the full gradient.
    pub full: FullPhase,
}

impl Anneal {
    /// Annealing from 1.25 to 0.6 of the dynamical temperature, where slow cooling is worth most; moves at 0.72 of the
    /// stability limit. Chosen by measurement (benches/README.md, "Annealing").
    pub fn new(spins: u32) -> Self {
        let full = FullPhase::gd(spins);
        let hot = 1.25 * dynamical_temperature(spins);
        Self { cooling: Cooling { sweeps: 2000, hot, cold: 0.48 * hot, rate: 0.9 * full.rate }, full }
    }

    pub(super) fn of(constants: &Constants) -> Result<Self> {
        let allowed = "sweeps, hot, cold and rate with protocol anneal";
        let cooling =
            constants.cooling.ok_or_else(|| Error::bad_input("descent.cooling", "(none)", allowed))?;
        Ok(Self { cooling, full: FullPhase::of(constants) })
    }
}

impl Method for Anneal {
    fn constants(&self) -> Constants {
        Constants { cooling: Some(self.cooling), ..self.full.constants() }
    }

    fn check(&self) -> Result<()> {
        self.cooling.check()?;
        self.full.check()
    }

    fn first_steps(&self) -> u64 {
        u64::from(self.cooling.sweeps)
    }

    fn full_steps(&self) -> u32 {
        self.full.steps
    }

    fn describe(&self, _: &str, number: &dyn Fn(f64) -> String) -> String {
        let Cooling { sweeps, hot, cold, .. } = self.cooling;
        let word = if sweeps == 1 { "sweep" } else { "sweeps" };
        let [hot, cold] = [hot, cold].map(number);
        format!("annealing from T = {hot} to {cold} in {sweeps} {word}, up to {} full steps", self.full.steps)
    }
}
