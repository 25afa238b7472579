//! Points that should be the same.

use crate::critical::SAME_POINT;
use crate::sphere::overlap;

/// Whether two points have the same bits.
pub(in crate::studies::surfaces) fn same_bits(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.to_bits() == y.to_bits())
}

/// Whether two points are one, but for rounding.
pub(in crate::studies::surfaces) fn same_point(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && (overlap(a, b) - 1.0).abs() < SAME_POINT
}
