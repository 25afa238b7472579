//! Temperatures, what they may be, and the rates that follow from them and the model.

use crate::theory::mixed::{Mixture, static_transition};
use crate::{Error, Result};

/// Temperatures of the dynamics and of the start, in units in which L has variance Λ ξ(1).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Conditions {
    /// T ≥ 0; 0 is gradient flow.
    pub temperature: f64,
    /// T′ of equilibrium at t = 0; `None` starts uniformly.
    pub start_temperature: Option<f64>,
}

impl Conditions {
    /// 1/T′, 0 for a uniform start.
    pub(super) fn start_beta(self) -> f64 {
        self.start_temperature.map_or(0.0, f64::recip)
    }
}

/// Rates of the equations.
#[derive(Debug, Clone, Copy)]
pub struct Scales {
    /// Largest rate of relaxation but for μ: the half-width 2√ξ″ of the Hessian's spectrum, or √ξ′ of a field.
    pub rate: f64,
    /// About what μ comes to.
    pub multiplier: f64,
}

/// Width of the narrowest panel, in units of 1/rate.
const NARROWEST: f64 = 1.2;

impl Scales {
    pub fn new(mixture: &Mixture, conditions: Conditions) -> Self {
        let [slope, curvature] = [1, 2].map(|n| mixture.derivative(n, 1.0));
        let rate = (2.0 * curvature.sqrt()).max(slope.sqrt());
        let beta = conditions.start_beta().max(conditions.temperature.recip().min(rate / slope));
        Self { rate, multiplier: conditions.temperature + beta * slope }
    }

    /// Halvings of panels for times up to `latest`.
    pub fn depth(self, latest: f64) -> u32 {
        ((latest * self.rate.max(self.multiplier) / NARROWEST).log2().ceil().max(3.0) as u32).min(60)
    }
}

/// Whether the equations hold.
///
/// # Errors
/// Those of [`Dynamics::new`](super::Dynamics::new).
pub fn check(mixture: &Mixture, conditions: Conditions) -> Result<()> {
    let Conditions { temperature, start_temperature } = conditions;
    if !(temperature.is_finite() && temperature >= 0.0) {
        return Err(Error::bad_input(
            "temperature",
            temperature,
            "a finite number, at least 0 (gradient flow)",
        ));
    }
    let Some(start) = start_temperature else { return Ok(()) };
    if mixture.field() > 0.0 {
        let allowed =
            "a model without a random field (order 1): with one, equilibrium is not the annealed one";
        return Err(Error::bad_input("start-temperature", start, allowed));
    }
    let lowest = static_transition(mixture);
    if !(start.is_finite() && start >= lowest) {
        let allowed = format!(
            "a finite temperature from T_s = {lowest:.6} on: below it equilibrium is spread over few states, which these equations do not hold for"
        );
        return Err(Error::bad_input("start-temperature", start, allowed));
    }
    Ok(())
}
