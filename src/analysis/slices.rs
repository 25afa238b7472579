//! Slices of a surface through a stored point: energies along one or two directions.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::explore::{Batch, TangentPlane};
use crate::hamiltonian::Surface;
use crate::rng::{Role, stream};
use crate::sphere::random_point;
use crate::studies::surfaces::{CriticalPointRow, Points, SurfaceId, SurfaceStore, rows};

/// How far a slice reaches without a point that it leads to, in radians, and how far beyond one, as a factor.
const REACH: f64 = 1.0;
const BEYOND: f64 = 1.2;

/// A direction of a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Along {
    /// The k-th eigenvector of the Riemannian Hessian, from 0 at the lowest eigenvalue.
    Eigenvector(u32),
    /// Towards the end of another start on the same surface.
    Start(u32),
    /// A random direction, by its number.
    Random(u32),
}

/// What is asked of a slice.
#[derive(Debug, Clone, PartialEq)]
pub struct SliceRequest {
    /// The surface.
    pub surface: SurfaceId,
    /// The start at whose end the slice has its middle; the lowest converged one if none is named.
    pub start: Option<u32>,
    /// One or two directions.
    pub along: Vec<Along>,
    /// Largest angle in each direction, in radians.
    pub extent: Option<f64>,
    /// Points in each direction, at least 3.
    pub points: u32,
    /// Threads.
    pub threads: usize,
}

/// An end that a slice leads to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SliceMark {
    /// Its start.
    pub start: u32,
    /// Angles along the directions, in radians.
    pub at: Vec<f64>,
    /// u = L/Λ, as stored.
    pub energy_per_spin: f64,
    /// Its index, if it is certain.
    pub index: Option<u32>,
}

/// Energies along one or two directions through a point. Angles φ are lengths of geodesics over √Λ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Slice {
    /// The model, as a text.
    pub model: String,
    /// Λ.
    pub dim: u32,
    /// Number of the surface.
    pub instance: u32,
    /// The start at whose end φ = 0.
    pub start: u32,
    /// The directions, as they were asked for.
    pub along: Vec<String>,
    /// φ in each direction, in radians.
    pub angles: Vec<f64>,
    /// u = L/Λ; of two directions row by row, a row for each angle of the first.
    pub energies_per_spin: Vec<f64>,
    /// du/dφ, of one direction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slopes: Option<Vec<f64>>,
    /// d²u/dφ², of one direction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub curvatures: Option<Vec<f64>>,
    /// The point itself, and the ends that the directions lead to.
    pub marks: Vec<SliceMark>,
}

/// The middle of a slice, and what else lies on its surface.
struct Middle<'a> {
    rows: Vec<CriticalPointRow>,
    points: Points,
    landscape: &'a Surface,
    seed: u64,
    surface: SurfaceId,
    start: u32,
}

impl Along {
    /// As the command line names it.
    pub fn name(self) -> String {
        match self {
            Self::Eigenvector(k) => format!("eigenvector:{k}"),
            Self::Start(start) => format!("start:{start}"),
            Self::Random(number) => format!("random:{number}"),
        }
    }
}

impl Slice {
    /// The slice of a stored surface; `landscape` is that surface.
    ///
    /// # Errors
    /// Bad input for a start, an eigenvector or directions that are not there, or an angle beyond π; refused for a run
    /// without points; those of the store.
    pub fn of_run(store: &SurfaceStore, landscape: &Surface, asked: &SliceRequest) -> Result<Self> {
        let SurfaceId { dim, instance } = asked.surface;
        let (rows, points) = (rows(store, asked.surface)?, store.points(dim, instance)?);
        if points.starts.is_empty() {
            let path = store.path().display();
            return Err(Error::Refused(format!("{path}: a slice needs points that were kept")));
        }
        let converged = rows.iter().filter(|row| row.record.converged()).map(|row| &row.record);
        let lowest = converged.min_by(|a, b| a.energy_per_spin.total_cmp(&b.energy_per_spin));
        let Some(start) = asked.start.or(lowest.map(|record| record.start)) else {
            return Err(Error::Refused(format!("{}: no start converged there", store.path().display())));
        };
        let (seed, surface) = (store.spec().seed, asked.surface);
        let middle = Middle { rows, points, landscape, seed, surface, start };
        let slice = middle.slice(asked)?;
        Ok(Self { model: store.spec().surfaces_in_words(), ..slice })
    }
}

impl Middle<'_> {
    fn point(&self, start: u32) -> Result<&[f64]> {
        match self.points.of(start) {
            [] => {
                let allowed = format!("a start on this surface; it has {}", self.points.starts.len());
                Err(Error::bad_input("start", start, allowed))
            }
            point => Ok(point),
        }
    }

    fn slice(&self, asked: &SliceRequest) -> Result<Slice> {
        let point = self.point(self.start)?;
        let batch = Batch { landscape: self.landscape, threads: asked.threads };
        let directions = self.directions(&batch, point, &asked.along)?;
        let unit = self.landscape.scale() / f64::from(self.surface.dim);
        let scaled = |values: Vec<f64>| -> Vec<f64> { values.iter().map(|x| unit * x).collect() };
        let (first, second) = match directions.as_slice() {
            [first] => (first, None),
            [first, second] => (first, Some(second)),
            _ => return Err(Error::bad_input("--along", asked.along.len(), "one or two directions")),
        };
        // In one dimension any second axis will do: marks lie on the first.
        let spare = second.map_or_else(|| self.random(u32::MAX), Clone::clone);
        let plane = TangentPlane::new(point, [first, &spare])?;
        let marks = self.marks(&plane, &asked.along)?;
        let angles = angles(asked, &marks)?;
        let (energies, slopes, curvatures) = match second {
            Some(_) => (batch.slice(&plane, &angles, &angles), None, None),
            None => {
                let circle = batch.great_circle(point, first, &angles)?;
                (circle.energies, Some(scaled(circle.slopes)), Some(scaled(circle.curvatures)))
            }
        };
        Ok(Slice {
            model: String::new(),
            dim: self.surface.dim,
            instance: self.surface.instance,
            start: self.start,
            along: asked.along.iter().map(|along| along.name()).collect(),
            angles,
            energies_per_spin: scaled(energies),
            slopes,
            curvatures,
            marks,
        })
    }

    fn directions(&self, batch: &Batch<Surface>, point: &[f64], along: &[Along]) -> Result<Vec<Vec<f64>>> {
        let needs_eigenvectors = along.iter().any(|along| matches!(along, Along::Eigenvector(_)));
        let vectors = match batch.eigenvectors(point) {
            Some((_, vectors)) if needs_eigenvectors => vectors,
            _ => Vec::new(),
        };
        let direction = |along: &Along| match *along {
            Along::Start(start) => Ok(self.point(start)?.to_vec()),
            Along::Random(number) => Ok(self.random(number)),
            Along::Eigenvector(k) => vectors.get(k as usize).cloned().ok_or_else(|| {
                Error::bad_input("eigenvector", k, format!("below Λ − 1 = {}", self.surface.dim - 1))
            }),
        };
        along.iter().map(direction).collect()
    }

    fn random(&self, number: u32) -> Vec<f64> {
        let SurfaceId { dim, instance } = self.surface;
        let ids = [dim, instance, self.start, number].map(u64::from);
        random_point(&mut stream(self.seed, Role::SliceDirection, &ids), dim as usize)
    }

    /// The middle, and the ends that directions lead to.
    fn marks(&self, plane: &TangentPlane, along: &[Along]) -> Result<Vec<SliceMark>> {
        let others = along.iter().filter_map(|along| match along {
            Along::Start(start) => Some(*start),
            Along::Eigenvector(_) | Along::Random(_) => None,
        });
        let mark = |start: u32| {
            let [a, b, _] = plane.coordinates_of(self.point(start)?);
            let record = self.rows.iter().map(|row| &row.record).find(|record| record.start == start);
            Ok(SliceMark {
                start,
                at: [a, b].into_iter().take(along.len()).collect(),
                energy_per_spin: record.map_or(f64::NAN, |record| record.energy_per_spin),
                index: record.and_then(|record| record.decided_index()),
            })
        };
        [self.start].into_iter().chain(others).map(mark).collect()
    }
}

/// Angles of a slice: an odd or even number of them, symmetric about 0.
fn angles(asked: &SliceRequest, marks: &[SliceMark]) -> Result<Vec<f64>> {
    // The first mark is the middle.
    let farthest =
        marks.iter().skip(1).flat_map(|mark| &mark.at).fold(0.0, |top: f64, angle| top.max(angle.abs()));
    let wanted = if farthest > 0.0 { BEYOND * farthest } else { REACH };
    let extent = asked.extent.unwrap_or(wanted.min(std::f64::consts::PI));
    if !(extent > 0.0 && extent <= std::f64::consts::PI) {
        return Err(Error::bad_input("--extent", extent, "an angle in radians, above 0 and at most π"));
    }
    let last = f64::from(asked.points - 1);
    Ok((0..asked.points).map(|i| extent * (2.0 * f64::from(i) / last - 1.0)).collect())
}
