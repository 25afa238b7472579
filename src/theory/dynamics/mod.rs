//! Gradient flow and Langevin dynamics at Λ → ∞: correlation, response and energy against time.
//!
//! | formulas | here |
//! |---|---|
//! | C(t, s) = w(t)·w(s)/Λ | [`Dynamics::pair`] |
//! | R(t, s), response of w(t) to a field at s, C(t,t) = R(t,t⁻) = 1 | [`Dynamics::pair`] |
//! | E(t), energy per spin; μ(t), Lagrange multiplier of the sphere | [`Moment`] |
//!
//! The flow is dw/dt = −g(w) + √(2T) noise on the sphere, g the Riemannian gradient of L: one unit of time is a sum of rates 1
//! of `--protocol gd`. Files: `conditions`, `ratios` (grid of s/t), `rows` (rows at earlier times), `memory` (integrals), `solver` (steps).

mod conditions;
mod memory;
mod ratios;
mod rows;
mod solver;

use crate::theory::mixed::Mixture;
use crate::{Error, Result};
pub use conditions::Conditions;
use conditions::{Scales, check};
use solver::{Resolution, Solver};

/// A number and an estimate of its error: the difference from a coarser grid and longer steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// Its estimated error, which is more than was met against exact solutions.
    pub error: f64,
}

/// One time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// t.
    pub time: f64,
    /// E(t), per spin.
    pub energy: Estimate,
    /// C(t, 0).
    pub overlap: Estimate,
    /// μ(t).
    pub multiplier: Estimate,
}

/// The solution of the two-time equations, from t = 0 on.
///
/// # Reference
/// Crisanti, Horner, Sommers (1993), *The spherical p-spin interaction spin-glass model: the dynamics*; Cugliandolo, Kurchan
/// (1993), *Analytical solution of the off-equilibrium dynamics of a long-range spin-glass model*; Barrat, Burioni, Mézard
/// (1996) for starts from equilibrium.
///
/// ```
/// use hspin::theory::{Conditions, Dynamics, Mixture};
///
/// let mut dynamics = Dynamics::new(&Mixture::pure(3)?, Conditions::default(), 1.0)?;
/// let moment = dynamics.advance(1.0)?;
/// assert!((moment.energy.value + 1.21984).abs() < 1e-4);
/// # Ok::<(), hspin::Error>(())
/// ```
#[derive(Debug)]
pub struct Dynamics {
    fine: Solver<8>,
    coarse: Solver<6>,
    latest: f64,
}

const FINE: Resolution = Resolution { longest: 0.7, growth: 0.05 };
const COARSE: Resolution = Resolution { longest: 1.0, growth: 0.08 };
/// Most bytes of rows.
const MEMORY: f64 = 4.0 * 1024.0 * 1024.0 * 1024.0;

impl Dynamics {
    /// The solution at t = 0, for times up to `latest`. Time grows like the square of `latest`, rows take
    /// [`Self::bytes`].
    ///
    /// # Errors
    /// Bad input for a temperature below 0 or not finite; for a start from equilibrium with a random field or at a temperature
    /// below the static transition T_s; for a `latest` that is not finite, below 0, or beyond 4 GiB of rows.
    pub fn new(mixture: &Mixture, conditions: Conditions, latest: f64) -> Result<Self> {
        check(mixture, conditions)?;
        let bytes = Self::bytes(mixture, conditions, latest);
        if !(latest.is_finite() && latest >= 0.0 && bytes <= MEMORY) {
            let times = (0..200)
                .map(|k| 1.2f64.powi(k - 60))
                .take_while(|&t| Self::bytes(mixture, conditions, t) <= MEMORY);
            let most = times.last().unwrap_or(0.0);
            return Err(Error::bad_input(
                "time",
                latest,
                format!("times from 0 to about {most:.1e} for this model (rows of up to 4 GiB)"),
            ));
        }
        Ok(Self {
            fine: Solver::new(mixture, conditions, latest, FINE),
            coarse: Solver::new(mixture, conditions, latest, COARSE),
            latest,
        })
    }

    /// About how many bytes a solution up to a time takes.
    pub fn bytes(mixture: &Mixture, conditions: Conditions, latest: f64) -> f64 {
        let scales = Scales::new(mixture, conditions);
        let of = |nodes: f64, resolution: Resolution| {
            let n = 2.0 * nodes * f64::from(scales.depth(latest));
            let steps =
                latest * (scales.rate + scales.multiplier) / resolution.longest + 3.0 / resolution.growth;
            steps * 16.0 * n + n * n * (3.0 * (8.0 * nodes + 8.0) + 16.0)
        };
        of(8.0, FINE) + of(6.0, COARSE)
    }

    /// Goes on to a time, not before the one reached.
    ///
    /// # Errors
    /// Bad input for a time before the one reached or beyond the latest; internal if numbers stop being finite.
    pub fn advance(&mut self, time: f64) -> Result<Moment> {
        self.advance_watched(time, &mut |_| {})
    }

    /// The same; `watch` is told the time reached after every step.
    ///
    /// # Errors
    /// Those of [`Self::advance`].
    pub fn advance_watched(&mut self, time: f64, watch: &mut dyn FnMut(f64)) -> Result<Moment> {
        if !(self.fine.time()..=self.latest).contains(&time) {
            let allowed = format!("times in rising order from 0 to {}", self.latest);
            return Err(Error::bad_input("time", time, allowed));
        }
        self.fine.advance(time, watch)?;
        self.coarse.advance(time, &mut |_| {})?;
        let (fine, coarse) = (self.fine.row(), self.coarse.row());
        Ok(Moment {
            time,
            energy: estimate(fine.energy, coarse.energy),
            overlap: self.pair(0.0)[0],
            multiplier: estimate(fine.multiplier, coarse.multiplier),
        })
    }

    /// C(t, s) and R(t, s) at the time t reached, 0 ≤ s ≤ t.
    pub fn pair(&self, s: f64) -> [Estimate; 2] {
        let (fine, coarse) = (self.fine.pair(s), self.coarse.pair(s));
        [0, 1].map(|i| estimate(fine[i], coarse[i]))
    }
}

fn estimate(fine: f64, coarse: f64) -> Estimate {
    Estimate { value: fine, error: (fine - coarse).abs().max(8.0 * f64::EPSILON * fine.abs()) }
}
