//! Integrals of e^{−a y²} times the density of the k-th eigenvalue.

use super::counting::LogEstimate;
use super::far::FarLeft;
use super::node::Side;
use super::panels::{Interval, Intervals};
use crate::numeric::quadrature::{gauss_rule, log_integral};
use crate::numeric::roots::bracketed_root;

/// Relative tolerance where the integral is not far below its largest.
const TIGHT: f64 = 1e-12;
/// And where it is.
const LOOSE: f64 = 1e-5;
/// Where only the order of magnitude matters; small enough for a derivative to keep its sign.
const ROUGH: f64 = 1e-3;
/// How far, in the logarithm of the integrand: e^{−40} is 4e-18.
const FAR: f64 = 40.0;
/// Parts this far (in the logarithm) below the tolerance are left out.
const SPARE: f64 = 7.0;
/// Panels that a walk may take.
const LONGEST_WALK: usize = 4000;

/// e^{−a y²} p_k(y) on the panels of one size.
pub struct Tilted<'a> {
    panels: &'a mut Intervals,
    size: usize,
    tilt: f64,
    index: usize,
    mode: Interval,
    /// ln of the integrand at its mode, roughly.
    peak: f64,
}

/// A walk's end that is out of reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfReach;

impl<'a> Tilted<'a> {
    /// The integrand of one index, 0 ≤ a < ½.
    pub fn new(panels: &'a mut Intervals, size: usize, tilt: f64, index: usize) -> Result<Self, OutOfReach> {
        let start = panels.holding(typical_place(size, index));
        let mut tilted = Self { panels, size, tilt, index, mode: start, peak: 0.0 };
        tilted.climb()?;
        Ok(tilted)
    }

    /// ln of the integrand at y, refined there.
    pub fn log_integrand(&mut self, y: f64) -> Result<LogEstimate, OutOfReach> {
        // Seen from the other side, y_k is y_{Λ−1−k}.
        let index = if y < 0.0 { self.index } else { self.size - 1 - self.index };
        if let Some(far) = FarLeft::new(self.size, index).log_integrand(self.tilt, -y.abs()) {
            return Ok(far);
        }
        let panel = self.panels.holding(y);
        let tolerance = self.tolerance(panel, y, Side::Below)?.max(self.tolerance(panel, y, Side::Above)?);
        Ok(self.on(panel, tolerance)?.at(y))
    }

    /// ln ∫_{−∞}^y; y may be ±∞.
    pub fn log_up_to(&mut self, y: f64) -> Result<LogEstimate, OutOfReach> {
        if y == f64::NEG_INFINITY {
            return Ok(LogEstimate::ZERO);
        }
        match FarLeft::new(self.size, self.index).log_up_to(self.tilt, y) {
            Some(far) => Ok(far),
            None => self.near_log_up_to(y),
        }
    }

    /// The same by panels, for a finite y that is not far out on the left, or +∞.
    pub(super) fn near_log_up_to(&mut self, y: f64) -> Result<LogEstimate, OutOfReach> {
        let mode_end = self.panels.ends(self.mode)[1];
        if y <= mode_end {
            let panel = self.panels.holding(y);
            return self.left_of(panel, y);
        }
        let mut sum = self.left_of(self.mode, mode_end)?;
        let mut panel = self.mode;
        for _ in 0..LONGEST_WALK {
            panel = panel.right();
            let [low, high] = self.panels.ends(panel);
            let bound = self.on(panel.left(), ROUGH)?.bound(low, Side::Above, high - low);
            if low >= y || bound < sum.log + TIGHT.ln() - SPARE {
                return Ok(sum);
            }
            let part = self.part(panel, low, high.min(y), loosened(TIGHT, sum.log - bound))?;
            sum = sum.plus(part);
        }
        Err(OutOfReach)
    }

    /// The integral up to y, which lies in a panel not to the right of the mode.
    fn left_of(&mut self, panel: Interval, y: f64) -> Result<LogEstimate, OutOfReach> {
        let [low, _] = self.panels.ends(panel);
        let tolerance = self.tolerance(panel, y, Side::Below)?;
        let mut sum = self.part(panel, low, y, tolerance)?;
        let mut panel = panel;
        for _ in 0..LONGEST_WALK {
            let inner = panel;
            panel = panel.left();
            let [low, high] = self.panels.ends(panel);
            let bound = self.on(inner, ROUGH)?.bound(high, Side::Below, high - low);
            if bound < sum.log + tolerance.ln() - SPARE {
                return Ok(sum);
            }
            sum = sum.plus(self.part(panel, low, high, loosened(tolerance, sum.log - bound))?);
        }
        Err(OutOfReach)
    }

    /// Mean and standard deviation of y under the integrand.
    pub fn moments(&mut self) -> Result<Moments, OutOfReach> {
        let (mut panels, mut sums) = (vec![self.mode], [0.0; 3]);
        for step in [Interval::left, Interval::right] {
            let mut panel = step(self.mode);
            while self.largest(panel)? > self.peak + TIGHT.ln() - SPARE && panels.len() < LONGEST_WALK {
                panels.push(panel);
                panel = step(panel);
            }
        }
        let center = 0.5 * self.panels.ends(self.mode).iter().sum::<f64>();
        for panel in panels {
            let [low, high] = self.panels.ends(panel);
            let (middle, half) = (0.5 * (low + high), 0.5 * (high - low));
            let (peak, slice) = (self.peak, self.on(panel, TIGHT)?);
            for point in gauss_rule() {
                let y = middle + half * point.x;
                let weight = half * point.weight * (slice.at(y).log - peak).exp();
                for (power, sum) in (0..).zip(&mut sums) {
                    *sum += weight * (y - center).powi(power);
                }
            }
        }
        let shift = sums[1] / sums[0];
        Ok(Moments { mean: center + shift, deviation: (sums[2] / sums[0] - shift * shift).sqrt() })
    }

    /// Moves from the typical place to the panel of the maximum; the integrand has one.
    fn climb(&mut self) -> Result<(), OutOfReach> {
        for step in [Interval::right, Interval::left] {
            for _ in 0..LONGEST_WALK {
                let (here, next) = (self.largest(self.mode)?, step(self.mode));
                // What is out of reach is far out in a tail.
                if self.largest(next).is_ok_and(|there| there > here) {
                    self.mode = next;
                } else {
                    break;
                }
            }
        }
        self.peak = self.largest(self.mode)?;
        Ok(())
    }

    /// ln of the integrand's largest value on a panel, roughly; out of reach counts as least.
    fn largest(&mut self, panel: Interval) -> Result<f64, OutOfReach> {
        let [low, high] = self.panels.ends(panel);
        let slice = self.on(panel, LOOSE)?;
        let at = |t: f64| slice.at(low + t * (high - low)).log;
        Ok((0..=4).map(|i| at(0.25 * f64::from(i))).fold(f64::NEG_INFINITY, f64::max))
    }

    /// What is asked for where the integral on one side of y may be all that counts.
    fn tolerance(&mut self, panel: Interval, y: f64, side: Side) -> Result<f64, OutOfReach> {
        let bound = self.on(panel, ROUGH)?.bound(y, side, 1.0);
        Ok(if bound < self.peak - FAR { LOOSE } else { TIGHT })
    }

    fn part(&mut self, panel: Interval, a: f64, b: f64, tolerance: f64) -> Result<LogEstimate, OutOfReach> {
        let slice = self.on(panel, tolerance)?;
        let log = log_integral(|y| slice.at(y).log, a, b);
        if log.is_nan() || (log == f64::NEG_INFINITY && a < b) {
            return Err(OutOfReach);
        }
        let ends = [a, 0.5 * (a + b), b].map(|y| slice.at(y));
        let heaviest =
            ends.into_iter().max_by(|x, y| x.log.total_cmp(&y.log)).unwrap_or(LogEstimate::UNKNOWN);
        let error = heaviest.relative_error();
        Ok(LogEstimate { log, log_error: log + error.ln() })
    }

    fn on(&mut self, panel: Interval, tolerance: f64) -> Result<Slice<'_>, OutOfReach> {
        debug_assert!(self.index < self.size);
        let density = self.panels.density(panel, self.index, tolerance).ok_or(OutOfReach)?;
        Ok(Slice { density, tilt: self.tilt })
    }
}

/// The tolerance of a part that is e^{−below} of the whole.
fn loosened(tolerance: f64, below: f64) -> f64 {
    (tolerance * below.exp()).clamp(tolerance, ROUGH)
}

/// Mean and standard deviation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    pub mean: f64,
    pub deviation: f64,
}

/// The integrand on one panel.
struct Slice<'a> {
    density: super::panels::Density<'a>,
    tilt: f64,
}

impl Slice<'_> {
    /// A bound on ln of the integral on one side of y, which points away from the mode.
    ///
    /// Where |y| grows on that side, e^{−a y²} is largest at y, and the probability beyond y bounds the rest. Elsewhere
    /// the integrand at least falls; as if it did so over a length.
    fn bound(&self, y: f64, side: Side, length: f64) -> f64 {
        let grows = match side {
            Side::Below => y < 0.0,
            Side::Above => y > 0.0,
        };
        if grows {
            self.density.log_beyond(y, side) - self.tilt * y * y
        } else {
            self.at(y).log + length.ln()
        }
    }

    fn at(&self, y: f64) -> LogEstimate {
        let LogEstimate { log, log_error } = self.density.log(y);
        let tilt = self.tilt * y * y;
        LogEstimate { log: log - tilt, log_error: log_error - tilt }
    }
}

/// Where the k-th of Λ eigenvalues typically lies: the semicircle's quantile.
pub(super) fn typical_place(size: usize, index: usize) -> f64 {
    let edge = (2.0 * size as f64).sqrt();
    let wanted = index as f64 + 0.5;
    bracketed_root(|y| super::panels::typically_below(size, y) - wanted, -edge, edge).unwrap_or(0.0)
}
