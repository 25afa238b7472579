//! Integrals of a weight times the density of the k-th eigenvalue, over the whole line.
//!
//! The density of the k-th eigenvalue is log-concave (it is a marginal of a log-concave density), and so are the weights: the
//! integrand has one maximum, and beyond any point it falls at least as fast as just before.

use super::counting::LogEstimate;
use super::far::FarLeft;
use super::panels::{Density, EVERY_INDEX, Interval, Intervals};
use super::tilted::{Moments, OutOfReach, typical_place};
use super::weight::Factor;
use crate::numeric::quadrature::{gauss_rule, log_concave_integral};

/// Relative tolerance where the integral is not far below its largest over all factors.
const TIGHT: f64 = 1e-12;
/// And where it is.
const LOOSE: f64 = 1e-6;
/// Where only the order of magnitude matters.
const ROUGH: f64 = 1e-3;
/// How far, in the logarithm: e^{−40} is 4e-18.
const FAR: f64 = 40.0;
/// Parts this far (in the logarithm) below the tolerance are left out.
const SPARE: f64 = 7.0;
/// Logarithms beyond this leave no digit of what they are logarithms of.
const DIGITLESS: f64 = 1e12;
/// Panels that a walk may take.
const LONGEST_WALK: usize = 4000;
/// Error at which the expansion far outside is taken even where panels would do.
const GOOD: f64 = 1e-9;
/// Change of the logarithm that the rule for moments follows, and halvings to get there.
const STEEP: f64 = 3.0;
const MOST_HALVINGS: u32 = 30;

/// The weighted density of one eigenvalue on the panels of one size.
pub struct Weighted<'a> {
    panels: &'a mut Intervals,
    size: usize,
    index: usize,
    /// a + ½.
    decay: f64,
    /// The largest value without a factor, roughly, and the panel where it is.
    peak: f64,
    mode: Interval,
}

impl<'a> Weighted<'a> {
    /// The density of the k-th eigenvalue times e^{−a y²}, decay = a + ½ > 0.
    pub fn new(panels: &'a mut Intervals, size: usize, decay: f64, index: usize) -> Result<Self, OutOfReach> {
        let mode = panels.holding(typical_place(size, index));
        let mut weighted = Self { panels, size, index, decay, peak: f64::NEG_INFINITY, mode };
        weighted.mode = weighted.climbed(Factor::One)?;
        weighted.peak = weighted.largest(weighted.mode, Factor::One)?;
        Ok(weighted)
    }

    /// ln of the integral with a factor.
    pub fn log_integral(&mut self, factor: Factor) -> Result<LogEstimate, OutOfReach> {
        let mode = self.climbed(factor)?;
        let tolerance = self.tolerance(mode)?;
        let mut sum = self.part(mode, factor, tolerance)?;
        for step in [Interval::left, Interval::right] {
            let mut panel = mode;
            for walked in 0.. {
                let bound = self.beyond(panel, factor, step(panel).at > panel.at)?;
                if bound < sum.log + tolerance.ln() - SPARE {
                    break;
                }
                if walked == LONGEST_WALK {
                    return Err(OutOfReach);
                }
                panel = step(panel);
                let loosened = (tolerance * (sum.log - bound).exp()).clamp(tolerance, ROUGH);
                sum = sum.plus(self.part(panel, factor, loosened)?);
            }
        }
        Ok(sum)
    }

    /// ln of the integrand without a factor at y.
    pub fn log_at(&mut self, y: f64) -> Result<LogEstimate, OutOfReach> {
        let panel = self.panels.holding(y);
        let tolerance = self.tolerance(panel)?;
        Ok(self.on(panel, tolerance)?.at(y))
    }

    /// Mean and standard deviation of y without a factor.
    pub fn moments(&mut self) -> Result<Moments, OutOfReach> {
        let (mode, mut panels) = (self.mode, vec![self.mode]);
        for step in [Interval::left, Interval::right] {
            let mut panel = mode;
            let far = self.peak + TIGHT.ln() - SPARE;
            while self.beyond(panel, Factor::One, step(panel).at > panel.at)? > far
                && panels.len() < LONGEST_WALK
            {
                panel = step(panel);
                panels.push(panel);
            }
        }
        let center = 0.5 * self.panels.ends(mode).iter().sum::<f64>();
        let mut sums = [0.0; 3];
        for panel in panels {
            let [low, high] = self.panels.ends(panel);
            let peak = self.peak;
            let slice = self.on(panel, TIGHT)?;
            let mut add = |low: f64, high: f64| {
                for point in gauss_rule() {
                    let y = 0.5 * (low + high) + 0.5 * (high - low) * point.x;
                    let weight = 0.5 * (high - low) * point.weight * (slice.at(y).log - peak).exp();
                    for (power, sum) in (0..).zip(&mut sums) {
                        *sum += weight * (y - center).powi(power);
                    }
                }
            };
            in_pieces(&|y| slice.at(y).log, low, high, MOST_HALVINGS, &mut add);
        }
        let shift = sums[1] / sums[0];
        Ok(Moments { mean: center + shift, deviation: (sums[2] / sums[0] - shift * shift).sqrt() })
    }

    /// The panel of the maximum with a factor.
    fn climbed(&mut self, factor: Factor) -> Result<Interval, OutOfReach> {
        let mut mode = self.mode;
        for step in [Interval::right, Interval::left] {
            for _ in 0..LONGEST_WALK {
                let here = self.largest(mode, factor)?;
                // What is out of reach is far out in a tail.
                let there = self.largest(step(mode), factor).unwrap_or(f64::NEG_INFINITY);
                // Where a factor leaves nothing, or hides the rest in its rounding, its center is where to go.
                let lost = here < -DIGITLESS && there == here && self.leads(mode, step, factor);
                if there > here || lost {
                    mode = step(mode);
                } else {
                    break;
                }
            }
        }
        Ok(mode)
    }

    /// Whether a step leads towards where the factor is largest.
    fn leads(&mut self, panel: Interval, step: fn(Interval) -> Interval, factor: Factor) -> bool {
        let [low, high] = self.panels.ends(panel);
        match factor {
            Factor::One => false,
            Factor::Below(normal) | Factor::Around(normal) if step(panel).at < panel.at => {
                normal.center < low
            }
            Factor::Below(_) => false,
            Factor::Around(normal) => normal.center > high,
        }
    }

    /// ln of the largest value on a panel, roughly.
    fn largest(&mut self, panel: Interval, factor: Factor) -> Result<f64, OutOfReach> {
        let [low, high] = self.panels.ends(panel);
        let slice = self.on(panel, LOOSE)?;
        let at = |t: f64| {
            let y = low + t * (high - low);
            slice.at(y).log + factor.log(y)
        };
        Ok((0..=4).map(|i| at(0.25 * f64::from(i))).fold(f64::NEG_INFINITY, f64::max))
    }

    /// What is asked for where the integral over a panel may be all that counts.
    fn tolerance(&mut self, panel: Interval) -> Result<f64, OutOfReach> {
        Ok(if self.largest(panel, Factor::One)? < self.peak - FAR { LOOSE } else { TIGHT })
    }

    /// A bound on ln of the integral beyond a panel, on its right or left, from how fast the integrand falls on it.
    fn beyond(&mut self, panel: Interval, factor: Factor, to_the_right: bool) -> Result<f64, OutOfReach> {
        let [low, high] = self.panels.ends(panel);
        let [near, far] = if to_the_right { [low, high] } else { [high, low] };
        let slice = self.on(panel, ROUGH)?;
        // The second half of the panel: a factor may only begin to fall there.
        let middle = 0.5 * (near + far);
        let [inner, outer] = [middle, far].map(|y| slice.at(y).log + factor.log(y));
        if outer == f64::NEG_INFINITY {
            return Ok(outer);
        }
        let fall = inner - outer;
        Ok(if fall > 0.0 { outer - (fall / (far - middle).abs()).ln() } else { f64::INFINITY })
    }

    fn part(&mut self, panel: Interval, factor: Factor, tolerance: f64) -> Result<LogEstimate, OutOfReach> {
        let [low, high] = self.panels.ends(panel);
        let slice = self.on(panel, tolerance)?;
        let value = |y: f64| slice.at(y).log + factor.log(y);
        let cuts = factor.cuts(low, high);
        let mut sum = LogEstimate::ZERO;
        for piece in cuts.windows(2) {
            let log = log_concave_integral(value, piece[0], piece[1]);
            if log.is_nan() {
                return Err(OutOfReach);
            }
            let error = [piece[0], 0.5 * (piece[0] + piece[1]), piece[1]]
                .into_iter()
                .max_by(|x, y| value(*x).total_cmp(&value(*y)))
                .map_or(f64::INFINITY, |y| slice.at(y).relative_error());
            let log_error = if log == f64::NEG_INFINITY { log } else { log + error.ln() };
            sum = sum.plus(LogEstimate { log, log_error });
        }
        Ok(sum)
    }

    /// The weighted density on a panel: the expansion far outside where it is good, or where panels are out of reach.
    fn on(&mut self, panel: Interval, tolerance: f64) -> Result<Slice<'_>, OutOfReach> {
        let [low, high] = self.panels.ends(panel);
        // Seen from the other side, y_k is y_{Λ−1−k}.
        let index = if high <= 0.0 { self.index } else { self.size - 1 - self.index };
        let far = FarLeft::new(self.size, index);
        let error = far.log_decaying(self.decay, -low.abs().min(high.abs())).map(LogEstimate::relative_error);
        let good = if tolerance < LOOSE && self.size <= EVERY_INDEX { GOOD } else { f64::INFINITY };
        if error.is_some_and(|error| error <= good || error.is_infinite()) {
            return Ok(Slice { density: Place::Far(far), decay: self.decay });
        }
        let density = self.panels.density(panel, self.index, tolerance).ok_or(OutOfReach)?;
        Ok(Slice { density: Place::Panel(density), decay: self.decay })
    }
}

/// Halves an interval until f changes by no more than 3 on each piece.
fn in_pieces(f: &impl Fn(f64) -> f64, low: f64, high: f64, halvings: u32, take: &mut impl FnMut(f64, f64)) {
    let middle = 0.5 * (low + high);
    let at = [low, middle, high].map(f);
    let steep = at.iter().any(|one| (one - at[1]).abs() > STEEP);
    if steep && halvings > 0 {
        in_pieces(f, low, middle, halvings - 1, take);
        in_pieces(f, middle, high, halvings - 1, take);
    } else {
        take(low, high);
    }
}

/// The weighted density on one panel.
struct Slice<'a> {
    density: Place<'a>,
    decay: f64,
}

enum Place<'a> {
    Panel(Density<'a>),
    Far(FarLeft),
}

impl Slice<'_> {
    fn at(&self, y: f64) -> LogEstimate {
        match &self.density {
            Place::Far(far) => far.log_decaying(self.decay, -y.abs()).unwrap_or(LogEstimate::UNKNOWN),
            Place::Panel(density) => {
                let LogEstimate { log, log_error } = density.log(y);
                let tilt = (self.decay - 0.5) * y * y;
                LogEstimate { log: log - tilt, log_error: log_error - tilt }
            }
        }
    }
}
