//! Dense symmetric matrices: eigenvalues, eigenvectors and Cholesky factors by `faer`, on the calling thread.

use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use faer::linalg::cholesky::lblt::factor as lblt;
use faer::linalg::cholesky::llt::factor::{
    LltParams, LltRegularization, cholesky_in_place, cholesky_in_place_scratch,
};
use faer::linalg::triangular_solve::{solve_lower_triangular_in_place, solve_upper_triangular_in_place};
use faer::{ColMut, Mat, Par, Side, Spec};

use super::dense::Matrix;

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

    /// The symmetric matrix with the lower triangle of this one; what stands above the diagonal is never read.
    ///
    /// # Panics
    /// If it is not square.
    #[track_caller]
    pub fn from_lower_part(matrix: Matrix) -> Self {
        assert_eq!(matrix.rows(), matrix.columns(), "a square matrix");
        Self(matrix.0)
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

    /// Adds another matrix of the same size.
    pub fn add(&mut self, other: &Self) {
        for j in 0..self.size() {
            let column = self.lower_column_mut(j).iter_mut().zip(other.lower_column(j));
            column.for_each(|(sum, part)| *sum += part);
        }
    }

    /// Sets every entry to 0.
    pub fn clear(&mut self) {
        (0..self.size()).for_each(|j| self.lower_column_mut(j).fill(0.0));
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
        let entries = (0..self.size()).flat_map(|j| self.lower_column(j));
        let largest = entries.fold(0.0f64, |top, x| top.max(x.abs()));
        let ordinary = 2f64.powi(-10)..=2f64.powi(10);
        if largest == 0.0 || ordinary.contains(&largest) {
            return 1.0;
        }
        // The exponent bits alone.
        f64::from_bits(largest.to_bits() >> 52 << 52).max(f64::MIN_POSITIVE)
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
        let mut subdiagonal = Mat::zeros(size, 1);
        let (mut forward, mut backward) = (vec![0usize; size], vec![0usize; size]);
        let mut memory =
            MemBuffer::new(lblt::cholesky_in_place_scratch::<usize, f64>(size, Par::Seq, Default::default()));
        lblt::cholesky_in_place(
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
