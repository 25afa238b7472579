//! Threshold energies of mixtures, as Λ → ∞.
//!
//! | formulas | here |
//! |---|---|
//! | E_th | [`MixtureThresholds::e_th`] |
//! | E_∞^±, range of energies of marginal minima | [`MixtureThresholds::e_inf`] |
//! | E_alg | [`MixtureThresholds::e_alg`] |
//! | E_0 | [`MixtureThresholds::ground`] |
//! | q_0 | where q ξ″(q) = ξ′(q) |

use super::ground::{GroundState, algorithmic, field_overlap};
use super::mixture::Mixture;
use crate::Result;

/// Threshold energies of a mixture, positive: energies per spin at which they act are their negatives.
///
/// # Reference
/// Folena, Franz, Ricci-Tersenghi (2020), for E_th; Auffinger, Ben Arous (2013), for E_∞^±; Subag (2021), for E_alg.
///
/// ```
/// let thresholds = hspin::theory::MixtureThresholds::new(&"3:0.5,4:0.5".parse()?)?;
/// assert!((thresholds.e_th.unwrap() - 1.690_476_190).abs() < 1e-9);
/// assert!((thresholds.e_alg - 1.699_522_254).abs() < 1e-9);
/// # Ok::<(), hspin::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MixtureThresholds {
    /// The ground state and the phase in which it is.
    pub ground: GroundState,
    /// E_th: `(ξ″−ξ′+ξ′²)/(ξ′√ξ″)` at ξ(1) = 1, where typical critical points become marginal; none with a field.
    pub e_th: Option<f64>,
    /// E_alg: `∫₀¹ √ξ″(q) dq`, which Hessian descent reaches; with a field `q_0 √ξ″(q_0) + ∫_{q_0}^1 √ξ″`, or √ξ′ where the
    /// field rules.
    pub e_alg: f64,
    /// E_∞^− ≤ E_∞^+, between which marginal minima are exponentially many; none with a field, or where there are none.
    ///
    /// `[2ξ′√ξ″ ± √(4ξ″ξ′² − (ξ′+ξ″)(2(ξ″−ξ′+ξ′²) − (ξ″+ξ′−ξ′²) ln(ξ″/ξ′)))]/(ξ′+ξ″)` at ξ(1) = 1.
    pub e_inf: Option<[f64; 2]>,
}

impl MixtureThresholds {
    /// Thresholds of a mixture.
    ///
    /// # Errors
    /// Internal if an equation has no bracketed root: a bug.
    pub fn new(mixture: &Mixture) -> Result<Self> {
        let (unit_mixture, unit) = mixture.normalised();
        let at_one = unit_mixture.at_one();
        let [_, slope, curvature] = at_one.xi;
        let has_field = mixture.field() > 0.0;
        let e_th = (at_one.excess + slope * slope) / (slope * curvature.sqrt());
        // ξ′ + ξ″ − ξ′² is `given` times ξ′ + ξ″: 0 in a pure model.
        let spread = at_one.given * (2.0 + (curvature / slope).ln() - 4.0 * curvature / at_one.squares);
        let middle = 2.0 * slope * curvature.sqrt() / at_one.squares;
        let e_inf =
            (!has_field && spread >= 0.0).then(|| [-1.0, 1.0].map(|s| unit * (middle + s * spread.sqrt())));
        Ok(Self {
            ground: GroundState::new(mixture)?,
            e_th: (!has_field).then_some(unit * e_th),
            e_alg: unit * algorithmic(&unit_mixture, field_overlap(&unit_mixture)),
            e_inf,
        })
    }
}
