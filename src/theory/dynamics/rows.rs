//! Correlation and response at one later time, and at all earlier ones.

use super::ratios::{Place, Ratios};

/// `C(t, θ_j t)` and `R(t, θ_j t)` at one t, and what follows from them.
#[derive(Debug, Clone)]
pub struct Row {
    /// C(t, θ_j t), by j.
    pub correlation: Vec<f64>,
    /// R(t, θ_j t), by j.
    pub response: Vec<f64>,
    /// μ(t).
    pub multiplier: f64,
    /// Energy per spin.
    pub energy: f64,
}

/// d/dt of a row's entries at fixed ratios.
#[derive(Debug, Clone)]
pub struct Slope {
    /// Of the correlation.
    pub correlation: Vec<f64>,
    /// Of the response.
    pub response: Vec<f64>,
}

impl Row {
    /// This row and so much of each slope.
    pub fn moved<'a>(&self, steps: impl Iterator<Item = (f64, &'a Slope)>) -> Self {
        let mut row = self.clone();
        for (weight, slope) in steps {
            add(&mut row.correlation, weight, &slope.correlation);
            add(&mut row.response, weight, &slope.response);
        }
        row
    }
}

fn add(sums: &mut [f64], weight: f64, values: &[f64]) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += weight * value);
}

/// The rows so far, from t = 0 on.
#[derive(Debug)]
pub struct History {
    /// Their times, rising.
    pub times: Vec<f64>,
    /// One per time.
    pub rows: Vec<Row>,
}

/// Rows at the times θ_i t, one after the other.
#[derive(Debug)]
pub struct Earlier {
    /// C(θ_i t, θ_j θ_i t), i by j.
    pub correlation: Vec<f64>,
    /// R(θ_i t, θ_j θ_i t), i by j.
    pub response: Vec<f64>,
    /// μ(θ_i t).
    pub multiplier: Vec<f64>,
    /// C(θ_i t, 0).
    pub start: Vec<f64>,
}

/// Rows that the polynomial in time goes through.
const STENCIL: usize = 6;

impl History {
    /// The rows at θ_i t; `row` is the one at t, which may be ahead of the last.
    pub fn earlier<const P: usize>(&self, grid: &Ratios<P>, zero: &Place<P>, t: f64, row: &Row) -> Earlier {
        let n = grid.len();
        let mut earlier = Earlier {
            correlation: vec![0.0; n * n],
            response: vec![0.0; n * n],
            multiplier: vec![0.0; n],
            start: vec![0.0; n],
        };
        for (i, ratio) in grid.nodes.iter().enumerate() {
            let correlation = &mut earlier.correlation[i * n..(i + 1) * n];
            let response = &mut earlier.response[i * n..(i + 1) * n];
            for (weight, row) in self.at(ratio * t, t, row) {
                add(correlation, weight, &row.correlation);
                add(response, weight, &row.response);
                earlier.multiplier[i] += weight * row.multiplier;
            }
            earlier.start[i] = zero.of(correlation);
        }
        earlier
    }

    /// The rows, with their weights, whose combination is the row at s ≤ t.
    fn at<'a>(&'a self, s: f64, t: f64, row: &'a Row) -> impl Iterator<Item = (f64, &'a Row)> {
        let known = self.times.len();
        let is_ahead = self.times.last().is_none_or(|&last| last < t);
        let total = known + usize::from(is_ahead);
        let time = move |k: usize| self.times.get(k).copied().unwrap_or(t);
        let after = self.times.partition_point(|&time| time <= s);
        let first = after.saturating_sub(STENCIL / 2).min(total.saturating_sub(STENCIL));
        let last = (first + STENCIL).min(total);
        (first..last).map(move |k| {
            let others = (first..last).filter(|&l| l != k);
            let weight = others.map(|l| (s - time(l)) / (time(k) - time(l))).product();
            (weight, self.rows.get(k).unwrap_or(row))
        })
    }
}
