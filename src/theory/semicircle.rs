//! Spectrum of the Riemannian Hessian at a critical point, as Λ → ∞: a semicircle that its energy shifts.
//!
//! | paper | here |
//! |---|---|
//! | H | `spins` |
//! | u | `energy`, per spin |
//! | E_∞ | [`HessianBulk::e_inf`] |
//! | −Hu ± 2√(H(H−1)) | [`Semicircle::edges`] of [`HessianBulk::at`] |
//! | λ_min | [`HessianBulk::lowest`] |
//! | k/Λ | [`HessianBulk::index_fraction`], α in formulas |
//! | arccos(−u/E_∞) | half of `turn`, θ in formulas |
//!
//! Shares of a semicircle are written in the angle θ from its lower edge, x = c − R cos θ, where the share below is
//! (2θ − sin 2θ)/(2π): near the edge nothing cancels, and shares as small as they may be keep their digits.

use super::spins::{check_spins, threshold_energy};
use crate::numeric::roots::bracketed_root;
use crate::{Error, Result};
use std::f64::consts::{PI, TAU};

/// Limit of the spectrum of the Riemannian Hessian at critical points of the pure spherical model of order H.
///
/// `P(∇²L)P − (H L/Λ)P` at a critical point of energy per spin u has, to leading order, the law of a GOE matrix with
/// bulk on ±2√(H(H−1)), shifted by −Hu. Eigenvalues are energies per squared length on the sphere of radius √Λ.
/// The index of a point may differ from the bulk's by what is no fraction of Λ: below −E_∞, where the bulk is
/// positive, single eigenvalues may leave it.
///
/// # Reference
/// Auffinger, Ben Arous, Černý (2010), section 3; Cavagna, Giardina, Parisi (2001), J. Phys. A 34, 5317.
///
/// ```
/// let bulk = hspin::theory::HessianBulk::new(3)?;
/// assert!(bulk.at(-bulk.e_inf()).edges().0.abs() < 1e-15);
/// assert_eq!(bulk.index_fraction(0.0), 0.5);
/// # Ok::<(), hspin::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HessianBulk {
    spins: u32,
    e_inf: f64,
}

/// A semicircle law of mass 1, from `lowest` to `lowest + 2 radius`.
///
/// Of eigenvalues, in energies per squared length, where [`HessianBulk::at`] makes it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Semicircle {
    /// Lower edge.
    pub lowest: f64,
    /// Half of the width, positive; twice the standard deviation.
    pub radius: f64,
}

impl HessianBulk {
    /// Bulk at order H.
    ///
    /// # Errors
    /// Bad input if `spins` < 2.
    pub fn new(spins: u32) -> Result<Self> {
        check_spins(spins)?;
        Ok(Self { spins, e_inf: threshold_energy(spins) })
    }

    /// Order H.
    pub fn spins(&self) -> u32 {
        self.spins
    }

    /// E_∞ = 2√((H−1)/H), energy per spin.
    pub fn e_inf(&self) -> f64 {
        self.e_inf
    }

    /// Law of the eigenvalues at a critical point of energy per spin u, on `−Hu ± 2√(H(H−1))`.
    ///
    /// # Reference
    /// Auffinger, Ben Arous, Černý (2010), section 3.
    pub fn at(&self, energy: f64) -> Semicircle {
        Semicircle { lowest: self.lowest(energy), radius: f64::from(self.spins) * self.e_inf }
    }

    /// Lower edge of the bulk, `λ_min = −Hu − 2√(H(H−1)) = −H(u + E_∞)`: the gap of minima below −E_∞, negative above.
    ///
    /// An energy per squared length, as all eigenvalues; 0 at exactly −[`Self::e_inf`].
    ///
    /// # Reference
    /// As [`Self::at`].
    pub fn lowest(&self, energy: f64) -> f64 {
        -f64::from(self.spins) * (energy + self.e_inf)
    }

    /// Share α of negative eigenvalues at a critical point of energy per spin u: index k ≈ αΛ.
    ///
    /// `α = (2θ − sin 2θ)/(2π)` with u = −E_∞ cos θ; 0 up to −E_∞, ½ at 0, 1 from E_∞ on; α(−u) = 1 − α(u).
    ///
    /// # Reference
    /// Cavagna, Giardina, Parisi (2001), J. Phys. A 34, 5317.
    pub fn index_fraction(&self, energy: f64) -> f64 {
        // The share of the bulk below 0 is that of the standard semicircle below u/E_∞.
        Semicircle { lowest: -self.e_inf, radius: self.e_inf }.cumulative(energy)
    }

    /// Energy per spin at which critical points have the share α of negative eigenvalues, from −E_∞ to E_∞.
    ///
    /// The inverse of [`Self::index_fraction`]: `u = −E_∞ cos θ` where `2θ − sin 2θ = 2πα`.
    ///
    /// # Errors
    /// Bad input if `fraction` is not in [0, 1]; internal if the equation has no bracketed root: a bug.
    ///
    /// # Reference
    /// As [`Self::index_fraction`].
    pub fn energy_of(&self, fraction: f64) -> Result<f64> {
        if !(0.0..=1.0).contains(&fraction) {
            return Err(Error::bad_input("fraction", fraction, "a share of the eigenvalues, from 0 to 1"));
        }
        if fraction > 0.5 {
            return Ok(-self.energy_of(1.0 - fraction)?); // exact, and the angle is measured from the nearer edge
        }
        // x − sin x ≥ x³/π² up to x = π puts the root below this; the factor covers its rounding.
        let highest = (TAU * PI * PI * fraction).cbrt() * 1.01;
        let turn = bracketed_root(|turn| argument_minus_sine(turn) - TAU * fraction, 0.0, highest)
            .ok_or_else(|| Error::Internal(format!("no energy with index fraction {fraction}")))?;
        Ok(-self.e_inf * (0.5 * turn).cos())
    }
}

impl Semicircle {
    /// Middle of the law, its mean and median.
    pub fn centre(&self) -> f64 {
        self.lowest + self.radius
    }

    /// Lower and upper edge.
    pub fn edges(&self) -> (f64, f64) {
        (self.lowest, self.lowest + 2.0 * self.radius)
    }

    /// Density `(2/(πR²)) √(R² − (x−c)²)` with centre c and radius R, 0 outside; per unit of x.
    ///
    /// # Reference
    /// Wigner (1955), Annals of Mathematics 62, 548.
    pub fn density(&self, x: f64) -> f64 {
        let (above, below) = self.room(x);
        if above <= 0.0 || below <= 0.0 {
            return 0.0; // ∞ · 0 would be NaN
        }
        2.0 / PI * (above * below).sqrt() / (self.radius * self.radius)
    }

    /// Share of the mass below x: `(2θ − sin 2θ)/(2π)` with x = c − R cos θ, 0 and 1 outside.
    ///
    /// Small shares at the lower edge are good to all digits.
    ///
    /// # Reference
    /// As [`Self::density`].
    pub fn cumulative(&self, x: f64) -> f64 {
        let (above, below) = self.room(x);
        // θ from the nearer edge.
        let share = |distance: f64| {
            let angle = 2.0 * (distance.max(0.0) / (2.0 * self.radius)).sqrt().asin();
            argument_minus_sine(2.0 * angle) / TAU
        };
        if above < 0.5 * self.radius {
            share(above)
        } else if below < 0.5 * self.radius {
            1.0 - share(below)
        } else {
            // About the centre, where the share is ½ exactly; NaN passes here.
            let z = 0.5 * (above - below) / self.radius;
            0.5 + (z * (1.0 - z * z).sqrt() + z.asin()) / PI
        }
    }

    /// Distances to the lower and from the upper edge, negative outside.
    fn room(&self, x: f64) -> (f64, f64) {
        let (lower, upper) = self.edges();
        (x - lower, upper - x)
    }
}

/// x − sin x for 0 ≤ x ≤ π, to full relative accuracy.
fn argument_minus_sine(x: f64) -> f64 {
    if x > 2.0 {
        return x - x.sin();
    }
    // x³/3! − x⁵/5! + …, from the smallest term up; at x = 2 the term after x²³/23! is below 1e-17 of the sum.
    let square = x * x;
    let series = (1..=11).rev().fold(0.0, |tail, i| {
        let n = f64::from(2 * i);
        (1.0 - tail) * square / (n * (n + 1.0))
    });
    series * x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_meets_the_direct_form() {
        for x in [1.9_f64, 1.999_999, 2.0, 2.000_001] {
            assert!((argument_minus_sine(x) / (x - x.sin()) - 1.0).abs() < 1e-15);
        }
        let x = 1e-5_f64;
        assert!((argument_minus_sine(x) / (x.powi(3) / 6.0 * (1.0 - x * x / 20.0)) - 1.0).abs() < 1e-15);
    }
}
