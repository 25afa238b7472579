//! From where a descent ended to a true critical point, by a safeguarded Newton method.

use super::driver::Descended;
use super::evaluate::Evaluated;
use super::outcome::Outcome;
use crate::sphere::{overlap, retract};

/// ‖g‖/√Λ at which a point counts as critical.
pub const CONVERGED: f64 = 1e-10;
/// Most accepted steps.
const MOST_STEPS: u32 = 200;
/// Longest step, relative to the sphere's radius √Λ.
const LONGEST: f64 = 0.1;
/// Shortest step worth trying, relative to √Λ: below it the point no longer changes.
const SHORTEST: f64 = 1e-15;
/// Share of the promised decrease that a step must keep (Armijo).
const KEPT: f64 = 1e-4;
/// Energies closer than this, relative to |L| + 1, are equal to rounding.
const ROUNDING: f64 = 1e-13;

/// A polish under way: ask for [`Self::trial`], have it evaluated, [`Self::tell`] the result, until it ends.
///
/// Each step is Newton's, `d = −B⁻¹ g`, where the Hessian B is positive definite. Elsewhere it is Newton's with
/// |eigenvalues| in place of eigenvalues, and moves along the most negative direction, downhill. A step is cut to
/// a tenth of the radius and shortened until the energy falls; energies never rise, up to rounding.
///
/// # Reference
/// Nocedal, Wright (2006), *Numerical Optimization*, §3.4 (modified Newton), Algorithm 3.1 (backtracking);
/// Absil, Mahony, Sepulchre (2008), *Optimization Algorithms on Matrix Manifolds*, §6 (on a sphere).
#[derive(Debug)]
pub struct Polish {
    descended: Descended,
    entry_energy: Option<f64>,
    here: Option<Evaluated>,
    step: Vec<f64>,
    slope: f64,
    trial: Vec<f64>,
    accepted: u32,
}

/// A start at its end.
#[derive(Debug, Clone)]
pub struct Polished {
    /// The start with its descent; `descended.point` is where the polish began.
    pub descended: Descended,
    /// L before the polish; `None` if not finite.
    pub descent_energy: Option<f64>,
    /// Where it ended; `None` if not finite.
    pub end: Option<Evaluated>,
    /// Overlap of the points before and after.
    pub overlap: f64,
    /// Newton steps taken.
    pub steps: u32,
    /// How it ended.
    pub outcome: Outcome,
}

impl Polish {
    /// Begins where a descent ended.
    pub fn new(mut descended: Descended) -> Self {
        // The point leaves single precision here; from now on its length is √Λ to double precision.
        retract(&mut descended.point);
        let trial = descended.point.clone();
        Self { descended, entry_energy: None, here: None, step: Vec::new(), slope: 0.0, trial, accepted: 0 }
    }

    /// The point to evaluate next.
    pub fn trial(&self) -> &[f64] {
        &self.trial
    }

    /// Takes the evaluation of [`Self::trial`]; returns the result once the polish has ended.
    pub fn tell(&mut self, evaluated: Option<Evaluated>) -> Option<Polished> {
        match (&self.here, evaluated) {
            (None, None) => return Some(self.end(Outcome::NonFinite)),
            (None, Some(first)) => {
                self.entry_energy = Some(first.energy);
                self.here = Some(first);
            }
            (Some(here), Some(trial)) if self.is_better(here, &trial) => {
                self.accepted += 1;
                self.here = Some(trial);
            }
            (Some(_), _) => {
                self.step.iter_mut().for_each(|d| *d *= 0.25);
                self.slope *= 0.25;
                return self.go();
            }
        }
        self.choose_step()
    }

    /// Whether the trial lowers the energy enough, or, where energies are equal to rounding, the gradient.
    fn is_better(&self, here: &Evaluated, trial: &Evaluated) -> bool {
        let rounding = ROUNDING * (here.energy.abs() + 1.0);
        match -self.slope <= rounding {
            true => trial.energy <= here.energy + rounding && trial.gradient_norm < here.gradient_norm,
            false => trial.energy <= here.energy + KEPT * self.slope,
        }
    }

    /// Chooses the step from the point reached, or ends.
    fn choose_step(&mut self) -> Option<Polished> {
        let here = self.here.as_ref()?;
        if here.gradient_norm <= CONVERGED {
            return Some(self.end(Outcome::Converged));
        }
        if self.accepted >= MOST_STEPS {
            return Some(self.end(Outcome::MaxSteps));
        }
        let longest = LONGEST * (here.point.len() as f64).sqrt();
        let Some(mut step) = newton_step(here, longest) else { return Some(self.end(Outcome::Stalled)) };
        let length = norm(&step);
        if length > longest {
            step.iter_mut().for_each(|d| *d *= longest / length);
        }
        self.slope = step.iter().zip(&here.gradient).map(|(d, g)| d * g).sum();
        self.step = step;
        self.go()
    }

    /// Moves the trial point along the step.
    fn go(&mut self) -> Option<Polished> {
        let here = self.here.as_ref()?;
        if norm(&self.step) <= SHORTEST * (here.point.len() as f64).sqrt() {
            return Some(self.end(Outcome::Stalled));
        }
        let ambient = here.basis.ambient(&self.step);
        self.trial = here.point.iter().zip(ambient).map(|(w, d)| w + d).collect();
        retract(&mut self.trial);
        None
    }

    fn end(&mut self, outcome: Outcome) -> Polished {
        let descended = std::mem::take(&mut self.descended);
        let end = self.here.take();
        let point = end.as_ref().map_or(descended.point.as_slice(), |end| &end.point);
        Polished {
            overlap: overlap(&descended.point, point),
            descent_energy: self.entry_energy,
            steps: self.accepted,
            descended,
            end,
            outcome,
        }
    }
}

/// Newton's step, or its modification where the Hessian is not positive definite; `None` if no spectrum is to be had.
fn newton_step(here: &Evaluated, longest: f64) -> Option<Vec<f64>> {
    if let Some(factor) = here.hessian.cholesky() {
        return Some(factor.solve(&here.gradient).into_iter().map(|d| -d).collect());
    }
    let eigen = here.hessian.eigen().ok()?;
    let scale = eigen.values.iter().fold(0.0f64, |top, value| top.max(value.abs()));
    if scale == 0.0 {
        return Some(here.gradient.iter().map(|g| -g).collect());
    }
    let gradient = eigen.coordinates(&here.gradient);
    let mut step: Vec<f64> =
        gradient.iter().zip(&eigen.values).map(|(g, value)| -g / value.abs().max(1e-8 * scale)).collect();
    let (first, slope) = (step.first_mut()?, gradient.first()?);
    if eigen.values[0] < 0.0 {
        // Along the most negative direction the model has no minimum: go half the longest step, downhill.
        *first = -(0.5 * longest).max(first.abs()).copysign(*slope);
    }
    Some(eigen.combine(&step))
}

fn norm(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}
