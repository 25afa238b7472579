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
                    "the array must be symmetric; entries with these indices differ by {gap:.2e} of the largest entry; \
                     --symmetrize takes its symmetric part"
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

/// Replaces a dense array of shape (Λ,)*H in C order by its symmetric part: each entry by the mean over all orderings of its
/// indices. Entries that are equal already keep their bits.
///
/// # Errors
/// If the shape is not (Λ,)*H with Λ, H ≥ 2.
pub fn symmetrize(shape: &[u64], values: &mut [f64]) -> Result<()> {
    let Layout { spins, dim } = dense_layout(shape, values.len())?;
    let mut indices = vec![0; spins];
    loop {
        let (mut count, mut sum) = (0.0, 0.0);
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for_each_ordering(&indices, |ordering| {
            let value = values[dense_place(dim, ordering)];
            count += 1.0;
            sum += value;
            low = f64::min(low, value);
            high = f64::max(high, value);
        });
        if low < high {
            let mut mean = sum / count;
            if !sum.is_finite() {
                mean = 0.0;
                for_each_ordering(&indices, |ordering| mean += values[dense_place(dim, ordering)] / count);
            }
            for_each_ordering(&indices, |ordering| values[dense_place(dim, ordering)] = mean);
        }
        // The next multiset: the last index that may grow does, and those behind it begin there.
        let Some(grows) = indices.iter().rposition(|&index| index + 1 < dim) else { return Ok(()) };
        let next = indices[grows] + 1;
        indices[grows..].fill(next);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers in (−1, 1) without any symmetry.
    fn asymmetric(count: usize) -> Vec<f64> {
        let mut state = 88_172_645_463_325_252_u64;
        let next = |_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
        };
        (0..count).map(next).collect()
    }

    /// All H! orderings of the axes, equal indices or not.
    fn permutations(places: &[usize]) -> Vec<Vec<usize>> {
        let Some((first, rest)) = places.split_first() else { return vec![Vec::new()] };
        let insert = |rest: Vec<usize>| {
            (0..=rest.len()).map(move |at| [&rest[..at], &[*first], &rest[at..]].concat()).collect::<Vec<_>>()
        };
        permutations(rest).into_iter().flat_map(insert).collect()
    }

    #[test]
    fn the_symmetric_part_is_the_mean_over_all_orders_of_the_axes() {
        for (spins, dim) in [(2, 2_usize), (2, 7), (3, 2), (3, 5), (4, 2), (4, 4)] {
            let shape = vec![dim as u64; spins];
            let before = asymmetric(dim.pow(spins as u32));
            let mut part = before.clone();
            symmetrize(&shape, &mut part).unwrap();
            let orders = permutations(&(0..spins).collect::<Vec<_>>());
            for (place, found) in part.iter().enumerate() {
                let digits: Vec<usize> =
                    (0..spins).rev().map(|axis| place / dim.pow(axis as u32) % dim).collect();
                let moved = |order: &Vec<usize>| {
                    let places = order.iter().map(|&axis| digits[axis]);
                    before[places.fold(0, |place, digit| place * dim + digit)]
                };
                let mean = orders.iter().map(moved).sum::<f64>() / orders.len() as f64;
                assert!((found - mean).abs() <= 1e-15, "H = {spins}, {digits:?}: {found} {mean}");
            }
            assert!(SymmetricTensor::from_dense(&shape, &part).is_ok());
            let mut again = part.clone();
            symmetrize(&shape, &mut again).unwrap();
            assert_eq!(again, part, "what is symmetric stays as it is");
        }
    }

    #[test]
    fn a_symmetric_part_is_found_at_every_scale_and_keeps_the_sign_of_zero() {
        let mut large = [0.0, 1.7e308, 1.5e308, 1.0];
        symmetrize(&[2, 2], &mut large).unwrap();
        assert!(large[1] == large[2] && (large[1] / 1.6e308 - 1.0).abs() < 1e-15, "{large:?}");
        let mut zeros = [0.0, -0.0, 0.0, -0.0];
        symmetrize(&[2, 2], &mut zeros).unwrap();
        assert_eq!(zeros.map(f64::to_bits), [0.0_f64, -0.0, 0.0, -0.0].map(f64::to_bits));
        assert!(symmetrize(&[2, 3], &mut [0.0; 6]).is_err() && symmetrize(&[4], &mut [0.0; 4]).is_err());
    }
}
