//! Gradient flow and Langevin dynamics at Λ → ∞: correlation, response and energy against time.
//!
//! | formulas | here |
//! |---|---|
//! | C(t, s) = w(t)·w(s)/Λ | [`Dynamics::pair`] |
//! | R(t, s), response of w(t) to a field at s, C(t,t) = R(t,t⁻) = 1 | [`Dynamics::pair`] |
//! | E(t), energy per spin; μ(t), Lagrange multiplier of the sphere | [`Moment`] |
//!
//! The flow is dw/dt = −g(w) + √(2T) noise on the sphere, g the Riemannian gradient of L: one unit of time is a sum of rates 1
//! of `--protocol gd`. Files: `ratios` (grid of s/t), `rows` (rows at earlier times), `memory` (integrals), `solver` (steps).

mod memory;
mod ratios;
mod rows;
mod solver;

use crate::theory::Mixture;
use crate::{Error, Result};
use solver::{Resolution, Solver};

/// Temperatures of the dynamics and of the start, in units in which L has variance Λ ξ(1).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Conditions {
    /// T ≥ 0; 0 is gradient flow.
    pub temperature: f64,
    /// T′ of equilibrium at t = 0; `None` starts uniformly.
    pub start_temperature: Option<f64>,
}

impl Conditions {
    fn start_beta(self) -> f64 {
        self.start_temperature.map_or(0.0, f64::recip)
    }
}

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

/// Rates of the equations.
#[derive(Debug, Clone, Copy)]
struct Scales {
    /// Largest rate of relaxation but for μ: the half-width 2√ξ″ of the Hessian's spectrum, or √ξ′ of a field.
    rate: f64,
    /// About what μ comes to.
    multiplier: f64,
}

/// Width of the narrowest panel, in units of 1/rate.
const NARROWEST: f64 = 1.2;

impl Scales {
    fn new(mixture: &Mixture, conditions: Conditions) -> Self {
        let [slope, curvature] = [1, 2].map(|n| mixture.derivative(n, 1.0));
        let rate = (2.0 * curvature.sqrt()).max(slope.sqrt());
        let beta = conditions.start_beta().max(conditions.temperature.recip().min(rate / slope));
        Self { rate, multiplier: conditions.temperature + beta * slope }
    }

    /// Halvings of panels for times up to `latest`.
    fn depth(self, latest: f64) -> u32 {
        ((latest * self.rate.max(self.multiplier) / NARROWEST).log2().ceil().max(3.0) as u32).min(60)
    }
}

fn check(mixture: &Mixture, conditions: Conditions) -> Result<()> {
    let Conditions { temperature, start_temperature } = conditions;
    if !(temperature.is_finite() && temperature >= 0.0) {
        return Err(Error::bad_input(
            "temperature",
            temperature,
            "a finite number, at least 0 (gradient flow)",
        ));
    }
    let Some(start) = start_temperature else { return Ok(()) };
    if mixture.field() > 0.0 {
        let allowed =
            "a model without a random field (order 1): with one, equilibrium is not the annealed one";
        return Err(Error::bad_input("start-temperature", start, allowed));
    }
    let lowest = static_transition(mixture);
    if !(start.is_finite() && start >= lowest) {
        let allowed = format!(
            "a finite temperature from T_s = {lowest:.6} on: below it equilibrium is spread over few states, which these equations do not hold for"
        );
        return Err(Error::bad_input("start-temperature", start, allowed));
    }
    Ok(())
}

/// T_s, the lowest temperature at which `ξ(q)/T² + ln(1−q) + q ≤ 0` on [0, 1): the free energy is the annealed one above it.
///
/// # Reference
/// Talagrand (2006), *Free energy of the spherical mean field model*, Proposition 2.3.
fn static_transition(mixture: &Mixture) -> f64 {
    let square = |q: f64| mixture.xi(q) / -((-q).ln_1p() + q);
    // q = 1 − e^{−x}, since the maximum may be near 1.
    const POINTS: usize = 4000;
    let largest =
        (1..=POINTS).map(|k| square(-(-30.0 * k as f64 / POINTS as f64).exp_m1())).fold(0.0, f64::max);
    // ξ ~ v_2 q² against q²/2 at q → 0.
    let at_zero = mixture.derivative(2, 0.0);
    largest.max(at_zero).sqrt()
}
