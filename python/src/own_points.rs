//! Descents from points of the user's own.

use hspin::cli::Caller;
use hspin::descent::{Protocol, StartInputs};
use hspin::explore::{Batch, CriticalPoint, Explore, Metric};
use hspin::hamiltonian::{self, Recipe};
use hspin::studies::surfaces::sweep::spike_overlap;
use hspin::studies::surfaces::{Record, Slopes, StartResult, SurfaceResult};
use hspin::study::Resources;
use hspin::study::columns::Row;
use hspin::{Error, Result};
use rayon::prelude::*;

use crate::known::{Known, map, resources};
use crate::starts::{Descent, Starts};

/// Points that descend side by side.
const BATCH: usize = 48;

impl Known {
    /// Ends of descents from points of Λ numbers each, with the records of a run as far as they are known.
    pub fn descended_from(
        &self,
        points: &[f64],
        how: &Descent,
        threads: Option<u32>,
        caller: &Caller,
    ) -> Result<Starts> {
        let dim = self.surface.layout().dim;
        let number = (points.len() / dim).max(1) as u32;
        let (spec, _) = self.sweep(number, how)?;
        let Some(protocol) = spec.descent else {
            return Err(Error::Internal("a sweep without a method".into()));
        };
        if how.trace {
            return Err(Error::bad_input("trace", true, "false for descents from given points"));
        }
        let points: Vec<Vec<f64>> = points.chunks(dim).map(<[f64]>::to_vec).collect();
        let groups: Vec<(usize, &[Vec<f64>])> =
            points.chunks(BATCH).enumerate().map(|(group, points)| (group * BATCH, points)).collect();
        let resources: Resources = resources(threads)?;
        let ended: Vec<Result<Vec<CriticalPoint>>> = resources.pool()?.install(|| {
            let surface = self.with_parts(&protocol);
            let end = |&(first, points): &(usize, &[Vec<f64>])| match caller.stop.requested() {
                Some(signal) => Err(Error::Interrupted(signal)),
                None => self.ends(&surface, (first, points), protocol),
            };
            groups.par_iter().map(end).collect()
        });
        let mut ends = Vec::with_capacity(points.len());
        for end in ended {
            ends.extend(end?);
        }
        let slopes = spec.has_slopes().then(|| self.slopes(&ends, resources.threads));
        let slopes = slopes.into_iter().flatten().map(Some).chain(std::iter::repeat(None));
        let numbered = (0..).zip(ends).zip(slopes);
        let starts = numbered.map(|((start, end), slopes)| self.start(start, end, slopes)).collect();
        Ok(Starts::new(spec, SurfaceResult { starts, census: None }, dim))
    }

    /// The surface with the sample tensors that a method steps through.
    fn with_parts(&self, protocol: &Protocol) -> hamiltonian::Surface {
        let parts = protocol.phases().map_or(0, |phases| phases.samples());
        match &self.own {
            _ if parts == 0 => self.surface.clone(),
            Some((own, _)) => Recipe::own(self.key(), own, parts).carry_out(&map),
            None => Recipe::of_model(self.key(), &self.model, parts).carry_out(&map),
        }
    }

    fn ends(
        &self,
        surface: &hamiltonian::Surface,
        (first, points): (usize, &[Vec<f64>]),
        protocol: Protocol,
    ) -> Result<Vec<CriticalPoint>> {
        match protocol {
            Protocol::Saddle(_) => points.iter().map(|point| surface.critical_point_near(point)).collect(),
            Protocol::Anneal(_) => {
                // Each start has the noise that start of this number has in a run.
                let inputs = StartInputs::of(surface, self.key());
                surface.anneal_with(points, protocol, &|id| inputs.noise_seed((first + id) as u32))
            }
            Protocol::Sgd(_) | Protocol::Gd(_) | Protocol::Fast(_) => surface.descend_all(points, protocol),
        }
    }

    /// Radial slopes and overlaps at the ends, in units of the scale of the user's couplings.
    fn slopes(&self, ends: &[CriticalPoint], threads: usize) -> Vec<Slopes> {
        let points: Vec<f64> = ends.iter().flat_map(|end| end.point.iter().copied()).collect();
        let batch = Batch { landscape: &self.surface, threads };
        let found = batch.first_orders(&points, Metric::Riemannian).radial_slopes;
        let slopes = |(end, radial_slope): (&CriticalPoint, f64)| Slopes {
            // Where the end is no point of the sphere, neither are these known.
            radial_slope: if end.energy.is_finite() { radial_slope } else { f64::NAN },
            spike_overlap: spike_overlap(&self.surface, &end.point),
        };
        ends.iter().zip(found).map(slopes).collect()
    }

    fn start(&self, start: u32, end: CriticalPoint, slopes: Option<Slopes>) -> StartResult {
        // The end is in units of the scale of the user's couplings; records are in those of the couplings.
        let (layout, scale) = (self.surface.layout(), self.surface.scale());
        let record = Record {
            spins: layout.spins as u32,
            dim: layout.dim as u32,
            instance: self.instance,
            start,
            energy: scale * end.energy,
            energy_per_spin: scale * end.energy / layout.dim as f64,
            gradient_norm: scale * end.gradient_norm,
            index: end.index,
            min_eigenvalue: scale * end.min_eigenvalue,
            undecided: end.index.map(|_| 0),
            steps: end.steps,
            outcome: end.outcome,
            ..Record::BLANK
        };
        let slopes = slopes.map(|slopes| Slopes { radial_slope: scale * slopes.radial_slope, ..slopes });
        StartResult { record, point: end.point, trace: Vec::new(), slopes }
    }
}
