//! Law of energy and radial slope of a critical point of a mixture, given its Hessian: exact at every Λ.
//!
//! | formulas | here |
//! |---|---|
//! | u, r | `energy`, `radial_slope`, per spin |
//! | m, the mean of the N = Λ − 1 eigenvalues of the Riemannian Hessian | `mean_eigenvalue` |
//! | S = ξ′ + ξ″ | `squares` |
//!
//! Where the gradient vanishes the Riemannian Hessian is `a M − r`, with M a GOE matrix of size N that does not depend on (u, r),
//! and a² = 2ξ″N/Λ. The trace of M is normal of variance 1 and independent of the rest of M. So, given the Hessian, r depends on m
//! alone, and u on r alone. As for pure models ([`crate::theory::EnergyGivenHessian`]) this holds whatever the index.

use super::mixture::{AtOne, Mixture};
use crate::{Error, Result};

/// Normal laws of radial slope and energy of a critical point, given the mean eigenvalue m of its Riemannian Hessian.
///
/// `E[r | Hessian] = −m SN/(SN + 2ξ″)`, `Var[r | Hessian] = 2ξ″S/(Λ(SN + 2ξ″))`, and u given r is
/// `N(ξ′r/S, (ξ − ξ′²/S)/Λ)`.
///
/// # Reference
/// Auffinger, Ben Arous (2013), Lemma 3.2, for the joint law of energy, gradient and Hessian.
///
/// ```
/// let law = hspin::theory::MixtureGivenHessian::new(&"3:1".parse()?, 3)?;
/// let z = law.standardised(-1.5, -4.5, 4.5 * (1.0 + 2.0 / 3.0));
/// assert!(z.slope.abs() < 1e-12 && z.energy.is_none());
/// # Ok::<(), hspin::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MixtureGivenHessian {
    at_one: AtOne,
    size: f64,
}

/// Two independent standard normal numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standardised {
    /// (r − E[r | Hessian]) / deviation; NaN for a field alone, whose Hessian is −r.
    pub slope: f64,
    /// (u − E[u | r]) / deviation; none for a single order, where u is a multiple of r.
    pub energy: Option<f64>,
}

impl MixtureGivenHessian {
    /// At dimension Λ.
    ///
    /// # Errors
    /// Bad input unless Λ ≥ 2.
    pub fn new(mixture: &Mixture, dim: u32) -> Result<Self> {
        if dim < 2 {
            return Err(Error::bad_input("dim", dim, "an integer of at least 2"));
        }
        Ok(Self { at_one: mixture.at_one(), size: f64::from(dim) })
    }

    /// Energy and radial slope as standard normal numbers.
    pub fn standardised(&self, energy: f64, radial_slope: f64, mean_eigenvalue: f64) -> Standardised {
        let AtOne { xi: [_, _, curvature], squares, given, .. } = self.at_one;
        let whole = squares * (self.size - 1.0) + 2.0 * curvature;
        let expected = -mean_eigenvalue * squares * (self.size - 1.0) / whole;
        let deviation = (2.0 * curvature * squares / (self.size * whole)).sqrt();
        let of_energy = (energy - self.at_one.slope() * radial_slope) / (given / self.size).sqrt();
        Standardised {
            slope: (radial_slope - expected) / deviation,
            energy: (given > 0.0).then_some(of_energy),
        }
    }
}
