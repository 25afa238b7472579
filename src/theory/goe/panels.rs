//! Where the k-th eigenvalue lies: its density on the line, piece by piece.

use std::collections::BTreeMap;

use super::counting::LogEstimate;
use super::node::{Node, Side};

/// Chebyshev nodes of a panel.
const NODES: usize = 16;
/// Width of a panel in units of the local length.
const WIDTH: f64 = 1.6;
/// Below this a tolerance is not tightened further.
const FINEST: f64 = 1e-25;
/// Sizes up to which every k is followed everywhere.
pub const EVERY_INDEX: usize = 64;
/// Beyond that size: how many eigenvalues may typically lie outside, and how far k may go.
const OUTSIDE: f64 = 60.0;

/// Eigenvalues y_0 ≤ y_1 ≤ … of a GOE matrix of one size, y = √Λ λ, bulk on ±√(2Λ).
///
/// The line is cut at 0 into panels about as wide as the local distance of eigenvalues (outside the bulk: growing with
/// the distance from it). Panels and what is known of an index on them are computed when first asked for.
#[derive(Debug, Clone)]
pub struct Intervals {
    size: usize,
    /// Distances of the panels' ends from 0, rising.
    ends: Vec<f64>,
    /// Laws at the nodes of panel p on the left.
    nodes: BTreeMap<usize, Vec<Node>>,
    fits: BTreeMap<(usize, usize), Fit>,
}

/// One panel: number `at` from 0 on the left (negative side) or on the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    /// −1 − p for panel p of the left, p for panel p of the right: rising along the line.
    pub at: i64,
}

impl Interval {
    /// The next panel to the right.
    pub fn right(self) -> Self {
        Self { at: self.at + 1 }
    }

    /// The next panel to the left.
    pub fn left(self) -> Self {
        Self { at: self.at - 1 }
    }

    fn mirrored(self) -> Self {
        Self { at: -1 - self.at }
    }

    /// Its number from 0, and whether it is on the left.
    fn side(self) -> (usize, bool) {
        match usize::try_from(self.at) {
            Ok(number) => (number, false),
            Err(_) => (self.mirrored().at as usize, true),
        }
    }
}

impl Intervals {
    /// Nothing is computed yet.
    pub fn new(size: usize) -> Self {
        Self { size, ends: vec![0.0], nodes: BTreeMap::new(), fits: BTreeMap::new() }
    }

    /// The panel that holds y.
    pub fn holding(&mut self, y: f64) -> Interval {
        while *self.ends.last().unwrap_or(&0.0) <= y.abs() {
            self.extend();
        }
        let number = self.ends.partition_point(|&end| end <= y.abs()) as i64 - 1;
        Interval { at: if y < 0.0 { -1 - number } else { number } }
    }

    /// Ends of a panel.
    pub fn ends(&mut self, panel: Interval) -> [f64; 2] {
        let (number, left) = panel.side();
        while self.ends.len() <= number + 1 {
            self.extend();
        }
        let (near, far) = (self.ends[number], self.ends[number + 1]);
        if left { [-far, -near] } else { [near, far] }
    }

    fn extend(&mut self) {
        let from = *self.ends.last().unwrap_or(&0.0);
        let edge = (2.0 * self.size as f64).sqrt();
        let airy = 1.0 / (2f64.sqrt() * (self.size as f64).powf(1.0 / 6.0));
        let bulk = std::f64::consts::PI / (edge * edge - from * from).max(0.0).sqrt();
        let length = if from < edge { bulk.min(airy) } else { airy.max(0.4 * (from - edge)) };
        self.ends.push(from + WIDTH * length);
    }

    /// Density of y_k on a panel, to a relative tolerance if that can be had; `None` where the index is out of reach.
    pub fn density(&mut self, panel: Interval, k: usize, tolerance: f64) -> Option<Density<'_>> {
        let ends = self.ends(panel);
        let (number, left) = panel.side();
        // Seen from the other side, y_k is y_{Λ−1−k}.
        let k = if left { k } else { self.size - 1 - k };
        let key = (number, k);
        if self.fits.get(&key).is_none_or(|fit| fit.tolerance > tolerance) {
            let [low, high] = if left { ends } else { [-ends[1], -ends[0]] };
            if !self.is_within_reach(low, high, k) {
                return None;
            }
            let nodes = self.nodes.entry(number).or_insert_with(|| nodes(self.size, low, high));
            self.fits.insert(key, Fit::new(nodes, [low, high], k, tolerance));
        }
        self.fits.get(&key).map(|fit| Density { fit, mirrored: !left })
    }

    /// Whether the law of y_k on the left of 0 can be had.
    fn is_within_reach(&self, low: f64, high: f64, k: usize) -> bool {
        let middle = 0.5 * (low + high);
        self.size <= EVERY_INDEX || (typically_below(self.size, middle) <= OUTSIDE && (k as f64) < OUTSIDE)
    }
}

/// Λ times the semicircle law's mass below y: how many eigenvalues to expect there.
pub fn typically_below(size: usize, y: f64) -> f64 {
    let x = (y / (2.0 * size as f64).sqrt()).clamp(-1.0, 1.0);
    size as f64 * (0.5 + (x * (1.0 - x * x).sqrt() + x.asin()) / std::f64::consts::PI)
}

fn nodes(size: usize, low: f64, high: f64) -> Vec<Node> {
    let at = |i: usize| 0.5 * (low + high) + 0.5 * (high - low) * node_angle(i).cos();
    (0..NODES).map(|i| Node::new(size, at(i))).collect()
}

fn node_angle(i: usize) -> f64 {
    std::f64::consts::PI * (i as f64 + 0.5) / NODES as f64
}

/// ln P(y_k < s) or ln P(y_k > s) on a panel, as a Chebyshev series.
#[derive(Debug, Clone)]
struct Fit {
    middle: f64,
    half_width: f64,
    side: Side,
    coefficients: [f64; NODES],
    /// Error of the series in the logarithm, from its nodes and its end.
    error: f64,
    /// What was asked for when it was made.
    tolerance: f64,
}

impl Fit {
    /// Takes the side whose probability is below ½ in the middle: its logarithm determines the density.
    fn new(nodes: &mut [Node], [low, high]: [f64; 2], k: usize, tolerance: f64) -> Self {
        let middle = nodes.len() / 2;
        // A rough look: half of all is seen without any refinement.
        let below = nodes[middle].tail(k, Side::Below, 0.01);
        let side = if below.log < -std::f64::consts::LN_2 { Side::Below } else { Side::Above };
        let (tails, logs) = monotone_tails(nodes, k, side, tolerance);
        let coefficients = chebyshev(&logs);
        let node_error = tails.iter().map(|tail| tail.relative_error()).fold(0.0, f64::max);
        let largest = logs.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
        let end = coefficients[NODES - 2].abs() + coefficients[NODES - 1].abs();
        Self {
            middle: 0.5 * (low + high),
            half_width: 0.5 * (high - low),
            side,
            coefficients,
            error: node_error + end + largest * f64::EPSILON,
            tolerance,
        }
    }

    /// ln p(y) and its error.
    fn log_density(&self, y: f64) -> LogEstimate {
        let x = (y - self.middle) / self.half_width;
        let (value, slope) = self.at(x);
        let rate = match self.side {
            Side::Below => slope / self.half_width,
            Side::Above => -slope / self.half_width,
        };
        if rate.is_nan() || rate <= 0.0 {
            return LogEstimate::UNKNOWN;
        }
        let log = value + rate.ln();
        // A derivative of a series of n terms takes up to n² times the error of its values, at the ends; n in between.
        let slope_error = self.error * NODES as f64 / self.half_width;
        LogEstimate { log, log_error: log + (self.error + slope_error / rate).ln() }
    }

    /// The series at y.
    fn log_tail(&self, y: f64) -> f64 {
        self.at((y - self.middle) / self.half_width).0
    }

    /// Value and derivative at x in [−1, 1], by Clenshaw's recurrences.
    fn at(&self, x: f64) -> (f64, f64) {
        let (mut b1, mut b2, mut d1, mut d2) = (0.0, 0.0, 0.0, 0.0);
        for (k, &c) in self.coefficients.iter().enumerate().skip(1).rev() {
            (b1, b2) = (c + 2.0 * x * b1 - b2, b1);
            // T_k′ = k U_{k−1}.
            (d1, d2) = (c * k as f64 + 2.0 * x * d1 - d2, d1);
        }
        (self.coefficients[0] + x * b1 - b2, d1)
    }
}

/// Tails at the nodes, which run from right to left, and their logarithms. They must fall or rise all along: where an
/// error estimate was too small, this shows it, and the nodes are refined until they do.
fn monotone_tails(nodes: &mut [Node], k: usize, side: Side, tolerance: f64) -> (Vec<LogEstimate>, Vec<f64>) {
    let mut tolerance = tolerance;
    loop {
        let tails: Vec<LogEstimate> = nodes.iter_mut().map(|node| node.tail(k, side, tolerance)).collect();
        let logs: Vec<f64> = tails.iter().map(|tail| tail.log).collect();
        let ordered = logs.is_sorted_by(|one, next| match side {
            Side::Below => one >= next,
            Side::Above => one <= next,
        });
        if ordered || tolerance < FINEST {
            return (tails, logs);
        }
        tolerance *= 1e-4;
    }
}

/// Chebyshev coefficients of the polynomial through values at [`node_angle`]s.
fn chebyshev(values: &[f64]) -> [f64; NODES] {
    std::array::from_fn(|k| {
        let sum: f64 =
            values.iter().enumerate().map(|(i, value)| value * (k as f64 * node_angle(i)).cos()).sum();
        sum * if k == 0 { 1.0 } else { 2.0 } / NODES as f64
    })
}

/// Density of one eigenvalue on one panel.
#[derive(Debug, Clone, Copy)]
pub struct Density<'a> {
    fit: &'a Fit,
    mirrored: bool,
}

impl Density<'_> {
    /// Logarithm of the density at y.
    pub fn log(&self, y: f64) -> LogEstimate {
        self.fit.log_density(if self.mirrored { -y } else { y })
    }

    /// ln P(y_k < y) or ln P(y_k > y) where the series holds it, else 0: an upper bound.
    pub fn log_beyond(&self, y: f64, side: Side) -> f64 {
        match (self.fit.side == side) != self.mirrored {
            true => self.fit.log_tail(if self.mirrored { -y } else { y }),
            false => 0.0,
        }
    }
}
