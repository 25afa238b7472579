//! Mixtures of a field and a matrix: critical points by the secular equation; and the field alone.

use super::ends::PathCounts;
use super::matrix::{eigenvectors, residual};
use super::target::Target;
use crate::numeric::roots::bracketed_root;
use crate::numeric::symmetric::{Eigen, Symmetric};

/// The two ends of a field h, as lines (x, t).
pub fn ends_of_field(field: &[f64]) -> (Vec<Vec<f64>>, PathCounts) {
    let largest = largest(field);
    if !(largest > 0.0 && largest.is_finite()) {
        return (Vec::new(), counts(0, 2));
    }
    let end = |sign: f64| field.iter().map(|h| sign * (h / largest)).chain([1.0]).collect();
    (vec![end(-1.0), end(1.0)], counts(2, 0))
}

/// Lines (x, t) of the critical points of h·ξ + ξ·Bξ on |ξ| = 1, and how many there are of each kind.
///
/// With g = h/2 they are the solutions of (μ − B) ξ = g: the roots of φ(μ) = 1, φ = |(μ − B)⁻¹ g|² = Σ_i g_i²/(μ − b_i)²,
/// in eigenvalues b_i and coordinates g_i along eigenvectors. Where the b_i are different and no g_i is 0, φ = 1 is a
/// polynomial equation of degree 2Λ. Outside all b_i φ is monotonic and there is one root on either side; between two of
/// them it is convex and infinite at both: two roots, each simple, if its minimum is below 1, and none if above.
///
/// What is proved is the number of real roots, with bounds of what rounding does to b_i, g_i and φ. So `distinct` counts
/// two complex roots for a gap without real ones; that is all that is claimed of them. Gaps that are not decided,
/// and those beside a g_i that may be 0, are `singular`.
///
/// # Reference
/// Gander, Golub, von Matt (1989), *A constrained eigenvalue problem*, Linear Algebra Appl. 114/115;
/// Davis, Kahan (1970), *The rotation of eigenvectors by a perturbation III*, SIAM J. Numer. Anal. 7.
pub fn solutions(target: &Target) -> (Vec<Vec<f64>>, PathCounts) {
    let all = 2 * target.dim as u64;
    let (mut field, mut matrix) = (target.field(), target.matrix());
    if largest(&field) == 0.0 {
        return without_field(target);
    }
    // Powers of two change no digit.
    let size = largest(&field).max(largest(&matrix));
    let unit = f64::from_bits(size.to_bits() >> 52 << 52);
    if !unit.is_normal() {
        return (Vec::new(), counts(0, all));
    }
    field.iter_mut().for_each(|h| *h *= 0.5 / unit);
    matrix.iter_mut().for_each(|entry| *entry /= unit);
    let Ok(eigen) = Symmetric::from_lower(target.dim, |i, j| matrix[i * target.dim + j]).eigen() else {
        return (Vec::new(), counts(0, all));
    };
    let Some(secular) = Secular::new(&eigen, &matrix, &field) else { return (Vec::new(), counts(0, all)) };
    let (mut lines, mut distinct) = (Vec::new(), 0);
    for gap in 0..=target.dim {
        let Some((roots, number)) = secular.roots(gap) else { continue };
        distinct += number;
        lines.extend(roots.into_iter().map(|root| {
            let mut line = eigen.combine(&secular.coordinates(root));
            line.push(1.0);
            line
        }));
    }
    (lines, counts(distinct, all - distinct))
}

/// ± every eigenvector.
fn without_field(target: &Target) -> (Vec<Vec<f64>>, PathCounts) {
    let (vectors, tally) = eigenvectors(target);
    let end = |v: &[f64], t: f64| v.iter().copied().chain([t]).collect::<Vec<_>>();
    let lines = vectors.iter().flat_map(|v| [end(v, -1.0), end(v, 1.0)]).collect();
    (lines, counts(2 * tally.distinct, 2 * tally.singular))
}

fn counts(distinct: u64, singular: u64) -> PathCounts {
    PathCounts { distinct, duplicates: 0, singular, lost: 0 }
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0f64, |top, x| top.max(x.abs()))
}

/// One term of φ.
#[derive(Debug, Clone, Copy)]
struct Pole {
    /// b_i, and how far the eigenvalue may be from it.
    at: f64,
    reach: f64,
    /// g_i, and how far it may be off.
    weight: f64,
    error: f64,
}

/// μ as a pole with the distance from it: a root near a pole keeps its digits.
#[derive(Debug, Clone, Copy)]
struct Place {
    pole: usize,
    offset: f64,
}

/// φ with its poles ascending.
struct Secular {
    poles: Vec<Pole>,
    /// |g|, rounded up.
    length: f64,
}

impl Secular {
    /// `None` where eigenvalues are not proved to be different.
    fn new(eigen: &Eigen, matrix: &[f64], field: &[f64]) -> Option<Self> {
        let dim = field.len();
        let rounding = 2.0 * (dim + 8) as f64 * f64::EPSILON;
        let length = field.iter().map(|g| g * g).sum::<f64>().sqrt() * (1.0 + rounding);
        let weights = eigen.coordinates(field);
        let poles = (0..dim).map(|k| {
            let mut v = vec![0.0; dim];
            v[k] = 1.0;
            let v = eigen.combine(&v);
            let at = eigen.values[k];
            let size = v.iter().map(|x| x * x).sum::<f64>().sqrt();
            // The vector's length, 1 to rounding, is part of what its coordinate may be off.
            let error = (rounding + (size - 1.0).abs()) * length;
            Pole { at, reach: residual(matrix, &v, at), weight: weights[k], error }
        });
        let mut poles: Vec<Pole> = poles.collect();
        for k in 0..dim {
            let distance = |j: usize| (poles[k].at - poles[j].at).abs() - poles[j].reach;
            let beside = [k.checked_sub(1), Some(k + 1).filter(|&j| j < dim)];
            let gap = beside.into_iter().flatten().map(distance).fold(f64::INFINITY, f64::min);
            let is_apart = gap * (1.0 - 1e-9) > poles[k].reach;
            if !is_apart || poles.windows(2).any(|pair| pair[0].at >= pair[1].at) {
                return None;
            }
            // |v − q| ≤ √2 sin θ, sin θ ≤ |B v − b v|/gap (Davis, Kahan).
            poles[k].error += 1.5 * poles[k].reach / gap * length;
        }
        Some(Self { poles, length })
    }

    /// Roots in the interval below pole `gap`, or above the last, and how many there are with those that are not real;
    /// `None` if that is not decided.
    fn roots(&self, gap: usize) -> Option<(Vec<Place>, u64)> {
        let last = self.poles.len() - 1;
        let is_there = |k: usize| self.poles[k].weight.abs() > self.poles[k].error;
        if gap == 0 || gap > last {
            let (pole, end) = if gap == 0 { (0, -2.0 * self.length) } else { (last, 2.0 * self.length) };
            let root = self.root(pole, end, 0.0).filter(|_| is_there(pole))?;
            return Some((vec![root], 1));
        }
        if !is_there(gap - 1) || !is_there(gap) {
            return None;
        }
        let half = 0.5 * (self.poles[gap].at - self.poles[gap - 1].at);
        let [below, above] = [Place { pole: gap - 1, offset: half }, Place { pole: gap, offset: -half }];
        let is_in_lower_half = self.slope(below) > 0.0;
        let least = self.least(if is_in_lower_half { below } else { above })?;
        if self.has_none_about(least) {
            return Some((Vec::new(), 2));
        }
        if self.bounds(least)[1] >= 1.0 {
            return None;
        }
        // Which half each root is in tells the pole that it is measured from.
        let middle_is_below_one = self.centre(below) < 1.0;
        let lower = match (is_in_lower_half, middle_is_below_one) {
            (true, _) => self.root(gap - 1, 0.0, least.offset),
            (false, true) => self.root(gap - 1, 0.0, half),
            (false, false) => self.root(gap, -half, least.offset),
        };
        let upper = match (is_in_lower_half, middle_is_below_one) {
            (false, _) => self.root(gap, least.offset, 0.0),
            (true, true) => self.root(gap, -half, 0.0),
            (true, false) => self.root(gap - 1, least.offset, half),
        };
        Some((vec![lower?, upper?], 2))
    }

    /// μ − b_i.
    fn distance(&self, place: Place, i: usize) -> f64 {
        (self.poles[place.pole].at - self.poles[i].at) + place.offset
    }

    /// φ as computed.
    fn centre(&self, place: Place) -> f64 {
        self.poles.iter().enumerate().map(|(i, pole)| (pole.weight / self.distance(place, i)).powi(2)).sum()
    }

    /// φ′/2 = −Σ g_i²/(μ − b_i)³ as computed.
    fn slope(&self, place: Place) -> f64 {
        let term = |(i, pole): (usize, &Pole)| {
            let distance = self.distance(place, i);
            -(pole.weight / distance).powi(2) / distance
        };
        self.poles.iter().enumerate().map(term).sum()
    }

    /// Lower and upper bound of φ at a place; the place is exact.
    fn bounds(&self, place: Place) -> [f64; 2] {
        let rounding = 2.0 * (self.poles.len() + 8) as f64 * f64::EPSILON;
        let (mut low, mut high) = (0.0, 0.0);
        let own = self.poles[place.pole].at;
        for (i, pole) in self.poles.iter().enumerate() {
            let distance = self.distance(place, i).abs();
            let reach =
                pole.reach + 2.0 * f64::EPSILON * ((own - pole.at).abs() + place.offset.abs() + distance);
            low += ((pole.weight.abs() - pole.error).max(0.0) / (distance + reach)).powi(2);
            let nearest = distance - reach;
            high += match nearest > 0.0 {
                true => ((pole.weight.abs() + pole.error) / nearest).powi(2),
                false => f64::INFINITY,
            };
        }
        [low * (1.0 - rounding), high * (1.0 + rounding)]
    }

    /// The minimum of φ, between a pole and the middle of a gap.
    fn least(&self, middle: Place) -> Option<Place> {
        let pole = middle.pole;
        // φ′ times the cube of the distance is finite at the pole.
        let slope = |offset: f64| {
            let rest = self.without(pole, offset, 3);
            -self.poles[pole].weight.powi(2) - offset.powi(3) * rest
        };
        bracketed_root(slope, 0.0, middle.offset).map(|offset| Place { pole, offset })
    }

    /// The root of φ = 1 between two distances from a pole.
    fn root(&self, pole: usize, from: f64, to: f64) -> Option<Place> {
        // Times the square of the distance: finite at the pole.
        let excess = |offset: f64| {
            let rest = self.without(pole, offset, 2) - 1.0;
            self.poles[pole].weight.powi(2) + offset * offset * rest
        };
        bracketed_root(excess, from, to).map(|offset| Place { pole, offset })
    }

    /// Σ g_i²/(μ − b_i)^power over the other poles.
    fn without(&self, own: usize, offset: f64, power: i32) -> f64 {
        let place = Place { pole: own, offset };
        let others = self.poles.iter().enumerate().filter(|&(i, _)| i != own);
        others.map(|(i, pole)| pole.weight.powi(2) / self.distance(place, i).powi(power)).sum()
    }

    /// Whether φ > 1 is proved in all of the gap, with its minimum near `least`.
    ///
    /// Of a convex function with values φ_a > φ and φ_b > φ at distances δ on either side of a place, the minimum lies
    /// between them, and above the chords that are drawn on through the place: it is at least 2φ − max(φ_a, φ_b).
    fn has_none_about(&self, least: Place) -> bool {
        let here = self.bounds(least);
        [1e-5, 1e-4, 1e-3, 1e-2].into_iter().any(|share| {
            [1.0 - share, 1.0 + share].into_iter().all(|factor| {
                let aside = self.bounds(Place { offset: factor * least.offset, ..least });
                // 1.001: δ is not quite the same on both sides.
                aside[0] > here[1] && here[0] - 1.001 * (aside[1] - here[0]) > 1.0
            })
        })
    }

    /// Coordinates of ξ along the eigenvectors.
    fn coordinates(&self, root: Place) -> Vec<f64> {
        self.poles.iter().enumerate().map(|(i, pole)| pole.weight / self.distance(root, i)).collect()
    }
}
