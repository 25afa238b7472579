//! What is done to a start on its surface: descend or approach; the record of its end.

use super::shared_surface::{JobStarts, SharedSurface, SurfaceJob};
use crate::Result;
use crate::critical::{Judge, Judged, Spectrum};
use crate::descent::{
    Driver, Evaluated, Execution, Outcome, Polished, Protocol, Rules, Sought, StartInputs, StartPoints,
};
use crate::hamiltonian::{Landscape, Surface, SurfaceKey};
use crate::numeric::symmetric::{Cholesky, Symmetric};
use crate::sphere::overlap;
use crate::studies::surfaces::record::{Record, Slopes, StartResult};

/// What is done to every start of one surface.
#[derive(Clone, Copy)]
pub(in crate::studies::surfaces) struct Task<'a> {
    pub surface: &'a Surface,
    pub key: SurfaceKey,
    pub protocol: Protocol,
    pub rules: Rules,
    pub execution: Execution,
    pub traced: bool,
    /// Where starts begin.
    pub starts: JobStarts<'a>,
    /// Whether records have slopes beside them.
    pub have_slopes: bool,
}

impl<'a> Task<'a> {
    pub fn of<'b: 'a>(surface: &'a SharedSurface<'b>) -> Self {
        let SurfaceJob { key, protocol, rules, execution, traced, starts, .. } = surface.job;
        let have_slopes = surface.job.have_slopes;
        Self { surface: surface.surface(), key, protocol, rules, execution, traced, starts, have_slopes }
    }

    /// The protocol's method at work on the surface.
    ///
    /// # Errors
    /// Those of the device.
    pub fn driver(&self) -> Result<Box<dyn Driver + 'a>> {
        self.protocol.driver(self.surface, self.execution, self.traced)
    }

    /// The inputs of its starts.
    pub fn inputs(&self) -> StartInputs<'a> {
        let points = match self.starts {
            JobStarts::Uniform => StartPoints::Uniform,
            JobStarts::Overlap(reached) => match self.surface.spike() {
                Some(spike) => StartPoints::Overlap(reached, spike.vector()),
                None => StartPoints::Uniform,
            },
            JobStarts::Given(points) => StartPoints::Given(points),
        };
        StartInputs::of(self.surface, self.key).from_points(points)
    }

    /// What is claimed of the end of a start.
    fn judged(&self, end: Evaluated, outcome: Outcome, factor: &mut Cholesky) -> Judged {
        if self.rules.is_first() || outcome != Outcome::Converged {
            let spectrum = self.spectrum(&end, factor);
            return Judged { end, spectrum };
        }
        self.judge().critical(end, self.expecting_minima(factor))
    }

    fn judge(&self) -> Judge<'a> {
        Judge::new(self.surface, self.execution.isa)
    }

    /// Descents end at minima; of searches few do.
    fn expecting_minima<'f>(&self, factor: &'f mut Cholesky) -> Option<&'f mut Cholesky> {
        (self.protocol.method().sought() == Sought::Minima).then_some(factor)
    }

    /// The spectrum that is claimed at a point, as it is.
    pub fn spectrum(&self, end: &Evaluated, factor: &mut Cholesky) -> Option<Spectrum> {
        if self.rules.is_first() {
            return self.first_spectrum(end, factor);
        }
        self.judge().spectrum(end, self.expecting_minima(factor))
    }

    /// By the rules of release 0.1: of a descent the Hessian at the point, of a saddle search the critical point nearby.
    fn first_spectrum(&self, end: &Evaluated, factor: &mut Cholesky) -> Option<Spectrum> {
        let spectrum = match self.protocol.method().sought() {
            Sought::Minima => Spectrum::of_minimum(&end.hessian, end.radial_slope, factor),
            Sought::AnyIndex => Spectrum::of_nearby(end, self.key.layout.spins, self.surface.deviation()),
        };
        spectrum.ok()
    }

    /// The record of a finished start, and the matrix that it no longer needs. Energies, gradients and eigenvalues are
    /// those of the couplings as they were given.
    pub fn result(&self, polished: Polished, factor: &mut Cholesky) -> (StartResult, Option<Symmetric>) {
        let outcome = polished.outcome;
        self.recorded(polished, |end| self.judged(end, outcome, factor))
    }

    /// The record of a start that ended at this very point.
    pub fn record_at(&self, polished: Polished, factor: &mut Cholesky) -> Record {
        let at_point = |end: Evaluated| {
            let spectrum = self.spectrum(&end, factor);
            Judged { end, spectrum }
        };
        self.recorded(polished, at_point).0.record
    }

    fn recorded(
        &self,
        polished: Polished,
        judged: impl FnOnce(Evaluated) -> Judged,
    ) -> (StartResult, Option<Symmetric>) {
        let layout = self.key.layout;
        let dim = layout.dim as f64;
        let Polished { descended, descent_energy, overlap: reached, outcome, .. } = polished;
        let judged = polished.end.map(judged);
        let (end, spectrum) = judged.map_or((None, None), |judged| (Some(judged.end), judged.spectrum));
        let scale = self.surface.scale();
        let energy = end.as_ref().map_or(f64::NAN, |end| scale * end.energy);
        let record = Record {
            spins: layout.spins as u32,
            dim: layout.dim as u32,
            instance: self.key.instance as u32,
            start: descended.id as u32,
            energy,
            energy_per_spin: energy / dim,
            descent_energy_per_spin: scale * descent_energy.unwrap_or(f64::NAN) / dim,
            gradient_norm: end.as_ref().map_or(f64::NAN, |end| scale * end.gradient_norm),
            index: spectrum.map(|spectrum| spectrum.index),
            min_eigenvalue: spectrum.map_or(f64::NAN, |spectrum| scale * spectrum.min_eigenvalue),
            undecided: spectrum.map(|spectrum| spectrum.undecided),
            steps: descended.steps,
            polish_overlap: end.as_ref().map_or(reached, |end| overlap(&descended.point, &end.point)),
            outcome,
        };
        let slopes = self.have_slopes.then(|| {
            let point = end.as_ref().map_or(&descended.point, |end| &end.point);
            let radial_slope = end.as_ref().map_or(f64::NAN, |end| scale * end.radial_slope);
            Slopes { radial_slope, spike_overlap: spike_overlap(self.surface, point) }
        });
        let (point, matrix) = match end {
            Some(end) => (end.point, Some(end.hessian)),
            None => (descended.point, None),
        };
        let mut trace = descended.trace;
        for place in &mut trace {
            place.energy_per_spin *= scale;
            place.gradient_norm *= scale;
        }
        (StartResult { record, point, trace, slopes }.canonical(), matrix)
    }
}

/// Overlap with the hidden vector: |m| where the spike's order is even, so that its sign says nothing; NaN without a spike.
pub fn spike_overlap(surface: &Surface, point: &[f64]) -> f64 {
    surface.spike().map_or(f64::NAN, |spike| {
        let overlap = spike.overlap(point);
        if spike.shape().order.is_multiple_of(2) { overlap.abs() } else { overlap }
    })
}
