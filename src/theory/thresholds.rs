//! Threshold energies: where the layers of low-index critical points end, as Λ → ∞.
//!
//! | paper | here |
//! |---|---|
//! | H | `spins` |
//! | k | `index` |
//! | E_∞ | [`Thresholds::e_inf`] |
//! | E_k | [`Thresholds::e`] |
//! | E_k − E_∞ | [`Thresholds::gap`] |
//!
//! Thresholds are positive; energies per spin at which they act are −E_k and −E_∞.

use super::complexity::Complexity;
use super::complexity::excess;
use super::spins::check_spins;
use crate::numeric::roots::bracketed_root;
use crate::{Error, Result};

/// Thresholds of the pure spherical model of order H.
///
/// Below −E_k the mean number of critical points of index k or more vanishes exponentially in Λ; −E_0 is the
/// ground-state energy per spin; E_0 > E_1 > … ↓ E_∞. At H = 2 they all equal √2.
///
/// # Reference
/// Auffinger, Ben Arous, Černý (2010), equations 2.15 and 2.22; Choromanska et al. (2015), Theorem 4.1.
///
/// ```
/// let thresholds = hspin::theory::Thresholds::new(3)?;
/// assert!((thresholds.e(0)? - 1.656_998_363_527_473).abs() < 1e-12);
/// assert!(thresholds.gap(1000)? > 0.0);
/// # Ok::<(), hspin::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    complexity: Complexity,
}

impl Thresholds {
    /// Thresholds of order H.
    ///
    /// # Errors
    /// Bad input if `spins` < 2.
    pub fn new(spins: u32) -> Result<Self> {
        check_spins(spins)?;
        Ok(Self { complexity: Complexity::new(spins)? })
    }

    /// Order H.
    pub fn spins(&self) -> u32 {
        self.complexity.spins()
    }

    /// E_∞ = 2√((H−1)/H), energy per spin: the edge of the Hessian's bulk touches 0 at −E_∞.
    pub fn e_inf(&self) -> f64 {
        self.complexity.e_inf()
    }

    /// E_k > 0 with Θ_{k,H}(−E_k) = 0, energy per spin.
    ///
    /// # Errors
    /// As [`Self::gap`].
    pub fn e(&self, index: u32) -> Result<f64> {
        Ok(self.e_inf() + self.gap(index)?)
    }

    /// E_0, …, E_K.
    ///
    /// # Errors
    /// As [`Self::gap`].
    pub fn up_to(&self, max_index: u32) -> Result<Vec<f64>> {
        (0..=max_index).map(|index| self.e(index)).collect()
    }

    /// E_k − E_∞, to full relative accuracy however small.
    ///
    /// With E_k = E_∞ cosh t the gap is 2E_∞ sinh²(t/2), and t solves
    /// `Θ_H(−E_∞) = ((H−2)/H) sinh² t + (k+1)(½ sinh 2t − t)`.
    ///
    /// # Errors
    /// Internal if the equation has no bracketed root: a bug.
    pub fn gap(&self, index: u32) -> Result<f64> {
        let spins = self.spins();
        if spins == 2 {
            return Ok(0.0);
        }
        let plateau = self.complexity.plateau();
        // ½ sinh 2t − t ≥ ⅔ t³ puts the root below this; the factor covers its rounding.
        let highest = (1.5 * plateau / (f64::from(index) + 1.0)).cbrt() * 1.01;
        let angle = bracketed_root(|angle| excess(spins, index, plateau, angle), 0.0, highest)
            .ok_or_else(|| Error::Internal(format!("no threshold at spins = {spins}, index = {index}")))?;
        Ok(2.0 * self.e_inf() * (0.5 * angle).sinh().powi(2))
    }
}
