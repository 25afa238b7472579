//! The smallest eigenvalue of a positive definite matrix, from its Cholesky factor.

use super::symmetric::{Cholesky, Symmetric};

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
    let mut basis: Vec<Vec<f64>> = vec![unstructured(size)];
    let (mut alphas, mut betas) = (Vec::new(), Vec::new());
    for step in 1..=MOST_STEPS.min(size) {
        let mut next = basis[step - 1].clone();
        factor.solve(&mut next);
        alphas.push(dot(&next, &basis[step - 1]));
        // Twice is enough.
        for _ in 0..2 {
            for q in &basis {
                let along = dot(&next, q);
                next.iter_mut().zip(q).for_each(|(x, q)| *x -= along * q);
            }
        }
        let beta = dot(&next, &next).sqrt();
        let ritz = top(&alphas, &betas, beta)?;
        // A basis that is complete, or closed under A, has no residual.
        if ritz.residual <= error * ritz.value || step == size || beta <= f64::EPSILON * ritz.value {
            return Some(1.0 / ritz.value);
        }
        next.iter_mut().for_each(|x| *x /= beta);
        betas.push(beta);
        basis.push(next);
    }
    None
}

/// The largest Ritz value.
struct Ritz {
    value: f64,
    /// Its residual.
    residual: f64,
}

/// Of the tridiagonal matrix with these diagonals, `beta` being the entry that would follow.
fn top(alphas: &[f64], betas: &[f64], beta: f64) -> Option<Ritz> {
    let size = alphas.len();
    let tridiagonal = Symmetric::from_lower(size, |i, j| match i - j {
        0 => alphas[i],
        1 => betas[j],
        _ => 0.0,
    });
    let eigen = tridiagonal.eigen().ok()?;
    let mut last = vec![0.0; size];
    last[size - 1] = 1.0;
    let component = eigen.coordinates(&last)[size - 1];
    let value = eigen.values[size - 1];
    (value.is_finite() && value > 0.0).then_some(Ritz { value, residual: beta * component.abs() })
}

/// A unit vector without structure: from the bits of a mixed counter (splitmix64), the same for every matrix.
fn unstructured(size: usize) -> Vec<f64> {
    let mut state = 0u64;
    let mut vector: Vec<f64> = (0..size)
        .map(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
        })
        .collect();
    let length = dot(&vector, &vector).sqrt();
    vector.iter_mut().for_each(|x| *x /= length);
    vector
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A matrix with these eigenvalues: diagonal, reflected.
    fn with_eigenvalues(values: &[f64]) -> Symmetric {
        let v = unstructured(values.len());
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
