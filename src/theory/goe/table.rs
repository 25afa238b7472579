//! The density of all eigenvalues times e^{−a y²}, at the nodes of a rule, for integrals with many factors.

use super::density::log_decaying;
use super::weight::Factor;
use crate::numeric::quadrature::{gauss_rule, log_concave_integral};

/// Distances of eigenvalues in one cell.
const DISTANCES: f64 = 3.0;
/// Change of a logarithm across a cell that the rule follows.
const STEEP: f64 = 6.0;
/// Parts this far (in the logarithm) below the sum are left out.
const NEGLIGIBLE: f64 = 45.0;

/// ln of e^{−a y²} times the density of eigenvalues y = √Λ λ, in cells from 0 outwards; it is even in y.
#[derive(Debug, Clone)]
pub struct DensityTable {
    size: usize,
    /// a + ½.
    decay: f64,
    cells: Vec<Cell>,
}

/// One cell at y ≥ 0.
#[derive(Debug, Clone)]
struct Cell {
    low: f64,
    high: f64,
    /// At both ends and in the middle.
    ends: [f64; 3],
    /// At the nodes of the rule, from `low` to `high`.
    nodes: Vec<f64>,
}

impl DensityTable {
    /// Nothing is computed yet; decay = a + ½ > 0.
    pub fn new(size: usize, decay: f64) -> Self {
        Self { size, decay, cells: Vec::new() }
    }

    /// ln ∫ of the density times e^{−a y²} times a factor over the line.
    pub fn log_integral(&mut self, factor: Factor) -> f64 {
        let mut logs = Vec::new();
        for side in [-1.0, 1.0] {
            let mut most = f64::NEG_INFINITY;
            for number in 0.. {
                self.extend_to(number);
                let cell = &self.cells[number];
                let combined = |end: usize, y: f64| cell.ends[end] + factor.log(side * y);
                let at = [
                    combined(0, cell.low),
                    combined(1, 0.5 * (cell.low + cell.high)),
                    combined(2, cell.high),
                ];
                let log = self.part(cell, side, factor, at);
                most = most.max(log);
                logs.push(log);
                // Outside the bulk the integrand has one maximum: once it falls it falls for good.
                let falls = at[2] < at[0] || at[2] == f64::NEG_INFINITY;
                let gone =
                    at[2] + (cell.high - cell.low).ln() < most - NEGLIGIBLE || at[2] == f64::NEG_INFINITY;
                if cell.low > self.edge() && falls && gone {
                    break;
                }
            }
        }
        log_sum(&logs)
    }

    /// ln of the density times e^{−a y²} at y.
    fn log_at(&self, y: f64) -> f64 {
        log_decaying(self.size, self.decay, y)
    }

    fn part(&self, cell: &Cell, side: f64, factor: Factor, at: [f64; 3]) -> f64 {
        let [low, high] = if side < 0.0 { [-cell.high, -cell.low] } else { [cell.low, cell.high] };
        let most = at.into_iter().fold(f64::NEG_INFINITY, f64::max);
        let steep = at.iter().any(|one| (one - at[1]).abs() > STEEP) || most == f64::NEG_INFINITY;
        if steep || !factor.is_smooth_between(low, high) {
            let value = |y: f64| self.log_at(y) + factor.log(y);
            let cuts = factor.cuts(low, high);
            return log_sum(
                &cuts
                    .windows(2)
                    .map(|ends| log_concave_integral(value, ends[0], ends[1]))
                    .collect::<Vec<_>>(),
            );
        }
        let (middle, half) = (0.5 * (cell.low + cell.high), 0.5 * (cell.high - cell.low));
        let terms = gauss_rule().iter().zip(&cell.nodes).map(|(point, log)| {
            let y = side * (middle + half * point.x);
            point.weight * (log + factor.log(y) - most).exp()
        });
        most + (half * terms.sum::<f64>()).ln()
    }

    fn edge(&self) -> f64 {
        (2.0 * self.size as f64).sqrt()
    }

    fn extend_to(&mut self, number: usize) {
        let edge = self.edge();
        let airy = 1.0 / (2f64.sqrt() * (self.size as f64).powf(1.0 / 6.0));
        while self.cells.len() <= number {
            let low = self.cells.last().map_or(0.0, |cell| cell.high);
            let bulk = std::f64::consts::PI / (edge * edge - low * low).max(0.0).sqrt();
            let length = if low < edge { bulk.min(airy) } else { airy.max(0.3 * (low - edge)) };
            let high = low + DISTANCES * length;
            let (middle, half) = (0.5 * (low + high), 0.5 * (high - low));
            let nodes = gauss_rule().iter().map(|point| self.log_at(middle + half * point.x)).collect();
            let ends = [low, middle, high].map(|y| self.log_at(y));
            self.cells.push(Cell { low, high, ends, nodes });
        }
    }
}

/// ln Σ e^x.
fn log_sum(logs: &[f64]) -> f64 {
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if most == f64::NEG_INFINITY {
        return most;
    }
    most + logs.iter().map(|log| (log - most).exp()).sum::<f64>().ln()
}
