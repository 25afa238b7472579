//! Steps in time: predictor and corrector of Adams on a grid of rows that are never far apart.

use super::conditions::{Conditions, Scales};
use super::memory::Memory;
use super::rows::{History, Row, Slope};
use crate::numeric::quadrature::gauss_rule;
use crate::theory::mixed::Mixture;
use crate::{Error, Result};

/// How finely a solution is computed.
#[derive(Debug, Clone, Copy)]
pub struct Resolution {
    /// Longest step, in units of 1/rate.
    pub longest: f64,
    /// Longest step, in units of the time so far.
    pub growth: f64,
}

/// The first step, in units of 1/rate and of the growth.
const FIRST: f64 = 0.005;
/// Slopes that the predictor goes through.
const ORDER: usize = 5;

/// The solution up to some time, P nodes a panel.
#[derive(Debug)]
pub struct Solver<const P: usize> {
    memory: Memory<P>,
    resolution: Resolution,
    scales: Scales,
    history: History,
    /// At the last times.
    slopes: Vec<Slope>,
}

impl<const P: usize> Solver<P> {
    /// The solution at t = 0, for times up to `latest`.
    pub fn new(mixture: &Mixture, conditions: Conditions, latest: f64, resolution: Resolution) -> Self {
        let scales = Scales::new(mixture, conditions);
        let memory = Memory::new(mixture, conditions, scales.depth(latest));
        let row = memory.start();
        let history = History { times: vec![0.0], rows: vec![row] };
        let slope = memory.slope(0.0, &history.rows[0], &history);
        Self { memory, resolution, scales, history, slopes: vec![slope] }
    }

    /// The time reached.
    pub fn time(&self) -> f64 {
        self.history.times[self.history.times.len() - 1]
    }

    /// The row at that time.
    pub fn row(&self) -> &Row {
        &self.history.rows[self.history.rows.len() - 1]
    }

    /// C(t, s) and R(t, s) at the time t reached; R at s = t is that just before.
    pub fn pair(&self, s: f64) -> [f64; 2] {
        let (t, row) = (self.time(), self.row());
        let place = self.memory.place(if t > 0.0 { s / t } else { 1.0 });
        [place.of(&row.correlation), place.of(&row.response)]
    }

    /// Goes on to a later time; `watch` is told the time after every step.
    ///
    /// # Errors
    /// Internal if numbers stop being finite.
    pub fn advance(&mut self, time: f64, watch: &mut dyn FnMut(f64)) -> Result<()> {
        while self.time() < time {
            let left = time - self.time();
            let rate = self.scales.rate + self.row().multiplier;
            let Resolution { longest, growth } = self.resolution;
            let step = (growth * (self.time() + FIRST / rate)).min(longest / rate);
            // The last two steps before a time asked for are alike.
            let next = match left / step {
                steps if steps <= 1.0 => time,
                steps if steps <= 2.0 => self.time() + 0.5 * left,
                _ => self.time() + step,
            };
            self.step(next)?;
            watch(next);
        }
        Ok(())
    }

    fn step(&mut self, next: f64) -> Result<()> {
        let known = self.slopes.len();
        let times = &self.history.times[self.history.times.len() - known..];
        let weighted = |times: &[f64], slopes: &[&Slope]| {
            let weights = integral_weights(times, self.time(), next);
            let mut row = self.row().moved(weights.into_iter().zip(slopes.iter().copied()));
            self.memory.complete(next, &mut row);
            row
        };
        let slopes: Vec<&Slope> = self.slopes.iter().collect();
        let predicted = weighted(times, &slopes);
        let ahead = self.memory.slope(next, &predicted, &self.history);
        let from = known.saturating_sub(ORDER - 1);
        let times: Vec<f64> = times[from..].iter().copied().chain([next]).collect();
        let slopes: Vec<&Slope> = slopes[from..].iter().copied().chain([&ahead]).collect();
        let corrected = weighted(&times, &slopes);
        if !(corrected.energy.is_finite() && corrected.multiplier.is_finite()) {
            return Err(Error::Internal(format!("the two-time equations diverged at t = {next}")));
        }
        let slope = self.memory.slope(next, &corrected, &self.history);
        self.history.times.push(next);
        self.history.rows.push(corrected);
        self.slopes.push(slope);
        if self.slopes.len() > ORDER {
            self.slopes.remove(0);
        }
        Ok(())
    }
}

/// Weights w_k of values at some times in the integral from a to b of the polynomial through them.
fn integral_weights(times: &[f64], a: f64, b: f64) -> Vec<f64> {
    let lagrange = |k: usize, t: f64| -> f64 {
        let others = (0..times.len()).filter(|&l| l != k);
        others.map(|l| (t - times[l]) / (times[k] - times[l])).product()
    };
    let half = 0.5 * (b - a);
    let weight = |k: usize| -> f64 {
        gauss_rule().iter().map(|point| half * point.weight * lagrange(k, a + half * (1.0 + point.x))).sum()
    };
    (0..times.len()).map(weight).collect()
}
