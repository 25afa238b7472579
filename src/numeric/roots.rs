//! Roots of a function of one variable.

/// Evaluations after which a bracket that resists is no longer refined. Bisection alone needs about 1100 in the
/// worst case (from the largest to the smallest double); every fourth step here is at least a bisection.
const MAX_EVALUATIONS: usize = 5000;

/// One end of the bracket.
#[derive(Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
}

/// The zero of a continuous function between two points where its signs differ.
///
/// Chandrupatla's method: inverse quadratic interpolation where the last three points make it safe, bisection
/// elsewhere; a bracket that did not halve in four steps is bisected. It ends when the bracket is
/// narrower than 4ε times the root, whatever the root's size: full relative accuracy near 0 too.
///
/// Returns `None` when the signs do not differ (a zero at an end is returned) or a value is NaN.
///
/// # Reference
/// Chandrupatla (1997), *A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear function
/// without using derivatives*, Advances in Engineering Software 28, 145–149.
///
/// ```
/// let root = hspin::numeric::roots::bracketed_root(|x| x * x - 2.0, 0.0, 2.0).unwrap();
/// assert!((root - 2f64.sqrt()).abs() < 1e-15);
/// ```
pub fn bracketed_root(f: impl Fn(f64) -> f64, lower: f64, upper: f64) -> Option<f64> {
    let at = |x: f64| Point { x, y: f(x) };
    let (mut newest, mut opposite) = (at(upper), at(lower));
    if newest.y == 0.0 || opposite.y == 0.0 {
        return Some(if opposite.y == 0.0 { opposite.x } else { newest.x });
    }
    if newest.y.is_nan() || opposite.y.is_nan() || newest.y.signum() == opposite.y.signum() {
        return None;
    }
    let mut fraction = 0.5;
    let mut checked_width = (newest.x - opposite.x).abs();
    for evaluation in 1..=MAX_EVALUATIONS {
        let next = at(newest.x + fraction * (opposite.x - newest.x));
        if next.y.is_nan() {
            return None;
        }
        let previous = if next.y.signum() == newest.y.signum() {
            newest
        } else {
            std::mem::replace(&mut opposite, newest)
        };
        newest = next;

        let best = if newest.y.abs() < opposite.y.abs() { newest } else { opposite };
        let width = (opposite.x - newest.x).abs();
        let smallest_step = (2.0 * f64::EPSILON * best.x.abs() + f64::MIN_POSITIVE) / width;
        if best.y == 0.0 || smallest_step > 0.5 {
            return Some(best.x);
        }
        fraction = interpolated(newest, opposite, previous).clamp(smallest_step, 1.0 - smallest_step);
        if evaluation % 4 == 0 {
            if width > 0.5 * checked_width {
                fraction = 0.5;
            }
            checked_width = width;
        }
    }
    None
}

/// Where to go from `newest` towards `opposite`: inverse quadratic interpolation if it is monotone, else the middle.
fn interpolated(newest: Point, opposite: Point, previous: Point) -> f64 {
    let xi = (newest.x - opposite.x) / (previous.x - opposite.x);
    let phi = (newest.y - opposite.y) / (previous.y - opposite.y);
    if phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi {
        newest.y / (opposite.y - newest.y) * previous.y / (opposite.y - previous.y)
            + (previous.x - newest.x) / (opposite.x - newest.x) * newest.y / (previous.y - newest.y)
                * opposite.y
                / (previous.y - opposite.y)
    } else {
        0.5
    }
}

#[cfg(test)]
mod tests {
    use super::bracketed_root;

    #[test]
    fn finds_roots_of_easy_and_hostile_functions() {
        type Case = (fn(f64) -> f64, f64, f64, f64);
        let cases: [Case; 6] = [
            (|x| x.cos() - x, 0.0, 1.0, 0.739_085_133_215_160_6),
            (|x| x.powi(9), -1.0, 2.0, 0.0),
            (|x| (x - 1e-200) * 1e300, 0.0, 1.0, 1e-200),
            (|x| if x < 0.3 { -1.0 } else { 1.0 }, 0.0, 1.0, 0.3),
            (|x| x.exp() - 1e-8, -100.0, 100.0, -18.420_680_743_952_367),
            (|x| 1.0 - x, 1.0, 5.0, 1.0),
        ];
        for (f, lower, upper, expected) in cases {
            for (a, b) in [(lower, upper), (upper, lower)] {
                let root = bracketed_root(f, a, b).unwrap();
                assert!((root - expected).abs() <= 1e-15 * expected.abs() + 1e-30, "{root} {expected}");
            }
        }
    }

    #[test]
    fn refuses_what_is_not_a_bracket() {
        assert_eq!(bracketed_root(|x| x * x + 1.0, -1.0, 1.0), None);
        assert_eq!(bracketed_root(|x| x.sqrt(), -1.0, 1.0), None);
    }
}
