//! Descents by small gradient steps in double precision, from beside a saddle to a minimum.

use super::slopes::{Field, Slope};
use crate::descent::{Descended, Outcome, Polished, Polishing};
use crate::hamiltonian::Landscape;
use crate::sphere::retract;

/// Most steps.
const MOST_STEPS: u32 = 100_000;
/// ‖g‖/√Λ, in units of the landscape's deviation, at which a descent hands over to the polish, once it has been steeper.
const HANDOVER: f64 = 1e-3;
/// Share of the steepest ‖g‖ so far below which it has been.
const PAST: f64 = 0.5;
/// Energies closer than this, relative to |L| + deviation, are equal to rounding.
const ROUNDING: f64 = 1e-13;
/// Descents under way at a time.
const AT_ONCE: usize = 24;

struct Slide {
    place: usize,
    point: Vec<f64>,
    here: Option<Slope>,
    steepest: f64,
    rate: f64,
    steps: u32,
    trial: Vec<f64>,
}

/// Descends from points by the steps `w ← retract(w − γ g)`, which are halved where the energy rises, then polishes; the ends
/// that converged, in the order of the points. No step raises the energy, so an end belongs to the component of {L ≤ L(start)} that the start
/// is in, up to the length of a step.
pub fn slide<L: Landscape>(field: &Field<L>, points: &[Vec<f64>]) -> Vec<Option<Polished>> {
    let deviation = field.landscape.deviation();
    let mut ends: Vec<Option<Polished>> = points.iter().map(|_| None).collect();
    let mut waiting = points.iter().enumerate();
    let mut under_way: Vec<Slide> = Vec::new();
    let mut polishing = Polishing::new(field.landscape, field.isa);
    loop {
        let next = waiting.by_ref().take(AT_ONCE - under_way.len());
        under_way.extend(next.map(|(place, point)| Slide::from(place, point, field.rate())));
        if under_way.is_empty() {
            break;
        }
        let slopes = field.slopes(under_way.iter().map(|slide| slide.trial.as_slice()));
        let mut slopes = slopes.into_iter();
        let mut arrived = Vec::new();
        under_way.retain_mut(|slide| {
            let goes_on = slopes.next().is_some_and(|slope| slide.take(slope, deviation));
            if !goes_on {
                let id = slide.place as u64;
                let (point, steps) = (slide.point.clone(), u64::from(slide.steps));
                arrived.push(Descended { id, point, steps, trace: Vec::new() });
            }
            goes_on
        });
        polishing.add(arrived);
    }
    while !polishing.is_empty() {
        for polished in polishing.round() {
            let place = polished.descended.id as usize;
            ends[place] = Some(polished).filter(|end| end.outcome == Outcome::Converged);
        }
    }
    ends
}

impl Slide {
    fn from(place: usize, point: &[f64], rate: f64) -> Self {
        let (point, trial) = (point.to_vec(), point.to_vec());
        Self { place, point, here: None, steepest: 0.0, rate, steps: 0, trial }
    }

    /// Takes energy and gradient at the trial; whether it goes on.
    fn take(&mut self, slope: Slope, deviation: f64) -> bool {
        self.steps += 1;
        let falls = self
            .here
            .as_ref()
            .is_none_or(|here| slope.energy <= here.energy + ROUNDING * (here.energy.abs() + deviation));
        if falls {
            self.point.clone_from(&self.trial);
            self.steepest = self.steepest.max(slope.norm());
            self.here = Some(slope);
        } else {
            // A step that is not finite is refused, too.
            self.rate *= 0.5;
        }
        let Some(here) = &self.here else { return false };
        let norm = here.norm();
        let is_down = norm <= HANDOVER * deviation && norm <= PAST * self.steepest;
        if is_down || self.steps >= MOST_STEPS || !norm.is_finite() || norm == 0.0 {
            return false;
        }
        self.trial.clear();
        self.trial.extend(self.point.iter().zip(&here.gradient).map(|(w, g)| w - self.rate * g));
        retract(&mut self.trial);
        true
    }
}
