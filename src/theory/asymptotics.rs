//! Sharp asymptotics of the mean number of critical points: the power of Λ and the constant in front of e^{ΛΘ}.
//!
//! | paper | here |
//! |---|---|
//! | Λ, H | `dim`, `spins` |
//! | u | `energy`, per spin |
//! | E C_Λ(−∞, Λu) | exp of [`Asymptotics::log_total`] |
//! | E C_{Λ,0}(−∞, Λu) | exp of [`Asymptotics::log_minima`] |
//! | h e^{I₁−vI₁′/2} / (√(2πH) (I₁′−Φ′)) | exp of [`Prefactor::log_constant`] below −E_∞ |
//! | v = −u√(H/(2(H−1))) | √2 cosh t |
//! | A(0), A′(0) | `AIRY`, `AIRY_SLOPE` |
//!
//! Primes of the paper are derivatives in v, and v grows as u falls: I₁′ = √(v²−2) and −Φ′ = (H−2)v/H are positive,
//! so I₁′−Φ′ is the rate at which the number of points falls beyond v.

use super::complexity::Complexity;
use crate::{Error, Result};
use std::f64::consts::{LN_2, PI};

/// Ai(0) = 3^{−2/3}/Γ(2/3) = 0.355 028 053 887 817 239….
const AIRY: f64 = 0.355_028_053_887_817_2;
/// Ai′(0) = −3^{−1/3}/Γ(1/3) = −0.258 819 403 792 806 798….
const AIRY_SLOPE: f64 = -0.258_819_403_792_806_8;

/// Mean numbers of critical points of the pure spherical model of order H ≥ 3, as Λ → ∞ at fixed energy.
///
/// All take an energy per spin and accept ±∞; NaN gives NaN. The ratio to the exact mean tends to 1 at each energy,
/// but slowly, and not evenly in u: see [`Self::prefactor`].
///
/// # Reference
/// Choromanska et al. (2015), Theorems 11.1 and 11.2, after Auffinger, Ben Arous, Černý (2010), section 2; the
/// constant at −E_∞ is corrected here.
///
/// ```
/// let asymptotics = hspin::theory::Asymptotics::new(3)?;
/// // ln of the number of all critical points at Λ = 1000; the exact mean is smaller by one part in a thousand.
/// assert!((asymptotics.log_total(1000, f64::INFINITY) - 351.187_971).abs() < 1e-6);
/// assert!(asymptotics.log_minima(1000, -1.0).is_none());
/// # Ok::<(), hspin::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asymptotics {
    complexity: Complexity,
}

/// What multiplies e^{ΛΘ_H(u)}: `exp(log_constant) · Λ^power`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prefactor {
    /// Natural logarithm of the constant.
    pub log_constant: f64,
    /// Power of Λ.
    pub power: f64,
}

impl Asymptotics {
    /// Asymptotics of order H.
    ///
    /// # Errors
    /// Bad input if `spins` < 3: at H = 2 there are 2Λ critical points on average, not exponentially many.
    pub fn new(spins: u32) -> Result<Self> {
        if spins < 3 {
            let allowed = "an integer of at least 3, for order 2 has no asymptotics of this kind";
            return Err(Error::bad_input("spins", spins, allowed));
        }
        Ok(Self { complexity: Complexity::new(spins)? })
    }

    /// Order H.
    pub fn spins(&self) -> u32 {
        self.complexity.spins()
    }

    /// E_∞ = 2√((H−1)/H), energy per spin; the regimes below compare with exactly this double.
    pub fn e_inf(&self) -> f64 {
        self.complexity.e_inf()
    }

    /// ln E C_Λ(−∞, Λu), all critical points of energy per spin at most u: `ln c + a ln Λ + Λ Θ_H(u)`.
    ///
    /// # Panics
    /// If `dim` < 2.
    ///
    /// # Reference
    /// As [`Self::prefactor`].
    #[track_caller]
    pub fn log_total(&self, dim: u32, energy: f64) -> f64 {
        self.prefactor(energy).log_at(dim) + f64::from(dim) * self.complexity.total(energy)
    }

    /// ln E C_{Λ,0}(−∞, Λu), minima of energy per spin at most u, where u < −E_∞; `None` from −E_∞ on.
    ///
    /// Equal to [`Self::log_total`]: what is not a minimum is exponentially rarer. At −E_∞ the two part.
    ///
    /// # Panics
    /// If `dim` < 2.
    ///
    /// # Reference
    /// As [`Self::prefactor`].
    #[track_caller]
    pub fn log_minima(&self, dim: u32, energy: f64) -> Option<f64> {
        (energy.is_nan() || energy < -self.e_inf()).then(|| self.log_total(dim, energy))
    }

    /// The prefactor c Λ^a of e^{ΛΘ_H(u)}, with u = −E_∞ cosh t below −E_∞.
    ///
    /// | u | c | a |
    /// |---|---|---|
    /// | < −E_∞ | e^{−t/2} / (√(2πH sinh t) (sinh t + ((H−2)/H) cosh t)) | −½ |
    /// | −E_∞ | (2√(2H)/(H−2)) (Ai′(0)² + Ai(0)/3) | −⅓ |
    /// | < 0 | 2√(2H(E_∞²−u²)) / ((H−2)π\|u\|) | 0 |
    /// | 0 | half the next | ½ |
    /// | > 0 | 4√(2/(π(H−2))) | ½ |
    ///
    /// The first is the paper's h e^{I₁−vI₁′/2} / (√(2πH) (I₁′−Φ′)): I₁−vI₁′/2 = −t and h = e^{t/2} √(2/sinh t).
    /// At −E_∞ the density of eigenvalues at the edge of the GOE enters, Ai′² + ½Ai(1−∫₀^∞Ai) at 0; the paper
    /// prints its second half alone, which is too small by a factor of 1.566.
    ///
    /// Where it holds: Λ(−u−E_∞)^{3/2} ≫ 1 below −E_∞, the mirror image above it, Λu² ≫ 1 around 0; nearer than that
    /// c runs to 0 or ∞ while the mean number stays continuous. Every one of them is too large. By how many per cent at
    /// Λ = 100, 1000, 10 000, for H = 3:
    ///
    /// | u | 100 | 1000 | 10 000 | order of the error |
    /// |---|---|---|---|---|
    /// | −2.5 | 1.0 | 0.1 | | 1/Λ |
    /// | −1.75 | 8.3 | 0.9 | 0.09 | 1/Λ |
    /// | −1.65 | 44 | 7.3 | | 1/Λ |
    /// | −E_∞ = −1.633 | 81 | 33 | 14 | Λ^{−1/3} |
    /// | −1.6 | 41 | 4.5 | | 1/Λ |
    /// | −1.3 | 7.5 | 0.7 | 0.07 | 1/Λ |
    /// | ≥ 0 | 1.0 | 0.1 | | 1/Λ |
    ///
    /// # Reference
    /// Choromanska et al. (2015), Theorems 11.1 and 11.2, after Auffinger, Ben Arous, Černý (2010), section 2. Density
    /// at the edge: Forrester, Nagao, Honner (1999), Nuclear Physics B 553, 601.
    pub fn prefactor(&self, energy: f64) -> Prefactor {
        let h = f64::from(self.spins());
        let e_inf = self.e_inf();
        let edge_factor = 2.0 * (2.0 * h).sqrt() / (h - 2.0);
        if energy.is_nan() {
            Prefactor { log_constant: energy, power: 0.0 }
        } else if energy < -e_inf {
            Prefactor { log_constant: self.log_constant_below_edge(energy), power: -0.5 }
        } else if energy == -e_inf {
            let constant = edge_factor * (AIRY_SLOPE * AIRY_SLOPE + AIRY / 3.0);
            Prefactor { log_constant: constant.ln(), power: -1.0 / 3.0 }
        } else if energy < 0.0 {
            // E_∞ + u is exact where it is small; a square of u would not be.
            let root = 0.5 * ((e_inf + energy).ln() + (e_inf - energy).ln());
            Prefactor { log_constant: (edge_factor / PI).ln() + root - (-energy).ln(), power: 0.0 }
        } else {
            let all = 4.0 * (2.0 / (PI * (h - 2.0))).sqrt();
            Prefactor { log_constant: all.ln() - if energy == 0.0 { LN_2 } else { 0.0 }, power: 0.5 }
        }
    }

    /// Term by term, since the product may leave the range of doubles.
    fn log_constant_below_edge(&self, energy: f64) -> f64 {
        let h = f64::from(self.spins());
        let angle = self.complexity.angle(energy);
        let (sinh, cosh) = (angle.sinh(), angle.cosh());
        let falling = sinh + (h - 2.0) / h * cosh;
        -0.5 * (angle + (2.0 * PI * h).ln() + sinh.ln()) - falling.ln()
    }
}

impl Prefactor {
    /// Logarithm of the prefactor at dimension Λ: `log_constant + power · ln Λ`.
    ///
    /// # Panics
    /// If `dim` < 2.
    #[track_caller]
    pub fn log_at(&self, dim: u32) -> f64 {
        assert!(dim >= 2, "dim = {dim}: at least 2");
        self.log_constant + self.power * f64::from(dim).ln()
    }
}
