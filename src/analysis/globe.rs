//! The whole landscape at Λ = 3: energies on the sphere, its critical points, descents and passes.

use std::f64::consts::{FRAC_PI_2, TAU};

use super::inputs::GlassInputs;
use crate::error::{Error, Result};
use crate::explore::{Batch, Explore, Metric};
use crate::hamiltonian::{Landscape, Surface};
use crate::rng::Seed;
use crate::sphere::{overlap, retract};
use crate::studies::surfaces::{CriticalPointRow, SurfaceId, SurfaceStore, random_surface, rows};

/// Λ of a sphere that can be drawn.
pub const GLOBE_DIM: u32 = 3;
/// Grid of a hemisphere: circles about its centre, the centre among them, and points on each.
const CIRCLES: usize = 81;
const ANGLES: usize = 240;
/// Descents that are shown.
const DESCENTS: u32 = 14;
/// Length of a step of a descent, and where a pass leaves its saddle, in radians; most steps.
const STEP: f64 = 0.01;
const OFF_SADDLE: f64 = 0.02;
const MOST_STEPS: usize = 2000;
/// How often a step is halved until it goes down.
const HALVINGS: usize = 12;
/// Nearer to a minimum a descent ends, in radians.
const NEAR: f64 = 0.015;

/// A point of the unit sphere.
pub type UnitVector = [f64; 3];

/// A critical point on the globe.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GlobePoint {
    /// w/√Λ.
    pub at: UnitVector,
    /// Index, if it is certain.
    pub index: Option<u32>,
    /// u = L/Λ.
    pub energy_per_spin: f64,
}

/// Everything that is drawn of a surface.
#[derive(Debug, Clone, PartialEq)]
pub struct Globe {
    /// The model, as a text.
    pub model: String,
    /// Number of the surface.
    pub instance: u32,
    /// Whether the points are all critical points of the surface.
    pub is_census: bool,
    /// Unit vectors: the centre of the first hemisphere, and two directions around it.
    pub frame: [UnitVector; 3],
    /// Energies per spin on both hemispheres: circles × angles, row by row.
    pub energies: [Vec<f64>; 2],
    /// Critical points, by energy.
    pub points: Vec<GlobePoint>,
    /// Paths of steepest descent from random points.
    pub descents: Vec<Vec<UnitVector>>,
    /// Paths of steepest descent from saddles, both sides.
    pub passes: Vec<Vec<UnitVector>>,
}

impl Globe {
    /// Circles and angles of a hemisphere's grid.
    pub const GRID: [usize; 2] = [CIRCLES, ANGLES];

    /// The globe of the first surface of a run at Λ = 3.
    ///
    /// # Errors
    /// Refused for a run on the user's own couplings; internal for a run without that size or without points; those of the
    /// store.
    pub fn of_run(inputs: &GlassInputs) -> Result<Self> {
        let store = inputs.store()?;
        let surface = SurfaceId { dim: GLOBE_DIM, instance: 0 };
        let points = points_of(&store, surface)?;
        let spec = store.spec();
        let model = spec.surfaces_in_words();
        let landscape = random_surface(spec, surface)?;
        let globe = Self::new(&landscape, points, Seed(spec.seed));
        Ok(Self { model, instance: surface.instance, is_census: spec.is_census(), ..globe })
    }

    /// The globe of a landscape with Λ = 3 and some of its critical points; descents begin at random points of the seed.
    ///
    /// # Panics
    /// If the landscape has another dimension.
    pub fn new(landscape: &Surface, mut points: Vec<GlobePoint>, seed: Seed) -> Self {
        assert_eq!(landscape.dim(), GLOBE_DIM as usize, "a globe is a sphere in three dimensions");
        if landscape.is_even() {
            add_antipodes(&mut points);
        }
        points.sort_by(|a, b| a.energy_per_spin.total_cmp(&b.energy_per_spin));
        // The lowest minimum is in the middle of the picture.
        let frame = frame_at(points.first().map_or([0.0, 0.0, 1.0], |point| point.at));
        let batch = Batch { landscape, threads: 1 };
        let energies = [0, 1].map(|side| {
            let places = (0..CIRCLES * ANGLES).flat_map(|at| {
                let angle = TAU * (at % ANGLES) as f64 / ANGLES as f64;
                on_sphere(direction(&frame, side, (at / ANGLES) as f64 / (CIRCLES - 1) as f64, angle))
            });
            let found = batch.first_orders(&places.collect::<Vec<f64>>(), Metric::Euclidean);
            found.energies.iter().map(|energy| energy / f64::from(GLOBE_DIM)).collect()
        });
        let minima: Vec<UnitVector> =
            points.iter().filter(|point| point.index == Some(0)).map(|point| point.at).collect();
        let starts = landscape.random_points(seed, DESCENTS);
        let descents = starts.iter().map(|start| descend(landscape, unit(start), &minima)).collect();
        let saddles = points.iter().filter(|point| point.index == Some(1));
        let passes = saddles.flat_map(|saddle| passes_of(&batch, saddle.at, &minima)).collect();
        let (model, instance, is_census) = (String::new(), 0, false);
        Self { model, instance, is_census, frame, energies, points, descents, passes }
    }

    /// The hemisphere of a point and its place there, in the equal-area projection of Lambert: x and y with x² + y² ≤ 1, of
    /// radius `√2 sin(θ/2)` at the angle θ from the centre. The second hemisphere is seen from outside, too.
    pub fn place(&self, at: &UnitVector) -> (usize, [f64; 2]) {
        let [middle, first, second] = self.frame.map(|axis| dot(&axis, at));
        let side = usize::from(middle < 0.0);
        let mirrored = if side == 1 { -first } else { first };
        // sin θ / √(1 + cos θ), without cancellation at the centre.
        let scale = 1.0 / (1.0 + middle.abs()).sqrt();
        (side, [scale * mirrored, scale * second])
    }
}

/// The unit vector at a radius (of the projection, 0 to 1) and an angle of a hemisphere.
fn direction(frame: &[UnitVector; 3], side: usize, radius: f64, angle: f64) -> UnitVector {
    let theta = 2.0 * libm::asin((radius / std::f64::consts::SQRT_2).min(1.0));
    let theta = theta.min(FRAC_PI_2);
    let (sin, cos) = (libm::sin(theta), libm::cos(theta));
    let (x, y) = (sin * libm::cos(angle), sin * libm::sin(angle));
    let [middle, x] = if side == 0 { [cos, x] } else { [-cos, -x] };
    std::array::from_fn(|i| middle * frame[0][i] + x * frame[1][i] + y * frame[2][i])
}

/// An orthonormal frame with this first vector.
fn frame_at(middle: UnitVector) -> [UnitVector; 3] {
    // The axis that is least along it leads upwards.
    let least = (0..3).min_by(|&i, &j| middle[i].abs().total_cmp(&middle[j].abs())).unwrap_or(0);
    let along = middle[least];
    let up: UnitVector = std::array::from_fn(|i| if i == least { 1.0 } else { 0.0 } - along * middle[i]);
    let up = unit(&up);
    let [a, b] = [&up, &middle];
    let across = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    [middle, across, up]
}

fn points_of(store: &SurfaceStore, surface: SurfaceId) -> Result<Vec<GlobePoint>> {
    let points = store.points(surface.dim, surface.instance)?;
    let mut seen = std::collections::BTreeSet::new();
    let rows = rows(store, surface)?.into_iter().filter(|row| row.record.converged());
    let is_census = store.spec().is_census();
    let rows = rows.filter(|row| is_census || row.distinct.is_none_or(|id| seen.insert(id)));
    let point = |row: &CriticalPointRow| match points.of(row.record.start) {
        [] => None,
        at => Some(GlobePoint {
            at: unit(at),
            index: row.record.decided_index(),
            energy_per_spin: row.record.energy_per_spin,
        }),
    };
    let found: Vec<GlobePoint> = rows.filter_map(|row| point(&row)).collect();
    if found.is_empty() {
        return Err(Error::Refused(format!(
            "{}: a globe needs points of surface 0 at Λ = {GLOBE_DIM} that were kept",
            store.path().display()
        )));
    }
    Ok(found)
}

/// Of an even energy −w is a critical point beside w; a census has both, distinct ends have one.
fn add_antipodes(points: &mut Vec<GlobePoint>) {
    let there = points.clone();
    let is_missing = |at: &UnitVector| there.iter().all(|other| angle(at, &other.at) > 1e-6);
    let opposite = there.iter().map(|point| GlobePoint { at: point.at.map(|x| -x), ..*point });
    points.extend(opposite.filter(|point| is_missing(&point.at)));
}

/// Both ways down from a saddle.
fn passes_of(batch: &Batch<Surface>, saddle: UnitVector, minima: &[UnitVector]) -> Vec<Vec<UnitVector>> {
    let Some((_, vectors)) = batch.eigenvectors(&on_sphere(saddle)) else { return Vec::new() };
    let Some(lowest) = vectors.first() else { return Vec::new() };
    let way = |sign: f64| {
        let start: Vec<f64> = saddle.iter().zip(lowest).map(|(w, v)| w + sign * OFF_SADDLE * v).collect();
        let mut path = vec![saddle];
        path.extend(descend(batch.landscape, unit(&start), minima));
        path
    };
    vec![way(1.0), way(-1.0)]
}

/// Steepest descent in short steps to the neighbourhood of a minimum.
fn descend(landscape: &Surface, start: UnitVector, minima: &[UnitVector]) -> Vec<UnitVector> {
    let mut path = vec![start];
    let mut at = start;
    for _ in 0..MOST_STEPS {
        if let Some(&end) = minima.iter().find(|minimum| angle(&at, minimum) < NEAR) {
            path.push(end);
            return path;
        }
        let Some(next) = lower(landscape, &at) else { return path };
        at = next;
        path.push(at);
    }
    path
}

/// The end of a step by the midpoint rule, as long as it goes down, at most [`STEP`]; none where none does.
fn lower(landscape: &Surface, at: &UnitVector) -> Option<UnitVector> {
    let energy = |at: &UnitVector| landscape.energy_gradient(&on_sphere(*at)).0;
    let lengths = std::iter::successors(Some(STEP), |length| Some(0.5 * length)).take(HALVINGS);
    let ends = lengths.filter_map(|length| {
        let half = step(landscape, at, at, length / 2.0)?;
        step(landscape, at, &half, length)
    });
    ends.into_iter().find(|end| energy(end) < energy(at))
}

/// A step from a point against the gradient at another; none where that is zero.
fn step(landscape: &Surface, from: &UnitVector, slope_at: &UnitVector, length: f64) -> Option<UnitVector> {
    let w = on_sphere(*slope_at);
    let (_, gradient) = landscape.energy_gradient(&w);
    let along = overlap(&gradient, &w);
    let tangent: Vec<f64> = gradient.iter().zip(&w).map(|(g, w)| g - along * w).collect();
    let norm = tangent.iter().map(|g| g * g).sum::<f64>().sqrt();
    let moved: Vec<f64> = from.iter().zip(&tangent).map(|(w, g)| w - length * g / norm).collect();
    (norm > 0.0 && norm.is_finite()).then(|| unit(&moved))
}

/// The point of the sphere of radius √Λ in this direction.
fn on_sphere(at: UnitVector) -> Vec<f64> {
    let mut w = at.to_vec();
    retract(&mut w);
    w
}

/// The unit vector in the direction of three numbers.
fn unit(w: &[f64]) -> UnitVector {
    let norm = w.iter().map(|x| x * x).sum::<f64>().sqrt();
    std::array::from_fn(|i| w[i] / norm)
}

fn dot(a: &UnitVector, b: &UnitVector) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The angle between two unit vectors, exact for small ones, too.
fn angle(a: &UnitVector, b: &UnitVector) -> f64 {
    let chord = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
    2.0 * libm::asin((0.5 * chord).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::critical::census::Census;

    fn globe(spins: usize, seed: u64) -> (Surface, Census, Globe) {
        let surface = Surface::random(spins, 3, Seed(seed));
        let census = surface.census(Seed(seed)).unwrap();
        let points = census.points.iter().map(|point| GlobePoint {
            at: unit(&point.point),
            index: Some(point.index),
            energy_per_spin: point.energy_per_spin,
        });
        let globe = Globe::new(&surface, points.collect(), Seed(1));
        (surface, census, globe)
    }

    #[test]
    fn the_projection_keeps_areas_and_leads_to_the_grid() {
        let (surface, _, globe) = globe(3, 2);
        for side in [0, 1] {
            for (circle, spoke) in [(0, 0), (17, 3), (40, 120), (79, 200)] {
                let (radius, phi) =
                    (circle as f64 / (CIRCLES - 1) as f64, TAU * spoke as f64 / ANGLES as f64);
                let at = direction(&globe.frame, side, radius, phi);
                let (_, [x, y]) = globe.place(&at);
                assert!((x - radius * phi.cos()).abs() < 1e-12 && (y - radius * phi.sin()).abs() < 1e-12);
                let energy = surface.energy_gradient(&on_sphere(at)).0 / 3.0;
                assert!((energy - globe.energies[side][circle * ANGLES + spoke]).abs() < 1e-14);
            }
        }
        // Equal areas: a share of uniform points that is the share of the disc.
        let points = surface.random_points(Seed(3), 20_000);
        let inside = points.iter().filter(|w| {
            let (side, [x, y]) = globe.place(&unit(w));
            side == 0 && (x - 0.3).hypot(y - 0.2) < 0.4
        });
        // 0.08 of both hemispheres, ± 4 standard errors.
        let share = inside.count() as f64 / 20_000.0;
        assert!((share - 0.08).abs() < 4.0 * (0.08f64 * 0.92 / 20_000.0).sqrt(), "{share}");
    }

    #[test]
    fn descents_and_passes_go_down_and_end_at_minima() {
        for (spins, seed) in [(3, 2), (3, 5), (4, 1)] {
            let (surface, census, globe) = globe(spins, seed);
            let saddles = census.points.iter().filter(|point| point.index == 1).count();
            assert_eq!((globe.passes.len(), globe.descents.len()), (2 * saddles, DESCENTS as usize));
            let energy = |at: &UnitVector| surface.energy_gradient(&on_sphere(*at)).0;
            for path in globe.passes.iter().chain(&globe.descents) {
                let end = path.last().unwrap();
                let is_minimum = |p: &&GlobePoint| p.index == Some(0) && angle(&p.at, end) < 1e-9;
                assert!(globe.points.iter().any(|point| is_minimum(&point)), "a path ends elsewhere");
                assert!(path.windows(2).all(|pair| energy(&pair[1]) <= energy(&pair[0]) + 1e-9));
                // A path uphill is told: its reverse goes down nowhere.
                assert!(path.windows(2).any(|pair| energy(&pair[0]) > energy(&pair[1]) + 1e-6));
            }
        }
    }

    #[test]
    fn of_an_even_energy_both_antipodes_are_there_once() {
        let (surface, census, whole) = globe(4, 3);
        let half: Vec<GlobePoint> =
            whole.points.iter().filter(|point| dot(&point.at, &[0.48, 0.6, 0.64]) > 0.0).copied().collect();
        let again = Globe::new(&surface, half, Seed(1));
        assert_eq!(again.points.len(), census.points.len());
        assert_eq!(whole.points.len(), census.points.len());
    }
}
