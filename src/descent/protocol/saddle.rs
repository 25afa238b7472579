//! Approach to a target energy, from where a saddle search begins.

use crate::descent::constants::Constants;
use crate::descent::method::{Method, Sought};
use crate::descent::phases::FullPhase;
use crate::error::{Error, Result};

/// Largest |target energy per spin|: beyond the ground state of every order.
pub const TARGET: f64 = 10.0;
/// Largest Λ of a preset: a saddle search costs some forty eigenproblems a start.
const LARGEST_PRESET_DIM: u32 = 200;

/// Along the full gradient, down or up, to a target energy; from there a search for a critical point of any index.
///
/// `w ← retract(w − γ g)` with γ between ∓`rate`, chosen for the start's target energy; ended at the target, once
/// ‖g‖/√Λ ≤ `handover`, or after `steps`. Then the saddle search takes over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Saddle {
    /// Lowest and highest target energy per spin, in units of the couplings' scale.
    pub targets: [f64; 2],
    /// Most steps of the approach.
    pub steps: u32,
    /// Largest |γ|, in units of one over the couplings' root mean square.
    pub rate: f64,
    /// ‖g‖/√Λ at which the approach ends, in units of the couplings' root mean square.
    pub handover: f64,
}

impl Saddle {
    /// Saddle search from energies between ∓E_∞ = ∓2√((H−1)/H): there the bulk of the Hessian's spectrum crosses 0,
    /// and critical points of every index fraction lie. Most targets near the ends are beyond what any gradient
    /// reaches at finite Λ; such starts search from where the gradient leaves them, near minima or maxima.
    pub fn new(spins: u32) -> Self {
        let h = f64::from(spins);
        let threshold = 2.0 * ((h - 1.0) / h).sqrt();
        let FullPhase { rate, handover, .. } = FullPhase::gd(spins);
        Self { targets: [-threshold, threshold], steps: 500, rate, handover }
    }

    /// The target energy per spin of a start at this [place](crate::descent::StartInputs::place) in [0, 1).
    pub fn target(&self, place: f64) -> f64 {
        let [low, high] = self.targets;
        low + (high - low) * place
    }

    /// The same approach on a landscape that is so many times higher; targets stay in units of its scale.
    pub fn at_scale(self, scale: f64) -> Self {
        let FullPhase { rate, handover, .. } = self.approach().at_scale(scale);
        Self { rate, handover, ..self }
    }

    fn approach(&self) -> FullPhase {
        let Self { steps, rate, handover, .. } = *self;
        FullPhase { steps, rate, decay: 0.0, handover }
    }

    pub(super) fn of(constants: &Constants) -> Result<Self> {
        let FullPhase { steps, rate, decay, handover } = FullPhase::of(constants);
        if decay != 0.0 {
            let none = "0: the rates of an approach follow from its target";
            return Err(Error::bad_input("descent.decay", decay, none));
        }
        let targets = constants.targets.ok_or_else(|| refused("(none)".to_owned()))?;
        Ok(Self { targets, steps, rate, handover })
    }
}

fn refused(targets: String) -> Error {
    let allowed = format!("two energies per spin in [-{TARGET}, {TARGET}], the lower one first");
    Error::bad_input("descent.targets", targets, allowed)
}

impl Method for Saddle {
    fn constants(&self) -> Constants {
        Constants { targets: Some(self.targets), ..self.approach().constants() }
    }

    fn check(&self) -> Result<()> {
        let [low, high] = self.targets;
        if !(low.abs() <= TARGET && high.abs() <= TARGET && low <= high) {
            return Err(refused(format!("{:?}", self.targets)));
        }
        self.approach().check()
    }

    fn sought(&self) -> Sought {
        Sought::AnyIndex
    }

    fn full_steps(&self) -> u32 {
        self.steps
    }

    fn largest_preset_dim(&self) -> u32 {
        LARGEST_PRESET_DIM
    }

    fn describe(&self, name: &str, _: &dyn Fn(f64) -> String) -> String {
        let [low, high] = self.targets;
        format!("{name} search from u = {low:.4} to {high:.4}")
    }
}
