//! Records recomputed by a second path: plain sums over the couplings in place of the kernels.

use std::cell::RefCell;

use super::events::Stop;
use super::executor::Means;
use super::record::Record;
use super::spec::{Couplings, Spec};
use super::surface::{Listener, SurfaceJob};
use crate::critical::Spectrum;
use crate::descent::{Outcome, evaluate};
use crate::hamiltonian::{Isa, Layout, Part, Surface, SurfaceKey, SymmetricTensor};
use crate::{Error, Result};

/// Relative difference that two orders of summation may make.
const TOLERANCE: f64 = 1e-10;

/// Recomputes records of one run.
pub struct Recheck<'a> {
    spec: &'a Spec,
    means: Means,
    pool: rayon::ThreadPool,
    /// Records come surface by surface: the last one drawn is kept.
    last: RefCell<Option<(SurfaceKey, Surface)>>,
}

impl<'a> Recheck<'a> {
    /// For the records of a run.
    ///
    /// # Errors
    /// [`Error::Refused`] for a run on the user's own couplings, which are not in the store.
    pub fn new(spec: &'a Spec, means: &Means) -> Result<Self> {
        if spec.couplings != Couplings::Random {
            return Err(Error::Refused(
                "a run on couplings of your own cannot be recomputed: the store has only their checksum"
                    .into(),
            ));
        }
        Ok(Self { spec, means: *means, pool: means.pool()?, last: RefCell::new(None) })
    }

    /// Whether a record holds: energy, gradient norm, index and smallest eigenvalue at its point, or, where points
    /// were not kept, the same record from descending again.
    ///
    /// # Errors
    /// [`Error::Internal`] if the start cannot be run again.
    pub fn holds(&self, record: &Record, point: &[f64]) -> Result<bool> {
        let layout = Layout::new(self.spec.spins as usize, record.dim as usize);
        let key = SurfaceKey { seed: self.spec.seed, layout, instance: u64::from(record.instance) };
        if point.is_empty() {
            return Ok(self.again(key, record.start)?.same_bits(record));
        }
        let mut last = self.last.borrow_mut();
        if last.as_ref().is_none_or(|(drawn, _)| *drawn != key) {
            let map = |n: usize, job: &(dyn Fn(usize) -> Part + Sync)| (0..n).map(job).collect();
            *last = Some((key, Surface::draw(&key, 0, &map)));
        }
        Ok(last.as_ref().is_some_and(|(_, surface)| agrees(surface, record, point)))
    }

    /// The record of a start, run alone.
    fn again(&self, key: SurfaceKey, start: u32) -> Result<Record> {
        let Some(protocol) = self.spec.descent else {
            return Err(Error::Internal("a census without points".into()));
        };
        let job = SurfaceJob {
            key,
            couplings: None,
            protocol,
            rules: self.spec.rules,
            carrier: self.means.carrier,
            traced: false,
        };
        let mut found = None;
        let mut keep = |result: super::record::StartResult| {
            found = Some(result.record);
            Ok(())
        };
        let stop = Stop::default();
        let mut listener = Listener { result: &mut keep, advanced: &|_| (), stop: &stop };
        job.run(&self.pool, vec![start], &mut listener)?;
        found.ok_or_else(|| Error::Internal(format!("start {start} gave no record")))
    }
}

/// Whether a record's numbers are those of its point.
fn agrees(surface: &Surface, record: &Record, point: &[f64]) -> bool {
    if record.outcome == Outcome::NonFinite {
        return true;
    }
    let dim = point.len() as f64;
    let (energy, gradient) = plain_sums(surface.full(), point);
    let radial = point.iter().zip(&gradient).map(|(w, g)| w * g).sum::<f64>() / dim;
    let squares: f64 = point.iter().zip(&gradient).map(|(w, g)| (g - radial * w).powi(2)).sum();
    let norm = (squares / dim).sqrt();
    let near = |a: f64, b: f64, scale: f64| (a - b).abs() <= TOLERANCE * scale;
    let energy_holds = near(energy, record.energy, dim) && near(energy / dim, record.energy_per_spin, 1.0);
    let spectrum = evaluate(surface, Isa::Scalar, &[point])
        .pop()
        .flatten()
        // All eigenvalues, in place of the factor of the Hessian that settles most minima.
        .and_then(|here| Spectrum::of(&here.hessian, f64::from(record.spins) * record.energy_per_spin).ok());
    let spectrum_holds = spectrum.is_some_and(|found| {
        let decided = record.undecided == Some(0) && found.undecided == 0;
        (!decided || record.index == Some(found.index))
            && (found.min_eigenvalue - record.min_eigenvalue).abs() <= 1e-7
    });
    energy_holds && (norm - record.gradient_norm).abs() <= TOLERANCE && spectrum_holds
}

/// Energy and Euclidean gradient, monomial by monomial.
fn plain_sums(tensor: &SymmetricTensor<f32>, w: &[f64]) -> (f64, Vec<f64>) {
    let mut energy = 0.0;
    let mut gradient = vec![0.0; w.len()];
    tensor.for_each_coefficient(|indices, c| {
        energy += c * indices.iter().map(|&i| w[i]).product::<f64>();
        for (position, &i) in indices.iter().enumerate() {
            let others = indices.iter().enumerate().filter(|&(other, _)| other != position);
            gradient[i] += c * others.map(|(_, &j)| w[j]).product::<f64>();
        }
    });
    let scale = tensor.layout().scale();
    gradient.iter_mut().for_each(|g| *g *= scale);
    (scale * energy, gradient)
}
