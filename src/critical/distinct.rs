//! Which starts on one surface ended at the same point.

use crate::numeric::dense::dot;

use std::collections::HashMap;

/// Two points are the same if their overlap w·w′/Λ (its absolute value on an even landscape, where ±w are one point) is above
/// 1 − this.
pub const SAME_POINT: f64 = 1e-8;

/// How far apart the projections of two same points on a unit direction can be, in units of √Λ.
///
/// With x = w/√Λ of length 1 and r of length 1: |r·x − r·x′| ≤ |x − x′| = √(2(1 − q)) < √(2 · 1e-8) = 1.4143e-4, and
/// for even H the same holds of |r·x| by the inverse triangle inequality. This holds whatever the energy is, which a
/// window in energy would not: its width depends on the largest energy of the surface, which nobody knows. The rest
/// up to 1.5e-4 covers lengths that are wrong by up to 1e-9.
const WINDOW: f64 = 1.5e-4;

/// Longest reach of a point, an angle: beyond it a gradient and a curvature say nothing of where the critical point is.
pub const LONGEST_REACH: f64 = 0.05;
/// Reaches below this add nothing to [`SAME_POINT`]: two of them make less than the angle of that.
const NO_REACH: f64 = 0.7e-4;
/// Width of the cells for points with a reach: no two are the same that are further apart.
const WIDE_WINDOW: f64 = 2.0 * LONGEST_REACH + WINDOW;

/// Ids of the distinct points among `points` (rows of length `dim`, on the sphere |w|² = Λ), numbered from 0 in the
/// order of their first row. On an even landscape, L(−w) = L(w), w and −w are one point. A point that is not finite is its own.
///
/// Each row is compared with the first row of every earlier point whose projections on two fixed directions are
/// within the window: a grid of cells as wide as the window finds them, so that a row meets few others.
///
/// # Panics
/// If `points` is not a whole number of rows.
#[track_caller]
pub fn distinct(is_even: bool, dim: u32, points: &[f64]) -> Vec<u32> {
    distinct_within(is_even, dim, points, &[])
}

/// As [`distinct`], of points that are critical only up to a gradient: `reaches` says of each row how far, as an angle,
/// the critical point may be ([`reach`]); of rows beyond its end it is 0. Two points are also the same if the angle
/// between them is at most the sum of their reaches.
///
/// # Panics
/// As [`distinct`].
#[track_caller]
pub fn distinct_within(is_even: bool, dim: u32, points: &[f64], reaches: &[f64]) -> Vec<u32> {
    let dim = dim as usize;
    assert!(dim > 0 && points.len().is_multiple_of(dim), "{} numbers are no rows of {dim}", points.len());
    let mut search = Search {
        is_even,
        directions: [direction(dim, 0.618_033_988_749_894_9), direction(dim, 0.414_213_562_373_095_1)],
        fine: Grid::new(WINDOW),
        coarse: Grid::new(WIDE_WINDOW),
        wide: Grid::new(WIDE_WINDOW),
        found: 0,
    };
    let reaches = reaches.iter().copied().chain(std::iter::repeat(0.0));
    points.chunks_exact(dim).zip(reaches).map(|(point, reach)| search.id(point, reach)).collect()
}

/// How far, as an angle, the critical point may be from a point with ‖g‖/√Λ = γ and the smallest eigenvalue λ:
/// 2γ/|λ|, and at most [`LONGEST_REACH`]. Newton's step is γ/|λ|; at a saddle λ is not the eigenvalue nearest to 0, and
/// the reach too small rather than too large.
pub fn reach(gradient_norm: f64, min_eigenvalue: f64) -> f64 {
    let reach = 2.0 * gradient_norm / min_eigenvalue.abs();
    // 0/0, and what is not known.
    if reach.is_nan() { 0.0 } else { reach.min(LONGEST_REACH) }
}

struct Search<'a> {
    is_even: bool,
    directions: [Vec<f64>; 2],
    /// All known points, by cells of the window.
    fine: Grid<'a>,
    /// The same by wide cells, for points with a reach.
    coarse: Grid<'a>,
    /// Known points that have a reach.
    wide: Grid<'a>,
    found: u32,
}

#[derive(Clone, Copy)]
struct Known<'a> {
    id: u32,
    point: &'a [f64],
    reach: f64,
}

/// Points by two projections.
struct Grid<'a> {
    width: f64,
    cells: HashMap<[i64; 2], Vec<Known<'a>>>,
}

impl<'a> Grid<'a> {
    fn new(width: f64) -> Self {
        Self { width, cells: HashMap::new() }
    }

    fn cell(&self, projections: [f64; 2]) -> [i64; 2] {
        // Saturates for points far off the sphere: slower, still right.
        projections.map(|projection| (projection / self.width).floor() as i64)
    }

    fn insert(&mut self, projections: [f64; 2], known: Known<'a>) {
        self.cells.entry(self.cell(projections)).or_default().push(known);
    }

    /// All in the cells about a place.
    fn near(&self, projections: [f64; 2]) -> impl Iterator<Item = &Known<'a>> {
        let [a, b] = self.cell(projections);
        let near = |x: i64| x.saturating_sub(1)..=x.saturating_add(1);
        let cells = near(a).flat_map(move |a| near(b).map(move |b| [a, b]));
        cells.filter_map(|cell| self.cells.get(&cell)).flatten()
    }
}

impl<'a> Search<'a> {
    fn id(&mut self, point: &'a [f64], reach: f64) -> u32 {
        if point.iter().any(|x| !x.is_finite()) {
            return self.next();
        }
        let reach = if reach > NO_REACH { reach.min(LONGEST_REACH) } else { 0.0 };
        let projections = self.projections(point);
        if let Some(id) = self.lookup(projections, point, reach) {
            return id;
        }
        let known = Known { id: self.next(), point, reach };
        self.fine.insert(projections, known);
        self.coarse.insert(projections, known);
        if reach > 0.0 {
            self.wide.insert(projections, known);
        }
        known.id
    }

    fn next(&mut self) -> u32 {
        self.found += 1;
        self.found - 1
    }

    fn projections(&self, point: &[f64]) -> [f64; 2] {
        let scale = (point.len() as f64).sqrt();
        [0, 1].map(|axis| {
            let projection = dot(&self.directions[axis], point) / scale;
            if self.is_even { projection.abs() } else { projection }
        })
    }

    /// The first of the known points that is the same.
    fn lookup(&self, projections: [f64; 2], point: &[f64], reach: f64) -> Option<u32> {
        let first = |known: &mut dyn Iterator<Item = &Known>| {
            known.filter(|known| self.same(known, point, reach)).map(|known| known.id).min()
        };
        if reach > 0.0 {
            return first(&mut self.coarse.near(projections));
        }
        first(&mut self.fine.near(projections).chain(self.wide.near(projections)))
    }

    fn same(&self, known: &Known, point: &[f64], reach: f64) -> bool {
        let overlap = dot(known.point, point) / point.len() as f64;
        let overlap = if self.is_even { overlap.abs() } else { overlap };
        let together = known.reach + reach;
        overlap > 1.0 - SAME_POINT || (together > 0.0 && overlap >= together.cos())
    }
}

/// A fixed unit vector without structure: multiples of an irrational number modulo 1.
fn direction(dim: usize, irrational: f64) -> Vec<f64> {
    let raw: Vec<f64> = (1..=dim).map(|i| (i as f64 * irrational).fract() - 0.5).collect();
    let length = dot(&raw, &raw).sqrt();
    raw.iter().map(|x| x / length).collect()
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_pcg::Pcg64;

    use super::*;

    fn on_sphere(mut point: Vec<f64>) -> Vec<f64> {
        let scale = (point.len() as f64 / dot(&point, &point)).sqrt();
        point.iter_mut().for_each(|x| *x *= scale);
        point
    }

    fn random_point(rng: &mut Pcg64, dim: usize) -> Vec<f64> {
        on_sphere((0..dim).map(|_| rng.random_range(-1.0..1.0)).collect())
    }

    /// `point` moved so that the overlap falls by `loss`.
    fn moved(rng: &mut Pcg64, point: &[f64], loss: f64) -> Vec<f64> {
        let n = point.len() as f64;
        let aside = random_point(rng, point.len());
        let along = dot(&aside, point) / n;
        let aside = on_sphere(aside.iter().zip(point).map(|(a, p)| a - along * p).collect());
        let angle = (1.0 - loss).acos();
        point.iter().zip(&aside).map(|(p, a)| p * angle.cos() + a * angle.sin()).collect()
    }

    /// The definition, with no shortcut.
    fn by_definition(is_even: bool, dim: usize, points: &[f64]) -> Vec<u32> {
        let mut firsts: Vec<&[f64]> = Vec::new();
        let rows = points.chunks_exact(dim).map(|point| {
            let same = |first: &&[f64]| {
                let overlap = dot(first, point) / dim as f64;
                (if is_even { overlap.abs() } else { overlap }) > 1.0 - SAME_POINT
            };
            firsts.iter().position(same).unwrap_or_else(|| {
                firsts.push(point);
                firsts.len() - 1
            }) as u32
        });
        rows.collect()
    }

    #[test]
    fn agrees_with_the_definition_near_the_edge_of_sameness() {
        let mut rng = Pcg64::seed_from_u64(1);
        for (is_even, dim) in [(false, 2), (false, 7), (true, 7), (true, 25), (false, 25)] {
            let mut points = Vec::new();
            for _ in 0..40 {
                let base = random_point(&mut rng, dim);
                for loss in [0.0, 1e-14, 0.9e-8, 1.1e-8, 1e-7] {
                    let sign = if rng.random_bool(0.5) { -1.0 } else { 1.0 };
                    points.extend(moved(&mut rng, &base, loss).iter().map(|x| sign * x));
                }
            }
            assert_eq!(
                distinct(is_even, dim as u32, &points),
                by_definition(is_even, dim, &points),
                "even {is_even} dim {dim}"
            );
        }
    }

    #[test]
    fn points_are_one_within_what_their_gradients_leave_open() {
        let mut rng = Pcg64::seed_from_u64(3);
        for (is_even, dim) in [(false, 3), (true, 7), (false, 40)] {
            for _ in 0..50 {
                let base = random_point(&mut rng, dim);
                let aside = |rng: &mut Pcg64, angle: f64| moved(rng, &base, 1.0 - angle.cos());
                // One that is certain, one aside that reaches it, one as far that does not, one beyond the longest reach.
                let others = [aside(&mut rng, 0.01), aside(&mut rng, 0.01), aside(&mut rng, 0.11)];
                let points = [base.clone(), others.concat()].concat();
                let found = distinct_within(is_even, dim as u32, &points, &[0.0, 0.011, 0.0, 9.0]);
                assert_eq!((found[0], found[1]), (0, 0));
                assert!(found[2] > 0 && found[3] > 0, "{found:?}");
                // The other way round: first the one that reaches.
                let found = distinct_within(is_even, dim as u32, &points, &[0.011]);
                assert_eq!(found[..3], [0, 0, 0]);
                assert_eq!(distinct(is_even, dim as u32, &points)[..2], [0, 1]);
            }
        }
    }

    #[test]
    fn a_reach_is_newtons_step_twice_within_limits() {
        assert_eq!(reach(1e-11, 1e-8), 2e-3);
        assert_eq!(reach(1e-11, -1e-8), 2e-3);
        assert_eq!((reach(1e-10, 0.0), reach(0.0, 0.0), reach(f64::NAN, 1.0)), (LONGEST_REACH, 0.0, 0.0));
    }

    #[test]
    fn opposite_points_are_one_for_even_order_only() {
        let points = [1.0, 1.0, -1.0, -1.0, 1.0, 1.0];
        assert_eq!(distinct(true, 2, &points), [0, 0, 0]);
        assert_eq!(distinct(false, 2, &points), [0, 1, 0]);
    }

    #[test]
    fn points_that_are_not_finite_are_their_own() {
        let points = [1.0, 1.0, f64::NAN, 1.0, f64::NAN, 1.0, 1.0, 1.0];
        assert_eq!(distinct(false, 2, &points), [0, 1, 2, 0]);
    }

    #[test]
    fn a_hundred_thousand_starts_take_moments() {
        let mut rng = Pcg64::seed_from_u64(2);
        let minima: Vec<_> = (0..200).map(|_| random_point(&mut rng, 25)).collect();
        let points: Vec<f64> = (0..100_000).flat_map(|_| minima[rng.random_range(0..200)].clone()).collect();
        let began = std::time::Instant::now();
        assert_eq!(distinct(false, 25, &points).into_iter().max(), Some(199));
        let all: Vec<f64> = (0..100_000).flat_map(|_| random_point(&mut rng, 25)).collect();
        assert_eq!(distinct(false, 25, &all).into_iter().max(), Some(99_999));
        assert!(began.elapsed().as_secs() < 20);
    }
}
