//! What a random surface is drawn from: orders with their variances, the law of couplings, a planted spike.

use hspin::descent::{StartInputs, StartPoints};
use hspin::hamiltonian::{Law, PlantedSpike, Spike};
use hspin::studies::surfaces::{ModelRequest, SpikeRequest};
use hspin::{Error, Result};
use numpy::{PyArray1, PyArrayDyn, PyReadonlyArrayDyn};
use pyo3::prelude::*;

use crate::attend::at_once;
use crate::errors::raised;
use crate::known::refuse_array;
use crate::points::{array, points_on_sphere};
use crate::surface::Surface;

/// What is asked of the law of a surface; what is left open is decided as for a run.
#[derive(Debug, Clone, FromPyObject)]
pub struct Asked {
    #[pyo3(item)]
    spins: Option<u32>,
    #[pyo3(item)]
    mixture: Option<Vec<(u32, f64)>>,
    #[pyo3(item)]
    law: Option<String>,
    #[pyo3(item)]
    spike: Option<(f64, Option<u32>)>,
}

impl Asked {
    /// As a run is asked for it.
    pub fn request(self) -> Result<ModelRequest> {
        let Self { spins, mixture, law, spike } = self;
        let spike = spike.map(|(strength, order)| SpikeRequest { strength, order });
        Ok(ModelRequest { spins, mixture, law: law.as_deref().map(law_named).transpose()?, spike })
    }
}

fn law_named(name: &str) -> Result<Law> {
    let allowed = || format!("one of {}", Law::ALL.map(Law::name).join(", "));
    let named = Law::ALL.into_iter().find(|law| law.name() == name);
    named.ok_or_else(|| Error::bad_input("law", name, allowed()))
}

impl Surface {
    fn spike_of(&self, key: &str, value: &str) -> Result<&PlantedSpike> {
        let spike = self.known.surface.spike();
        spike.ok_or_else(|| Error::bad_input(key, value, "nothing without a spike"))
    }
}

#[pymethods]
impl Surface {
    /// Orders with their variances, ascending; None of the user's couplings, which are not random.
    #[getter]
    fn mixture(&self) -> Option<Vec<(usize, f64)>> {
        self.known.own.is_none().then(|| self.known.model.orders.shares().collect())
    }

    /// Law of the couplings; None of the user's.
    #[getter]
    fn law(&self) -> Option<&'static str> {
        self.known.own.is_none().then(|| self.known.model.law.name())
    }

    /// Strength λ and order r of the spike; None without one.
    #[getter]
    fn spike(&self) -> Option<(f64, u32)> {
        self.known.surface.spike().map(PlantedSpike::shape).map(|Spike { strength, order }| (strength, order))
    }

    /// The hidden vector of the spike, shape (Λ); None without one.
    #[getter]
    fn hidden_vector<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyArray1<f64>>> {
        self.known.surface.spike().map(|spike| PyArray1::from_slice(py, spike.vector()))
    }

    /// Overlaps w·v/Λ of points (n, Λ) with the hidden vector; shape (n).
    #[pyo3(signature = (points, project=false))]
    fn overlaps<'py>(
        &self,
        py: Python<'py>,
        points: PyReadonlyArrayDyn<'py, f64>,
        project: bool,
    ) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        let spike = self.spike_of("overlap", "asked for").map_err(|error| raised(py, &error))?;
        let dim = self.known.surface.layout().dim;
        let points = points_on_sphere(py, &points, dim, project)?;
        let overlaps = at_once(py, || points.chunks(dim).map(|point| spike.overlap(point)).collect())?;
        array(py, overlaps, &[points.len() / dim])
    }

    /// Where the first starts of a run begin, shape (n, Λ): uniformly, or at this overlap with the hidden vector.
    #[pyo3(signature = (number, overlap=None))]
    fn random_points<'py>(
        &self,
        py: Python<'py>,
        number: u32,
        overlap: Option<f64>,
    ) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        let shape = [number as usize, self.known.surface.layout().dim];
        refuse_array(py, "the points", &shape)?;
        let inputs = StartInputs::of(&self.known.surface, self.known.key());
        let starts = overlap.map_or(Ok(StartPoints::Uniform), |overlap| self.at_overlap(overlap));
        let inputs = inputs.from_points(starts.map_err(|error| raised(py, &error))?);
        let points = at_once(py, || (0..number).flat_map(|id| inputs.start(id).point).collect())?;
        array(py, points, &shape)
    }
}

impl Surface {
    fn at_overlap(&self, overlap: f64) -> Result<StartPoints<'_>> {
        if !(-1.0..=1.0).contains(&overlap) {
            return Err(Error::bad_input("overlap", overlap, "an overlap from -1 to 1"));
        }
        let spike = self.spike_of("overlap", &overlap.to_string())?;
        Ok(StartPoints::Overlap(overlap, spike.vector()))
    }
}
