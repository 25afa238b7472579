//! Exact theory: arrays in, arrays out.

use hspin::Result;
use hspin::theory::{Complexity, Count, MeanCounts, Thresholds};
use numpy::{PyArray1, PyArrayDyn};
use pyo3::prelude::*;

use crate::attend::attend;
use crate::errors::raised;
use crate::surface::array;

type Vector<'py> = Bound<'py, PyArray1<f64>>;

/// E_∞, E_0 … E_K, and the gaps E_k − E_∞ without their cancellation.
#[pyfunction]
pub fn thresholds<'py>(
    py: Python<'py>,
    spins: u32,
    max_index: u32,
) -> PyResult<(f64, Vector<'py>, Vector<'py>)> {
    let found = attend(py, None, move |_| {
        let thresholds = Thresholds::new(spins)?;
        let gaps: Result<Vec<f64>> = (0..=max_index).map(|index| thresholds.gap(index)).collect();
        Ok((thresholds.e_inf(), thresholds.up_to(max_index)?, gaps?))
    })?;
    let (e_inf, e, gaps) = found.map_err(|error| raised(py, &error))?;
    Ok((e_inf, PyArray1::from_vec(py, e), PyArray1::from_vec(py, gaps)))
}

/// Θ(u), shape (n), and Θ_k(u) for k = 0 … K, shape (n, K + 1).
#[pyfunction]
pub fn complexity<'py>(
    py: Python<'py>,
    spins: u32,
    energies: Vec<f64>,
    max_index: u32,
) -> PyResult<(Vector<'py>, Bound<'py, PyArrayDyn<f64>>)> {
    let n = energies.len();
    let found = attend(py, None, move |_| {
        let complexity = Complexity::new(spins)?;
        let total: Vec<f64> = energies.iter().map(|&energy| complexity.total(energy)).collect();
        let complexity = &complexity;
        let of_index = |&energy: &f64| (0..=max_index).map(move |index| complexity.by_index(index, energy));
        Ok((total, energies.iter().flat_map(of_index).collect::<Vec<f64>>()))
    })?;
    let (total, by_index) = found.map_err(|error| raised(py, &error))?;
    Ok((PyArray1::from_vec(py, total), array(py, by_index, &[n, max_index as usize + 1])?))
}

/// Mean numbers of critical points below energies u, or their densities at u, of all indices together or of one: the number,
/// its logarithm, and the relative error. NaN where a number cannot be computed.
#[pyfunction]
#[pyo3(signature = (spins, dim, below, index=None, density=false))]
pub fn mean_count<'py>(
    py: Python<'py>,
    spins: u32,
    dim: u32,
    below: Vec<f64>,
    index: Option<u32>,
    density: bool,
) -> PyResult<[Vector<'py>; 3]> {
    let found = attend(py, None, move |_| -> Result<Vec<Option<Count>>> {
        let mut counts = MeanCounts::new(spins, dim)?;
        let known = |counts: Vec<Count>| counts.into_iter().map(Some).collect();
        match (index, density) {
            (None, false) => counts.total(&below).map(known),
            (None, true) => counts.total_density(&below).map(known),
            (Some(index), false) => counts.by_index(index, &below),
            (Some(index), true) => counts.density_by_index(index, &below),
        }
    })?;
    let counts = found.map_err(|error| raised(py, &error))?;
    let of = |part: fn(Count) -> f64| counts.iter().map(move |count| count.map_or(f64::NAN, part));
    Ok([
        PyArray1::from_iter(py, of(Count::value)),
        PyArray1::from_iter(py, of(|count| count.log)),
        PyArray1::from_iter(py, of(|count| count.relative_error)),
    ])
}
