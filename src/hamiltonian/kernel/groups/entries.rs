//! What the paths to Hessians share.

use crate::hamiltonian::grouped::GROUP_LEAVES;
use crate::numeric::symmetric::Symmetric;

/// Entries of row i of a Hessian in which prefix i and a row of its leaf take part, 2 (A w)_r, twice that on the diagonal;
/// they overwrite what was there.
#[inline(always)]
pub fn set_prefix_entries(hessian: &mut Symmetric, i: usize, y: impl Iterator<Item = f64>) {
    for (row, y) in (0..=i).zip(y) {
        let entry = 0.0 + 2.0 * y;
        hessian.lower_column_mut(row)[i - row] = if row == i { 2.0 * entry } else { entry };
    }
}

/// Twice the coordinate of each leaf's prefix; 0 beyond the last leaf.
#[inline(always)]
pub fn twice(point: &[f64], first: usize, rows: usize) -> [f64; GROUP_LEAVES] {
    std::array::from_fn(|leaf| if first + leaf < rows { 2.0 * point[first + leaf] } else { 0.0 })
}
