//! How a surface comes to be, and what does not fit in memory.

use hspin::hamiltonian::{
    self, ChunkValues, Layout, Model, OwnCouplings, Recipe, SurfaceKey, SymmetricTensor, symmetrize,
};
use hspin::numeric::npy::Array;
use hspin::studies::surfaces::{Couplings, ModelRequest, Request, Spec, SpikeRequest};
use hspin::study::Resources;
use hspin::study::memory::available_bytes;
use hspin::{Error, Result};
use pyo3::prelude::*;
use rayon::prelude::*;

use crate::errors::raised;

/// What a surface is, and how it came to be.
#[derive(Debug)]
pub struct Known {
    /// The surface, without sample tensors.
    pub surface: hamiltonian::Surface,
    /// What it was drawn from; of the user's couplings the pure model of their order.
    pub model: Model,
    /// The user's couplings, and how a run knows them.
    pub own: Option<(OwnCouplings, Couplings)>,
    /// Root of all random streams.
    pub seed: u64,
    /// Number of the surface.
    pub instance: u32,
}

/// Threads as asked, or as many as there are cores; the rest as the command line has it.
pub fn resources(threads: Option<u32>) -> Result<Resources> {
    Resources::here(threads, &|name| std::env::var_os(name))
}

/// Threads as asked, or as many as there are cores.
pub fn threads_of(threads: Option<u32>) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    threads.map_or_else(cores, |threads| threads as usize).max(1)
}

/// Makes the parts of a surface on the threads of the pool that calls it. No pool outlives a call: a fork would not take it
/// along.
pub fn map(n: usize, job: &(dyn Fn(usize) -> ChunkValues + Sync)) -> Vec<ChunkValues> {
    (0..n).into_par_iter().map(job).collect()
}

impl Known {
    /// Its place among all surfaces.
    pub fn key(&self) -> SurfaceKey {
        SurfaceKey { seed: self.seed, layout: self.surface.layout(), instance: u64::from(self.instance) }
    }

    /// The surface of this number of a run on random surfaces, all of one dimension.
    pub fn random(spec: &Spec, instance: u32, threads: usize) -> Result<Self> {
        let (dim, model) = (spec.dim(), spec.model());
        refuse_what_does_not_fit(spec.values(dim))?;
        let key = spec.surface_key(dim, instance);
        let pool = Resources::of_threads(threads).pool()?;
        let surface = pool.install(|| Recipe::of_model(key, &model, 0).carry_out(&map));
        Ok(Self { surface, model, own: None, seed: spec.seed, instance })
    }

    /// The surface of the user's arrays, one for each order; of their symmetric parts where that is asked for.
    pub fn own(mut arrays: Vec<Array>, is_symmetrized: bool, seed: u64, threads: usize) -> Result<Self> {
        let (mut field, mut tensors) = (None, Vec::new());
        for array in &mut arrays {
            let shape: Vec<u64> = array.shape.iter().map(|&n| u64::from(n)).collect();
            if shape.len() == 1 {
                field = Some(array.values.clone());
                continue;
            }
            if is_symmetrized {
                symmetrize(&shape, &mut array.values)?;
            }
            let tensor = SymmetricTensor::from_dense(&shape, &array.values);
            tensors.push(tensor.map_err(|error| of_array(error, &array.shape))?);
        }
        let own = OwnCouplings::new(field, tensors)?;
        let couplings = Couplings::of(&arrays, &own);
        // What no run can have is refused with the words of a run.
        Spec::new(&Request { couplings: Some(couplings.clone()), starts: Some(1), ..Request::default() })?;
        let key = SurfaceKey { seed, layout: own.layout(), instance: 0 };
        let pool = Resources::of_threads(threads).pool()?;
        let surface = pool.install(|| Recipe::own(key, &own, 0).carry_out(&map));
        let model = Model::pure(key.layout.spins);
        Ok(Self { surface, model, own: Some((own, couplings)), seed, instance: 0 })
    }

    /// What a run on such surfaces is asked for.
    pub fn asked(&self) -> ModelRequest {
        let Model { orders, law, spike } = self.model;
        if self.own.is_some() {
            return ModelRequest { spins: Some(orders.highest() as u32), ..ModelRequest::default() };
        }
        ModelRequest {
            spins: None,
            mixture: Some(orders.shares().map(|(order, variance)| (order as u32, variance)).collect()),
            law: Some(law),
            spike: spike.map(|spike| SpikeRequest { strength: spike.strength, order: Some(spike.order) }),
        }
    }

    /// Orders of the couplings, ascending.
    pub fn orders(&self) -> Vec<usize> {
        match &self.own {
            Some((own, _)) => own.scales().into_iter().map(|(order, _)| order).collect(),
            None => self.model.orders.shares().map(|(order, _)| order).collect(),
        }
    }

    /// Multiply-adds of a gradient.
    pub fn work(&self) -> f64 {
        let dim = self.surface.layout().dim;
        let values = |order| match order {
            1 => dim as f64,
            _ => Layout::new(order, dim).values().map_or(f64::INFINITY, |values| values as f64),
        };
        2.0 * self.orders().into_iter().map(values).sum::<f64>()
    }
}

/// What is wrong with an array, which has no name but its shape; messages name its first entry that is wrong.
fn of_array(error: Error, shape: &[u32]) -> Error {
    match error {
        Error::BadInput { key, value, allowed } if value.starts_with('[') => {
            // The flag of the command line is a keyword here.
            let allowed = allowed.replace("--symmetrize", "symmetrize=True");
            let shape = shape.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
            Error::bad_input(key, format!("array of shape ({shape})"), format!("{allowed} (at {value})"))
        }
        other => other,
    }
}

/// Refuses couplings that do not fit in memory.
fn refuse_what_does_not_fit(values: Option<u64>) -> Result<()> {
    // Couplings are in single precision.
    refuse("the couplings", values.and_then(|values| values.checked_mul(4)))
}

/// Refuses what needs more memory than there is; no number of bytes is more than any.
pub fn refuse(what: &str, needed: Option<u64>) -> Result<()> {
    let (needed, available) = (needed.unwrap_or(u64::MAX), available_bytes());
    if needed <= available {
        return Ok(());
    }
    Err(Error::Refused(format!("{what} need {needed} bytes of memory, {available} are available")))
}

/// The same for an array of float64, which is there twice for a while.
pub fn refuse_array(py: Python<'_>, what: &str, shape: &[usize]) -> PyResult<()> {
    let bytes = shape.iter().try_fold(16_u64, |product, &n| product.checked_mul(n as u64));
    refuse(what, bytes).map_err(|error| raised(py, &error))
}
