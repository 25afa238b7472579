//! From a point at some energy to a critical point of any index.

pub(super) mod step;

use crate::descent::{CONVERGED, Descended, Evaluated, Outcome, Polished, TracePoint, is_traced};
use crate::sphere::{overlap, retract};
use step::{Model, Step};

/// Most evaluations.
pub const MOST_TRIALS: u32 = 400;
/// First and longest radius of trust of a least-squares step, relative to the sphere's radius √Λ.
const RADIUS: [f64; 2] = [0.1, 0.3];
/// Shortest and longest radius of trust while an index is followed, relative to √Λ.
const FOLLOW_RADIUS: [f64; 2] = [0.01, 0.15];
/// Shortest radius worth trying, relative to √Λ.
const SHORTEST: f64 = 1e-9;
/// ‖g‖/√Λ below which following gives way to least squares, in units of the couplings' deviation: there both are
/// Newton's method, and least squares cannot leave.
const NEAR: f64 = 1e-3;
/// ‖g‖/√Λ above which a converged point gets one more Newton step, so that its distance from the critical point is
/// one of rounding, and eigenvalues near 0 can be decided.
const SHARP: f64 = 1e-13;
/// Steps that follow the index of the first point.
const FOLLOW_FIRST: u32 = 60;
/// Steps that follow the index of a point where least squares got stuck.
const FOLLOW_AWAY: u32 = 15;
/// Least-squares steps in a row that each lower ‖g‖² by less than a tenth: a spurious minimum is near.
const MOST_IDLE: u32 = 6;
/// Most spurious minima that are left behind.
const MOST_ESCAPES: u32 = 12;

/// A saddle search under way: ask for [`Self::trial`], have it evaluated, [`Self::tell`] the result, until it ends.
///
/// Two steps take turns, both in the eigenbasis of the explicit Riemannian Hessian B and within a radius of trust:
/// - **following**: with k the number of negative eigenvalues where it begins, up along the k lowest eigenvectors
///   and down along the others. Its only resting points are critical points of index k, and its energy stays near
///   the one it began at; but it need not come to rest.
/// - **least squares**: Levenberg–Marquardt on ½‖g‖², whose steps are Newton's near a critical point of whatever
///   index. ‖g‖² never rises, but has spurious minima, B g = 0 with g ≠ 0.
///
/// A search follows first, then minimises; from where ‖g‖² gets stuck it follows anew for a while. Whether a point
/// is critical is decided by ‖g‖/√Λ ≤ 1e-10 alone; a search that was stuck too often is [`Outcome::Stalled`].
///
/// # Reference
/// Cerjan, Miller (1981), *On finding transition states*, J. Chem. Phys. 75 (following eigenvectors); Broderix,
/// Bhattacharya, Cavagna, Zippelius, Giardina (2000), *Energy landscape of a Lennard-Jones liquid: statistics of
/// stationary points*, Phys. Rev. Lett. 85 (minimising ‖g‖²); Doye, Wales (2002), *Saddle points and dynamics of
/// Lennard-Jones clusters, solids, and supercooled liquids*, J. Chem. Phys. 116 (its spurious minima);
/// Moré (1978), *The Levenberg–Marquardt algorithm: implementation and theory*.
#[derive(Debug)]
pub struct SaddleSearch {
    descended: Descended,
    /// Root mean square of the couplings.
    deviation: f64,
    traced: bool,
    /// The index that is followed first; `None` for that of the first point.
    sought: Option<usize>,
    entry_energy: Option<f64>,
    model: Option<Model>,
    step: Option<Step>,
    phase: Phase,
    /// Radius of trust, relative to √Λ.
    radius: f64,
    trial: Vec<f64>,
    trials: u32,
    accepted: u32,
    escapes: u32,
}

/// Which step is taken.
#[derive(Debug, Clone, Copy)]
enum Phase {
    /// Following an index, for so many steps more.
    Follow { index: usize, left: u32 },
    /// Least squares, after so many idle steps in a row.
    LeastSquares { idle: u32 },
    /// One more Newton step from a converged point.
    Sharpen,
}

impl SaddleSearch {
    /// Begins where an approach ended, on a surface whose couplings have this root mean square; `traced` adds the
    /// search to the approach's path.
    pub fn new(mut descended: Descended, deviation: f64, traced: bool) -> Self {
        // The point leaves single precision here; from now on its length is √Λ to double precision.
        retract(&mut descended.point);
        let trial = descended.point.clone();
        Self {
            descended,
            deviation,
            traced,
            sought: None,
            entry_energy: None,
            model: None,
            step: None,
            phase: Phase::LeastSquares { idle: 0 },
            radius: RADIUS[0],
            trial,
            trials: 0,
            accepted: 0,
            escapes: 0,
        }
    }

    /// The same search, which first follows this index, whatever that of its first point is: up along so many of the lowest
    /// eigenvectors and down along the others. It may still end at a critical point of another index.
    #[must_use]
    pub fn of_index(self, index: usize) -> Self {
        Self { sought: Some(index), ..self }
    }

    /// The point to evaluate next.
    pub fn trial(&self) -> &[f64] {
        &self.trial
    }

    /// Takes the evaluation of [`Self::trial`]; returns the result once the search has ended.
    pub fn tell(&mut self, evaluated: Option<Evaluated>) -> Option<Polished> {
        self.trials += 1;
        match (self.model.is_some(), evaluated.and_then(Model::of)) {
            (false, None) => return Some(self.end(Outcome::NonFinite)),
            (false, Some(first)) => {
                self.entry_energy = Some(first.here.energy);
                let index = self.sought.unwrap_or_else(|| first.index());
                self.phase = Phase::Follow { index, left: FOLLOW_FIRST };
                self.model = Some(first);
            }
            (true, Some(trial)) => self.judge(trial),
            (true, None) => self.reject(),
        }
        self.choose_step()
    }

    /// Accepts or rejects a trial, and moves the radius of trust.
    fn judge(&mut self, trial: Model) {
        let (Some(model), Some(step)) = (&self.model, &self.step) else { return };
        let (before, after) = (model.slope(), trial.slope());
        let length = step.length / (self.trial.len() as f64).sqrt();
        match &mut self.phase {
            Phase::Follow { left, .. } => {
                // Not a descent of anything: the radius follows how well the model foretold the gradient.
                let wrong = (after - step.foretold).abs() / step.turned;
                if wrong > 0.5 {
                    self.radius = (0.5 * length).max(FOLLOW_RADIUS[0]);
                } else if wrong < 0.2 {
                    self.radius = (1.5 * self.radius).min(FOLLOW_RADIUS[1]);
                }
                *left -= 1;
                self.accept(trial);
            }
            Phase::LeastSquares { idle } => {
                let quality =
                    (before * before - after * after) / (before * before - step.foretold * step.foretold);
                if quality < 0.25 {
                    self.radius = 0.25 * length;
                } else if quality > 0.75 && step.at_boundary {
                    self.radius = (2.0 * self.radius).min(RADIUS[1]);
                }
                let accepted = quality > 1e-3;
                *idle = if accepted && after * after <= 0.9 * before * before { 0 } else { *idle + 1 };
                if accepted {
                    self.accept(trial);
                }
            }
            Phase::Sharpen => {
                if after < before {
                    self.accept(trial);
                }
            }
        }
    }

    /// A trial that is not finite.
    fn reject(&mut self) {
        self.radius *= 0.25;
        if let Phase::Follow { left, .. } = &mut self.phase {
            *left -= 1;
        }
    }

    fn accept(&mut self, trial: Model) {
        self.accepted += 1;
        let step = self.descended.steps + u64::from(self.accepted);
        if self.traced && is_traced(step) {
            let energy_per_spin = trial.here.energy / trial.here.point.len() as f64;
            let gradient_norm = trial.here.gradient_norm;
            self.descended.trace.push(TracePoint { step, energy_per_spin, gradient_norm });
        }
        self.model = Some(trial);
    }

    /// Chooses the next trial, or ends.
    fn choose_step(&mut self) -> Option<Polished> {
        let model = self.model.as_ref()?;
        let norm = model.here.gradient_norm / self.deviation;
        if norm <= SHARP || matches!(self.phase, Phase::Sharpen) {
            return Some(self.end(Outcome::Converged));
        }
        let index = model.index();
        match self.next_phase(index, norm) {
            Ok(phase) => self.phase = phase,
            Err(outcome) => return Some(self.end(outcome)),
        }
        let model = self.model.as_ref()?;
        let radius = self.radius * (self.trial.len() as f64).sqrt();
        let step = match self.phase {
            Phase::Follow { index, .. } => model.following(index, radius),
            Phase::LeastSquares { .. } | Phase::Sharpen => model.least_squares(radius),
        };
        self.trial = model.here.point.iter().zip(&step.ambient).map(|(w, d)| w + d).collect();
        retract(&mut self.trial);
        self.step = Some(step);
        None
    }

    /// What to do next at a point of this index and ‖g‖/√Λ in units of the couplings, or how the search ends.
    fn next_phase(&mut self, index: usize, norm: f64) -> Result<Phase, Outcome> {
        let next = match self.phase {
            _ if norm <= CONVERGED => Phase::Sharpen,
            _ if self.trials >= MOST_TRIALS => return Err(Outcome::MaxSteps),
            // Away from a spurious minimum of small gradient, a small gradient is no reason to stop.
            Phase::Follow { left, .. } if left == 0 || (norm <= NEAR && self.escapes == 0) => {
                Phase::LeastSquares { idle: 0 }
            }
            Phase::LeastSquares { idle } if idle >= MOST_IDLE || self.radius < SHORTEST => {
                if self.escapes == MOST_ESCAPES {
                    return Err(Outcome::Stalled);
                }
                self.escapes += 1;
                Phase::Follow { index, left: FOLLOW_AWAY }
            }
            same => return Ok(same),
        };
        self.radius = RADIUS[0];
        Ok(next)
    }

    fn end(&mut self, outcome: Outcome) -> Polished {
        let mut descended = std::mem::take(&mut self.descended);
        descended.steps += u64::from(self.accepted);
        let end = self.model.take().map(|model| model.here);
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
