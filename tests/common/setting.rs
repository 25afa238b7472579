//! Starts on one surface, carried out as a run does.

use hspin::descent::{Execution, Protocol, Rules};
use hspin::hamiltonian::{Isa, Layout, Model, OwnCouplings, Surface, SurfaceKey, SymmetricTensor};
use hspin::studies::surfaces::StartResult;
use hspin::studies::surfaces::sweep::{JobStarts, Listener, SurfaceJob};
use hspin::study::Stop;

use super::serial;

/// A surface, what is done on it, and how.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    pub key: SurfaceKey,
    pub protocol: Protocol,
    pub batch: usize,
    pub threads: usize,
    pub isa: Isa,
    pub traced: bool,
    /// Of random couplings; the pure model where there is none.
    pub model: Option<Model>,
}

/// A tensor times a number.
pub fn scaled(couplings: &SymmetricTensor<f64>, scale: f64) -> SymmetricTensor<f64> {
    let mut coefficients = Vec::new();
    couplings.for_each_coefficient(|_, c| coefficients.push(scale * c));
    let mut next = coefficients.into_iter();
    SymmetricTensor::from_coefficients(couplings.layout(), |_| next.next().unwrap())
}

impl Setting {
    pub fn new(layout: Layout, seed: u64, protocol: Protocol) -> Self {
        let key = SurfaceKey { seed, layout, instance: 0 };
        Self { key, protocol, batch: 48, threads: 2, isa: Isa::best(), traced: false, model: None }
    }

    pub fn run(&self, starts: u32) -> Vec<StartResult> {
        self.run_on(None, starts)
    }

    /// Results in the order of the starts; `couplings` in place of random ones.
    pub fn run_on(&self, couplings: Option<&SymmetricTensor<f64>>, starts: u32) -> Vec<StartResult> {
        self.run_by(Rules::CURRENT, couplings, starts)
    }

    /// The same by other rules.
    pub fn run_by(
        &self,
        rules: Rules,
        couplings: Option<&SymmetricTensor<f64>>,
        starts: u32,
    ) -> Vec<StartResult> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads).build().unwrap();
        let own = couplings.map(|tensor| OwnCouplings::from(tensor.clone()));
        let job = SurfaceJob {
            key: self.key,
            couplings: own.as_ref(),
            model: self.model,
            protocol: self.protocol,
            rules,
            execution: Execution { isa: self.isa, batch: self.batch },
            traced: self.traced,
            starts: JobStarts::Uniform,
            few_starts: false,
            have_slopes: self.model.is_some(),
        };
        let mut results = Vec::new();
        let mut collect = |result| {
            results.push(result);
            Ok(())
        };
        let stop = Stop::default();
        let mut listener = Listener { result: &mut collect, advanced: &|_| (), stop: &stop };
        job.run(&pool, (0..starts).collect(), &mut listener).unwrap();
        results.sort_by_key(|result| result.record.start);
        results
    }

    pub fn surface(&self) -> Surface {
        match &self.model {
            None => Surface::draw(&self.key, 0, &serial),
            Some(model) => Surface::draw_model(&self.key, model, 0, &serial),
        }
    }
}
