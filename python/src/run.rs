//! What a run file holds, each unit held against its checksum.

use std::path::{Path, PathBuf};

use hspin::cli::shared::engine;
use hspin::studies::networks::{BlockResult, Networks, NetworksSpec, NetworksStore};
use hspin::studies::paths::{Paths, PathsSpec, PathsStore, PathsUnit};
use hspin::studies::sampling::ExactSampling;
use hspin::studies::sampling::{SampledSurface, SamplingSpec, SamplingStore, SeriesRow, SurfaceKey};
use hspin::studies::surfaces::{
    SurfaceId, SurfaceStore, TraceRow, couplings_bytes, known_surface, rows, run_heads, surfaces,
    whole_points,
};
use hspin::study::columns::values;
use hspin::study::export::heads;
use hspin::study::store::format_of;
use hspin::study::{RunSpec, Study, Unit};
use hspin::{Error, Result};
use numpy::{PyArray1, PyArrayDyn, PyArrayMethods};
use pyo3::prelude::*;

use crate::attend::{at_once, attend};
use crate::errors::raised;
use crate::frame::{Collector, Frame};
use crate::known::refuse;

/// Which surfaces are asked for.
#[derive(Debug, Clone, Copy)]
struct Chosen {
    dim: Option<u32>,
    instance: Option<u32>,
}

/// Kind of a run: "sweep", "census", "paths", "sample" or "networks".
#[pyfunction]
pub fn kind(py: Python<'_>, path: PathBuf) -> PyResult<&'static str> {
    at_once(py, || kind_of(&path))?.map_err(|error| raised(py, &error))
}

fn kind_of(path: &Path) -> Result<&'static str> {
    let format = format_of(path)?;
    if Networks::FORMATS.iter().any(|known| known.number == format) {
        return Ok("networks");
    }
    if ExactSampling::FORMATS.iter().any(|known| known.number == format) {
        return Ok("sample");
    }
    if Paths::FORMATS.iter().any(|known| known.number == format) {
        return Ok("paths");
    }
    let store = SurfaceStore::open_read(path)?;
    Ok(if store.spec().is_census() { "census" } else { "sweep" })
}

/// The spec of a run, as JSON.
#[pyfunction]
pub fn spec(py: Python<'_>, path: PathBuf) -> PyResult<String> {
    let read = || match kind_of(&path)? {
        "networks" => NetworksStore::open_read(&path)?.spec().canonical(),
        "sample" => SamplingStore::open_read(&path)?.spec().canonical(),
        "paths" => PathsStore::open_read(&path)?.spec().canonical(),
        _ => SurfaceStore::open_read(&path)?.spec().canonical(),
    };
    at_once(py, read)?.map_err(|error| raised(py, &error))
}

/// Records of a run, or of one size or surface of it.
#[pyfunction]
#[pyo3(signature = (path, dim=None, instance=None))]
pub fn records(py: Python<'_>, path: PathBuf, dim: Option<u32>, instance: Option<u32>) -> PyResult<Frame> {
    let chosen = Chosen { dim, instance };
    attend(py, None, move |_| match kind_of(&path)? {
        "networks" => of_networks(&path, chosen),
        "sample" => of_sampling(&path, chosen),
        "paths" => of_paths(&path, chosen),
        _ => of_surfaces(&path, chosen),
    })?
    .map_err(|error| raised(py, &error))
}

fn of_networks(path: &Path, chosen: Chosen) -> Result<Frame> {
    if let Some(dim) = chosen.dim {
        return Err(Error::bad_input("dim", dim, "nothing: a run of networks has no surfaces"));
    }
    if let Some(instance) = chosen.instance {
        return Err(Error::bad_input("instance", instance, "nothing: a run of networks has no surfaces"));
    }
    let store = NetworksStore::open_read(path)?;
    let mut table = Collector::new(<BlockResult as Unit<NetworksSpec>>::heads());
    for unit in store.units() {
        Unit::<NetworksSpec>::values(&unit?).iter().for_each(|row| table.push(row));
    }
    table.table()
}

fn of_sampling(path: &Path, chosen: Chosen) -> Result<Frame> {
    let mut table = Collector::new(<SampledSurface as Unit<SamplingSpec>>::heads());
    for unit in chosen.sampled(path)? {
        Unit::<SamplingSpec>::values(&unit).iter().for_each(|row| table.push(row));
    }
    table.table()
}

/// Energies of the replicas of a run of sampling.
fn series_of(path: &Path, chosen: Chosen) -> Result<Frame> {
    let mut table = Collector::new(heads::<SeriesRow>());
    for unit in chosen.sampled(path)? {
        unit.series.iter().for_each(|row| table.push(&values(row).collect::<Vec<_>>()));
    }
    table.table()
}

fn of_paths(path: &Path, chosen: Chosen) -> Result<Frame> {
    let allowed = "nothing: a run of paths is on one surface";
    for (key, value) in [("dim", chosen.dim), ("instance", chosen.instance)] {
        if let Some(value) = value {
            return Err(Error::bad_input(key, value, allowed));
        }
    }
    let store = PathsStore::open_read(path)?;
    let mut table = Collector::new(<PathsUnit as Unit<PathsSpec>>::heads());
    for unit in store.units() {
        Unit::<PathsSpec>::values(&unit?).iter().for_each(|row| table.push(row));
    }
    table.table()
}

fn of_surfaces(path: &Path, chosen: Chosen) -> Result<Frame> {
    let store = SurfaceStore::open_read(path)?;
    let mut table = Collector::new(run_heads(store.spec()));
    for surface in chosen.of(&store)? {
        rows(&store, surface)?.iter().for_each(|row| table.push(&row.values()));
    }
    table.table()
}

impl Chosen {
    /// Surfaces of a run of sampling.
    fn sampled(self, path: &Path) -> Result<Vec<SampledSurface>> {
        let store = SamplingStore::open_read(path)?;
        let is_chosen = |dim: u32, instance: u32| {
            self.dim.is_none_or(|chosen| chosen == dim)
                && self.instance.is_none_or(|chosen| chosen == instance)
        };
        let spec = store.spec();
        if !spec.dims.iter().any(|&dim| is_chosen(dim, self.instance.unwrap_or(0))) {
            let dim = self.dim.unwrap_or_default();
            return Err(Error::bad_input("dim", dim, format!("a size of the run, {:?}", spec.dims)));
        }
        if let Some(instance) = self.instance.filter(|&instance| instance >= spec.instances) {
            let allowed = format!("a surface of the run, from 0 to {}", spec.instances - 1);
            return Err(Error::bad_input("instance", instance, allowed));
        }
        let units = store.units().filter(|unit| {
            unit.as_ref().map_or(true, |unit| is_chosen(unit.listed.dim, unit.listed.instance))
        });
        units.collect()
    }

    fn of(self, store: &SurfaceStore) -> Result<Vec<SurfaceId>> {
        let spec = store.spec();
        if let Some(dim) = self.dim {
            known_surface(store, dim, self.instance.unwrap_or(0))?;
        } else if let Some(instance) = self.instance {
            known_surface(store, spec.dims.first().copied().unwrap_or_default(), instance)?;
        }
        let is_chosen = |surface: &SurfaceId| {
            self.dim.is_none_or(|dim| dim == surface.dim)
                && self.instance.is_none_or(|instance| instance == surface.instance)
        };
        Ok(surfaces(store).into_iter().filter(is_chosen).collect())
    }
}

/// Histories of the starts of a run with traces.
#[pyfunction]
#[pyo3(signature = (path, dim=None, instance=None))]
pub fn traces(py: Python<'_>, path: PathBuf, dim: Option<u32>, instance: Option<u32>) -> PyResult<Frame> {
    let chosen = Chosen { dim, instance };
    attend(py, None, move |_| {
        if kind_of(&path)? == "sample" {
            return series_of(&path, chosen);
        }
        let store = SurfaceStore::open_read(&path)?;
        if !store.spec().trace {
            return Err(Error::bad_input("trace", "not kept", "a run swept with trace (--trace)"));
        }
        let mut table = Collector::new(heads::<TraceRow>());
        for SurfaceId { dim, instance } in chosen.of(&store)? {
            for start in store.surface_starts(dim, instance)? {
                start.trace_rows().for_each(|row| table.push(&values(&row).collect::<Vec<_>>()));
            }
        }
        table.table()
    })?
    .map_err(|error| raised(py, &error))
}

/// Final points on one surface; shape (starts, Λ).
#[pyfunction]
pub fn points<'py>(
    py: Python<'py>,
    path: PathBuf,
    dim: u32,
    instance: u32,
) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
    let points = attend(py, None, move |_| {
        if kind_of(&path)? == "sample" {
            let key = SurfaceKey { dim, instance };
            let found = SamplingStore::open_read(&path)?.unit(&key)?;
            let missing = || Error::bad_input("dim and instance", key, "a surface that the run holds");
            return found.ok_or_else(missing).map(|unit| (unit.point_count(), unit.points));
        }
        let store = SurfaceStore::open_read(&path)?;
        let surface = known_surface(&store, dim, instance)?;
        whole_points(&store, surface).map(|points| (points.starts.len(), points.values))
    })?;
    let (count, values) = points.map_err(|error| raised(py, &error))?;
    PyArray1::from_vec(py, values).reshape(vec![count, dim as usize])
}

/// Couplings of one surface: each order P with its full symmetric array, shape (Λ,) * P.
#[pyfunction]
pub fn couplings<'py>(
    py: Python<'py>,
    path: PathBuf,
    dim: u32,
    instance: u32,
) -> PyResult<Vec<(u32, Bound<'py, PyArrayDyn<f64>>)>> {
    let drawn = attend(py, None, move |_| {
        let store = SurfaceStore::open_read(&path)?;
        let surface = known_surface(&store, dim, instance)?;
        refuse("the couplings", couplings_bytes(store.spec().spins, dim)?.checked_mul(2))?;
        engine::couplings_of(&store, surface)
    })?;
    let orders = drawn.map_err(|error: Error| raised(py, &error))?.into_iter();
    let array = |(order, values): (u32, Vec<f64>)| {
        Ok((order, PyArray1::from_vec(py, values).reshape(vec![dim as usize; order as usize])?))
    };
    orders.map(array).collect()
}

/// The hidden vector of the spike of one surface, shape (Λ).
#[pyfunction]
pub fn hidden_vector<'py>(
    py: Python<'py>,
    path: PathBuf,
    dim: u32,
    instance: u32,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let drawn = at_once(py, || {
        let store = SurfaceStore::open_read(&path)?;
        let surface = known_surface(&store, dim, instance)?;
        engine::hidden_vector(&store, surface)
    })?;
    let vector = drawn.map_err(|error: Error| raised(py, &error))?;
    Ok(PyArray1::from_vec(py, vector))
}
