//! Order 2: eigenvectors of the symmetric matrix.

use super::ends::PathCounts;
use super::target::Target;
use crate::numeric::symmetric::Symmetric;

/// Unit eigenvectors whose eigenvalues are proved simple, in ascending order, and how many there are of each kind.
///
/// Each computed pair (θ, v) has an eigenvalue within |A v − θ v|/|v| of θ. Where these intervals, widened by the
/// rounding of the residual, are disjoint from all others, there is exactly one eigenvalue in each. The rest is
/// `singular`: a circle or more of critical points, or too near one to tell.
pub fn eigenvectors(target: &Target) -> (Vec<Vec<f64>>, PathCounts) {
    let dim = target.dim;
    let entries = target.matrix();
    let matrix = Symmetric::from_lower(dim, |i, j| entries[i * dim + j]);
    let singular = |count: usize| PathCounts { distinct: 0, duplicates: 0, singular: count as u64, lost: 0 };
    let Ok(eigen) = matrix.eigen() else { return (Vec::new(), singular(dim)) };
    let unit = |k: usize| (0..dim).map(|i| f64::from(u8::from(i == k))).collect::<Vec<_>>();
    let vectors: Vec<Vec<f64>> = (0..dim).map(|k| eigen.combine(&unit(k))).collect();
    let intervals: Vec<[f64; 2]> = vectors
        .iter()
        .zip(&eigen.values)
        .map(|(v, &value)| {
            let reach = residual(&entries, v, value);
            [value - reach, value + reach]
        })
        .collect();
    let apart = |k: usize| {
        let below = k == 0 || intervals[..k].iter().all(|other| other[1] < intervals[k][0]);
        below && intervals[k + 1..].iter().all(|other| other[0] > intervals[k][1])
    };
    let simple: Vec<Vec<f64>> = (0..dim).filter(|&k| apart(k)).map(|k| vectors[k].clone()).collect();
    let found = simple.len();
    (simple, PathCounts { distinct: found as u64, ..singular(dim - found) })
}

/// Upper bound of |A v − θ v|/|v|.
pub fn residual(entries: &[f64], v: &[f64], value: f64) -> f64 {
    let dim = v.len();
    let rounding = 2.0 * (dim + 4) as f64 * f64::EPSILON;
    let (mut squares, mut length) = (0.0, 0.0);
    for (row, &own) in entries.chunks_exact(dim).zip(v) {
        let (mut sum, mut size) = (-value * own, (value * own).abs());
        for (entry, x) in row.iter().zip(v) {
            sum += entry * x;
            size += (entry * x).abs();
        }
        let bound = sum.abs() + rounding * size;
        squares += bound * bound;
        length += own * own;
    }
    (squares / length).sqrt() * (1.0 + 1e-9)
}
