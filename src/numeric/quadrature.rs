//! Gauss–Legendre quadrature of positive functions given by their logarithm.

use std::sync::LazyLock;

/// Points of the rule.
const POINTS: usize = 16;
/// Change of the logarithm across an interval above which it is halved.
const STEEP: f64 = 6.0;
/// Parts this far below the largest (in the logarithm) are left out.
const NEGLIGIBLE: f64 = 45.0;
/// Halvings after which an interval is taken as it is.
const MOST_HALVINGS: u32 = 40;

/// A node on [−1, 1] and its weight.
#[derive(Debug, Clone, Copy)]
pub struct GaussPoint {
    /// Node.
    pub x: f64,
    /// Weight; all weights add to 2.
    pub weight: f64,
}

static RULE: LazyLock<Vec<GaussPoint>> = LazyLock::new(|| gauss_legendre(POINTS));

/// The Gauss–Legendre rule of 16 points, exact for polynomials of degree 31.
pub fn gauss_rule() -> &'static [GaussPoint] {
    &RULE
}

/// `ln ∫_a^b e^{f(x)} dx` for a ≤ b; −∞ for an empty interval.
///
/// Intervals on which f changes by more than 6 are halved, at most 40 times; parts that cannot matter are left out. The
/// rest of f must be smooth on the scale of b − a.
pub fn log_integral(f: impl Fn(f64) -> f64, a: f64, b: f64) -> f64 {
    log_integral_of(&f, [a, f(a)], [b, f(b)], f64::NEG_INFINITY, MOST_HALVINGS)
}

/// Logarithms beyond this leave no digit of what they are logarithms of.
const DIGITLESS: f64 = 1e12;
/// Steps to the maximum of a concave function.
const STEPS_TO_MAXIMUM: u32 = 150;

/// As [`log_integral`], for a concave f of any size: where rounding of f hides its shape, the largest f is taken.
pub fn log_concave_integral(f: impl Fn(f64) -> f64, a: f64, b: f64) -> f64 {
    let most = [a, 0.5 * (a + b), b].map(&f).into_iter().fold(f64::NEG_INFINITY, f64::max);
    if !most.is_finite() || most.abs() < DIGITLESS || a >= b {
        return log_integral(f, a, b);
    }
    let (mut low, mut high) = (a, b);
    for _ in 0..STEPS_TO_MAXIMUM {
        let third = (high - low) / 3.0;
        if f(low + third) < f(high - third) { low += third } else { high -= third }
    }
    most.max(f(0.5 * (low + high)))
}

fn log_integral_of(f: &impl Fn(f64) -> f64, low: [f64; 2], high: [f64; 2], known: f64, halvings: u32) -> f64 {
    let width = high[0] - low[0];
    if width <= 0.0 {
        return f64::NEG_INFINITY;
    }
    let middle = 0.5 * (low[0] + high[0]);
    let center = [middle, f(middle)];
    let most = low[1].max(high[1]).max(center[1]);
    if most + width.ln() < known - NEGLIGIBLE || most == f64::NEG_INFINITY {
        return f64::NEG_INFINITY;
    }
    let steep = (low[1] - center[1]).abs().max((high[1] - center[1]).abs()) > STEEP;
    if steep && halvings > 0 {
        // The heavier half first: it tells what the other may leave out.
        let parts =
            if high[1] > low[1] { [(center, high), (low, center)] } else { [(low, center), (center, high)] };
        let [first, second] = parts;
        let sum = log_integral_of(f, first.0, first.1, known, halvings - 1);
        return log_add(sum, log_integral_of(f, second.0, second.1, known.max(sum), halvings - 1));
    }
    if steep {
        // As if the logarithm were linear: the rule's points might all lie where nothing is left.
        return most + width.ln() - (low[1] - high[1]).abs().max(STEEP).ln();
    }
    let sum: f64 = gauss_rule()
        .iter()
        .map(|point| point.weight * (f(middle + 0.5 * width * point.x) - most).exp())
        .sum();
    most + (0.5 * width * sum).ln()
}

/// Halvings of [`integral`].
const MOST_REFINEMENTS: u32 = 40;

/// `∫_a^b f(x) dx`: halved until the rule on both halves agrees with the rule on the whole to rounding.
pub fn integral(f: impl Fn(f64) -> f64, a: f64, b: f64) -> f64 {
    let whole = by_rule(&f, a, b);
    integral_of(&f, [a, b], whole, whole.abs(), MOST_REFINEMENTS)
}

fn integral_of(f: &impl Fn(f64) -> f64, [a, b]: [f64; 2], whole: f64, size: f64, refinements: u32) -> f64 {
    let middle = 0.5 * (a + b);
    let halves = [by_rule(f, a, middle), by_rule(f, middle, b)];
    let sum = halves[0] + halves[1];
    let size = size.max(sum.abs());
    if (sum - whole).abs() <= 4.0 * f64::EPSILON * size || refinements == 0 {
        return sum;
    }
    integral_of(f, [a, middle], halves[0], size, refinements - 1)
        + integral_of(f, [middle, b], halves[1], size, refinements - 1)
}

fn by_rule(f: &impl Fn(f64) -> f64, a: f64, b: f64) -> f64 {
    let (middle, half) = (0.5 * (a + b), 0.5 * (b - a));
    half * gauss_rule().iter().map(|point| point.weight * f(middle + half * point.x)).sum::<f64>()
}

/// ln(e^a + e^b).
pub fn log_add(a: f64, b: f64) -> f64 {
    let (large, small) = if a > b { (a, b) } else { (b, a) };
    if large == f64::NEG_INFINITY { large } else { large + (small - large).exp().ln_1p() }
}

/// The Gauss–Legendre rule of any number of points, nodes rising: by Newton's method on the Legendre polynomial.
pub fn gauss_legendre(points: usize) -> Vec<GaussPoint> {
    let n = points as f64;
    let node = |i: usize| {
        let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (n + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..100 {
            let (value, before) = legendre(points, x);
            slope = n * (x * value - before) / (x * x - 1.0);
            let step = value / slope;
            x -= step;
            if step.abs() < 1e-16 {
                break;
            }
        }
        GaussPoint { x, weight: 2.0 / ((1.0 - x * x) * slope * slope) }
    };
    (0..points).rev().map(node).collect()
}

/// P_n(x) and P_{n−1}(x).
fn legendre(n: usize, x: f64) -> (f64, f64) {
    (1..=n).fold((1.0, 0.0), |(value, before), k| {
        let k = k as f64;
        (((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k, value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_up_to_degree_31_are_exact() {
        for degree in 0..32 {
            let sum: f64 = gauss_rule().iter().map(|point| point.weight * point.x.powi(degree)).sum();
            let exact = if degree % 2 == 0 { 2.0 / f64::from(degree + 1) } else { 0.0 };
            assert!((sum - exact).abs() < 1e-15, "{degree}: {sum}");
        }
        let sum: f64 = gauss_rule().iter().map(|point| point.weight * point.x.powi(32)).sum();
        assert!((sum - 2.0 / 33.0).abs() > 1e-11, "degree 32 is beyond the rule");
    }

    #[test]
    fn steep_functions_are_followed() {
        for rate in [0.0_f64, 1.0, 300.0, -1e5] {
            let exact = if rate == 0.0 {
                2f64.ln()
            } else {
                rate.abs() + (-(-2.0 * rate.abs()).exp()).ln_1p() - rate.abs().ln()
            };
            let found = log_integral(|x| rate * x, -1.0, 1.0);
            assert!((found - exact).abs() < 1e-12 + 1e-16 * exact.abs(), "{rate}: {found} {exact}");
        }
        // Too steep for any halving, with a logarithm whose last digit is 1024 and with one that ends in −∞.
        for rate in [1e19, 1e300] {
            let found = log_integral(|x| rate * x, -1.0, 1.0);
            assert!((found / rate - 1.0).abs() < 1e-12, "{found}");
        }
        assert!(log_integral(|x| -1e300 * x * x * x * x, 1.0, 1e90) <= -1e300);
        let gauss = log_integral(|x| -0.5 * x * x, -40.0, 40.0);
        assert!((gauss - 0.5 * std::f64::consts::TAU.ln()).abs() < 1e-13);
        assert_eq!(log_integral(|_| 0.0, 1.0, 1.0), f64::NEG_INFINITY);
    }

    #[test]
    fn integrals_are_refined_where_they_need_it() {
        type Case = (fn(f64) -> f64, f64);
        let cases: [Case; 3] = [
            (|x| x.sqrt(), 2.0 / 3.0),
            (|x| (30.0 * x).sin(), (1.0 - 30f64.cos()) / 30.0),
            (|x| x.powi(99), 0.01),
        ];
        for (f, expected) in cases {
            let found = integral(f, 0.0, 1.0);
            assert!((found - expected).abs() < 1e-14, "{found} {expected}");
        }
        assert_eq!(integral(|x| x, 1.0, 1.0), 0.0);
    }

    #[test]
    fn logarithms_add() {
        assert_eq!(log_add(f64::NEG_INFINITY, f64::NEG_INFINITY), f64::NEG_INFINITY);
        assert!((log_add(-1000.0, -1000.0) + 1000.0 - 2f64.ln()).abs() < 1e-12);
        assert_eq!(log_add(3.0, f64::NEG_INFINITY), 3.0);
    }
}
