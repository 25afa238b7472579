//! Points from NumPy's arrays, and arrays for NumPy.

use numpy::{PyArray1, PyArrayDyn, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::prelude::*;

use crate::errors::bad_input;

/// Largest | |w|²/Λ − 1 | of a point that is taken to lie on the sphere.
const OFF_SPHERE: f64 = 1e-6;

/// Points as they came, on the sphere: shape (n, Λ).
pub fn points_on_sphere(
    py: Python<'_>,
    points: &PyReadonlyArrayDyn<'_, f64>,
    dim: usize,
    project: bool,
) -> PyResult<Vec<f64>> {
    let mut values = rows_of(py, points, dim, "points")?;
    for (row, point) in values.chunks_mut(dim).enumerate() {
        let square = point.iter().map(|w| w * w).sum::<f64>() / dim as f64;
        if !square.is_finite() {
            return Err(bad_input(py, "points", format!("row {row}"), "finite numbers"));
        }
        if project && square > 0.0 {
            hspin::sphere::retract(point);
        } else if (square - 1.0).abs() > OFF_SPHERE {
            let allowed = "|w|²/Λ = 1, as on the sphere; project=True scales each point to it";
            return Err(bad_input(py, "points", format!("|w|²/Λ = {square} in row {row}"), allowed));
        }
    }
    Ok(values)
}

/// Rows of Λ numbers.
pub fn rows_of(
    py: Python<'_>,
    array: &PyReadonlyArrayDyn<'_, f64>,
    dim: usize,
    key: &str,
) -> PyResult<Vec<f64>> {
    if array.shape().last() != Some(&dim) || array.ndim() > 2 {
        let allowed = format!("shape (n, {dim}) or ({dim},)");
        return Err(bad_input(py, key, format!("shape {:?}", array.shape()), &allowed));
    }
    match array.as_slice() {
        Ok(values) => Ok(values.to_vec()),
        Err(_) => Err(bad_input(py, key, "strided", "a contiguous array in C order")),
    }
}

/// An array of this shape.
pub fn array<'py>(
    py: Python<'py>,
    values: Vec<f64>,
    shape: &[usize],
) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
    PyArray1::from_vec(py, values).reshape(shape.to_vec())
}

/// One point.
pub fn one_point(
    py: Python<'_>,
    point: &PyReadonlyArrayDyn<'_, f64>,
    dim: usize,
    project: bool,
) -> PyResult<Vec<f64>> {
    let values = points_on_sphere(py, point, dim, project)?;
    if values.len() == dim {
        return Ok(values);
    }
    Err(bad_input(py, "point", format!("{} points", values.len() / dim), &format!("one, of shape ({dim},)")))
}
