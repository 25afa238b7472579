//! Sharp asymptotics of the mean number of critical points of a mixture: the power of Λ and the constant in front of e^{ΛΘ}.
//!
//! | formulas | here |
//! |---|---|
//! | ξ, ξ′, ξ″ at 1; S = ξ′ + ξ″; β = ξ′/S; s² = ξ − ξ′²/S | [`AtOne`]: `squares`, `slope`, `given` |
//! | a = (ξ″ − ξ′)/(2S) | `decay` |
//! | w = 2(a s² + β²ξ″) | `width`: w/s² is the curvature of the rate in λ within the bulk |
//! | r* = −2√ξ″ x, at which the points of energy u are | `place`: x, or cosh t beyond 1 |
//!
//! # Derivation
//! The exact mean is an integral over an eigenvalue λ of a GOE matrix (see [`MixtureCounts`](super::MixtureCounts)) with the density
//! Λρ_Λ(λ), which is Λ√(2−λ²)/π in the bulk and `√Λ e^{−t/2} (8π sinh t)^{−1/2} e^{−Λ(sinh t cosh t − t)}` at
//! λ = −√2 cosh t, times e^{−Λaλ²}, times the normal tail P(u′ ≤ u | r = √(2ξ″) λ). Laplace's method at λ* does the rest: the
//! exponent is convex in λ, so that there is one λ* for each u < 0. At the edge, half a Gaussian meets the root of the distance.

use std::f64::consts::{LN_2, PI, TAU};

use super::complexity::MixtureComplexity;
use super::mixture::{AtOne, Mixture};
use crate::theory::asymptotics::{Asymptotics, Prefactor};
use crate::{Error, Result};

/// Γ(3/4).
const GAMMA: f64 = 1.225_416_702_465_177_6;

/// Mean numbers of critical points of a mixture with ξ″ > ξ′ at 1, as Λ → ∞ at fixed energy.
///
/// All take an energy per spin and accept ±∞; NaN gives NaN. The ratio to the exact mean tends to 1 at each energy, but not
/// evenly in u: see [`Self::prefactor`]. A single order has the values of [`Asymptotics`] at u/√ξ(1).
///
/// # Reference
/// The exact mean: Auffinger, Ben Arous (2013), Lemma 3.3. The density of eigenvalues outside the bulk: Auffinger, Ben Arous,
/// Černý (2010), section 2.
///
/// ```
/// use hspin::theory::{Mixture, MixtureAsymptotics, MixtureCounts};
/// let mixture: Mixture = "3:0.5,4:0.5".parse()?;
/// let asymptotic = MixtureAsymptotics::new(&mixture)?.log_total(100, f64::INFINITY);
/// let exact = MixtureCounts::new(&mixture, 100)?.total(&[f64::INFINITY])?[0].log;
/// assert!((asymptotic - exact).abs() < 0.01);
/// # Ok::<(), hspin::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct MixtureAsymptotics {
    complexity: MixtureComplexity,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    /// √v and the pure model.
    Pure(f64, Asymptotics),
    Several(AtOne),
}

impl MixtureAsymptotics {
    /// Asymptotics of a mixture.
    ///
    /// # Errors
    /// Bad input unless ξ″ > ξ′ at 1, `Σ p(p−2) v_p > 0`: else the number of points does not grow exponentially.
    pub fn new(mixture: &Mixture) -> Result<Self> {
        let at_one = mixture.at_one();
        if at_one.excess <= 0.0 {
            let allowed = "a mixture with Σ p(p−2) v_p > 0, that is ξ″ > ξ′ at q = 1; else the number of critical points does not \
                           grow exponentially: take exact means";
            return Err(Error::bad_input("mixture", mixture, allowed));
        }
        let kind = match mixture.single() {
            Some((order, share)) => Kind::Pure(share.sqrt(), Asymptotics::new(order)?),
            None => Kind::Several(at_one),
        };
        Ok(Self { complexity: MixtureComplexity::new(mixture)?, kind })
    }

    /// The energy −E_m, below which the points of an energy are minima: where r* = −2√ξ″. E_m is E_∞ of a single order,
    /// and E_th without a field.
    pub fn e_marginal(&self) -> f64 {
        match &self.kind {
            Kind::Pure(unit, asymptotics) => unit * asymptotics.e_inf(),
            Kind::Several(at_one) => at_one.e_marginal(),
        }
    }

    /// ln E C_Λ(u ≤ energy), all critical points: `ln c + b ln Λ + Λ Θ(u)`.
    ///
    /// # Panics
    /// If `dim` < 2.
    #[track_caller]
    pub fn log_total(&self, dim: u32, energy: f64) -> f64 {
        self.prefactor(energy).log_at(dim) + f64::from(dim) * self.complexity.total(energy)
    }

    /// ln E C_{Λ,0}(u ≤ energy), minima, where energy < −E_m; `None` from −E_m on.
    ///
    /// Equal to [`Self::log_total`]: what is not a minimum is exponentially rarer there. From −E_m on, minima are among
    /// points at the edge of the bulk, where no power of Λ describes their number.
    ///
    /// # Panics
    /// If `dim` < 2.
    #[track_caller]
    pub fn log_minima(&self, dim: u32, energy: f64) -> Option<f64> {
        (energy.is_nan() || energy < -self.e_marginal()).then(|| self.log_total(dim, energy))
    }

    /// The prefactor c Λ^b of e^{ΛΘ(u)}. With K = 2√(2ξ′/S), x = −u/E_m and w = 2(a s² + β²ξ″):
    ///
    /// | u | c | b |
    /// |---|---|---|
    /// | < −E_m | K β√ξ″ e^{−t/2} / (√(8π sinh t) √(w + s² coth t) (sinh t + 2a cosh t)) | −½ |
    /// | −E_m | K β√ξ″ √s Γ(¾) / (2π√π a w^{¾}) | −¼ |
    /// | < 0 | K β√ξ″ √(1−x²) / (√2 π a x √w) | 0 |
    /// | 0 | half the next | ½ |
    /// | > 0 | 4√(2ξ′/(π(ξ″−ξ′))) | ½ |
    ///
    /// where t > 0 solves s² sinh t + w cosh t = wx. Errors are O(1/Λ) but at −E_m, where they are O(Λ^{−1/4}): the
    /// edge of the bulk has another quarter of an eigenvalue, beside √2 Γ(¾) (s²/w)^{¾} Λ^{¼}/π of them, which is few where energies
    /// are nearly given by slopes. So the constant at −E_m is of use for widely spread orders and huge Λ only. Nearer to −E_m than
    /// √(s²/(wΛ)), or to 0 than 1/√Λ, c runs to 0 or ∞ while the mean number stays continuous: take [exact
    /// means](super::MixtureCounts). The error in per cent at Λ = 100 and 400, for ½q² + ½q³:
    ///
    /// | u/E_m | 100 | 400 |
    /// |---|---|---|
    /// | −1.2 | 3.2 | 0.8 |
    /// | −1.1 | 7.0 | 1.8 |
    /// | −0.8 | 11 | 2.6 |
    /// | −0.6 | 9.5 | 2.4 |
    /// | ≥ 0 | 1.4 | 0.3 |
    pub fn prefactor(&self, energy: f64) -> Prefactor {
        match &self.kind {
            Kind::Pure(unit, asymptotics) => asymptotics.prefactor(energy / unit),
            Kind::Several(_) if energy.is_nan() => Prefactor { log_constant: energy, power: 0.0 },
            Kind::Several(at_one) => at_one.prefactor(energy),
        }
    }
}

impl AtOne {
    /// a.
    fn decay(&self) -> f64 {
        self.excess / (2.0 * self.squares)
    }

    /// β√ξ″.
    fn drift(&self) -> f64 {
        self.slope() * self.xi[2].sqrt()
    }

    /// w.
    fn width(&self) -> f64 {
        2.0 * (self.decay() * self.given + self.drift() * self.drift())
    }

    fn e_marginal(&self) -> f64 {
        self.width() / self.drift()
    }

    fn prefactor(&self, energy: f64) -> Prefactor {
        let [_, slope, _] = self.xi;
        // ln K.
        let log_factor = 0.5 * (8.0 * slope / self.squares).ln();
        let (decay, width) = (self.decay(), self.width());
        let log = log_factor + self.drift().ln() - 0.5 * width.ln();
        let place = -energy / self.e_marginal();
        if place > 1.0 {
            return Prefactor { log_constant: log_factor + self.log_beyond(place), power: -0.5 };
        }
        if place == 1.0 {
            let root = 0.25 * (self.given / width).ln() + GAMMA.ln();
            return Prefactor {
                log_constant: log + root - (2.0 * decay * PI * PI.sqrt()).ln(),
                power: -0.25,
            };
        }
        if place > 0.0 {
            let root = 0.5 * ((1.0 - place).ln() + place.ln_1p());
            let log_constant = log + root - (2.0f64.sqrt() * PI * decay * place).ln();
            return Prefactor { log_constant, power: 0.0 };
        }
        let all = 4.0 * (4.0 * slope / (TAU * self.excess)).sqrt();
        Prefactor { log_constant: all.ln() - if place == 0.0 { LN_2 } else { 0.0 }, power: 0.5 }
    }

    /// Without ln K, where −u/E_m is above 1.
    fn log_beyond(&self, place: f64) -> f64 {
        let (given, width) = (self.given, self.width());
        // e^t: (s² + w) y² − 2wx y + (w − s²) = 0.
        let right = width * place;
        let root = (width * width * (place - 1.0) * (place + 1.0) + given * given).sqrt();
        let angle = ((right + root) / (given + width)).ln();
        let (sinh, cosh) = (angle.sinh(), angle.cosh());
        let curved = width + given / angle.tanh();
        self.drift().ln()
            - 0.5 * (angle + (8.0 * PI).ln() + sinh.ln() + curved.ln())
            - (sinh + 2.0 * self.decay() * cosh).ln()
    }
}
