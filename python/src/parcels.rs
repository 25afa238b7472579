//! Runs whose work is shared out by Python: orders and results as bytes.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use hspin::Error;
use hspin::cli;
use hspin::cli::parcels::{self, Inputs};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::attend::{at_once, attend};
use crate::call::line;
use crate::errors::{exception, raised};

/// A run that is open to be gone on with; no other process can write to it.
#[pyclass(frozen, module = "hspin._hspin")]
pub struct OpenRun {
    run: Mutex<Option<parcels::OpenRun>>,
}

impl OpenRun {
    fn with<T>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut parcels::OpenRun) -> Result<T, Error> + Send,
    ) -> PyResult<T>
    where
        T: Send,
    {
        let done = at_once(py, || {
            let mut run = self.run.lock().unwrap_or_else(PoisonError::into_inner);
            let closed = || Err(Error::bad_input("run", "closed", "an open one"));
            run.as_mut().map_or_else(closed, work)
        })?;
        done.map_err(|error| raised(py, &error))
    }
}

#[pymethods]
impl OpenRun {
    /// Begins the run of a command, given by its words, or opens it to go on with it.
    #[staticmethod]
    fn begin(py: Python<'_>, words: Vec<OsString>) -> PyResult<Self> {
        let (begun, printed) = attend(py, None, move |caller| cli::begin(line(words), caller))?;
        match begun {
            Ok(run) => Ok(Self { run: Mutex::new(Some(run)) }),
            Err(failure) => Err(exception(py, &failure, &printed.out)),
        }
    }

    /// Kind and spec, for `carry_out`.
    fn identity(&self, py: Python<'_>) -> PyResult<(String, String)> {
        self.with(py, |run| Ok((run.kind().to_owned(), run.spec()?)))
    }

    /// What is left, as orders for so many workers.
    fn orders<'py>(&self, py: Python<'py>, workers: usize) -> PyResult<Vec<Bound<'py, PyBytes>>> {
        let orders = self.with(py, |run| Ok(run.orders(workers)))?;
        Ok(orders.iter().map(|order| PyBytes::new(py, order)).collect())
    }

    /// Size, items planned and items stored, by size.
    fn progress(&self, py: Python<'_>) -> PyResult<Vec<(u32, u64, u64)>> {
        self.with(py, |run| Ok(run.progress()))
    }

    /// Stores the results of an order; the number of items that were new.
    fn keep(&self, py: Python<'_>, results: &[u8]) -> PyResult<u64> {
        let results = results.to_vec();
        self.with(py, move |run| Ok(run.keep(&results)?.iter().map(|(_, items)| items).sum()))
    }

    /// Whether all of it is stored as it was written; then it is closed.
    fn finish(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, |run| run.check_complete())?;
        self.close();
        Ok(())
    }

    /// Lets other processes write to it.
    fn close(&self) {
        drop(self.run.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// Carries out an order of a run of this kind and spec.
#[pyfunction]
#[pyo3(signature = (kind, spec, order, couplings=Vec::new(), starts_from=None, data=None, threads=None))]
#[expect(clippy::too_many_arguments, reason = "keywords of Python")]
pub fn carry_out<'py>(
    py: Python<'py>,
    kind: String,
    spec: String,
    order: &[u8],
    couplings: Vec<PathBuf>,
    starts_from: Option<PathBuf>,
    data: Option<PathBuf>,
    threads: Option<u32>,
) -> PyResult<Bound<'py, PyBytes>> {
    let order = order.to_vec();
    let inputs = Inputs { couplings, starts_from, data, threads };
    let results =
        attend(py, None, move |caller| parcels::carry_out((&kind, &spec), &order, &inputs, &caller))?;
    match results {
        Ok(results) => Ok(PyBytes::new(py, &results)),
        Err(failure) => Err(exception(py, &failure, "")),
    }
}
