//! Dense symmetric matrices: eigenvalues, eigenvectors and Cholesky factors by `faer`, on the calling thread.

use faer::linalg::solvers::{Llt, Solve};
use faer::{Col, Mat, Side};

/// A dense real symmetric matrix; only the lower triangle is read by the methods below.
///
/// Held in faer's own aligned storage, so that results do not depend on where an allocation happens to lie.
#[derive(Debug, Clone)]
pub struct Symmetric(Mat<f64>);

/// Eigenvalues in ascending order with their eigenvectors.
#[derive(Debug, Clone)]
pub struct Eigen {
    /// Ascending eigenvalues.
    pub values: Vec<f64>,
    vectors: Mat<f64>,
}

/// An eigenvalue iteration that did not end; happens only with NaN or infinity inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the eigenvalue iteration did not converge")]
pub struct NoConvergence;

impl Symmetric {
    /// The matrix with these entries on and below the diagonal; `entry(i, j)` is asked for i ≥ j only.
    pub fn from_lower(size: usize, entry: impl Fn(usize, usize) -> f64) -> Self {
        Self(Mat::from_fn(size, size, |i, j| entry(i.max(j), i.min(j))))
    }

    /// Number of rows.
    pub fn size(&self) -> usize {
        self.0.nrows()
    }

    /// Entry (i, j).
    pub fn at(&self, i: usize, j: usize) -> f64 {
        self.0[(i, j)]
    }

    /// Matrix–vector product.
    pub fn times(&self, x: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; x.len()];
        for (column, &factor) in x.iter().enumerate() {
            for (sum, &entry) in product.iter_mut().zip(self.0.col(column).iter()) {
                *sum += entry * factor;
            }
        }
        product
    }

    /// Ascending eigenvalues.
    ///
    /// # Errors
    /// If the iteration does not converge (NaN or infinity in the matrix).
    pub fn eigenvalues(&self) -> Result<Vec<f64>, NoConvergence> {
        match self.is_finite() {
            true => self.0.self_adjoint_eigenvalues(Side::Lower).map_err(|_| NoConvergence),
            false => Err(NoConvergence),
        }
    }

    /// Eigenvalues and eigenvectors.
    ///
    /// # Errors
    /// As [`Self::eigenvalues`].
    pub fn eigen(&self) -> Result<Eigen, NoConvergence> {
        if !self.is_finite() {
            return Err(NoConvergence);
        }
        let unit = self.unit();
        let scaled =
            (unit != 1.0).then(|| Mat::from_fn(self.size(), self.size(), |i, j| self.at(i, j) / unit));
        let matrix = scaled.as_ref().unwrap_or(&self.0);
        let eigen = matrix.self_adjoint_eigen(Side::Lower).map_err(|_| NoConvergence)?;
        let values = eigen.S().column_vector().iter().map(|value| unit * value).collect();
        Ok(Eigen { values, vectors: eigen.U().to_owned() })
    }

    /// 1, or the power of two below the largest entry where that is far from 1.
    ///
    /// The library's divide and conquer, which takes over beyond n = 128, has absolute tolerances: with entries of 1e8
    /// or 1e-11 its eigenvectors are wrong in every digit.
    fn unit(&self) -> f64 {
        let column = |column: faer::ColRef<f64>| column.iter().fold(0.0f64, |top, x| top.max(x.abs()));
        let largest = self.0.col_iter().map(column).fold(0.0, f64::max);
        let ordinary = 2f64.powi(-10)..=2f64.powi(10);
        if largest == 0.0 || ordinary.contains(&largest) {
            return 1.0;
        }
        // The exponent bits alone.
        f64::from_bits(largest.to_bits() >> 52 << 52).max(f64::MIN_POSITIVE)
    }

    /// Cholesky factor; `None` if the matrix is not positive definite (to rounding).
    pub fn cholesky(&self) -> Option<Cholesky> {
        self.0.llt(Side::Lower).ok().map(Cholesky)
    }

    /// Whether no entry is NaN or infinite.
    pub fn is_finite(&self) -> bool {
        self.0.col_iter().all(|column| column.iter().all(|value| value.is_finite()))
    }
}

impl Eigen {
    /// Coordinates of x in the eigenbasis.
    pub fn coordinates(&self, x: &[f64]) -> Vec<f64> {
        self.vectors.col_iter().map(|v| v.iter().zip(x).map(|(&v, &x)| v * x).sum()).collect()
    }

    /// The vector with these coordinates in the eigenbasis.
    pub fn combine(&self, coordinates: &[f64]) -> Vec<f64> {
        let mut sum = vec![0.0; coordinates.len()];
        for (v, &c) in self.vectors.col_iter().zip(coordinates) {
            for (sum, &v) in sum.iter_mut().zip(v.iter()) {
                *sum += c * v;
            }
        }
        sum
    }
}

/// Cholesky factor of a positive definite matrix.
#[derive(Debug, Clone)]
pub struct Cholesky(Llt<f64>);

impl Cholesky {
    /// Solution of L x = b with the lower factor, A = L Lᵀ.
    pub fn half_solve(&self, b: &[f64]) -> Vec<f64> {
        let mut x = Col::from_fn(b.len(), |i| b[i]);
        self.0.L().solve_lower_triangular_in_place(x.as_mut());
        x.iter().copied().collect()
    }

    /// Solution of A x = b.
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let rhs = Col::from_fn(b.len(), |i| b[i]);
        self.0.solve(&rhs).iter().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(size: usize) -> Symmetric {
        Symmetric::from_lower(size, |i, j| ((3 * i + 5 * j + i * j) % 7) as f64 - 3.0)
    }

    #[test]
    fn eigenpairs_satisfy_their_equation() {
        for size in [1, 2, 5, 33] {
            let a = sample(size);
            let eigen = a.eigen().unwrap();
            for k in 0..size {
                let unit: Vec<f64> = (0..size).map(|i| f64::from(u8::from(i == k))).collect();
                let v = eigen.combine(&unit);
                for (av, v) in a.times(&v).into_iter().zip(&v) {
                    assert!((av - eigen.values[k] * v).abs() < 1e-12 * size as f64);
                }
            }
            for (a, b) in a.eigenvalues().unwrap().iter().zip(&eigen.values) {
                assert!((a - b).abs() < 1e-12 * size as f64);
            }
        }
    }

    #[test]
    fn cholesky_solves_and_refuses_the_indefinite() {
        let b: Vec<f64> = (0..9).map(|i| i as f64 - 4.0).collect();
        let indefinite = sample(9);
        assert!(indefinite.cholesky().is_none());
        let definite = Symmetric::from_lower(9, |i, j| indefinite.at(i, j) + if i == j { 40.0 } else { 0.0 });
        let x = definite.cholesky().unwrap().solve(&b);
        for (ax, b) in definite.times(&x).into_iter().zip(&b) {
            assert!((ax - b).abs() < 1e-13);
        }
    }

    #[test]
    fn nan_is_refused() {
        let a = Symmetric::from_lower(3, |_, _| f64::NAN);
        assert_eq!(a.eigenvalues().unwrap_err(), NoConvergence);
        assert!(a.cholesky().is_none());
    }
}
