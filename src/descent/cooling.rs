//! Geometric cooling: temperatures of an annealing.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, check_positive, check_range};

/// Least and most sweeps of a cooling.
pub const SWEEPS: [u32; 2] = [1, 100_000_000];

/// Geometric cooling with Langevin moves.
///
/// Sweep s = 0 … sweeps − 1 moves every coordinate once, with one full gradient:
/// `w ← retract(w − γ g + √(2γT_s) P ξ)`, γ = `rate`, ξ standard normal, P the projection onto the tangent space,
/// `T_s = hot · (cold/hot)^{s/(sweeps−1)}`. As γ → 0 at fixed T, w follows `exp(−L/T)`. At γ > 0 moves are not accepted or
/// refused but all taken, so the law is off by O(γ): to first order in 1/T the energy per spin is
/// `−γH / ((1 + 2γT)^{H/2} − 1)` for Λ → ∞ in place of −1/T; and a mode of curvature κ fluctuates as at the temperature
/// `T/(1 − γκ/2)`. Near the transition the bias is larger than this order has: at the default rate, H = 3 and T from
/// 1.25 to 1 of the dynamical temperature, energies are 10 to 15 % above −1/T where the formula has 7 to 6 %
/// (measured at Λ = 100). Energies during a cooling are therefore not those of equilibrium; where it ends, after descent and
/// polish, is a true minimum all the same.
///
/// # Reference
/// Kirkpatrick, Gelatt, Vecchi (1983), *Optimization by simulated annealing*, Science 220; Roberts, Tweedie (1996),
/// *Exponential convergence of Langevin distributions and their discrete approximations*, Bernoulli 2 (the unadjusted
/// algorithm).
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cooling {
    /// Sweeps; one gradient each.
    pub sweeps: u32,
    /// Temperature of the first sweep, in the units of L: the energy of equilibrium is −1/T per spin above the dynamical
    /// transition. In units of the couplings' scale, as are rates.
    pub hot: f64,
    /// Temperature of the last sweep.
    pub cold: f64,
    /// γ of the moves.
    pub rate: f64,
}

impl Cooling {
    /// Temperature of a sweep, 0 … sweeps − 1.
    pub fn temperature(&self, sweep: u32) -> f64 {
        let part = f64::from(sweep) / f64::from(self.sweeps.max(2) - 1);
        self.hot * libm::pow(self.cold / self.hot, part)
    }

    /// The same cooling of a landscape that is so many times higher: temperatures scale with it, rates against it.
    pub fn at_scale(self, scale: f64) -> Self {
        Self { hot: self.hot * scale, cold: self.cold * scale, rate: self.rate / scale, ..self }
    }

    pub(super) fn check(&self) -> Result<()> {
        check_range("sweeps", self.sweeps, SWEEPS)?;
        check_positive("descent.cooling.rate", self.rate)?;
        check_positive("descent.cooling.hot", self.hot)?;
        check_positive("descent.cooling.cold", self.cold)?;
        if self.cold <= self.hot {
            return Ok(());
        }
        let allowed = format!("at most descent.cooling.hot = {}", self.hot);
        Err(Error::bad_input("descent.cooling.cold", self.cold, allowed))
    }
}

/// Temperature T_d of the dynamical transition as Λ → ∞, `√(H(H−2)^{H−2}/(H−1)^{H−1})`; √2 at H = 2.
///
/// Above it the energy of equilibrium is −1/T per spin and is found in a time that does not grow with Λ; at it, −1/T_d is
/// above −E_∞.
///
/// # Reference
/// Crisanti, Horner, Sommers (1993), *The spherical p-spin interaction spin-glass model: the dynamics*, Z. Phys. B 92; with
/// Var L = Λ in place of Λ/2.
pub fn dynamical_temperature(spins: u32) -> f64 {
    let h = f64::from(spins);
    (h * libm::pow(h - 2.0, h - 2.0) / libm::pow(h - 1.0, h - 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temperatures_fall_by_one_factor_from_hot_to_cold() {
        let cooling = Cooling { sweeps: 4, hot: 2.0, cold: 0.25, rate: 0.1 };
        assert_eq!([0, 1, 2, 3].map(|sweep| cooling.temperature(sweep)), [2.0, 1.0, 0.5, 0.25]);
        assert_eq!(Cooling { sweeps: 1, ..cooling }.temperature(0), 2.0);
        assert_eq!(Cooling { cold: 2.0, ..cooling }.temperature(3), 2.0);
    }

    #[test]
    fn the_dynamical_transition_is_where_the_literature_has_it() {
        // T_d² = 3/8 at H = 3 with Var L = Λ/2, twice that here.
        for (spins, squared) in [(2, 2.0), (3, 0.75), (4, 16.0 / 27.0)] {
            assert!((dynamical_temperature(spins).powi(2) - squared).abs() < 1e-15);
        }
    }
}
