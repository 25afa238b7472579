//! Density of eigenvalues of a GOE matrix at finite size.

use super::counting::LogEstimate;
use super::far::{FAR, FarLeft};
use crate::numeric::quadrature::{log_add, log_integral};

/// Growth at which the recurrences are scaled down.
const LARGE: f64 = 1e150;
/// Distance of eigenvalues in one cell of [`Cells`].
const DISTANCES: f64 = 3.0;

/// ln of the density of eigenvalues y = √Λ λ of a GOE matrix of size Λ: mass Λ.
///
/// `Σ_{n<Λ} φ_n(y)² + √(Λ/2) φ_{Λ−1}(y) (∫_{−∞}^y φ_Λ − ½ ∫φ_Λ)`, and `+ φ_{Λ−1}(y)/∫φ_{Λ−1}` for odd Λ. To the left of
/// 0 no term is lost against another.
///
/// # Reference
/// Mehta (2004), *Random Matrices*, equations 7.2.27 to 7.2.32.
pub fn log_density(size: usize, y: f64) -> f64 {
    let y = -y.abs();
    let Terms { first, squares, log } = Terms::new(size, y);
    // In units of φ_0(y) e^{log}.
    let log_unit = -0.5 * y * y - 0.25 * std::f64::consts::PI.ln() + log;
    if squares == 0.0 {
        return first.ln() + log_unit;
    }
    // first·e^{log_unit} + squares·e^{2 log_unit}, of which the larger is positive.
    let ratio = first / squares * (-log_unit).exp();
    if ratio.is_infinite() || ratio.abs() > 1.0 {
        return first.ln() + log_unit + (squares / first * log_unit.exp()).ln_1p();
    }
    squares.ln() + 2.0 * log_unit + ratio.ln_1p()
}

/// ln of the density times e^{−a y²}, a = decay − ½: far outside, where the density falls like e^{−y²/2}, `decay` rules, and
/// may be far smaller than the rounding of ½.
pub fn log_decaying(size: usize, decay: f64, y: f64) -> f64 {
    let y = -y.abs();
    if y < -FAR {
        // Of all eigenvalues the outermost.
        return log_or_nothing(FarLeft::new(size, 0).log_decaying(decay, y));
    }
    let Terms { first, squares, log } = Terms::new(size, y);
    let unit = log - 0.25 * std::f64::consts::PI.ln();
    let (square, log_unit) = (y * y, unit - 0.5 * y * y);
    let ratio = if squares == 0.0 { f64::INFINITY } else { first / squares * (-log_unit).exp() };
    if ratio.is_infinite() || ratio.abs() > 1.0 {
        return first.ln() + unit - decay * square + (squares / first * log_unit.exp()).ln_1p();
    }
    squares.ln() + 2.0 * unit - (0.5 + decay) * square + ratio.ln_1p()
}

/// The density at y ≤ 0 is `first·φ + squares·φ²`, φ = φ_0(y) e^{log}.
struct Terms {
    first: f64,
    squares: f64,
    log: f64,
}

impl Terms {
    fn new(size: usize, y: f64) -> Self {
        let mut series =
            Series { y, values: [0.0, 1.0], integrals: [0.0, integral_ratio(-y)], square: 1.0, log: 0.0 };
        // Full integrals by parity: ∫φ_n for even n.
        let mut full = 2f64.sqrt() * std::f64::consts::PI.powf(0.25);
        for n in 1..size {
            series.advance(n as f64);
            series.square += series.values[1] * series.values[1];
            if n % 2 == 0 {
                full *= ((n - 1) as f64 / n as f64).sqrt();
            }
        }
        series.advance(size as f64);
        // Only now: the step may have scaled everything down.
        let last = series.values[0];
        let root = (0.5 * size as f64).sqrt();
        let squares = series.square + root * last * series.integrals[1];
        // The other term is of first order in φ: it rules far to the left, where it is positive.
        let first = match size % 2 {
            0 => -0.5 * root * last * full * ((size - 1) as f64 / size as f64).sqrt(),
            _ => last / full,
        };
        Self { first, squares, log: series.log }
    }
}

/// An expansion's logarithm; at ±∞ there is none and nothing is left.
fn log_or_nothing(estimate: Option<LogEstimate>) -> f64 {
    estimate.map_or(f64::NEG_INFINITY, |estimate| estimate.log)
}

/// φ_n, ∫_{−∞}^y φ_n and Σφ² by recurrence, in units of φ_0(y) e^{log}.
struct Series {
    y: f64,
    values: [f64; 2],
    integrals: [f64; 2],
    square: f64,
    log: f64,
}

impl Series {
    /// From n − 1 to n.
    fn advance(&mut self, n: f64) {
        let [before, here] = self.values;
        let (root, down) = ((2.0 / n).sqrt(), ((n - 1.0) / n).sqrt());
        self.values = [here, root * self.y * here - down * before];
        self.integrals = [self.integrals[1], down * self.integrals[0] - root * here];
        if self.values[1].abs() > LARGE {
            self.log += LARGE.ln();
            self.values = self.values.map(|x| x / LARGE);
            self.integrals = self.integrals.map(|x| x / LARGE);
            self.square /= LARGE * LARGE;
        }
    }
}

/// ∫_{−∞}^{−x} φ_0 / φ_0(x) = √(π/2) e^{x²/2} erfc(x/√2), x ≥ 0.
pub(super) fn integral_ratio(x: f64) -> f64 {
    if x < 6.0 {
        return (0.5 * std::f64::consts::PI).sqrt() * (0.5 * x * x).exp() * libm::erfc(x / 2f64.sqrt());
    }
    // 1/(x + 1/(x + 2/(x + …))), from the bottom up.
    1.0 / (1..=60).rev().fold(x, |tail, n| x + f64::from(n) / tail)
}

/// Integrals of e^{−a y²} times the density, in cells from the left.
#[derive(Debug, Clone)]
pub struct Cells {
    size: usize,
    tilt: f64,
    /// Distances of the cells' ends from 0, rising, and the logarithm of each cell's integral.
    ends: Vec<f64>,
    logs: Vec<f64>,
    /// Logarithm of the integral from −∞ to the near end of each cell.
    sums: Vec<f64>,
}

impl Cells {
    /// Cells that hold all that matters to the left of `leftmost` ≤ 0 and everything from there to 0, as far as [`FAR`].
    pub fn new(size: usize, tilt: f64, leftmost: f64) -> Self {
        let leftmost = leftmost.max(-FAR);
        let mut cells = Self { size, tilt, ends: vec![0.0], logs: Vec::new(), sums: Vec::new() };
        let edge = (2.0 * size as f64).sqrt();
        let airy = 1.0 / (2f64.sqrt() * (size as f64).powf(1.0 / 6.0));
        let mut outside = f64::NEG_INFINITY;
        loop {
            let from = cells.ends[cells.ends.len() - 1];
            let bulk = std::f64::consts::PI / (edge * edge - from * from).max(0.0).sqrt();
            let length = if from < edge { bulk.min(airy) } else { airy.max(0.3 * (from - edge)) };
            let to = from + DISTANCES * length;
            let log = cells.integral(-to, -from);
            cells.ends.push(to);
            cells.logs.push(log);
            if to > -leftmost {
                // The integrand falls from here on.
                if log < outside - 45.0 && to > edge {
                    break;
                }
                outside = log_add(outside, log);
            }
        }
        let mut sum = f64::NEG_INFINITY;
        cells.sums = cells
            .logs
            .iter()
            .rev()
            .map(|&log| {
                sum = log_add(sum, log);
                sum
            })
            .collect();
        cells.sums.reverse();
        cells
    }

    /// ln of e^{−a y²} times the density.
    pub fn log_integrand(size: usize, tilt: f64, y: f64) -> f64 {
        if y.abs() > FAR {
            // Of all eigenvalues the outermost.
            return log_or_nothing(FarLeft::new(size, 0).log_integrand(tilt, -y.abs()));
        }
        log_density(size, y) - tilt * y * y
    }

    fn integral(&self, a: f64, b: f64) -> f64 {
        log_integral(|y| Self::log_integrand(self.size, self.tilt, y), a, b)
    }

    /// ln of the integral from −∞ to y ≥ `leftmost`; y may be +∞.
    pub fn log_up_to(&self, y: f64) -> f64 {
        if y < -FAR {
            return log_or_nothing(FarLeft::new(self.size, 0).log_up_to(self.tilt, y));
        }
        if y > 0.0 {
            // Symmetry: twice the half, less what is beyond y.
            let half = self.sums[0];
            let missing = self.log_up_to(-y) - half;
            return half + (2.0 - missing.exp()).ln();
        }
        if -y >= self.ends[self.ends.len() - 1] {
            return f64::NEG_INFINITY;
        }
        let cell = self.ends.partition_point(|&end| end <= -y) - 1;
        let beyond = self.sums.get(cell + 1).copied().unwrap_or(f64::NEG_INFINITY);
        log_add(beyond, self.integral(-self.ends[cell + 1], y))
    }
}
