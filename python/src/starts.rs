//! Descents and critical points on one surface: the records that a run of that surface has.

use hspin::cli::Caller;
use hspin::descent::{CoolingRequest, DescentRequest, MethodName};
use hspin::studies::surfaces::{
    CensusFacts, CensusRequest, Given, ModelRequest, Request, Spec, StartsFrom, SurfaceId, SurfaceResult,
    TraceRow, compute_surface, run_heads,
};
use hspin::study::Job;
use hspin::study::columns::{Row, Value, values};
use hspin::study::export::heads;
use hspin::{Error, Result};
use numpy::{PyArrayDyn, PyReadonlyArrayDyn};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::attend::{at_once, attend};
use crate::errors::raised;
use crate::frame::{Collector, Frame};
use crate::known::{Known, resources};
use crate::points::{array, points_on_sphere};
use crate::surface::Surface;

/// Ends of starts, or critical points of a census, on one surface.
#[pyclass(frozen, module = "hspin._hspin")]
pub struct Starts {
    spec: Spec,
    found: SurfaceResult,
    dim: usize,
}

/// How to descend.
#[derive(Debug, Clone, FromPyObject)]
pub struct Descent {
    #[pyo3(item)]
    protocol: Option<String>,
    #[pyo3(item)]
    samples: Option<u32>,
    #[pyo3(item)]
    sweeps: Option<u32>,
    #[pyo3(item)]
    pub trace: bool,
    #[pyo3(item)]
    start_overlap: Option<f64>,
}

#[pymethods]
impl Surface {
    /// Descends from the first starts of a run.
    #[pyo3(signature = (number, how, threads=None, progress=None))]
    fn descend(
        &self,
        py: Python<'_>,
        number: u32,
        how: Descent,
        threads: Option<u32>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Starts> {
        let known = self.known.clone();
        let found = attend(py, progress, move |caller| {
            let (spec, given) = known.sweep(number, &how)?;
            known.computed(spec, &given, threads, &caller)
        })?;
        found.map_err(|error| raised(py, &error))
    }

    /// Descends from given points, shape (n, Λ).
    #[pyo3(signature = (points, how, project=false, threads=None))]
    fn descend_from(
        &self,
        py: Python<'_>,
        points: PyReadonlyArrayDyn<'_, f64>,
        how: Descent,
        project: bool,
        threads: Option<u32>,
    ) -> PyResult<Starts> {
        let points = points_on_sphere(py, &points, self.known.surface.layout().dim, project)?;
        let known = self.known.clone();
        let found = attend(py, None, move |caller| known.descended_from(&points, &how, threads, &caller))?;
        found.map_err(|error| raised(py, &error))
    }

    /// Every critical point.
    #[pyo3(signature = (threads=None, progress=None))]
    fn critical_points(
        &self,
        py: Python<'_>,
        threads: Option<u32>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Starts> {
        let known = self.known.clone();
        let found = attend(py, progress, move |caller| {
            let given = known.given();
            let request = CensusRequest {
                model: known.asked(),
                dim: Some(known.surface.layout().dim as u32),
                instances: Some(known.instance.saturating_add(1)),
                seed: Some(known.seed),
                couplings: given.known(),
            };
            known.computed(request.new_run()?, &given, threads, &caller)
        })?;
        found.map_err(|error| raised(py, &error))
    }
}

impl Known {
    fn given(&self) -> Given {
        let own = self.own.clone();
        let (tensor, couplings) = own.unzip();
        Given::new(tensor, couplings)
    }

    /// The spec of a run that holds such starts on this surface.
    pub fn sweep(&self, starts: u32, how: &Descent) -> Result<(Spec, Given)> {
        let (given, dim) = (self.given(), self.surface.layout().dim);
        let ModelRequest { spins, mixture, law, spike } = self.asked();
        let method = |name: &String| {
            let named = MethodName::ALL.into_iter().find(|method| method.name() == name);
            let allowed = || MethodName::ALL.map(MethodName::name).join(", ");
            named.ok_or_else(|| Error::bad_input("protocol", name, format!("one of {}", allowed())))
        };
        let request = Request {
            spins,
            mixture,
            law,
            spike,
            dims: Some(vec![dim as u32]),
            starts: Some(starts),
            instances: Some(self.instance.saturating_add(1)),
            seed: Some(self.seed),
            protocol: how.protocol.as_ref().map(method).transpose()?,
            trace: Some(how.trace),
            descent: DescentRequest {
                samples: how.samples,
                cooling: CoolingRequest { sweeps: how.sweeps, ..CoolingRequest::default() },
                ..DescentRequest::default()
            },
            starts_from: how.start_overlap.map(StartsFrom::Overlap),
            couplings: given.known(),
            ..Request::default()
        };
        Ok((Spec::new(&request)?, given))
    }

    fn computed(&self, spec: Spec, given: &Given, threads: Option<u32>, caller: &Caller) -> Result<Starts> {
        let (resources, dim) = (resources(threads)?, self.surface.layout().dim);
        let job = Job {
            spec: &spec,
            given,
            resources: &resources,
            observer: &*caller.observer,
            stop: &caller.stop,
        };
        let found = compute_surface(&job, SurfaceId { dim: dim as u32, instance: self.instance })?;
        Ok(Starts { spec, found, dim })
    }
}

impl Starts {
    /// What starts found on a surface of this dimension.
    pub fn new(spec: Spec, found: SurfaceResult, dim: usize) -> Self {
        Self { spec, found, dim }
    }
}

#[pymethods]
impl Starts {
    fn __len__(&self) -> usize {
        self.found.starts.len()
    }

    /// Where the starts ended; shape (n, Λ).
    fn points<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        let starts = &self.found.starts;
        let collect = || starts.iter().flat_map(|start| start.point.iter().copied()).collect();
        let points = at_once(py, collect)?;
        array(py, points, &[starts.len(), self.dim])
    }

    /// Their records.
    fn records(&self, py: Python<'_>) -> PyResult<Frame> {
        let collect = || {
            let mut table = Collector::new(run_heads(&self.spec));
            self.found.rows(&self.spec).iter().for_each(|row| table.push(&row.values()));
            table.table()
        };
        at_once(py, collect)?.map_err(|error| raised(py, &error))
    }

    /// Their histories; empty where none were kept.
    fn traces(&self, py: Python<'_>) -> PyResult<Frame> {
        let collect = || {
            let mut table = Collector::new(heads::<TraceRow>());
            for start in &self.found.starts {
                start.trace_rows().for_each(|row| table.push(&values(&row).collect::<Vec<_>>()));
            }
            table.table()
        };
        at_once(py, collect)?.map_err(|error| raised(py, &error))
    }

    /// What is known of a census beside its points; None for descents.
    fn facts<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(facts) = &self.found.census else { return Ok(None) };
        let found = PyDict::new(py);
        for column in CensusFacts::columns() {
            match (column.get)(facts) {
                Value::Whole(n) if column.name == "certified" => found.set_item(column.name, n != 0)?,
                Value::Whole(n) => found.set_item(column.name, n)?,
                Value::Real(x) => found.set_item(column.name, x)?,
                Value::Name(name) => found.set_item(column.name, name)?,
                Value::Unknown => found.set_item(column.name, py.None())?,
            }
        }
        Ok(Some(found))
    }
}
