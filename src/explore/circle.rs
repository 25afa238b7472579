//! Along a great circle of the sphere.

use super::batch::{Batch, Metric};
use crate::critical::HessianOperator;
use crate::hamiltonian::{Isa, Landscape};
use crate::{Error, Result};

/// Shortest tangent that still has a direction, as a share of the vector it comes from.
const LEAST_TANGENT: f64 = 1e-12;

/// Energy and its derivatives by the angle φ along a great circle.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GreatCircle {
    /// The points w(φ), shape (n, Λ).
    pub points: Vec<f64>,
    /// L(w(φ)), extensive.
    pub energies: Vec<f64>,
    /// dL/dφ.
    pub slopes: Vec<f64>,
    /// d²L/dφ².
    pub curvatures: Vec<f64>,
}

impl<L: Landscape> Batch<'_, L> {
    /// Follows the great circle from a point in a direction, `w(φ) = w cos φ + t sin φ` with t the part of the direction that
    /// is tangent at w, scaled to length √Λ. Towards another point w′ it reaches w′ at φ = arccos(w·w′/Λ).
    ///
    /// # Errors
    /// Bad input if the direction has no tangent part.
    ///
    /// # Panics
    /// If point or direction has not dimension Λ.
    pub fn great_circle(&self, point: &[f64], direction: &[f64], angles: &[f64]) -> Result<GreatCircle> {
        let tangent = tangent(point, direction)?;
        let at = |angle: &f64| {
            let (sin, cos) = (libm::sin(*angle), libm::cos(*angle));
            let on = move |(w, t): (&f64, &f64)| w * cos + t * sin;
            let ahead = move |(w, t): (&f64, &f64)| t * cos - w * sin;
            let both = || point.iter().zip(&tangent);
            (both().map(on).collect::<Vec<f64>>(), both().map(ahead).collect::<Vec<f64>>())
        };
        let (points, ahead): (Vec<_>, Vec<_>) = angles.iter().map(at).unzip();
        let (points, ahead) = (points.concat(), ahead.concat());
        let dim = point.len();
        let found = self.first_orders(&points, Metric::Euclidean);
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let slopes = found.gradients.chunks(dim).zip(ahead.chunks(dim)).map(|(g, t)| dot(g, t)).collect();
        // Points and directions side by side, so that threads share them.
        let pairs: Vec<f64> =
            points.chunks(dim).zip(ahead.chunks(dim)).flat_map(|(w, t)| [w, t].concat()).collect();
        let curvatures = self.by_threads(&pairs, 2 * dim, 1, |pairs| {
            let of_pair = |pair: &[f64]| {
                let (w, t) = pair.split_at(dim);
                let product = HessianOperator::at(self.landscape, Isa::best(), w).times(&[t]);
                dot(&product[0], t)
            };
            pairs.chunks(2 * dim).map(of_pair).collect::<Vec<f64>>()
        });
        Ok(GreatCircle { points, energies: found.energies, slopes, curvatures: curvatures.concat() })
    }
}

/// The part of a vector that is tangent at w, of length √Λ.
fn tangent(w: &[f64], vector: &[f64]) -> Result<Vec<f64>> {
    assert_eq!(w.len(), vector.len(), "a point and a direction of one dimension");
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let square = dot(w, w);
    let along = dot(w, vector) / square;
    let tangent: Vec<f64> = vector.iter().zip(w).map(|(v, w)| v - along * w).collect();
    let (length, whole) = (dot(&tangent, &tangent).sqrt(), dot(vector, vector).sqrt());
    let has_direction = length.is_finite() && length > LEAST_TANGENT * whole;
    if !has_direction {
        let allowed = "a vector with a part tangent to the sphere: not 0, and not along the point";
        return Err(Error::bad_input("direction", format!("tangent part of length {length:e}"), allowed));
    }
    Ok(tangent.iter().map(|t| t * square.sqrt() / length).collect())
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;
    use crate::explore::Explore;
    use crate::hamiltonian::Surface;
    use crate::rng::Seed;

    #[test]
    fn derivatives_are_those_of_the_energies_and_the_circle_closes() {
        for spins in [2, 3, 4] {
            let surface = Surface::random(spins, 11, Seed(5));
            let [w, v] = [1, 2].map(|seed| surface.random_point(Seed(seed)));
            let batch = Batch { landscape: &surface, threads: 2 };
            let step = 1e-3;
            for angle in [0.0, 0.7, 2.0 * PI] {
                let around = [-2.0, -1.0, 0.0, 1.0, 2.0].map(|k| angle + k * step);
                let circle = batch.great_circle(&w, &v, &around).unwrap();
                let e = &circle.energies;
                let slope = (8.0 * (e[3] - e[1]) - (e[4] - e[0])) / (12.0 * step);
                let curvature = (16.0 * (e[3] + e[1]) - (e[4] + e[0]) - 30.0 * e[2]) / (12.0 * step * step);
                assert!((slope - circle.slopes[2]).abs() < 1e-8, "{slope} {}", circle.slopes[2]);
                assert!(
                    (curvature - circle.curvatures[2]).abs() < 1e-5,
                    "{curvature} {}",
                    circle.curvatures[2]
                );
            }
            let ends = batch.great_circle(&w, &v, &[0.0, PI, 2.0 * PI]).unwrap().energies;
            let sign = if spins % 2 == 0 { 1.0 } else { -1.0 };
            assert!((ends[0] - ends[2]).abs() < 1e-11 && (ends[0] - sign * ends[1]).abs() < 1e-11);
        }
    }

    #[test]
    fn it_reaches_the_other_point_and_needs_a_direction() {
        let surface = Surface::random(3, 8, Seed(5));
        let [w, v] = [1, 2].map(|seed| surface.random_point(Seed(seed)));
        let batch = Batch { landscape: &surface, threads: 1 };
        let overlap = crate::sphere::overlap(&w, &v);
        let circle = batch.great_circle(&w, &v, &[overlap.acos()]).unwrap();
        assert!(circle.points.iter().zip(&v).all(|(a, b)| (a - b).abs() < 1e-12));
        for none in [w.clone(), vec![0.0; 8], vec![f64::NAN; 8]] {
            let error = batch.great_circle(&w, &none, &[0.0]).unwrap_err().to_string();
            assert!(error.starts_with("direction = tangent part of length"), "{error}");
        }
    }

    /// u(φ) between two points at order 3, from energies alone: `c₀³u₀ + c₁³u₁ + 3c₀c₁q(c₀u₀ + c₁u₁)` holds where both are
    /// critical.
    fn between(ends: [f64; 2], overlap: f64, part: f64) -> f64 {
        let whole = overlap.acos();
        let [c0, c1] = [1.0 - part, part].map(|part| (part * whole).sin() / whole.sin());
        let [u0, u1] = ends;
        c0.powi(3) * u0 + c1.powi(3) * u1 + 3.0 * c0 * c1 * overlap * (c0 * u0 + c1 * u1)
    }

    #[test]
    fn between_two_critical_points_of_order_3_the_profile_is_known() {
        let surface = Surface::random(3, 8, Seed(11));
        let points = surface.census(Seed(11)).unwrap().points;
        let batch = Batch { landscape: &surface, threads: 1 };
        let parts = [0.1, 0.35, 0.5, 0.8];
        let error = |w: &[f64], v: &[f64]| {
            let overlap = crate::sphere::overlap(w, v);
            let angles = parts.map(|part| part * overlap.acos());
            let found = batch.great_circle(w, v, &angles).unwrap().energies;
            let ends = [w, v].map(|w| surface.energy_gradient(w).0 / 8.0);
            let off = |(u, part): (&f64, f64)| (u / 8.0 - between(ends, overlap, part)).abs();
            found.iter().zip(parts).map(off).fold(0.0, f64::max)
        };
        let mut tried = 0;
        for (at, a) in points.iter().enumerate() {
            for b in points[at + 1..].iter().step_by(5) {
                if crate::sphere::overlap(&a.point, &b.point).abs() < 0.99 {
                    let error = error(&a.point, &b.point);
                    assert!(error < 1e-11, "{error:e}");
                    tried += 1;
                }
            }
        }
        assert!(tried > 500, "{tried}");
        // Not between points that are not critical.
        let elsewhere = surface.random_point(Seed(3));
        assert!(error(&points[0].point, &elsewhere) > 1e-3);
    }
}
