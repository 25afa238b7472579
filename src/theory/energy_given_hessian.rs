//! Law of the energy of a critical point, given its Hessian: exact at every Λ.
//!
//! | formulas | here |
//! |---|---|
//! | H, Λ | `spins`, `dim` |
//! | u | `energy`, per spin |
//! | m, the mean of the Λ − 1 eigenvalues of the Riemannian Hessian | `mean_eigenvalue` |
//!
//! Where the gradient vanishes the Riemannian Hessian is `a M − H u`, with M a GOE matrix of size N = Λ − 1 that does
//! not depend on u, and a² = 2H(H−1)N/Λ. The trace of M is normal of variance 1 and independent of the rest of M, and u
//! is normal of variance 1/Λ. So, given the Hessian, u depends on its mean eigenvalue m alone. The Kac–Rice weight
//! |det| and the index are functions of the Hessian: they change nothing, and the law holds for the points of any index,
//! and for any selection of points by their Hessians.

use super::spins::check_spins;
use crate::{Error, Result};

/// Normal law of the energy per spin u of a critical point, given the mean eigenvalue m of its Riemannian Hessian.
///
/// `E[u | Hessian] = −(m/H) / (1 + 2(H−1)/(HN))`, `Var[u | Hessian] = 2(H−1) / (Λ (HN + 2(H−1)))`, N = Λ − 1.
///
/// # Reference
/// Auffinger, Ben Arous, Černý (2010), Lemma 3.2, for the joint law of energy, gradient and Hessian.
///
/// ```
/// let law = hspin::theory::EnergyGivenHessian::new(3, 3)?;
/// assert!((law.standardised(-1.5, 4.5 * (1.0 + 2.0 / 3.0))).abs() < 1e-12);
/// # Ok::<(), hspin::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EnergyGivenHessian {
    slope: f64,
    deviation: f64,
}

impl EnergyGivenHessian {
    /// At order H and dimension Λ.
    ///
    /// # Errors
    /// Bad input unless H ≥ 2 and Λ ≥ 2.
    pub fn new(spins: u32, dim: u32) -> Result<Self> {
        check_spins(spins)?;
        if dim < 2 {
            return Err(Error::bad_input("dim", dim, "an integer of at least 2"));
        }
        let (h, size) = (f64::from(spins), f64::from(dim));
        let excess = 2.0 * (h - 1.0);
        let whole = h * (size - 1.0) + excess;
        Ok(Self { slope: -(size - 1.0) / whole, deviation: (excess / (size * whole)).sqrt() })
    }

    /// Standard deviation of u.
    pub fn deviation(&self) -> f64 {
        self.deviation
    }

    /// (u − E[u | Hessian]) / deviation: a standard normal number.
    pub fn standardised(&self, energy: f64, mean_eigenvalue: f64) -> f64 {
        (energy - self.slope * mean_eigenvalue) / self.deviation
    }
}
