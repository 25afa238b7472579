//! Couplings from and to a dense array that other tools read.

use super::layout::Layout;
use super::tensor::SymmetricTensor;
use crate::{Error, Result};

/// Largest relative difference between entries that symmetry makes equal.
const SYMMETRY_TOLERANCE: f64 = 1e-12;

impl SymmetricTensor<f64> {
    /// Couplings from a dense symmetric array X of shape (Λ,)*H in C order:
    /// `L(w) = Λ^{−(H−1)/2} Σ X[i1, …, iH] w_{i1}⋯w_{iH}`.
    ///
    /// # Errors
    /// If the shape is not (Λ,)*H with Λ, H ≥ 2, an entry is not finite, the array is not symmetric (entries related by a
    /// permutation differ by more than 1e-12 of the largest entry), or the sum of such entries is not finite.
    pub fn from_dense(shape: &[u64], values: &[f64]) -> Result<Self> {
        let layout = dense_layout(shape, values.len())?;
        if let Some(place) = values.iter().position(|value| !value.is_finite()) {
            return Err(Error::bad_input(
                "couplings",
                values[place],
                format!("entry {place} must be finite"),
            ));
        }
        let largest = values.iter().fold(0.0f64, |top, value| top.max(value.abs()));
        let mut asymmetry: Option<(Vec<usize>, f64)> = None;
        let mut overflow: Option<(Vec<usize>, f64)> = None;
        let tensor = Self::from_coefficients(layout, |indices| {
            let (mut count, mut low, mut high) = (0.0, f64::INFINITY, f64::NEG_INFINITY);
            for_each_ordering(indices, |ordering| {
                let value = values[dense_place(layout.dim, ordering)];
                count += 1.0;
                low = f64::min(low, value);
                high = f64::max(high, value);
            });
            // Quotients neither overflow nor lose digits, whatever the scale is.
            let gap = if low < high { high / largest - low / largest } else { 0.0 };
            if gap > SYMMETRY_TOLERANCE && asymmetry.is_none() {
                asymmetry = Some((indices.to_vec(), gap));
            }
            let sum = count * low.midpoint(high);
            if sum.is_infinite() && overflow.is_none() {
                overflow = Some((indices.to_vec(), count));
            }
            sum
        });
        let wrong = |indices: Vec<usize>, reason: String| {
            Err(Error::bad_input("couplings", format!("{indices:?}"), reason))
        };
        match (asymmetry, overflow) {
            (Some((indices, gap)), _) => wrong(
                indices,
                format!(
                    "the array must be symmetric; entries with these indices differ by {gap:.2e} of the largest entry"
                ),
            ),
            (None, Some((indices, count))) => wrong(
                indices,
                format!(
                    "the sum of the {count} entries with these indices must be below 1.8e308; divide the array by a power \
                     of 2, which changes no critical point"
                ),
            ),
            (None, None) => Ok(tensor),
        }
    }
}

impl<T: crate::numeric::lanes::Real> SymmetricTensor<T> {
    /// The dense symmetric array of these couplings, shape (Λ,)*H in C order: X = c/m on all m orderings.
    pub fn to_dense(&self) -> Vec<f64> {
        let layout = self.layout();
        let mut dense = vec![0.0; layout.dim.pow(layout.spins as u32)];
        self.for_each_coefficient(|indices, c| {
            let mut count = 0.0;
            for_each_ordering(indices, |_| count += 1.0);
            for_each_ordering(indices, |ordering| dense[dense_place(layout.dim, ordering)] = c / count);
        });
        dense
    }
}

/// Checks that a shape is (Λ,)*H and fits the number of values.
fn dense_layout(shape: &[u64], count: usize) -> Result<Layout> {
    let wrong = |allowed: &str| Error::bad_input("couplings", format!("shape {shape:?}"), allowed);
    let dim = shape.first().copied().unwrap_or(0);
    if shape.len() < 2 || dim < 2 || shape.iter().any(|&side| side != dim) {
        return Err(wrong("the shape must be (N,)*H with N ≥ 2 and H ≥ 2"));
    }
    let cells = shape.iter().try_fold(1u64, |cells, &side| cells.checked_mul(side));
    if cells != Some(count as u64) {
        return Err(wrong("the array must hold N^H values"));
    }
    Ok(Layout::new(shape.len(), dim as usize))
}

/// Place of an entry in C order.
fn dense_place(dim: usize, indices: &[usize]) -> usize {
    indices.iter().fold(0, |place, &i| place * dim + i)
}

/// Visits every distinct ordering of a multiset of indices.
fn for_each_ordering(indices: &[usize], mut visit: impl FnMut(&[usize])) {
    let mut ordering = indices.to_vec();
    ordering.sort_unstable();
    loop {
        visit(&ordering);
        // Next permutation in lexicographic order. Those of itertools permute places, not values: H! of them, though
        // most indices may be equal.
        let Some(pivot) = ordering.windows(2).rposition(|pair| pair[0] < pair[1]) else { return };
        let swap = ordering.iter().rposition(|&i| i > ordering[pivot]).unwrap_or(pivot);
        ordering.swap(pivot, swap);
        ordering[pivot + 1..].reverse();
    }
}
