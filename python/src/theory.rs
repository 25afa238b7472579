//! Exact theory: arrays in, arrays out.

use hspin::Result;
use hspin::theory::{Count, Mixture, MixtureComplexity, MixtureCounts, Thresholds};
use numpy::{PyArray1, PyArrayDyn};
use pyo3::prelude::*;

use crate::attend::attend;
use crate::errors::raised;
use crate::known::refuse_array;
use crate::points::array;

type Vector<'py> = Bound<'py, PyArray1<f64>>;
type Array<'py> = Bound<'py, PyArrayDyn<f64>>;

/// Which model a question is about.
#[derive(Debug, Clone, FromPyObject)]
pub enum Model {
    /// The pure model of this order.
    Spins(u32),
    /// Orders and their shares of variance.
    Mixture(Vec<(u32, f64)>),
}

impl Model {
    /// The model as a mixture: a single order has the numbers of the pure model, bit by bit.
    fn mixture(&self) -> Result<Mixture> {
        match self {
            Self::Spins(spins) => Mixture::pure(*spins),
            Self::Mixture(shares) => Mixture::new(shares),
        }
    }
}

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

/// Σ(u) and Θ(u), shape (n), and Θ_k(u) for k = 0 … K, shape (n, K + 1).
#[pyfunction]
pub fn complexity<'py>(
    py: Python<'py>,
    model: Model,
    energies: Vec<f64>,
    max_index: u32,
) -> PyResult<(Vector<'py>, Vector<'py>, Array<'py>)> {
    let shape = [energies.len(), max_index as usize + 1];
    refuse_array(py, "the complexities", &shape)?;
    let found = attend(py, None, move |_| {
        let complexity = MixtureComplexity::new(&model.mixture()?)?;
        let at: Vec<f64> = energies.iter().map(|&energy| complexity.at(energy)).collect();
        let total: Vec<f64> = energies.iter().map(|&energy| complexity.total(energy)).collect();
        let complexity = &complexity;
        let of_index = |&energy: &f64| (0..=max_index).map(move |index| complexity.by_index(index, energy));
        Ok((at, total, energies.iter().flat_map(of_index).collect::<Vec<f64>>()))
    })?;
    let (at, total, by_index) = found.map_err(|error| raised(py, &error))?;
    Ok((PyArray1::from_vec(py, at), PyArray1::from_vec(py, total), array(py, by_index, &shape)?))
}

/// Mean numbers of critical points below energies u, shape (n), or their densities at u, of all indices together, or of some:
/// the number, its logarithm, and the relative error, each of shape (n, 1) or (n, indices). NaN where a number cannot be
/// computed.
#[pyfunction]
#[pyo3(signature = (model, dim, below, indices=None, density=false))]
pub fn mean_count<'py>(
    py: Python<'py>,
    model: Model,
    dim: u32,
    below: Vec<f64>,
    indices: Option<Vec<u32>>,
    density: bool,
) -> PyResult<[Array<'py>; 3]> {
    let shape = [below.len(), indices.as_ref().map_or(1, Vec::len)];
    let found = attend(py, None, move |_| -> Result<Vec<Vec<Option<Count>>>> {
        let mut counts = MixtureCounts::new(&model.mixture()?, dim)?;
        let known = |counts: Vec<Count>| vec![counts.into_iter().map(Some).collect()];
        match (indices, density) {
            (None, false) => counts.total(&below).map(known),
            (None, true) => counts.total_density(&below).map(known),
            (Some(indices), false) => indices.iter().map(|&index| counts.by_index(index, &below)).collect(),
            (Some(indices), true) => {
                indices.iter().map(|&index| counts.density_by_index(index, &below)).collect()
            }
        }
    })?;
    let by_index = found.map_err(|error| raised(py, &error))?;
    let part = |part: fn(Count) -> f64| {
        let at = |row: usize| {
            // No mean number is 0: of one whose logarithm f64 does not hold nothing is known.
            let known = move |counts: &Vec<Option<Count>>| {
                counts.get(row).copied().flatten().filter(|count| count.log.is_finite())
            };
            by_index.iter().map(move |counts| known(counts).map_or(f64::NAN, part))
        };
        array(py, (0..shape[0]).flat_map(at).collect(), &shape)
    };
    Ok([part(Count::value)?, part(|count| count.log)?, part(|count| count.relative_error)?])
}
