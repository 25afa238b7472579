//! A planted direction: `L(w) = pure energy of order H − λ Λ m^r`, m = w·v/Λ, as Λ → ∞.
//!
//! | formulas | here |
//! |---|---|
//! | H, λ, r | `spins`, `strength`, `order` |
//! | m, u | `overlap` with the planted direction, energy per spin |
//! | u* | [`GoodMinimum::energy`] |
//! | λ_s, λ_ML | [`Spiked::lambda_s`], [`Spiked::lambda_ml`] |
//! | S(m, u) | [`Spiked::complexity`] |
//!
//! Seen at overlap m the pure model is one of covariance (m² + (1−m²) q)^H on a sphere of one dimension less. Where its field
//! rules, m² ≥ (H−2)/(H−1), its lowest energy is −√(H(1−m²)) per spin. The good minimum is the lowest of −λm^r − √(H(1−m²)) there.

use super::complexity::rate_at;
use super::spins::check_spins;
use super::thresholds::Thresholds;
use crate::numeric::roots::bracketed_root;
use crate::{Error, Result};

/// Highest order of the spike.
const HIGHEST: u32 = 1_000_000;

/// The spiked model of order H at one strength.
///
/// # Reference
/// Ben Arous, Mei, Montanari, Nica (2019), Theorem 2.1 and section 2.3; Ros, Ben Arous, Biroli, Cammarota (2019), section II.
///
/// ```
/// let spiked = hspin::theory::Spiked::new(3, 1.3)?;
/// let good = spiked.good_minimum().unwrap();
/// assert!(good.overlap > 0.7 && good.energy < -1.3);
/// assert!((spiked.lambda_ml()?.unwrap() - 1.206_555_734_568).abs() < 1e-12);
/// # Ok::<(), hspin::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spiked {
    spins: u32,
    order: u32,
    strength: f64,
}

/// The minimum that the spike makes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GoodMinimum {
    /// Overlap with the planted direction, above 0; at even r there is a second one at the negative.
    pub overlap: f64,
    /// Energy per spin.
    pub energy: f64,
}

impl Spiked {
    /// The model with r = H.
    ///
    /// # Errors
    /// Bad input unless H ≥ 2 and λ ≥ 0 is finite.
    pub fn new(spins: u32, strength: f64) -> Result<Self> {
        Self::of_order(spins, strength, spins)
    }

    /// The model with a spike m^r.
    ///
    /// # Errors
    /// As [`Self::new`]; bad input unless r is from 1 to 1 000 000.
    pub fn of_order(spins: u32, strength: f64, order: u32) -> Result<Self> {
        check_spins(spins)?;
        if !(strength.is_finite() && strength >= 0.0) {
            return Err(Error::bad_input("strength", strength, "a finite number of at least 0"));
        }
        if !(1..=HIGHEST).contains(&order) {
            return Err(Error::bad_input("order", order, format!("a whole number from 1 to {HIGHEST}")));
        }
        Ok(Self { spins, order, strength })
    }

    /// The good minimum: the largest m with `r² λ² m^{2r−4} (1−m²) = H`, its energy `u* = −λm^r − √(H(1−m²))`; none below λ_s.
    pub fn good_minimum(&self) -> Option<GoodMinimum> {
        if self.strength < self.lambda_s() {
            return None;
        }
        // In y = 1 − m²: near 0 for a strong spike, and to full relative accuracy there.
        let wanted = -2.0 * self.strength.ln();
        let excess = |y: f64| self.log_rate(y) - wanted;
        let highest = 1.0 - self.least_square();
        let lowest = (0.25 * f64::from(self.spins) / (f64::from(self.order) * self.strength).powi(2))
            .min(0.5 * highest);
        let rest = bracketed_root(excess, lowest, highest).unwrap_or(highest);
        Some(self.at(rest))
    }

    /// λ_s: from here on there is a good minimum. At r = H: `λ_s² = (H−1)^{H−1}/(H (H−2)^{H−2})`.
    pub fn lambda_s(&self) -> f64 {
        (-0.5 * self.log_rate(1.0 - self.least_square())).exp()
    }

    /// λ_ML: from here on the good minimum is the ground state, u* ≤ −E_0; none for r < H, where the ground state moves
    /// towards the planted direction long before.
    ///
    /// # Errors
    /// Internal if the equation has no bracketed root: a bug.
    pub fn lambda_ml(&self) -> Result<Option<f64>> {
        if self.order < self.spins {
            return Ok(None);
        }
        let lowest = -Thresholds::new(self.spins)?.e(0)?;
        // λ of a good minimum, by y = 1 − m²: its energy rises with y.
        let of = |y: f64| Self { strength: (-0.5 * self.log_rate(y)).exp(), ..*self };
        let highest = 1.0 - self.least_square();
        let above = |y: f64| of(y).at(y).energy - lowest;
        if above(highest) <= 0.0 {
            return Ok(Some(self.lambda_s()));
        }
        let root = bracketed_root(above, 1e-15 * highest, highest);
        let strength = root.map(|y| of(y).strength);
        strength.map(Some).ok_or_else(|| Error::Internal("no threshold of the spike".to_owned()))
    }

    /// S(m, u), the rate of the mean number of critical points with overlap near m and energy near u:
    /// `½ + ½ ln(H−1) + ½ ln(1−m²) − r²λ²m^{2r−2}(1−m²)/(2H) − ½(u+λm^r)² + Φ((Hu+(H−r)λm^r)/√(H(H−1)))`, Φ as for
    /// [`super::MixtureComplexity::joint`]; −∞ for |m| ≥ 1.
    pub fn complexity(&self, overlap: f64, energy: f64) -> f64 {
        let rest = 1.0 - overlap * overlap;
        if rest.is_nan() || energy.is_nan() {
            return f64::NAN;
        }
        if rest <= 0.0 || energy.is_infinite() {
            return f64::NEG_INFINITY;
        }
        let [h, r] = [self.spins, self.order].map(f64::from);
        let spike = self.strength * overlap.powi(self.order as i32);
        let force = r * self.strength * overlap.powi(self.order as i32 - 1);
        let x = ((h * energy + (h - r) * spike) / (h * (h - 1.0)).sqrt()).abs();
        let beyond = if x > 2.0 { rate_at((0.5 * x).acosh()) } else { 0.0 };
        0.5 * ((h - 1.0).ln() + rest.ln() - force * force * rest / h - (energy + spike).powi(2))
            + 0.25 * x * x
            - beyond
    }

    fn at(&self, rest: f64) -> GoodMinimum {
        let overlap = (1.0 - rest).max(0.0).sqrt();
        let power = (0.5 * f64::from(self.order) * (-rest).ln_1p()).exp();
        let power = if rest >= 1.0 { overlap.powi(self.order as i32) } else { power };
        GoodMinimum { overlap, energy: -self.strength * power - (f64::from(self.spins) * rest).sqrt() }
    }

    /// The least m² of a good minimum: where the field stops to rule, or the equation's left side is largest.
    fn least_square(&self) -> f64 {
        let least = |n: u32| if n > 2 { f64::from(n - 2) / f64::from(n - 1) } else { 0.0 };
        least(self.spins).max(least(self.order))
    }

    /// ln of `r² m^{2r−4} (1−m²)/H` at y = 1 − m²: −2 ln λ of the good minimum there.
    fn log_rate(&self, y: f64) -> f64 {
        let [h, r] = [self.spins, self.order].map(f64::from);
        let power = if self.order == 2 { 0.0 } else { (r - 2.0) * (-y).ln_1p() };
        (r * r / h).ln() + power + y.ln()
    }
}
