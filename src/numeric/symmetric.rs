//! Dense symmetric matrices: eigenvalues, eigenvectors and Cholesky factors by `faer`, on the calling thread.

use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use faer::linalg::cholesky::llt::factor::{
    LltParams, LltRegularization, cholesky_in_place, cholesky_in_place_scratch,
};
use faer::linalg::triangular_solve::{solve_lower_triangular_in_place, solve_upper_triangular_in_place};
use faer::{ColMut, Mat, Par, Side, Spec};

/// A dense real symmetric matrix, of which only the lower triangle is kept up.
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
        let mut matrix = Self::zeros(size);
        for j in 0..size {
            matrix
                .lower_column_mut(j)
                .iter_mut()
                .enumerate()
                .for_each(|(below, to)| *to = entry(j + below, j));
        }
        matrix
    }

    /// The matrix of zeros.
    pub fn zeros(size: usize) -> Self {
        Self(Mat::zeros(size, size))
    }

    /// Number of rows.
    pub fn size(&self) -> usize {
        self.0.nrows()
    }

    /// Entry (i, j).
    pub fn at(&self, i: usize, j: usize) -> f64 {
        self.0[(i.max(j), i.min(j))]
    }

    /// Entries (j, j), (j + 1, j), … of column j.
    pub fn lower_column(&self, j: usize) -> &[f64] {
        &self.0.col_as_slice(j)[j..]
    }

    /// Entries (j, j), (j + 1, j), … of column j.
    pub fn lower_column_mut(&mut self, j: usize) -> &mut [f64] {
        &mut self.0.col_as_slice_mut(j)[j..]
    }

    /// Takes out the first row and column.
    pub fn remove_first(&mut self) {
        let size = self.size();
        for j in 1..size {
            let (to, from) = self.0.as_mut().split_at_col_mut(j);
            let to = to.col_mut(j - 1).try_as_col_major_mut().expect("columns are contiguous").as_slice_mut();
            let from = from.col(0).try_as_col_major().expect("columns are contiguous").as_slice();
            to[j - 1..size - 1].copy_from_slice(&from[j..]);
        }
        self.0.truncate(size.saturating_sub(1), size.saturating_sub(1));
    }

    /// Makes it a matrix of this size with arbitrary entries; no new memory is taken if it was as large before.
    pub fn resize(&mut self, size: usize) {
        self.0.resize_with(size, size, |_, _| 0.0);
    }

    /// Matrix–vector product.
    pub fn times(&self, x: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; x.len()];
        for (j, &factor) in x.iter().enumerate() {
            let (diagonal, below) = self.lower_column(j).split_at(1);
            let mut mirrored = diagonal[0] * factor;
            for ((sum, &entry), &x) in product[j + 1..].iter_mut().zip(below).zip(&x[j + 1..]) {
                *sum += entry * factor;
                mirrored += entry * x;
            }
            product[j] += mirrored;
        }
        product
    }

    /// Largest sum of |entries| of a row: no eigenvalue is larger.
    pub fn largest_row_sum(&self) -> f64 {
        let mut sums = vec![0.0; self.size()];
        for j in 0..self.size() {
            let (diagonal, below) = self.lower_column(j).split_at(1);
            let mut mirrored = diagonal[0].abs();
            for (sum, entry) in sums[j + 1..].iter_mut().zip(below) {
                *sum += entry.abs();
                mirrored += entry.abs();
            }
            sums[j] += mirrored;
        }
        sums.into_iter().fold(0.0, f64::max)
    }

    /// Frobenius norm, √Σ a_ij².
    pub fn frobenius(&self) -> f64 {
        let squares = (0..self.size()).map(|j| {
            let (diagonal, below) = self.lower_column(j).split_at(1);
            diagonal[0] * diagonal[0] + 2.0 * below.iter().map(|entry| entry * entry).sum::<f64>()
        });
        squares.sum::<f64>().sqrt()
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
        let mut factor = Cholesky::default();
        factor.set(self, 0.0).then_some(factor)
    }

    /// Whether no entry is NaN or infinite.
    pub fn is_finite(&self) -> bool {
        (0..self.size()).all(|j| self.lower_column(j).iter().all(|value| value.is_finite()))
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

/// Cholesky factor of a positive definite matrix, in space that can be used again.
pub struct Cholesky {
    factor: Mat<f64>,
    space: MemBuffer,
}

impl Default for Cholesky {
    fn default() -> Self {
        Self { factor: Mat::new(), space: MemBuffer::new(StackReq::empty()) }
    }
}

impl Cholesky {
    /// Factors A + `shift` · 1 = L Lᵀ; `false` if that is not positive definite (to rounding), after which there is
    /// no factor.
    pub fn set(&mut self, a: &Symmetric, shift: f64) -> bool {
        let size = a.size();
        if self.factor.nrows() != size {
            self.factor = Mat::zeros(size, size);
            let request = cholesky_in_place_scratch::<f64>(size, Par::Seq, Spec::<LltParams, f64>::default());
            self.space = MemBuffer::new(request);
        }
        for j in 0..size {
            let column = &mut self.factor.col_as_slice_mut(j)[j..];
            column.copy_from_slice(a.lower_column(j));
            column[0] += shift;
        }
        let stack = MemStack::new(&mut self.space);
        let (regularization, params) = (LltRegularization::default(), Spec::<LltParams, f64>::default());
        cholesky_in_place(self.factor.as_mut(), regularization, Par::Seq, stack, params).is_ok()
    }

    /// x ← L⁻¹ x with the lower factor.
    pub fn half_solve(&self, x: &mut [f64]) {
        let x = ColMut::from_slice_mut(x).as_mat_mut();
        solve_lower_triangular_in_place(self.factor.as_ref(), x, Par::Seq);
    }

    /// x ← A⁻¹ x.
    pub fn solve(&self, x: &mut [f64]) {
        self.half_solve(x);
        let x = ColMut::from_slice_mut(x).as_mat_mut();
        solve_upper_triangular_in_place(self.factor.transpose(), x, Par::Seq);
    }
}

impl std::fmt::Debug for Cholesky {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("Cholesky").field("size", &self.factor.nrows()).finish()
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
        let mut x = b.clone();
        definite.cholesky().unwrap().solve(&mut x);
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
