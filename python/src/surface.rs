//! One surface: values and derivatives at many points, descents, critical points.

use std::sync::Arc;

use hspin::Result;
use hspin::explore::{Batch, Metric, TangentPlane};
use hspin::hamiltonian::Landscape;
use hspin::numeric::npy::Array;
use hspin::studies::surfaces::{ModelRequest, Request, Spec, couplings_bytes};
use numpy::{PyArrayDyn, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::prelude::*;

use crate::attend::{at_once, attend};
use crate::errors::{bad_input, raised};
use crate::known::{Known, refuse, refuse_array, threads_of};
use crate::model::Asked;
use crate::points::{array, one_point, points_on_sphere, rows_of};

/// Multiply-adds below which work is done at once: it ends before anybody could interrupt it.
const SHORT: f64 = 2e8;

/// One surface.
#[pyclass(frozen, module = "hspin._hspin")]
pub struct Surface {
    pub(crate) known: Arc<Known>,
}

/// Does work at once where it is short, and so that it can be interrupted where it is long.
fn done<T: Send + 'static>(
    py: Python<'_>,
    size: f64,
    work: impl FnOnce() -> T + Send + 'static,
) -> PyResult<T> {
    if size >= SHORT {
        return attend(py, None, move |_| work());
    }
    at_once(py, work)
}

#[pymethods]
impl Surface {
    /// The random surface of this model, dimension, seed and number.
    #[staticmethod]
    #[pyo3(signature = (model, dim, seed, instance, threads=None))]
    fn random(
        py: Python<'_>,
        model: Asked,
        dim: u32,
        seed: u64,
        instance: u32,
        threads: Option<u32>,
    ) -> PyResult<Self> {
        let known = attend(py, None, move |_| {
            let ModelRequest { spins, mixture, law, spike } = model.request()?;
            let request = Request {
                spins,
                mixture,
                law,
                spike,
                dims: Some(vec![dim]),
                starts: Some(1),
                instances: Some(instance.saturating_add(1)),
                seed: Some(seed),
                ..Default::default()
            };
            // What no run can have is refused with the words of a run.
            Known::random(&Spec::new(&request)?, instance, threads_of(threads))
        })?;
        let known = Arc::new(known.map_err(|error| raised(py, &error))?);
        Ok(Self { known })
    }

    /// The surface of symmetric arrays, one for each order, or of the symmetric parts of arrays.
    #[staticmethod]
    #[pyo3(signature = (arrays, symmetrize, seed, threads=None))]
    fn own(
        py: Python<'_>,
        arrays: Vec<PyReadonlyArrayDyn<'_, f64>>,
        symmetrize: bool,
        seed: u64,
        threads: Option<u32>,
    ) -> PyResult<Self> {
        let owned = |array: &PyReadonlyArrayDyn<'_, f64>| {
            let shape: Option<Vec<u32>> = array.shape().iter().map(|&n| u32::try_from(n).ok()).collect();
            let (Some(shape), Ok(values)) = (shape, array.as_slice()) else {
                return Err(bad_input(py, "couplings", "strided", "a contiguous array in C order"));
            };
            Ok(Array { shape, values: values.to_vec() })
        };
        let arrays = arrays.iter().map(owned).collect::<PyResult<Vec<_>>>()?;
        let threads = threads_of(threads);
        let known = attend(py, None, move |_| Known::own(arrays, symmetrize, seed, threads))?;
        let known = Arc::new(known.map_err(|error| raised(py, &error))?);
        Ok(Self { known })
    }

    /// H.
    #[getter]
    fn spins(&self) -> usize {
        self.known.surface.layout().spins
    }

    /// Λ.
    #[getter]
    fn dim(&self) -> usize {
        self.known.surface.layout().dim
    }

    /// Orders of the couplings, ascending.
    #[getter]
    fn orders(&self) -> Vec<usize> {
        self.known.orders()
    }

    /// Root of all random streams.
    #[getter]
    fn seed(&self) -> u64 {
        self.known.seed
    }

    /// Number of the surface.
    #[getter]
    fn instance(&self) -> u32 {
        self.known.instance
    }

    /// Scale s of the user's couplings, 1 for random ones.
    #[getter]
    fn scale(&self) -> f64 {
        self.known.surface.scale()
    }

    /// Couplings of each order P as a full symmetric array, shape (Λ,) * P; a spike is not in them.
    fn couplings<'py>(&self, py: Python<'py>) -> PyResult<Vec<(usize, Bound<'py, PyArrayDyn<f64>>)>> {
        let dim = self.dim();
        let bytes: Result<Vec<u64>> =
            self.known.orders().into_iter().map(|order| couplings_bytes(order as u32, dim as u32)).collect();
        let bytes = bytes.map_err(|error| raised(py, &error))?;
        // Each is there twice for a while.
        refuse("the couplings", Some(2 * bytes.iter().sum::<u64>())).map_err(|error| raised(py, &error))?;
        let known = self.known.clone();
        let orders = attend(py, None, move |_| match &known.own {
            Some((own, _)) => {
                let field = own.field().map(|field| (1, field.to_vec()));
                let tensors = own.tensors().iter();
                let tensors = tensors.map(|tensor| (tensor.layout().spins, tensor.to_dense()));
                field.into_iter().chain(tensors).collect()
            }
            None => known.surface.dense_orders().collect::<Vec<_>>(),
        })?;
        let whole = |(order, values)| Ok((order, array(py, values, &vec![dim; order])?));
        orders.into_iter().map(whole).collect()
    }

    /// Energies (n), gradients (n, Λ) and radial slopes (n) at points (n, Λ).
    #[pyo3(signature = (points, euclidean=false, project=false, threads=None))]
    fn first_orders<'py>(
        &self,
        py: Python<'py>,
        points: PyReadonlyArrayDyn<'py, f64>,
        euclidean: bool,
        project: bool,
        threads: Option<u32>,
    ) -> PyResult<[Bound<'py, PyArrayDyn<f64>>; 3]> {
        let dim = self.dim();
        let points = points_on_sphere(py, &points, dim, project)?;
        let threads = threads_of(threads);
        let (known, n) = (self.known.clone(), points.len() / dim);
        let metric = if euclidean { Metric::Euclidean } else { Metric::Riemannian };
        let mut found = done(py, n as f64 * known.work(), move || {
            Batch { landscape: &known.surface, threads }.first_orders(&points, metric)
        })?;
        let scale = self.scale();
        for values in [&mut found.energies, &mut found.gradients, &mut found.radial_slopes] {
            scaled(values, scale);
        }
        Ok([
            array(py, found.energies, &[n])?,
            array(py, found.gradients, &[n, dim])?,
            array(py, found.radial_slopes, &[n])?,
        ])
    }

    /// Hessians at points (n, Λ); shape (n, Λ, Λ).
    #[pyo3(signature = (points, euclidean=false, project=false, threads=None))]
    fn hessians<'py>(
        &self,
        py: Python<'py>,
        points: PyReadonlyArrayDyn<'py, f64>,
        euclidean: bool,
        project: bool,
        threads: Option<u32>,
    ) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        let dim = self.dim();
        let points = points_on_sphere(py, &points, dim, project)?;
        let threads = threads_of(threads);
        let (known, n) = (self.known.clone(), points.len() / dim);
        refuse_array(py, "the Hessians", &[n, dim, dim])?;
        let metric = if euclidean { Metric::Euclidean } else { Metric::Riemannian };
        let mut found = attend(py, None, move |_| {
            Batch { landscape: &known.surface, threads }.hessians(&points, metric)
        })?;
        scaled(&mut found, self.scale());
        array(py, found, &[n, dim, dim])
    }

    /// Eigenvalues of the Riemannian Hessian at points (n, Λ); shape (n, Λ − 1), ascending.
    #[pyo3(signature = (points, project=false, threads=None))]
    fn spectra<'py>(
        &self,
        py: Python<'py>,
        points: PyReadonlyArrayDyn<'py, f64>,
        project: bool,
        threads: Option<u32>,
    ) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        let dim = self.dim();
        let points = points_on_sphere(py, &points, dim, project)?;
        let threads = threads_of(threads);
        let (known, n) = (self.known.clone(), points.len() / dim);
        let mut found =
            attend(py, None, move |_| Batch { landscape: &known.surface, threads }.spectra(&points))?;
        scaled(&mut found, self.scale());
        array(py, found, &[n, dim - 1])
    }

    /// Products of the Riemannian Hessian at a point (Λ) with vectors (m, Λ).
    #[pyo3(signature = (point, vectors, project=false, threads=None))]
    fn hessian_products<'py>(
        &self,
        py: Python<'py>,
        point: PyReadonlyArrayDyn<'py, f64>,
        vectors: PyReadonlyArrayDyn<'py, f64>,
        project: bool,
        threads: Option<u32>,
    ) -> PyResult<Bound<'py, PyArrayDyn<f64>>> {
        let dim = self.dim();
        let point = one_point(py, &point, dim, project)?;
        let vectors = rows_of(py, &vectors, dim, "vectors")?;
        let threads = threads_of(threads);
        let (known, m) = (self.known.clone(), vectors.len() / dim);
        let size = (m * known.surface.degree()) as f64 * known.work();
        let mut found = done(py, size, move || {
            Batch { landscape: &known.surface, threads }.hessian_products(&point, &vectors)
        })?;
        scaled(&mut found, self.scale());
        array(py, found, &[m, dim])
    }

    /// Energies (n, m) on a grid of geodesics from a point (Λ) in two directions (2, Λ), and the axes (2, Λ) of the plane.
    #[pyo3(signature = (point, directions, angles, project=false, threads=None))]
    fn slice<'py>(
        &self,
        py: Python<'py>,
        point: PyReadonlyArrayDyn<'py, f64>,
        directions: PyReadonlyArrayDyn<'py, f64>,
        angles: [Vec<f64>; 2],
        project: bool,
        threads: Option<u32>,
    ) -> PyResult<[Bound<'py, PyArrayDyn<f64>>; 2]> {
        let dim = self.dim();
        let point = one_point(py, &point, dim, project)?;
        let directions = rows_of(py, &directions, dim, "directions")?;
        let plane = match directions.chunks(dim).collect::<Vec<_>>()[..] {
            [first, second] => TangentPlane::new(&point, [first, second]),
            ref rows => {
                return Err(bad_input(py, "directions", format!("{} rows", rows.len()), "two rows"));
            }
        };
        let plane = plane.map_err(|error| raised(py, &error))?;
        let [n, m] = [angles[0].len(), angles[1].len()];
        refuse_array(py, "the energies", &[n, m])?;
        let threads = threads_of(threads);
        let (known, axes) = (self.known.clone(), plane.axes().concat());
        let [a, b] = angles;
        let mut energies =
            attend(py, None, move |_| Batch { landscape: &known.surface, threads }.slice(&plane, &a, &b))?;
        scaled(&mut energies, self.scale());
        Ok([array(py, energies, &[n, m])?, array(py, axes, &[2, dim])?])
    }

    /// Points (n, Λ), energies, slopes and curvatures (n) along the great circle from a point (Λ) in a direction (Λ).
    #[pyo3(signature = (point, direction, angles, project=false, threads=None))]
    fn great_circle<'py>(
        &self,
        py: Python<'py>,
        point: PyReadonlyArrayDyn<'py, f64>,
        direction: PyReadonlyArrayDyn<'py, f64>,
        angles: Vec<f64>,
        project: bool,
        threads: Option<u32>,
    ) -> PyResult<[Bound<'py, PyArrayDyn<f64>>; 4]> {
        let dim = self.dim();
        let point = one_point(py, &point, dim, project)?;
        let direction = rows_of(py, &direction, dim, "direction")?;
        if direction.len() != dim {
            let allowed = format!("shape ({dim},)");
            return Err(bad_input(py, "direction", format!("{} rows", direction.len() / dim), &allowed));
        }
        let threads = threads_of(threads);
        let (known, n) = (self.known.clone(), angles.len());
        refuse_array(py, "the points", &[4, n, dim])?;
        let circle = attend(py, None, move |_| {
            Batch { landscape: &known.surface, threads }.great_circle(&point, &direction, &angles)
        })?;
        let mut circle = circle.map_err(|error| raised(py, &error))?;
        let scale = self.scale();
        for values in [&mut circle.energies, &mut circle.slopes, &mut circle.curvatures] {
            scaled(values, scale);
        }
        Ok([
            array(py, circle.points, &[n, dim])?,
            array(py, circle.energies, &[n])?,
            array(py, circle.slopes, &[n])?,
            array(py, circle.curvatures, &[n])?,
        ])
    }
}

fn scaled(values: &mut [f64], scale: f64) {
    if scale != 1.0 {
        values.iter_mut().for_each(|value| *value *= scale);
    }
}
