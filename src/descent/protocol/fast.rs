//! Limited-memory BFGS along the full gradient.

use crate::descent::constants::Constants;
use crate::descent::method::Method;
use crate::descent::phases::FullPhase;
use crate::error::{Error, Result, check_range};

/// Least and most pairs of steps and changes of the gradient.
pub const PAIRS: [u32; 2] = [1, 64];
/// Pairs of the default: more save no gradients (docs/protocols.md).
const DEFAULT_PAIRS: u32 = 6;
/// Power of Λ with which the mean number of gradients grows (fitted, H = 3, Λ = 25 … 500).
const GROWTH: f64 = 0.46;

/// Limited-memory BFGS on the sphere, along the full gradient: few gradients for a minimum.
///
/// `w ← retract(w − B g)`, where B, of limited memory, follows from the last steps and what they changed the gradient by;
/// [`QuasiNewton`](crate::descent::QuasiNewton) says how. It ends once ‖g‖/√Λ ≤ `handover`, or after `steps`; refused steps
/// count. Its paths are not those of gradient descent, and it need not reach the same minima with the same frequencies.
///
/// # Reference
/// Nocedal (1980), *Updating quasi-Newton matrices with limited storage*, Math. Comp. 35.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fast {
    /// Pairs of a step and a change of the gradient that a start remembers.
    pub pairs: u32,
    /// Most steps, of one gradient each.
    pub steps: u32,
    /// γ of the first step, `w ← retract(w − γ g)`, in units of one over the couplings' root mean square.
    pub rate: f64,
    /// ‖g‖/√Λ at which the polish takes over, in units of the couplings' root mean square.
    pub handover: f64,
}

impl Fast {
    /// Six pairs, a first step of [`FullPhase::gd`], at most 2000 steps, to ‖g‖/√Λ = 1e-3.
    pub fn new(spins: u32) -> Self {
        let FullPhase { steps, rate, handover, .. } = FullPhase::gd(spins);
        Self { pairs: DEFAULT_PAIRS, steps, rate, handover }
    }

    /// The same descent on a landscape that is so many times higher.
    pub fn at_scale(self, scale: f64) -> Self {
        let FullPhase { rate, handover, .. } = self.full().at_scale(scale);
        Self { rate, handover, ..self }
    }

    fn full(&self) -> FullPhase {
        let Self { steps, rate, handover, .. } = *self;
        FullPhase { steps, rate, decay: 0.0, handover }
    }

    pub(super) fn of(constants: &Constants) -> Result<Self> {
        let FullPhase { steps, rate, decay, handover } = FullPhase::of(constants);
        if decay != 0.0 {
            return Err(Error::bad_input("descent.decay", decay, "0: only the first step has a rate"));
        }
        let [least, most] = PAIRS;
        let allowed = format!("a whole number from {least} to {most} with protocol fast");
        let pairs = constants.pairs.ok_or_else(|| Error::bad_input("descent.pairs", "(none)", allowed))?;
        Ok(Self { pairs, steps, rate, handover })
    }
}

impl Method for Fast {
    fn constants(&self) -> Constants {
        Constants { pairs: Some(self.pairs), ..self.full().constants() }
    }

    fn check(&self) -> Result<()> {
        check_range("descent.pairs", self.pairs, PAIRS)?;
        self.full().check()
    }

    fn full_steps(&self) -> u32 {
        self.steps
    }

    fn growth_of_steps(&self) -> f64 {
        GROWTH
    }

    /// The point itself, its gradient and its step; two to a pair.
    fn points_held(&self) -> u64 {
        3 + 2 * u64::from(self.pairs)
    }

    fn describe(&self, name: &str, _: &dyn Fn(f64) -> String) -> String {
        let Self { pairs, steps, .. } = self;
        let word = if *pairs == 1 { "pair" } else { "pairs" };
        format!("{name}: limited-memory BFGS with {pairs} {word}, up to {steps} gradients")
    }
}
