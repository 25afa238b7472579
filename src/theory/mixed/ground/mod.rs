//! The ground state of a mixture: minimum of the zero-temperature functional of Parisi, and the phase it is in.
//!
//! | formulas | here |
//! |---|---|
//! | B(q), positive, concave, not rising on [0, 1] | [`Profile`](profile::Profile) |
//! | E_0 = min_B ½ [ξ′(0) B(0) + ∫₀¹ (ξ″ B + 1/B) dq] | [`GroundState::energy`] |
//! | −B″, a measure: where overlaps of near ground states lie | `masses` |
//!
//! B is L − ∫₀^q α of the functional of Crisanti and Sommers at temperature 0. The functional is convex in B, and has a dual:
//! for any D > 0 with `K(t) ≤ P(t)` for all t, `P = ξ(1) − ξ(t)`, `K(t) = ∫_t^1 ∫_0^s D^{−2}`, the energy is at least ∫ 1/D. So every
//! approximate minimiser, scaled until this holds, gives a bound from below beside its own value, and a guess is proved to be right
//! when both agree.

mod algorithmic;
mod minimise;
mod one_step;
mod profile;

use super::mixture::Mixture;
use crate::Result;
pub use algorithmic::{algorithmic, field_overlap};

/// How overlaps of near ground states are distributed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Replica symmetric: one valley. With a field that rules (ξ″ ≤ ξ′ at 1), or of order 2 alone.
    Symmetric,
    /// One step of replica symmetry breaking: a guess that the bound confirms.
    OneStep,
    /// Full replica symmetry breaking: ξ″^{−1/2} is concave from q_0 on, and E_0 = E_alg.
    Full,
    /// None of these: minimised numerically.
    Other,
}

impl Phase {
    /// Its name in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Symmetric => "rs",
            Self::OneStep => "1rsb",
            Self::Full => "full-rsb",
            Self::Other => "other",
        }
    }
}

/// The ground state as Λ → ∞.
///
/// # Reference
/// Chen, Sen (2017), Theorem 1, for the functional; Subag (2021), Proposition 11, for the full phase.
///
/// ```
/// use hspin::theory::{GroundState, Phase};
/// let ground = GroundState::new(&"3:0.5,4:0.5".parse()?)?;
/// assert!(ground.phase == Phase::OneStep && (ground.energy - 1.733_069_558).abs() < 1e-9);
/// # Ok::<(), hspin::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct GroundState {
    /// E_0 > 0; the lowest energy per spin is −E_0.
    pub energy: f64,
    /// How far the energy may be off: distance of the bounds from above and below, or rounding.
    pub error: f64,
    /// The phase.
    pub phase: Phase,
    /// Intervals of overlaps, rising, at which near ground states lie from each other, beside 1: of no width where replica
    /// symmetry breaks in a step, of some width where it breaks in all. In [`Phase::Other`] from the numerical minimiser.
    pub overlaps: Vec<[f64; 2]>,
}

impl GroundState {
    /// The ground state of a mixture.
    ///
    /// # Errors
    /// Internal if the minimiser fails: a bug.
    pub fn new(mixture: &Mixture) -> Result<Self> {
        let (mixture, unit) = mixture.normalised();
        let ground = Self::normalised(&mixture)?;
        Ok(Self { energy: unit * ground.energy, error: unit * ground.error, ..ground })
    }

    /// With ξ(1) = 1.
    fn normalised(mixture: &Mixture) -> Result<Self> {
        let of = |energy: f64, error: f64, phase, overlaps| {
            let rounding = 8.0 * f64::EPSILON * energy;
            Ok(Self { energy, error: error.max(rounding), phase, overlaps })
        };
        let at_one = mixture.at_one();
        if at_one.excess <= 0.0 {
            return of(at_one.xi[1].sqrt(), 0.0, Phase::Symmetric, Vec::new());
        }
        let least = field_overlap(mixture);
        if algorithmic::is_full(mixture, least) {
            return of(algorithmic(mixture, least), 0.0, Phase::Full, vec![[least, 1.0]]);
        }
        if let Some(guess) = one_step::solution(mixture) {
            return of(guess.energy, guess.error, Phase::OneStep, vec![[guess.overlap; 2]]);
        }
        let found = minimise::minimum(mixture)?;
        of(found.energy, found.error, Phase::Other, found.overlaps)
    }
}
