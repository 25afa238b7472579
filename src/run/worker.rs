//! What is done to a start on its surface: descend or approach; the record of its end.

use super::record::{Record, StartResult};
use super::surface::{Site, SurfaceJob};
use crate::Result;
use crate::critical::{Judge, Judged, Spectrum};
use crate::descent::cuda::{self, Cuda};
use crate::descent::device::DeviceDescent;
use crate::descent::{
    Aimed, Annealing, Approach, Carrier, Descended, Descent, DeviceClass, Evaluated, Method, Outcome,
    Polished, Protocol, Rules, Start, Stirred,
};
use crate::hamiltonian::{Landscape, Surface, SurfaceKey};
use crate::numeric::symmetric::{Cholesky, Symmetric};
use crate::rng::{Role, stream};
use crate::sphere::{overlap, random_point};
use crate::study::columns::canonical;
use rand::Rng;

/// What is done to every start of one surface.
#[derive(Clone, Copy)]
pub(super) struct Task<'a> {
    pub surface: &'a Surface,
    pub key: SurfaceKey,
    pub protocol: Protocol,
    pub rules: Rules,
    pub carrier: Carrier,
    pub traced: bool,
}

/// What brings starts to where they are polished or search from.
pub(super) enum Way<'a> {
    Descent(Descent<'a>),
    OnDevice(Box<DeviceDescent<'a, Cuda>>),
    Approach(Approach<'a>),
    Annealing(Box<Annealing<'a>>),
}

impl<'a> Way<'a> {
    /// # Errors
    /// Those of the device.
    pub fn of(task: &Task<'a>) -> Result<Self> {
        let Task { surface, protocol, carrier, traced, .. } = *task;
        if protocol.device == DeviceClass::Cuda {
            let descent = DeviceDescent::new(cuda::open()?, surface, protocol)?;
            return Ok(Self::OnDevice(Box::new(descent)));
        }
        Ok(match protocol.method {
            Method::Sgd | Method::Gd => Self::Descent(Descent::new(surface, protocol, carrier, traced)),
            Method::Saddle => Self::Approach(Approach::new(surface, protocol, carrier, traced)),
            Method::Anneal => Self::Annealing(Box::new(Annealing::new(surface, protocol, carrier, traced))),
        })
    }

    pub fn wanted(&self) -> usize {
        match self {
            Self::Descent(descent) => descent.wanted(),
            Self::OnDevice(descent) => descent.wanted(),
            Self::Approach(approach) => approach.wanted(),
            Self::Annealing(annealing) => annealing.wanted(),
        }
    }

    pub fn is_idle(&self) -> bool {
        match self {
            Self::Descent(descent) => descent.is_idle(),
            Self::OnDevice(descent) => descent.is_idle(),
            Self::Approach(approach) => approach.is_idle(),
            Self::Annealing(annealing) => annealing.is_idle(),
        }
    }

    /// Starts' worth of work in the next step, for progress only. An approach is a small share of a saddle search:
    /// its progress is the starts that end.
    pub fn work_per_step(&self) -> f64 {
        match self {
            Self::Descent(descent) => descent.work_per_step(),
            Self::OnDevice(descent) => descent.work_per_step(),
            Self::Approach(_) => 0.0,
            Self::Annealing(annealing) => annealing.work_per_step(),
        }
    }

    /// # Errors
    /// Those of the device.
    pub fn take_on(&mut self, task: &Task, ids: Vec<u32>) -> Result<()> {
        let starts = ids.into_iter().map(|id| (id, task.start(id)));
        match self {
            Self::Descent(descent) => descent.take_on(starts.map(|(_, start)| start).collect()),
            Self::OnDevice(descent) => {
                descent.take_on(&starts.map(|(_, start)| start).collect::<Vec<_>>())?;
            }
            Self::Approach(approach) => {
                let aimed = starts.map(|(id, start)| Aimed { start, target: task.target(id) });
                approach.take_on(aimed.collect());
            }
            Self::Annealing(annealing) => {
                let stirred = starts.map(|(id, start)| Stirred { start, noise: task.noise(id) });
                annealing.take_on(stirred.collect());
            }
        }
        Ok(())
    }

    /// # Errors
    /// Those of the device.
    pub fn advance(&mut self) -> Result<Vec<Descended>> {
        match self {
            Self::Descent(descent) => Ok(descent.advance()),
            Self::OnDevice(descent) => descent.advance(),
            Self::Approach(approach) => Ok(approach.advance()),
            Self::Annealing(annealing) => Ok(annealing.advance()),
        }
    }
}

impl<'a> Task<'a> {
    pub fn of(site: &'a Site) -> Self {
        let SurfaceJob { key, protocol, rules, carrier, traced, .. } = site.job;
        Self { surface: site.surface(), key, protocol, rules, carrier, traced }
    }

    /// The starting point: uniform on the sphere, a function of (seed, H, Λ, instance, start) only.
    fn start(&self, id: u32) -> Start {
        let mut rng = stream(self.key.seed, Role::Start, &self.ids(id));
        Start { id: u64::from(id), point: random_point(&mut rng, self.key.layout.dim) }
    }

    /// Seed of the noise that stirs an annealing: like the start, a function of its ids only; never 0.
    fn noise(&self, id: u32) -> u128 {
        let mut rng = stream(self.key.seed, Role::Annealing, &self.ids(id));
        (u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64())).max(1)
    }

    fn ids(&self, start: u32) -> [u64; 4] {
        let layout = self.key.layout;
        [layout.spins as u64, layout.dim as u64, self.key.instance, u64::from(start)]
    }

    /// Target energy per spin of a saddle search; 0 for a protocol without targets, which limits refuse.
    fn target(&self, id: u32) -> f64 {
        self.protocol.target(self.key.instance as u32, id).unwrap_or(0.0)
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
        Judge::new(self.surface, self.carrier.isa)
    }

    /// Descents end at minima; of searches few do.
    fn expecting_minima<'f>(&self, factor: &'f mut Cholesky) -> Option<&'f mut Cholesky> {
        (self.protocol.method != Method::Saddle).then_some(factor)
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
        let spectrum = match self.protocol.method {
            Method::Sgd | Method::Gd | Method::Anneal => {
                Spectrum::of_minimum(&end.hessian, end.radial_slope, factor)
            }
            Method::Saddle => Spectrum::of_nearby(end, self.key.layout.spins, self.surface.deviation()),
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
        let (point, matrix) = match end {
            Some(end) => (end.point, Some(end.hessian)),
            None => (descended.point, None),
        };
        let mut trace = descended.trace;
        for place in &mut trace {
            place.energy_per_spin *= scale;
            place.gradient_norm *= scale;
        }
        (StartResult { record: canonical(&record), point, trace }, matrix)
    }
}
