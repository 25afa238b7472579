//! Dense symmetric matrices: eigenvalues, eigenvectors and Cholesky factors by `faer`, on the calling thread.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::lblt::factor::{cholesky_in_place, cholesky_in_place_scratch};
use faer::linalg::solvers::{Llt, Solve};
use faer::{Col, Mat, Par, Side};

use super::dense::Matrix;

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

    /// A square matrix that is symmetric.
    ///
    /// # Panics
    /// If it is not square.
    #[track_caller]
    pub fn from_matrix(matrix: Matrix) -> Self {
        assert_eq!(matrix.rows(), matrix.columns(), "a square matrix");
        Self(matrix.0)
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
        let eigen = self.0.self_adjoint_eigen(Side::Lower).map_err(|_| NoConvergence)?;
        let values = eigen.S().column_vector().iter().copied().collect();
        Ok(Eigen { values, vectors: eigen.U().to_owned() })
    }

    /// Number of eigenvalues below `threshold`, by the signs of one factorisation P (A − threshold) Pᵀ = L B Lᵀ, in the
    /// matrix's own memory: n³/3 multiply–adds, and no eigenvalue is computed. An eigenvalue within rounding of the
    /// threshold may be counted on either side.
    ///
    /// # Errors
    /// If there is NaN or infinity in the matrix.
    ///
    /// # Reference
    /// Sylvester's law of inertia; Bunch, Kaufman (1977), Math. Comp. 31.
    pub fn count_below(mut self, threshold: f64) -> Result<usize, NoConvergence> {
        if !self.is_finite() {
            return Err(NoConvergence);
        }
        let size = self.size();
        (0..size).for_each(|i| self.0[(i, i)] -= threshold);
        let mut subdiagonal = faer::Mat::zeros(size, 1);
        let (mut forward, mut backward) = (vec![0usize; size], vec![0usize; size]);
        let mut memory =
            MemBuffer::new(cholesky_in_place_scratch::<usize, f64>(size, Par::Seq, Default::default()));
        cholesky_in_place(
            self.0.as_mut(),
            subdiagonal.as_mut().col_mut(0).as_diagonal_mut(),
            &mut forward,
            &mut backward,
            Par::Seq,
            MemStack::new(&mut memory),
            Default::default(),
        );
        let mut negative = 0;
        let mut at = 0;
        while at < size {
            let off = subdiagonal[(at, 0)];
            if off == 0.0 {
                negative += usize::from(self.0[(at, at)] < 0.0);
                at += 1;
            } else {
                let (a, b) = (self.0[(at, at)], self.0[(at + 1, at + 1)]);
                let is_indefinite = a * b < off * off;
                negative += if is_indefinite { 1 } else { 2 * usize::from(a < 0.0) };
                at += 2;
            }
        }
        Ok(negative)
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
    fn inertia_agrees_with_eigenvalues() {
        for size in [1, 2, 3, 10, 65, 150, 333] {
            let a = Symmetric::from_lower(size, |i, j| ((3 * i + 5 * j + i * i * j) % 23) as f64 / 7.0 - 1.5);
            let values = a.eigenvalues().unwrap();
            for threshold in [-3.0, -0.001, 0.5, 4.0] {
                let expected = values.iter().filter(|&&value| value < threshold).count();
                let nearest =
                    values.iter().map(|value| (value - threshold).abs()).fold(f64::INFINITY, f64::min);
                assert!(nearest > 1e-9 * size as f64, "an eigenvalue at the threshold decides nothing");
                assert_eq!(a.clone().count_below(threshold), Ok(expected), "size {size} below {threshold}");
            }
        }
        // Zero rows, and a matrix whose pivots all come in pairs.
        let zero = Symmetric::from_lower(40, |_, _| 0.0);
        assert_eq!(zero.clone().count_below(-0.001), Ok(0));
        assert_eq!(zero.count_below(0.001), Ok(40));
        let swaps = Symmetric::from_lower(40, |i, j| f64::from(u8::from(i == j + 1 && j % 2 == 0)));
        assert_eq!(swaps.count_below(0.0), Ok(20));
    }

    #[test]
    fn nan_is_refused() {
        let a = Symmetric::from_lower(3, |_, _| f64::NAN);
        assert_eq!(a.eigenvalues().unwrap_err(), NoConvergence);
        assert!(a.cholesky().is_none());
        assert_eq!(a.count_below(0.0), Err(NoConvergence));
    }
}
