//! Slices of the sphere: the surface that geodesics through a point span in two directions.

use super::batch::{Batch, Metric};
use crate::descent::evaluate;
use crate::hamiltonian::{Isa, Landscape};
use crate::sphere::overlap;
use crate::{Error, Result};

/// Shortest part of a direction that still has one, as a share of the vector it comes from.
const LEAST_PART: f64 = 1e-12;

/// Two orthogonal tangent directions at a point, by which the points around it are named.
///
/// The point with coordinates (a, b) is the end of the geodesic of length ρ√Λ, ρ = √(a² + b²), in the direction (a, b):
/// `w cos ρ + (a t₁ + b t₂) sin ρ / ρ` with |t₁| = |t₂| = √Λ. Distances from w are true; others are not.
#[derive(Debug, Clone, PartialEq)]
pub struct TangentPlane {
    point: Vec<f64>,
    axes: [Vec<f64>; 2],
}

impl TangentPlane {
    /// The plane at a point of the sphere in two directions: t₁ is the tangent part of the first, t₂ the part of the second
    /// that is tangent and orthogonal to t₁.
    ///
    /// # Errors
    /// Bad input if a direction has no such part.
    ///
    /// # Panics
    /// If a direction has not the point's dimension.
    pub fn new(point: &[f64], directions: [&[f64]; 2]) -> Result<Self> {
        let [first, second] = directions;
        let first = orthogonal_part("the first direction", first, &[point])?;
        let second = orthogonal_part("the second direction", second, &[point, &first])?;
        Ok(Self { point: point.to_vec(), axes: [first, second] })
    }

    /// t₁ and t₂, each of length √Λ.
    pub fn axes(&self) -> [&[f64]; 2] {
        self.axes.each_ref().map(Vec::as_slice)
    }

    /// The point with these coordinates, in radians.
    pub fn point_at(&self, [a, b]: [f64; 2]) -> Vec<f64> {
        let distance = a.hypot(b);
        // sin ρ / ρ is 1 at the point itself.
        let along = if distance > 0.0 { libm::sin(distance) / distance } else { 1.0 };
        let (cos, a, b) = (libm::cos(distance), a * along, b * along);
        let [first, second] = &self.axes;
        let axes = first.iter().zip(second);
        self.point.iter().zip(axes).map(|(w, (s, t))| w * cos + s * a + t * b).collect()
    }

    /// Coordinates of a point of the sphere, projected on the plane, and its distance from the plane, all in radians: the
    /// shortest geodesic to the point has length `Ω = √(a² + b² + c²)`. Of the antipode, the first axis is taken.
    ///
    /// # Panics
    /// If it has not the same dimension.
    pub fn coordinates_of(&self, other: &[f64]) -> [f64; 3] {
        assert_eq!(other.len(), self.point.len(), "a point of one dimension");
        let cosine = overlap(&self.point, other);
        let tangent: Vec<f64> = other.iter().zip(&self.point).map(|(o, w)| o - cosine * w).collect();
        let sine = overlap(&tangent, &tangent).sqrt();
        let angle = libm::atan2(sine, cosine);
        if sine < LEAST_PART {
            return [angle, 0.0, 0.0];
        }
        let [a, b] = self.axes.each_ref().map(|axis| angle * overlap(&tangent, axis) / sine);
        [a, b, (angle * angle - a * a - b * b).max(0.0).sqrt()]
    }
}

/// The part of a vector that is orthogonal to others, of the length of the first of these, √Λ.
fn orthogonal_part(name: &'static str, vector: &[f64], others: &[&[f64]]) -> Result<Vec<f64>> {
    let mut part = vector.to_vec();
    // Twice: once leaves what rounding makes of nearly parallel vectors.
    for _ in 0..2 {
        for other in others {
            assert_eq!(part.len(), other.len(), "a point and directions of one dimension");
            let along = overlap(&part, other) / overlap(other, other);
            part.iter_mut().zip(*other).for_each(|(part, other)| *part -= along * other);
        }
    }
    let (length, whole) = (overlap(&part, &part).sqrt(), overlap(vector, vector).sqrt());
    if !(length.is_finite() && length > LEAST_PART * whole) {
        let allowed = match others.len() {
            1 => "a vector with a part tangent to the sphere: not 0, and not along the point",
            _ => "a vector with a tangent part that is orthogonal to the first direction",
        };
        return Err(Error::bad_input(name, format!("such a part of length {length:e}"), allowed));
    }
    let scale = others.first().map_or(1.0, |point| overlap(point, point).sqrt()) / length;
    Ok(part.iter().map(|x| x * scale).collect())
}

impl<L: Landscape> Batch<'_, L> {
    /// Energies L on a grid of a plane's coordinates, shape (number of a, number of b).
    pub fn slice(&self, plane: &TangentPlane, a: &[f64], b: &[f64]) -> Vec<f64> {
        let row = |&a: &f64| {
            let points: Vec<f64> = b.iter().flat_map(|&b| plane.point_at([a, b])).collect();
            self.first_orders(&points, Metric::Euclidean).energies
        };
        a.iter().flat_map(row).collect()
    }

    /// Eigenvalues of the Riemannian Hessian at a point, ascending, and their unit eigenvectors as vectors of the space around
    /// the sphere, shapes (Λ − 1) and (Λ − 1, Λ). The sign of a vector is that at which its largest entry is positive. None
    /// where something is not finite.
    ///
    /// # Panics
    /// If the point has not dimension Λ.
    pub fn eigenvectors(&self, point: &[f64]) -> Option<(Vec<f64>, Vec<Vec<f64>>)> {
        let here = evaluate(self.landscape, Isa::best(), &[point]).pop().flatten()?;
        let eigen = here.hessian.eigen().ok()?;
        let tangent = eigen.values.len();
        let vector = |at: usize| {
            let one: Vec<f64> = (0..tangent).map(|k| if k == at { 1.0 } else { 0.0 }).collect();
            let mut vector = here.basis.ambient(&eigen.combine(&one));
            let largest =
                vector.iter().copied().fold(0.0, |top: f64, x| if x.abs() > top.abs() { x } else { top });
            if largest < 0.0 {
                vector.iter_mut().for_each(|x| *x = -*x);
            }
            vector
        };
        let vectors = (0..tangent).map(vector).collect();
        Some((eigen.values, vectors))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::Explore;
    use crate::hamiltonian::Surface;
    use crate::rng::Seed;

    fn plane_on(surface: &Surface) -> TangentPlane {
        let points = surface.random_points(Seed(5), 3);
        TangentPlane::new(&points[0], [&points[1], &points[2]]).unwrap()
    }

    #[test]
    fn distances_from_the_point_are_true_and_coordinates_lead_back() {
        let surface = Surface::random(3, 12, Seed(1));
        let plane = plane_on(&surface);
        for [a, b] in [[0.0, 0.0], [0.3, -0.4], [-2.0, 1.5], [1e-9, 2e-9], [3.0, 0.1]] {
            let there = plane.point_at([a, b]);
            assert!((overlap(&there, &there) - 1.0).abs() < 1e-14);
            // The cosine of an angle of 1e-9 is 1: the chord tells.
            let chord: Vec<f64> = there.iter().zip(&plane.point).map(|(x, w)| x - w).collect();
            let angle = 2.0 * (overlap(&chord, &chord).sqrt() / 2.0).asin();
            assert!((angle - a.hypot(b)).abs() < 1e-14 * (1.0 + angle), "{a} {b}: {angle}");
            let [x, y, off] = plane.coordinates_of(&there);
            assert!((x - a).abs() < 1e-13 && (y - b).abs() < 1e-13 && off < 1e-7, "{a} {b}: {x} {y} {off}");
        }
        // A point outside the plane is at its distance in all.
        let other = surface.random_point(Seed(77));
        let [x, y, off] = plane.coordinates_of(&other);
        let angle = overlap(&other, &plane.point).acos();
        assert!((x.hypot(y).hypot(off) - angle).abs() < 1e-13 && off > 0.1);
    }

    #[test]
    fn a_slice_has_the_energies_of_its_points_and_the_hessian_as_its_curvature() {
        let surface = Surface::random(3, 10, Seed(4));
        let plane = plane_on(&surface);
        let batch = Batch { landscape: &surface, threads: 2 };
        let step = 1e-3;
        let grid = [-step, 0.0, step];
        let found = batch.slice(&plane, &grid, &grid);
        for (at, energy) in found.iter().enumerate() {
            let there = plane.point_at([grid[at / 3], grid[at % 3]]);
            assert_eq!(*energy, surface.energy_gradient(&there).0);
        }
        let hessian = batch.hessians(&plane.point, Metric::Riemannian);
        let form = |s: &[f64], t: &[f64]| -> f64 {
            hessian
                .chunks(10)
                .zip(s)
                .map(|(row, s)| s * row.iter().zip(t).map(|(h, t)| h * t).sum::<f64>())
                .sum()
        };
        let [s, t] = plane.axes();
        let curvature = (found[1] - 2.0 * found[4] + found[7]) / step.powi(2);
        assert!((curvature - form(s, s)).abs() < 1e-3 * form(s, s).abs(), "{curvature} {}", form(s, s));
        let mixed = (found[8] - found[6] - found[2] + found[0]) / (4.0 * step * step);
        assert!((mixed - form(s, t)).abs() < 1e-3 * form(s, s).abs());
        // The Euclidean Hessian is another one: the radial slope bends geodesics.
        let euclidean = batch.hessians(&plane.point, Metric::Euclidean);
        let other: f64 = euclidean
            .chunks(10)
            .zip(s)
            .map(|(row, x)| x * row.iter().zip(s).map(|(h, t)| h * t).sum::<f64>())
            .sum();
        assert!((curvature - other).abs() > 0.1 * form(s, s).abs());
    }

    #[test]
    fn eigenvectors_are_those_of_the_riemannian_hessian() {
        let surface = Surface::random(3, 9, Seed(6));
        let w = surface.random_point(Seed(2));
        let batch = Batch { landscape: &surface, threads: 1 };
        let (values, vectors) = batch.eigenvectors(&w).unwrap();
        assert_eq!(values, surface.spectrum(&w));
        for (value, vector) in values.iter().zip(&vectors) {
            let product = batch.hessian_products(&w, vector);
            let off = product.iter().zip(vector).map(|(p, v)| (p - value * v).abs()).fold(0.0, f64::max);
            assert!(off < 1e-11 && overlap(vector, &w).abs() < 1e-13, "{off}");
        }
    }

    #[test]
    fn directions_that_span_no_plane_are_refused() {
        let surface = Surface::random(3, 6, Seed(1));
        let [w, v] = [1, 2].map(|seed| surface.random_point(Seed(seed)));
        let twice: Vec<f64> = v.iter().zip(&w).map(|(v, w)| 2.0 * v + 3.0 * w).collect();
        let refused =
            |first: &[f64], second: &[f64]| TangentPlane::new(&w, [first, second]).unwrap_err().to_string();
        assert!(refused(&w, &v).starts_with("the first direction = "));
        assert!(refused(&v, &twice).starts_with("the second direction = "));
        assert!(refused(&v, &[0.0; 6]).starts_with("the second direction = "));
    }
}
