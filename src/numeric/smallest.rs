//! The smallest eigenvalue of a positive definite matrix, from its Cholesky factor.

use super::lanczos::Krylov;
use super::symmetric::Cholesky;

/// Most steps.
const MOST_STEPS: usize = 100;

/// The smallest eigenvalue of the positive definite matrix of size `size` that `factor` holds, to the relative error
/// `error` (beside rounding, which moves it by some multiple of ε times the largest eigenvalue); `None` if that was
/// not reached.
///
/// The Lanczos method on the inverse, with full reorthogonalisation, from a fixed vector without structure. A Ritz
/// pair (θ, x) with residual r = |A⁻¹x − θx| has an eigenvalue of A⁻¹ within r of θ; it ends when r ≤ `error` · θ for
/// the largest θ.
///
/// # Reference
/// Parlett (1998), *The Symmetric Eigenvalue Problem*, §11.7 (error bounds) and chapter 13 (Lanczos).
pub fn smallest_eigenvalue(factor: &Cholesky, size: usize, error: f64) -> Option<f64> {
    let mut space = Krylov::new(&unstructured(size));
    for step in 1..=MOST_STEPS.min(size) {
        space.grow(|q| {
            let mut x = q.to_vec();
            factor.solve(&mut x);
            x
        });
        let top = top(&space)?;
        // A basis that is complete, or closed under A, has no residual.
        if top.error <= error * top.value || step == size || space.residual <= f64::EPSILON * top.value {
            return Some(1.0 / top.value);
        }
    }
    None
}

/// The largest Ritz value.
struct Top {
    value: f64,
    /// A distance within which an eigenvalue lies.
    error: f64,
}

fn top(space: &Krylov) -> Option<Top> {
    let last = space.size() - 1;
    let eigen = space.operator().eigen().ok()?;
    let mut unit = vec![0.0; last + 1];
    unit[last] = 1.0;
    let component = eigen.coordinates(&unit)[last];
    let value = eigen.values[last];
    (value.is_finite() && value > 0.0).then_some(Top { value, error: space.residual * component.abs() })
}

/// A vector without structure: from the bits of a mixed counter (splitmix64), the same for every matrix.
fn unstructured(size: usize) -> Vec<f64> {
    let mut state = 0u64;
    let draw = |_| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    (0..size).map(draw).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::symmetric::Symmetric;

    /// A matrix with these eigenvalues: diagonal, reflected.
    fn with_eigenvalues(values: &[f64]) -> Symmetric {
        let mut v = unstructured(values.len());
        let length = v.iter().map(|x| x * x).sum::<f64>().sqrt();
        v.iter_mut().for_each(|x| *x /= length);
        // (1 − 2vvᵀ) D (1 − 2vvᵀ), entry by entry.
        let middle: f64 = values.iter().zip(&v).map(|(d, v)| d * v * v).sum();
        Symmetric::from_lower(values.len(), |i, j| {
            let diagonal = if i == j { values[i] } else { 0.0 };
            diagonal - 2.0 * v[i] * v[j] * (values[i] + values[j]) + 4.0 * middle * v[i] * v[j]
        })
    }

    #[test]
    fn it_is_the_smallest_of_all_eigenvalues() {
        let spread =
            |n: usize, low: f64| (0..n).map(|i| low + (i as f64 / n as f64).powi(2)).collect::<Vec<_>>();
        let mut unanswered = 0;
        for (n, low) in [1, 2, 3, 20, 150].into_iter().flat_map(|n| [1e-6, 1e-2, 3.0].map(|low| (n, low))) {
            let mut close = spread(n, low);
            close.push(low * (1.0 + 1e-9));
            for values in [spread(n, low), close] {
                let matrix = with_eigenvalues(&values);
                let factor = matrix.cholesky().unwrap();
                let Some(found) = smallest_eigenvalue(&factor, values.len(), 1e-10) else {
                    unanswered += 1;
                    continue;
                };
                let exact = matrix.eigenvalues().unwrap()[0];
                assert!((found - exact).abs() <= 1.1e-10 * exact + 1e-14, "{n} {low}: {found} {exact}");
            }
        }
        // A narrow spectrum, dense at its lower edge, takes too many steps.
        assert!(unanswered <= 2, "{unanswered}");
    }

    #[test]
    fn equal_eigenvalues_end_at_once() {
        let found = smallest_eigenvalue(&with_eigenvalues(&[2.0; 30]).cholesky().unwrap(), 30, 1e-11);
        assert!((found.unwrap() - 2.0).abs() < 1e-14);
    }
}
