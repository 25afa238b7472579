//! Critical points at a given overlap from a critical point: how many there are, and of which index, as Λ → ∞.
//!
//! | formulas | here |
//! |---|---|
//! | u_0, energy per spin of the first point | `energy` |
//! | u_1, of the second | `other` |
//! | q = w_0·w_1/Λ | `overlap` |
//! | Σ(u_1, q given u_0) | [`TwoPoint::complexity`] |
//!
//! (u_0, u_1) and the slopes (g_0, g_1) at either point towards the other are Gaussian; given that both slopes vanish, the sum
//! and the difference of the energies are independent.

use super::complexity::Complexity;
use crate::{Error, Result};

/// Critical points near a critical point of energy u_0, in the pure model of order H.
///
/// # Reference
/// Ros, Ben Arous, Biroli, Cammarota (2019), *Complexity of energy barriers in mean-field glassy systems*; Subag (2017).
///
/// ```
/// let pairs = hspin::theory::TwoPoint::new(3, -1.65)?;
/// assert!((pairs.complexity(-1.64, 0.5)? + 0.001_530_359).abs() < 1e-9);
/// # Ok::<(), hspin::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct TwoPoint {
    alone: Complexity,
    spins: u32,
    energy: f64,
}

/// Covariances at one overlap.
#[derive(Debug, Clone, Copy)]
struct Covariance {
    /// √(1 − q²).
    sine: f64,
    /// ξ″(q) and ξ‴(q).
    derivatives: [f64; 2],
    /// ξ′(q)/ξ′(1).
    slopes: f64,
    /// ⟨u_0 g_1⟩ = ξ′(q) √(1−q²).
    mixed: f64,
    /// ξ′(1) = ⟨g_0²⟩ and ⟨g_0 g_1⟩ = ξ″(q)(1−q²) − q ξ′(q).
    gradients: [f64; 2],
    /// Variances of (u_0 ± u_1)/√2, given that g_0 = g_1 = 0.
    energies: [f64; 2],
}

impl TwoPoint {
    /// Pairs whose first point has this energy per spin.
    ///
    /// # Errors
    /// Bad input if `spins` < 2 or the energy is not finite.
    pub fn new(spins: u32, energy: f64) -> Result<Self> {
        if !energy.is_finite() {
            return Err(Error::bad_input("energy", energy, "a finite number"));
        }
        Ok(Self { alone: Complexity::new(spins)?, spins, energy })
    }

    /// `lim (1/Λ) ln E[number of critical points of energy u_1 at overlap q, given a critical point of energy u_0]`:
    ///
    /// `½ + ½ ln[ξ″/(ξ′ − ξ′(q)²/ξ′)] + ½ ln(1−q²) − ½(xᵀC⁻¹x − u_0²) + Φ(H u_1/√ξ″)`, x = (u_0, u_1, 0, 0), C the covariance
    /// of (u_0, u_1, g_0, g_1) and Φ the logarithmic potential of the semicircle; at q = 0 the complexity of all points at u_1.
    ///
    /// # Errors
    /// Bad input unless −1 < q < 1.
    pub fn complexity(&self, other: f64, overlap: f64) -> Result<f64> {
        let covariance = self.covariance(overlap)?;
        let sine = covariance.sine.ln();
        let slopes = 0.5 * (-covariance.slopes * covariance.slopes).ln_1p();
        let [sum, difference] = [self.energy + other, self.energy - other].map(|x| 0.5 * x * x);
        // At q = 0 both variances are 1, and these are u_0² + u_1².
        let [more, less] = covariance.energies.map(|variance| variance.recip() - 1.0);
        let energies = 0.5 * (sum * more + difference * less);
        Ok(self.alone.total(-other.abs()) + sine - slopes - energies)
    }

    /// Index of the second point where it is not extensive: 0 or 1 for u_1 < −E_∞, `None` above.
    ///
    /// The Hessian there has one eigenvalue of its own, ℓ = m + Δ² g(ℓ) − H u_1, along the direction to the first point:
    /// `m = cᵀC⁻¹x`, c its covariances with (u_0, u_1, g_0, g_1), `Δ² = ξ″ − ξ″(q)²(1−q²)ξ′/(ξ′² − ξ′(q)²)`, g the resolvent of
    /// the semicircle.
    ///
    /// # Errors
    /// Bad input unless −1 < q < 1.
    pub fn index(&self, other: f64, overlap: f64) -> Result<Option<u32>> {
        let covariance = self.covariance(overlap)?;
        if other >= -self.alone.e_inf() {
            return Ok(None);
        }
        let (h, curvature) =
            (covariance.gradients[0], covariance.gradients[0] * (f64::from(self.spins) - 1.0));
        let missing = covariance.derivatives[0].powi(2) * covariance.sine.powi(2)
            / (h * (1.0 - covariance.slopes * covariance.slopes));
        let mean = self.mean_curvature(&covariance, other, overlap);
        // ℓ = ξ″ g + 1/g on the outside of the semicircle, so (ξ″ − Δ²) g² − m g + 1 = 0.
        let discriminant = mean * mean - 4.0 * missing;
        if mean >= 0.0 || discriminant < 0.0 {
            return Ok(Some(0));
        }
        let resolvent = 2.0 / (mean - discriminant.sqrt());
        let is_outside = resolvent > -curvature.sqrt().recip();
        let outlier = curvature * resolvent + resolvent.recip();
        Ok(Some(u32::from(is_outside && outlier < h * other)))
    }

    /// m: mean curvature at the second point towards the first, but for −H u_1.
    fn mean_curvature(&self, covariance: &Covariance, other: f64, overlap: f64) -> f64 {
        let Covariance { sine, derivatives: [second, third], mixed, gradients: [h, d], .. } = *covariance;
        let [more, less] = covariance.energies;
        let (sum, difference) = ((self.energy + other) / more, (self.energy - other) / less);
        // C⁻¹x: its parts for u_0, u_1 and g_0.
        let (first, second_part) = (0.5 * (sum + difference), 0.5 * (sum - difference));
        let gradient = -mixed * (h * second_part - d * first) / ((h - d) * (h + d));
        second * sine * sine * first + (third * sine.powi(3) - 2.0 * overlap * second * sine) * gradient
    }

    fn covariance(&self, overlap: f64) -> Result<Covariance> {
        if overlap.is_nan() || overlap.abs() >= 1.0 {
            return Err(Error::bad_input("overlap", overlap, "a number between −1 and 1, both excluded"));
        }
        let h = f64::from(self.spins);
        let power = |below: u32| match self.spins.checked_sub(below) {
            Some(exponent) => overlap.powi(exponent as i32),
            None => 0.0,
        };
        let square = (1.0 - overlap) * (1.0 + overlap);
        let (slope, second) = (h * power(1), h * (h - 1.0) * power(2));
        let third = h * (h - 1.0) * (h - 2.0) * power(3);
        let gradients = [h, second * square - overlap * slope];
        let mixed = slope * square.sqrt();
        let energies = [
            1.0 + power(0) - mixed * mixed / (gradients[0] + gradients[1]),
            1.0 - power(0) - mixed * mixed / (gradients[0] - gradients[1]),
        ];
        Ok(Covariance {
            sine: square.sqrt(),
            derivatives: [second, third],
            slopes: power(1),
            mixed,
            gradients,
            energies,
        })
    }
}
