//! Complexity: the exponential rate of the mean number of critical points below an energy, as Λ → ∞.
//!
//! | paper | here |
//! |---|---|
//! | H | `spins` |
//! | u | `energy`, per spin |
//! | E_∞ | [`Complexity::e_inf`] |
//! | I(u) | [`Complexity::edge_rate`] |
//! | Θ_H(u) | [`Complexity::total`] |
//! | Θ_{k,H}(u) | [`Complexity::by_index`] |
//! | Θ_H(−E_∞) | [`Complexity::plateau`] |
//! | arcosh(−u/E_∞) | `angle`, t in formulas |
//!
//! Below −E_∞ everything is written in t, u = −E_∞ cosh t, where I = ½ sinh 2t − t: no two large terms cancel at
//! the edge, and no logarithm of something near 1 is taken.

use super::spins::{check_spins, threshold_energy};
use crate::Result;

/// Complexity functions of the pure spherical model of order H.
///
/// All take an energy per spin and accept ±∞; NaN gives NaN.
///
/// # Reference
/// Auffinger, Ben Arous, Černý (2010), Theorems 2.5 and 2.8; Choromanska et al. (2015), equations before
/// Theorem 4.1, whose second branch of Θ_{k,H} is corrected here.
///
/// ```
/// let complexity = hspin::theory::Complexity::new(3)?;
/// assert!((complexity.total(-complexity.e_inf()) - 0.013_240_256_946_639).abs() < 1e-14);
/// assert!(complexity.by_index(0, -1.66) < 0.0);
/// # Ok::<(), hspin::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Complexity {
    spins: u32,
    e_inf: f64,
    /// ½ ln(H−1).
    all: f64,
    /// (H−2)/(4(H−1)), the factor of u².
    curvature: f64,
    plateau: f64,
}

impl Complexity {
    /// Complexity of order H.
    ///
    /// # Errors
    /// Bad input if `spins` < 2.
    pub fn new(spins: u32) -> Result<Self> {
        check_spins(spins)?;
        let h = f64::from(spins);
        let all = 0.5 * (h - 1.0).ln();
        Ok(Self {
            spins,
            e_inf: threshold_energy(spins),
            all,
            curvature: (h - 2.0) / (4.0 * (h - 1.0)),
            plateau: all - (h - 2.0) / h,
        })
    }

    /// Order H.
    pub fn spins(&self) -> u32 {
        self.spins
    }

    /// E_∞ = 2√((H−1)/H), energy per spin.
    pub fn e_inf(&self) -> f64 {
        self.e_inf
    }

    /// Θ_H(−E_∞) = ½ ln(H−1) − (H−2)/H, the value of every Θ_{k,H} from −E_∞ on.
    pub fn plateau(&self) -> f64 {
        self.plateau
    }

    /// Rate at which the smallest eigenvalue of a GOE matrix leaves the bulk, `I(u)`; 0 from −E_∞ on.
    ///
    /// `I(u) = −(u/E_∞²)√(u²−E_∞²) − ln(−u+√(u²−E_∞²)) + ln E_∞` for u ≤ −E_∞.
    ///
    /// # Reference
    /// Ben Arous, Dembo, Guionnet (2001), Theorem 6.2; Choromanska et al. (2015), before Theorem 4.1.
    pub fn edge_rate(&self, energy: f64) -> f64 {
        rate_at(self.angle(energy))
    }

    /// dI/du = −(2/E_∞²)√(u²−E_∞²) below −E_∞, 0 from there on.
    pub fn edge_rate_slope(&self, energy: f64) -> f64 {
        -2.0 * self.angle(energy).sinh() / self.e_inf
    }

    /// Complexity of all critical points below an energy, `Θ_H(u)`.
    ///
    /// `½ ln(H−1) − (H−2)u²/(4(H−1)) − I(u)` for u ≤ 0 (I = 0 from −E_∞ on), `½ ln(H−1)` for u ≥ 0.
    ///
    /// # Reference
    /// Auffinger, Ben Arous, Černý (2010), Theorem 2.8.
    pub fn total(&self, energy: f64) -> f64 {
        if energy.is_nan() {
            return energy;
        }
        if energy <= -self.e_inf {
            self.below_edge(0, energy)
        } else {
            self.all - self.quadratic(energy.min(0.0))
        }
    }

    /// dΘ_H/du.
    pub fn total_slope(&self, energy: f64) -> f64 {
        if energy.is_nan() {
            return energy;
        }
        if energy < 0.0 { -2.0 * self.curvature_times(energy) - self.edge_rate_slope(energy) } else { 0.0 }
    }

    /// Complexity of critical points of index k below an energy, `Θ_{k,H}(u)`.
    ///
    /// `½ ln(H−1) − (H−2)u²/(4(H−1)) − (k+1) I(u)` for u ≤ −E_∞, [`Self::plateau`] from there on.
    ///
    /// # Reference
    /// Auffinger, Ben Arous, Černý (2010), Theorem 2.5.
    pub fn by_index(&self, index: u32, energy: f64) -> f64 {
        if energy.is_nan() {
            return energy;
        }
        if energy <= -self.e_inf { self.below_edge(index, energy) } else { self.plateau }
    }

    /// dΘ_{k,H}/du; at −E_∞, where Θ_{k,H} has a corner (H ≥ 3), the slope from below.
    pub fn by_index_slope(&self, index: u32, energy: f64) -> f64 {
        if energy.is_nan() {
            return energy;
        }
        if energy > -self.e_inf {
            return 0.0;
        }
        -2.0 * self.curvature_times(energy) - (f64::from(index) + 1.0) * self.edge_rate_slope(energy)
    }

    /// ½ ln(H−1) − (H−2)u²/(4(H−1)) − (k+1) I(u), taken as the plateau minus what is lost beyond the edge.
    fn below_edge(&self, index: u32, energy: f64) -> f64 {
        excess(self.spins, index, self.plateau, self.angle(energy))
    }

    /// t = arcosh(−u/E_∞) = 2 arsinh √((−u−E_∞)/(2E_∞)), 0 from −E_∞ on.
    pub(super) fn angle(&self, energy: f64) -> f64 {
        if energy > -self.e_inf {
            0.0
        } else {
            2.0 * ((-energy - self.e_inf) / (2.0 * self.e_inf)).sqrt().asinh()
        }
    }

    fn quadratic(&self, energy: f64) -> f64 {
        self.curvature_times(energy) * energy
    }

    /// Keeps H = 2 free of 0 · ∞.
    fn curvature_times(&self, energy: f64) -> f64 {
        if self.spins == 2 { 0.0 } else { self.curvature * energy }
    }
}

/// Θ_{k,H} at u = −E_∞ cosh t: `Θ_H(−E_∞) − ((H−2)/H) sinh² t − (k+1)(½ sinh 2t − t)`.
pub(super) fn excess(spins: u32, index: u32, plateau: f64, angle: f64) -> f64 {
    let h = f64::from(spins);
    let quadratic = if spins == 2 { 0.0 } else { (h - 2.0) / h * angle.sinh().powi(2) };
    plateau - quadratic - (f64::from(index) + 1.0) * rate_at(angle)
}

/// I at u = −E_∞ cosh t: `½ (sinh 2t − 2t)`.
pub(super) fn rate_at(angle: f64) -> f64 {
    0.5 * sinh_minus_argument(2.0 * angle)
}

/// sinh x − x for x ≥ 0, to full relative accuracy.
fn sinh_minus_argument(x: f64) -> f64 {
    if x > 50.0 {
        return x.sinh(); // x is below half a unit in the last place, and ∞ − ∞ would be NaN
    }
    if x > 2.0 {
        return x.sinh() - x;
    }
    // x³/3! + x⁵/5! + …, from the smallest term up; at x = 2 the term after x²³/23! is below 1e-17 of the sum.
    let square = x * x;
    let series = (1..=11).rev().fold(0.0, |tail, i| {
        let n = f64::from(2 * i);
        (1.0 + tail) * square / (n * (n + 1.0))
    });
    series * x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_meets_the_direct_form() {
        for x in [1.9_f64, 1.999_999, 2.0, 2.000_001] {
            let direct = x.sinh() - x;
            assert!((sinh_minus_argument(x) / direct - 1.0).abs() < 1e-15);
        }
        let x = 1e-5_f64;
        assert!((sinh_minus_argument(x) / (x.powi(3) / 6.0 * (1.0 + x * x / 20.0)) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn rate_matches_the_printed_form_away_from_the_edge() {
        let complexity = Complexity::new(3).unwrap();
        let e = complexity.e_inf();
        for u in [-1.8_f64, -2.0, -3.5, -10.0] {
            let root = (u * u - e * e).sqrt();
            let printed = -u / (e * e) * root - (-u + root).ln() + e.ln();
            assert!((complexity.edge_rate(u) / printed - 1.0).abs() < 1e-13, "{u}");
        }
    }
}
