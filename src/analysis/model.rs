//! What theory says of the model of a run: one order, or a mixture.

use itertools::Itertools;
use serde::Serialize;

use crate::error::Result;
use crate::hamiltonian::Law;
use crate::numeric::text::written;
use crate::studies::surfaces::{Couplings, Spec};
use crate::theory::{Mixture, MixtureThresholds, Thresholds};

/// Λ → ∞ energies per spin to hold the data against, as positive numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LimitEnergies {
    /// E_0: the ground state tends to −E_0.
    pub e_0: Option<f64>,
    /// E_∞ of one order: minima give way to saddles above −E_∞. Of a mixture E_th, where typical critical points become
    /// marginal; none with a field.
    pub e_inf: Option<f64>,
    /// E_alg of a mixture, which Hessian descent reaches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub e_alg: Option<f64>,
    /// Phase of the ground state of a mixture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<&'static str>,
}

/// The mixture that random surfaces of a run are of.
///
/// # Errors
/// Bad input for a mixture that theory does not take.
pub fn mixture_of(spec: &Spec) -> Result<Mixture> {
    let shares: Vec<(u32, f64)> = spec.model().orders.shares().map(|(p, v)| (p as u32, v)).collect();
    Mixture::new(&shares)
}

/// Orders with their variances, as the command line takes them.
pub fn mixture_text_of(mixture: &Mixture) -> String {
    mixture.shares().iter().map(|(order, variance)| format!("{order}:{}", written(*variance))).join(",")
}

/// Whether exact means at finite Λ are those of the run's surfaces: random Gaussian ones, without a spike.
pub fn has_exact_means(spec: &Spec) -> bool {
    let model = spec.model();
    spec.couplings == Couplings::Random && model.law == Law::Gaussian && model.spike.is_none()
}

/// The one place where data meet theory's thresholds; those of surfaces with a spike, and of several orders of the user's
/// own, are not known.
///
/// # Errors
/// Internal where an equation has no root: a bug.
pub fn limit_energies(spec: &Spec) -> Result<LimitEnergies> {
    if spec.model().spike.is_some() {
        return Ok(LimitEnergies { e_0: None, e_inf: None, e_alg: None, phase: None });
    }
    limits_without_spike(spec)
}

/// The same of the surfaces of a run as they are without their spike.
///
/// # Errors
/// As [`limit_energies`].
pub fn limits_without_spike(spec: &Spec) -> Result<LimitEnergies> {
    let unknown = LimitEnergies { e_0: None, e_inf: None, e_alg: None, phase: None };
    if matches!(spec.couplings, Couplings::Orders { .. }) {
        return Ok(unknown);
    }
    if spec.model().orders.as_pure() == Some(spec.spins as usize) && spec.spins > 1 {
        let theory = Thresholds::new(spec.spins)?;
        return Ok(LimitEnergies { e_0: Some(theory.e(0)?), e_inf: Some(theory.e_inf()), ..unknown });
    }
    let theory = MixtureThresholds::new(&mixture_of(spec)?)?;
    Ok(LimitEnergies {
        e_0: Some(theory.ground.energy),
        e_inf: theory.e_th,
        e_alg: Some(theory.e_alg),
        phase: Some(theory.ground.phase.name()),
    })
}
