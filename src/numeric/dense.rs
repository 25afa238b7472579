//! Dense matrices and their products by `faer`, on the calling thread.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par};

/// A dense real matrix, column by column.
///
/// Held in faer's own aligned storage, so that products do not depend on where an allocation happens to lie.
#[derive(Debug, Clone)]
pub struct Matrix(pub(super) Mat<f64>);

/// A factor of a product.
#[derive(Debug, Clone, Copy)]
pub enum Factor<'a> {
    /// The matrix.
    Plain(&'a Matrix),
    /// Its transpose.
    Transposed(&'a Matrix),
}

impl<'a> Factor<'a> {
    fn view(self) -> MatRef<'a, f64> {
        match self {
            Self::Plain(matrix) => matrix.0.as_ref(),
            Self::Transposed(matrix) => matrix.0.transpose(),
        }
    }
}

impl Matrix {
    /// Zeros.
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self(Mat::zeros(rows, columns))
    }

    /// The matrix with these entries.
    pub fn from_fn(rows: usize, columns: usize, entry: impl Fn(usize, usize) -> f64) -> Self {
        Self(Mat::from_fn(rows, columns, entry))
    }

    /// The matrix with these columns, one after the other in `values`.
    ///
    /// # Panics
    /// If `values` do not fill whole columns.
    #[track_caller]
    pub fn from_columns(rows: usize, values: &[f64]) -> Self {
        assert!(values.len().is_multiple_of(rows), "columns of {rows} rows");
        Self::from_fn(rows, values.len() / rows, |i, j| values[j * rows + i])
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.0.nrows()
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.0.ncols()
    }

    /// Entry (i, j).
    pub fn at(&self, i: usize, j: usize) -> f64 {
        self.0[(i, j)]
    }

    /// A column.
    pub fn column(&self, j: usize) -> &[f64] {
        self.0.col_as_slice(j)
    }

    /// A column.
    pub fn column_mut(&mut self, j: usize) -> &mut [f64] {
        self.0.col_as_slice_mut(j)
    }

    /// a b.
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub fn product(a: Factor<'_>, b: Factor<'_>) -> Self {
        let mut product = Self::zeros(a.view().nrows(), b.view().ncols());
        product.add_product(0, 0, a, b);
        product
    }

    /// Adds a b to the part of this matrix that begins at (row, column).
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub fn add_product(&mut self, row: usize, column: usize, a: Factor<'_>, b: Factor<'_>) {
        let (a, b) = (a.view(), b.view());
        let part = self.0.submatrix_mut(row, column, a.nrows(), b.ncols());
        matmul(part, Accum::Add, a, b, 1.0, Par::Seq);
    }

    /// All entries, column by column.
    pub fn entries(&self) -> impl Iterator<Item = f64> {
        self.0.col_iter().flat_map(|column| column.iter().copied())
    }
}

/// Scalar product, summed in order.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Euclidean norm.
pub fn norm(x: &[f64]) -> f64 {
    dot(x, x).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_sums_over_the_inner_index() {
        let a = Matrix::from_fn(3, 4, |i, j| (2 * i + j) as f64);
        let b = Matrix::from_fn(5, 4, |i, j| i as f64 - j as f64);
        let mut sum = Matrix::zeros(4, 6);
        sum.add_product(1, 1, Factor::Plain(&a), Factor::Transposed(&b));
        for i in 0..4 {
            for j in 0..6 {
                let inner = |i: usize, j: usize| (0..4).map(|k| a.at(i, k) * b.at(j, k)).sum::<f64>();
                let expected = if i == 0 || j == 0 { 0.0 } else { inner(i - 1, j - 1) };
                assert_eq!(sum.at(i, j), expected);
            }
        }
        assert_eq!(Matrix::from_columns(2, &[1.0, 2.0, 3.0, 4.0]).column(1), [3.0, 4.0]);
    }
}
