//! The minimiser of the functional over concave B that do not rise, by an interior-point method on knots that move to where
//! they are needed.
//!
//! | formulas | here |
//! |---|---|
//! | B(q) = c + Σ_j ν_j (1 − max(q, t_j)) | `amounts` ν_0 … ν_{n−1}, c at knots t_0 = 0 … t_{n−1}, t_n = 1 |
//! | all ν_j, c ≥ 0 | every such B is concave and does not rise, and every such B is this |
//! | multipliers of these | `prices` |

use super::super::mixture::Mixture;
use super::profile::{Bounds, Profile};
use crate::numeric::quadrature::gauss_rule;
use crate::numeric::symmetric::Symmetric;
use crate::{Error, Result};

/// Most steps of one minimisation.
const STEPS: usize = 200;
/// Rounds of moving knots.
const ROUNDS: usize = 8;
/// Most knots.
const MOST_KNOTS: usize = 260;
/// Reduction of the complementarity aimed at in one step.
const REDUCTION: f64 = 0.15;
/// Part of the way to where an amount would vanish.
const SHORT: f64 = 0.95;
/// Complementarity at which a minimisation ends.
const COMPLEMENTARY: f64 = 1e-15;
/// Distance of the bounds that is good enough.
const GOOD: f64 = 1e-11;
/// Distance of the bounds above which another beginning is tried.
const RESOLVED: f64 = 1e-6;
/// How often amounts are doubled for it.
const DOUBLINGS: i32 = 40;
/// Knots in one place that are taken as one step.
const NARROW: usize = 4;
/// A place that is wider than this is not a step.
const WIDE: f64 = 1e-2;
/// What a place adds to B(0), relatively, if it is not noise of the minimiser.
const NOTED: f64 = 1e-6;

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Minimum {
    /// The bound from above.
    pub energy: f64,
    /// Its distance from the bound from below.
    pub error: f64,
    /// Where the measure lies.
    pub overlaps: Vec<[f64; 2]>,
}

/// The minimum for ξ(1) = 1.
///
/// # Errors
/// Internal if a Newton system cannot be solved at the first round.
pub fn minimum(mixture: &Mixture) -> Result<Minimum> {
    let first = rounds(mixture, Solution::even);
    let resolved = first.clone().filter(|found| found.error < RESOLVED);
    let again = || rounds(mixture, Solution::feasible);
    let better = |a: Minimum, b: Minimum| if b.error < a.error { b } else { a };
    let found = resolved.or_else(|| first.into_iter().chain(again()).reduce(better));
    found.ok_or_else(|| Error::Internal("the functional of the ground state has no minimum".to_owned()))
}

/// The best of some rounds, each on other knots; all minimisations begin in the same way.
fn rounds(mixture: &Mixture, begun: fn(&Mixture, &[f64]) -> Option<Solution>) -> Option<Minimum> {
    let mut knots = first_knots();
    let mut best: Option<Minimum> = None;
    for _ in 0..ROUNDS {
        let solution = begun(mixture, &knots).and_then(|solution| solution.minimised(mixture, &knots));
        let Some(solution) = solution else { break };
        let Bounds { lower, upper } = solution.profile(&knots).bounds(mixture);
        let places = solution.places(&knots);
        let error = upper - lower;
        if best.as_ref().is_none_or(|best| error < best.error) {
            let noted = places.iter().filter(|place| place.share(&knots, &solution) > NOTED);
            let overlaps = noted.map(|place| place.overlaps(&knots, &solution)).collect();
            best = Some(Minimum { energy: upper, error, overlaps });
        }
        let next = moved(&knots, &places);
        if error < GOOD || next.len() > MOST_KNOTS || next == knots {
            break;
        }
        knots = next;
    }
    best
}

/// Even ones, and others that crowd towards 1, where high orders act.
fn first_knots() -> Vec<f64> {
    let even = (0..=80).map(|i| f64::from(i) / 80.0);
    let crowded = (1..60).map(|i| 1.0 - 0.2 * 0.88f64.powi(i));
    sorted(even.chain(crowded).collect())
}

fn sorted(mut knots: Vec<f64>) -> Vec<f64> {
    knots.sort_by(f64::total_cmp);
    knots.dedup_by(|a, b| *a - *b < 1e-9);
    let last = knots.len() - 1;
    knots[last] = 1.0;
    knots
}

/// A run of neighbouring knots that carry mass.
#[derive(Debug, Clone, Copy)]
struct Place {
    first: usize,
    last: usize,
}

impl Place {
    fn is_step(&self, knots: &[f64]) -> bool {
        self.last - self.first < NARROW && knots[self.last] - knots[self.first] < WIDE
    }

    /// The part of B(0) that comes from here.
    fn share(&self, knots: &[f64], solution: &Solution) -> f64 {
        let all = self.first..=self.last;
        let sum: f64 = all.map(|j| solution.amounts[j] * (1.0 - knots[j])).sum();
        sum / solution.values(knots)[0]
    }

    /// The mean of a step, or the ends.
    fn overlaps(&self, knots: &[f64], solution: &Solution) -> [f64; 2] {
        if !self.is_step(knots) {
            return [knots[self.first], knots[self.last]];
        }
        let (mut mass, mut moment) = (0.0, 0.0);
        let all = self.first..=self.last;
        for (amount, knot) in solution.amounts[all.clone()].iter().zip(&knots[all]) {
            mass += amount;
            moment += amount * knot;
        }
        [moment / mass; 2]
    }
}

/// Sparse knots, those that carry mass, and more between these and their neighbours: around steps in every round.
fn moved(knots: &[f64], places: &[Place]) -> Vec<f64> {
    let mut next: Vec<f64> = (0..=40).map(|i| f64::from(i) / 40.0).collect();
    for place in places {
        let from = place.first.saturating_sub(1);
        let to = (place.last + 1).min(knots.len() - 1);
        let parts = if place.is_step(knots) || knots.len() < MOST_KNOTS / 2 { 4 } else { 1 };
        for pair in knots[from..=to].windows(2) {
            next.extend((0..=parts).map(|i| pair[0] + (pair[1] - pair[0]) * f64::from(i) / f64::from(parts)));
        }
    }
    sorted(next)
}

/// Amounts and multipliers.
struct Solution {
    /// ν by knot, and c at the last.
    amounts: Vec<f64>,
    prices: Vec<f64>,
}

impl Solution {
    /// Where a minimisation begins: small amounts, and multipliers that do not belong to them. From there it may stall at an edge
    /// where a high order is strong beside order 2.
    fn even(mixture: &Mixture, knots: &[f64]) -> Option<Self> {
        let count = knots.len();
        let scale = 1.0 / mixture.derivative(1, 1.0).sqrt();
        Some(Self { amounts: first_amounts(count, scale), prices: vec![scale / count as f64; count] })
    }

    /// Another beginning: amounts so large that the functional rises with each of them, so that its slopes are multipliers that do
    /// belong to them. `None` if there are none.
    fn feasible(mixture: &Mixture, knots: &[f64]) -> Option<Self> {
        let least = 1.0 / mixture.derivative(1, 1.0).sqrt();
        (0..DOUBLINGS).find_map(|doubled| {
            let amounts = first_amounts(knots.len(), least * 2f64.powi(doubled));
            let begun = Self { prices: Vec::new(), amounts };
            let (slopes, _) = derivatives(mixture, knots, &begun.values(knots));
            let prices = summed(knots, slopes);
            prices.iter().all(|&price| price > 0.0).then_some(Self { prices, ..begun })
        })
    }

    /// The minimiser on these knots; `None` where a system cannot be solved.
    fn minimised(mut self, mixture: &Mixture, knots: &[f64]) -> Option<Self> {
        for _ in 0..STEPS {
            let mean = dot(&self.amounts, &self.prices) / knots.len() as f64;
            if mean < COMPLEMENTARY {
                break;
            }
            if !self.step(mixture, knots, REDUCTION * mean)? {
                break;
            }
        }
        Some(self)
    }

    /// One Newton step towards amounts times prices = `aim`; whether it went anywhere.
    fn step(&mut self, mixture: &Mixture, knots: &[f64], aim: f64) -> Option<bool> {
        let (gradient, hessian) = derivatives(mixture, knots, &self.values(knots));
        let gradient = summed(knots, gradient);
        let columns = in_amounts(knots, &hessian);
        let count = knots.len();
        let matrix = Symmetric::from_lower(count, |i, j| {
            columns[j][i] + if i == j { self.prices[i] / self.amounts[i] } else { 0.0 }
        });
        let mut direction: Vec<f64> = (0..count).map(|i| aim / self.amounts[i] - gradient[i]).collect();
        matrix.cholesky()?.solve(&mut direction);
        if direction.iter().any(|x| !x.is_finite()) {
            return None;
        }
        let prices: Vec<f64> = (0..count)
            .map(|i| aim / self.amounts[i] - self.prices[i] * (1.0 + direction[i] / self.amounts[i]))
            .collect();
        let length = reach(&self.amounts, &direction).min(reach(&self.prices, &prices));
        for i in 0..count {
            self.amounts[i] += length * direction[i];
            self.prices[i] += length * prices[i];
        }
        Some(length > 1e-6)
    }

    /// B at the knots.
    fn values(&self, knots: &[f64]) -> Vec<f64> {
        let count = knots.len();
        let mut rate: f64 = self.amounts[..count - 1].iter().sum();
        let mut value = self.amounts[count - 1];
        let mut values = vec![value; count];
        for i in (0..count - 1).rev() {
            value += rate * (knots[i + 1] - knots[i]);
            rate -= self.amounts[i];
            values[i] = value;
        }
        values
    }

    fn profile(&self, knots: &[f64]) -> Profile {
        Profile { knots: knots.to_vec(), values: self.values(knots) }
    }

    /// Runs of knots at which the amount, not its multiplier, is above 0.
    fn places(&self, knots: &[f64]) -> Vec<Place> {
        let count = knots.len() - 1;
        let [amounts, prices] =
            [&self.amounts, &self.prices].map(|all| all[..count].iter().fold(0.0, |a: f64, b| a.max(*b)));
        let mut places: Vec<Place> = Vec::new();
        for j in (0..count).filter(|&j| self.amounts[j] / amounts > self.prices[j] / prices) {
            match places.last_mut() {
                Some(place) if place.last + 1 == j => place.last = j,
                _ => places.push(Place { first: j, last: j }),
            }
        }
        places
    }
}

/// Equal amounts that add up to `all`, but the last, which is that itself.
fn first_amounts(count: usize, all: f64) -> Vec<f64> {
    let mut amounts = vec![all / count as f64; count];
    amounts[count - 1] = all;
    amounts
}

/// The largest part ≤ 1 of a step that leaves all of them above 0.
fn reach(all: &[f64], step: &[f64]) -> f64 {
    all.iter()
        .zip(step)
        .filter(|(_, step)| **step < 0.0)
        .map(|(x, step)| -SHORT * x / step)
        .fold(1.0, f64::min)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Second derivatives by values of B: diagonal, and beside it.
struct Tridiagonal {
    diagonal: Vec<f64>,
    beside: Vec<f64>,
}

/// First and second derivatives of the functional by the values of B at the knots.
fn derivatives(mixture: &Mixture, knots: &[f64], values: &[f64]) -> (Vec<f64>, Tridiagonal) {
    let count = knots.len();
    let mut gradient = vec![0.0; count];
    gradient[count - 1] = 0.5 * mixture.derivative(1, 1.0);
    let mut hessian = Tridiagonal { diagonal: vec![0.0; count], beside: vec![0.0; count - 1] };
    for i in 0..count - 1 {
        let width = knots[i + 1] - knots[i];
        let rise = 0.5 * (mixture.missing(knots[i]) - mixture.missing(knots[i + 1])) / width;
        gradient[i] += rise;
        gradient[i + 1] -= rise;
        for point in gauss_rule() {
            let right = 0.5 * (1.0 + point.x);
            let left = 1.0 - right;
            let reciprocal = 1.0 / (left * values[i] + right * values[i + 1]);
            let square = 0.25 * width * point.weight * reciprocal * reciprocal;
            gradient[i] -= left * square;
            gradient[i + 1] -= right * square;
            let cube = 2.0 * square * reciprocal;
            hessian.diagonal[i] += left * left * cube;
            hessian.diagonal[i + 1] += right * right * cube;
            hessian.beside[i] += left * right * cube;
        }
    }
    (gradient, hessian)
}

/// Derivatives by values of B turned into those by amounts: entry j is `Σ_i (1 − max(t_i, t_j)) x_i`, and the last Σ x.
fn summed(knots: &[f64], by_values: Vec<f64>) -> Vec<f64> {
    let count = knots.len();
    // Σ_{i≤j} x_i, and Σ_i (1 − max) x_i = Σ_{l≥j} (t_{l+1} − t_l) Σ_{i≤l} x_i.
    let mut below = by_values;
    for i in 1..count {
        below[i] += below[i - 1];
    }
    let whole = below[count - 1];
    let mut sum = 0.0;
    for j in (0..count - 1).rev() {
        sum += (knots[j + 1] - knots[j]) * below[j];
        below[j] = sum;
    }
    below[count - 1] = whole;
    below
}

/// Columns of the second derivatives by amounts.
fn in_amounts(knots: &[f64], hessian: &Tridiagonal) -> Vec<Vec<f64>> {
    let count = knots.len();
    let column = |j: usize| {
        let value = |i: usize| if j == count - 1 { 1.0 } else { 1.0 - knots[i].max(knots[j]) };
        let product = (0..count).map(|i| {
            let mut sum = hessian.diagonal[i] * value(i);
            if i > 0 {
                sum += hessian.beside[i - 1] * value(i - 1);
            }
            if i + 1 < count {
                sum += hessian.beside[i] * value(i + 1);
            }
            sum
        });
        summed(knots, product.collect())
    };
    (0..count).map(column).collect()
}
