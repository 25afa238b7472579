//! What is claimed of the end of a start: its spectrum, at a point as near to the critical point as that needs.

use super::saddle::step::Model;
use super::spectrum::Spectrum;
use super::tolerance::Tolerance;
use crate::descent::{Evaluated, evaluate};
use crate::hamiltonian::{Isa, Landscape, Surface};
use crate::numeric::symmetric::Cholesky;
use crate::sphere::retract;

/// Most further Newton steps.
const MOST_STEPS: u32 = 3;
/// Longest of them, relative to √Λ.
const RADIUS: f64 = 0.05;
/// ‖g‖ has to fall by this factor for a step to be worth taking.
const WORTH: f64 = 0.5;
/// Energies closer than this, relative to |L| + the couplings' scale, are equal to rounding.
const ROUNDING: f64 = 1e-13;

/// A point with its spectrum.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Where it is.
    pub end: Evaluated,
    /// `None` if the eigenvalue iteration fails.
    pub spectrum: Option<Spectrum>,
}

/// What an end is judged by.
#[derive(Debug)]
pub struct Judge<'a, L = Surface> {
    landscape: &'a L,
    /// Of further evaluations.
    isa: Isa,
    tolerance: Tolerance,
}

impl<'a, L: Landscape> Judge<'a, L> {
    /// With the landscape's own tolerance and an instruction set for further evaluations.
    pub fn new(landscape: &'a L, isa: Isa) -> Self {
        Self { landscape, isa, tolerance: Tolerance::of(landscape) }
    }

    /// The spectrum at a point, whether or not that is critical; `factor` is space where minima are expected.
    pub fn spectrum(&self, end: &Evaluated, factor: Option<&mut Cholesky>) -> Option<Spectrum> {
        Spectrum::of_critical(end, &self.tolerance, factor).ok()
    }

    /// The spectrum of a critical point. Where an eigenvalue is undecided, Newton's method goes on from the point, as long
    /// as ‖g‖ falls, to decide it: a soft minimum becomes certain, a double root or an inflection does not.
    pub fn critical(&self, end: Evaluated, mut factor: Option<&mut Cholesky>) -> Judged {
        let spectrum = self.spectrum(&end, factor.as_deref_mut());
        let mut judged = Judged { end, spectrum };
        for _ in 0..MOST_STEPS {
            if judged.spectrum.is_none_or(|spectrum| spectrum.undecided == 0) {
                break;
            }
            let Some(next) = nearer(self.landscape, self.isa, &judged.end) else { break };
            let spectrum = self.spectrum(&next, factor.as_deref_mut());
            judged = Judged { end: next, spectrum };
        }
        judged
    }
}

/// One Newton step, if it halves ‖g‖ and raises no energy.
fn nearer<L: Landscape>(landscape: &L, isa: Isa, here: &Evaluated) -> Option<Evaluated> {
    let radius = RADIUS * (here.point.len() as f64).sqrt();
    let model = Model::of(here.clone())?;
    let step = model.least_squares(radius);
    let mut trial: Vec<f64> = here.point.iter().zip(&step.ambient).map(|(w, d)| w + d).collect();
    retract(&mut trial);
    let next = evaluate(landscape, isa, &[&trial]).pop().flatten()?;
    let rounding = ROUNDING * (here.energy.abs() + landscape.deviation());
    let is_worth = next.gradient_norm <= WORTH * here.gradient_norm && next.energy <= here.energy + rounding;
    is_worth.then_some(next)
}
