//! From where a descent ended to a true critical point, by a trust-region Newton method.

use super::evaluate::{Evaluated, FirstOrder};
use super::outcome::Outcome;
use super::rules::Rules;
use super::start::Descended;
use crate::numeric::symmetric::{Cholesky, Symmetric};
use crate::numeric::trust_region::{TrustStep, trust_region_step};
use crate::sphere::{overlap, retract};

/// ‖g‖/√Λ at which a point counts as critical, in units of the couplings' deviation.
pub const CONVERGED: f64 = 1e-10;
/// Most trials by the rules of release 0.1, and since.
const MOST_TRIALS: [u32; 2] = [500, 2000];
/// Trials after which the point is taken to be in a narrow curved valley. Where the Hessian has no eigenvalue near 0 a
/// polish takes a few dozen at most.
const NARROW: u32 = 100;
/// Longest correction of a step, as a share of the step.
const LONGEST_CORRECTION: f64 = 0.5;
/// First and longest radius of trust, relative to the sphere's radius √Λ.
const RADIUS: [f64; 2] = [0.05, 0.2];
/// Shortest radius worth trying, relative to √Λ: below it the point no longer changes.
const SHORTEST: f64 = 1e-15;
/// Energies closer than this, relative to |L| + deviation, are equal to rounding.
const ROUNDING: f64 = 1e-13;

/// A polish under way: give it what it [wants](Self::wants) until it ends.
///
/// A trust-region Newton method on the sphere: each step minimises the second-order model of the energy within a
/// radius, so negative curvature is followed downhill; the radius follows how well the model foretold the energy.
/// Energies never rise between accepted steps, up to rounding. Trials are judged by energy and gradient alone;
/// Hessians are asked for where a trial was accepted, and so at the end too.
///
/// In a narrow valley that is curved, a straight step of length δ leaves the valley by δ², and the radius of trust shrinks
/// until that costs less than the little there is to gain along it. So after many trials a step that is refused is
/// corrected once, to second order, by `c = −(B + μ)⁻¹ (g(w + d) − g − B d)`, which leaves δ³.
///
/// # Reference
/// Absil, Baker, Gallivan (2007), *Trust-region methods on Riemannian manifolds*, Found. Comput. Math. 7;
/// Nocedal, Wright (2006), *Numerical Optimization*, Algorithm 4.1, and §15.4 for corrections of second order.
#[derive(Debug)]
pub struct Polish {
    descended: Descended,
    /// Root mean square of the couplings.
    deviation: f64,
    rules: Rules,
    entry_energy: Option<f64>,
    here: Option<FirstOrder>,
    /// Riemannian Hessian here, once known.
    hessian: Option<Symmetric>,
    step: Option<TrustStep>,
    /// Radius of trust, relative to √Λ.
    radius: f64,
    trial: Vec<f64>,
    /// Whether the trial is a corrected one.
    is_corrected: bool,
    trials: u32,
    accepted: u32,
}

/// What a polish has to know next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wanted<'a> {
    /// Energy and gradient at this point.
    FirstOrder(&'a [f64]),
    /// The Euclidean Hessian at this point.
    Hessian(&'a [f64]),
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
    /// Begins where a descent ended, on a surface whose couplings have this root mean square; by the current rules.
    pub fn new(mut descended: Descended, deviation: f64) -> Self {
        // The point leaves single precision here; from now on its length is √Λ to double precision.
        retract(&mut descended.point);
        let trial = descended.point.clone();
        Self {
            descended,
            deviation,
            rules: Rules::CURRENT,
            entry_energy: None,
            here: None,
            hessian: None,
            step: None,
            radius: RADIUS[0],
            trial,
            is_corrected: false,
            trials: 0,
            accepted: 0,
        }
    }

    /// By these rules.
    pub fn under(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }

    /// What to give next, by [`Self::give_first_order`] or [`Self::give_hessian`].
    pub fn wants(&self) -> Wanted<'_> {
        match (&self.here, &self.hessian) {
            (Some(here), None) => Wanted::Hessian(&here.point),
            _ => Wanted::FirstOrder(&self.trial),
        }
    }

    /// Takes energy and gradient at the trial, `None` if not finite; returns the result once the polish has ended.
    /// A matrix that is no longer needed goes to `spare`.
    pub fn give_first_order(
        &mut self,
        found: Option<FirstOrder>,
        factor: &mut Cholesky,
        spare: &mut Vec<Symmetric>,
    ) -> Option<Polished> {
        self.trials += 1;
        match (&self.here, found) {
            (None, None) => {
                let outcome = sabotage!("non-finite-converged", Outcome::NonFinite, Outcome::Converged);
                return Some(self.end(outcome));
            }
            (None, Some(first)) => {
                self.entry_energy = Some(first.energy);
                self.here = Some(first);
                return None;
            }
            (Some(here), Some(trial)) => {
                let verdict = self.judge(here, &trial);
                if !verdict.accepted && self.corrects(&trial, factor) {
                    return None;
                }
                self.adapt(verdict);
                if verdict.accepted {
                    self.accepted += 1;
                    self.here = Some(trial);
                    spare.extend(self.hessian.take());
                    return None;
                }
            }
            (Some(_), None) => self.adapt(Verdict { accepted: false, quality: 0.0 }),
        }
        self.choose_step(factor)
    }

    /// Takes the Euclidean Hessian at the point asked for; returns the result once the polish has ended.
    pub fn give_hessian(&mut self, mut euclidean: Symmetric, factor: &mut Cholesky) -> Option<Polished> {
        let here = self.here.as_ref()?;
        here.project(&mut euclidean);
        let finite = euclidean.is_finite();
        self.hessian = Some(euclidean);
        match finite {
            true => self.choose_step(factor),
            false => Some(self.end(Outcome::NonFinite)),
        }
    }

    /// How well the model foretold the trial, and whether the trial is to be accepted.
    fn judge(&self, here: &FirstOrder, trial: &FirstOrder) -> Verdict {
        let foretold = self.step.as_ref().map_or(0.0, |step| step.change);
        let rounding = ROUNDING * (here.energy.abs() + self.deviation);
        if -foretold <= rounding {
            // The energy no longer tells steps apart; the gradient still does.
            let better = trial.energy <= here.energy + rounding && trial.gradient_norm < here.gradient_norm;
            return Verdict { accepted: better, quality: f64::from(u8::from(better)) };
        }
        let quality = (trial.energy - here.energy) / foretold;
        Verdict { accepted: quality > 0.05, quality }
    }

    /// Whether a trial that is refused is to be tried again with a correction, which is the next trial then.
    fn corrects(&mut self, refused: &FirstOrder, factor: &mut Cholesky) -> bool {
        if self.rules.is_first() || self.trials <= NARROW || self.is_corrected {
            return false;
        }
        let (Some(here), Some(hessian), Some(step)) = (&self.here, &self.hessian, &self.step) else {
            return false;
        };
        if !step.multiplier.is_some_and(|mu| factor.set(hessian, mu)) {
            return false;
        }
        let there = here.basis.coordinates(&refused.basis.ambient(&refused.gradient));
        let foretold = hessian.times(&step.step).into_iter().zip(&here.gradient).map(|(turn, g)| turn + g);
        let mut correction: Vec<f64> = there.iter().zip(foretold).map(|(g, foretold)| foretold - g).collect();
        factor.solve(&mut correction);
        let length = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
        // NaN is refused too.
        let is_short = length(&correction) <= LONGEST_CORRECTION * length(&step.step);
        if !is_short {
            return false;
        }
        let moved: Vec<f64> = step.step.iter().zip(&correction).map(|(d, c)| d + c).collect();
        let ambient = here.basis.ambient(&moved);
        self.trial = here.point.iter().zip(ambient).map(|(w, d)| w + d).collect();
        retract(&mut self.trial);
        self.is_corrected = true;
        true
    }

    /// Moves the radius of trust.
    fn adapt(&mut self, verdict: Verdict) {
        let root = (self.trial.len() as f64).sqrt();
        let Some(step) = &self.step else { return };
        let length = step.step.iter().map(|d| d * d).sum::<f64>().sqrt() / root;
        if verdict.quality < 0.25 {
            self.radius = 0.25 * length;
        } else if verdict.quality > 0.75 && step.at_boundary {
            self.radius = (2.0 * self.radius).min(RADIUS[1]);
        }
    }

    /// Chooses the next trial, or ends.
    fn choose_step(&mut self, factor: &mut Cholesky) -> Option<Polished> {
        let (here, hessian) = (self.here.as_ref()?, self.hessian.as_ref()?);
        if here.gradient_norm <= CONVERGED * self.deviation {
            return Some(self.end(Outcome::Converged));
        }
        if self.trials >= MOST_TRIALS[usize::from(!self.rules.is_first())] {
            return Some(self.end(Outcome::MaxSteps));
        }
        let radius = self.radius * (here.point.len() as f64).sqrt();
        let step = trust_region_step(hessian, &here.gradient, radius, factor);
        // Release 0.1 had no step where factors give none.
        let step = step.filter(|step| !(step.from_eigenvalues && self.rules.is_first()));
        let (Some(step), true) = (step, self.radius > SHORTEST) else {
            return Some(self.end(Outcome::Stalled));
        };
        let ambient = here.basis.ambient(&step.step);
        self.trial.clear();
        self.trial.extend(here.point.iter().zip(ambient).map(|(w, d)| w + d));
        retract(&mut self.trial);
        self.step = Some(step);
        self.is_corrected = false;
        None
    }

    fn end(&mut self, outcome: Outcome) -> Polished {
        let descended = std::mem::take(&mut self.descended);
        let end = self.here.take().zip(self.hessian.take()).filter(|_| outcome != Outcome::NonFinite);
        let end = end.map(|(here, hessian)| here.with_projected(hessian));
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

/// What a trial was worth: `quality` is the change of energy as a share of what the model foretold.
#[derive(Debug, Clone, Copy)]
struct Verdict {
    accepted: bool,
    quality: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_whose_energy_is_not_finite_says_so() {
        let mut polish = Polish::new(Descended { point: vec![1.0; 5], ..Descended::default() }, 1.0);
        let told = polish.give_first_order(None, &mut Cholesky::default(), &mut Vec::new());
        let polished = told.expect("there is nothing to polish");
        assert_eq!(polished.outcome, Outcome::NonFinite);
        assert!(polished.end.is_none() && polished.descent_energy.is_none());
    }
}
