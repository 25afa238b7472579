//! When two points are one minimum.

use crate::critical::SAME_POINT;
use crate::sphere::overlap;

/// Whether two critical points are the same: their overlap, on an even landscape its absolute value, is above
/// 1 − [`SAME_POINT`].
pub fn is_same(is_even: bool, a: &[f64], b: &[f64]) -> bool {
    let overlap = overlap(a, b);
    (if is_even { overlap.abs() } else { overlap }) > 1.0 - SAME_POINT
}

/// A second point, or on an even landscape the one of ±b that is nearer to the first.
pub fn nearer_sign(is_even: bool, a: &[f64], b: &[f64]) -> Vec<f64> {
    let sign = if is_even && overlap(a, b) < 0.0 { -1.0 } else { 1.0 };
    b.iter().map(|x| sign * x).collect()
}
