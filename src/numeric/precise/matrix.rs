//! A dense matrix of precise numbers.

use super::number::Precise;

/// Rows by columns, row after row.
#[derive(Debug, Clone)]
pub struct PreciseMatrix<T> {
    columns: usize,
    entries: Vec<T>,
}

impl<T: Precise> PreciseMatrix<T> {
    /// The square matrix with these entries.
    pub fn square(size: usize, entry: impl Fn(usize, usize) -> T) -> Self {
        let entries = (0..size * size).map(|at| entry(at / size, at % size)).collect();
        Self { columns: size, entries }
    }

    /// Number of rows and columns.
    pub fn size(&self) -> usize {
        self.columns
    }

    /// Entry (i, j).
    pub fn at(&self, i: usize, j: usize) -> &T {
        &self.entries[i * self.columns + j]
    }

    /// Row i.
    pub fn row(&self, i: usize) -> &[T] {
        &self.entries[i * self.columns..(i + 1) * self.columns]
    }

    /// Copies what lies above the diagonal to below it, from row and column `first` on.
    pub fn mirror_upper(&mut self, first: usize) {
        for i in first..self.columns {
            for j in first..i {
                self.entries[i * self.columns + j] = self.entries[j * self.columns + i].clone();
            }
        }
    }

    /// Exchanges rows i and j and columns i and j.
    pub fn exchange(&mut self, i: usize, j: usize) {
        for k in 0..self.columns {
            self.entries.swap(i * self.columns + k, j * self.columns + k);
        }
        for k in 0..self.columns {
            self.entries.swap(k * self.columns + i, k * self.columns + j);
        }
    }

    /// Row `to` −= factor · row `from`.
    pub fn subtract_row(&mut self, to: usize, factor: &T, from: usize) {
        for k in 0..self.columns {
            let entry = self.entries[from * self.columns + k].clone();
            self.entries[to * self.columns + k].subtract_product(factor, &entry);
        }
    }

    /// Column `to` += factor · column `from`.
    pub fn add_column(&mut self, to: usize, factor: &T, from: usize) {
        for k in 0..self.columns {
            let entry = self.entries[k * self.columns + from].clone();
            self.entries[k * self.columns + to].add_product(factor, &entry);
        }
    }
}

/// Σ a_i b_i; `zero` gives the precision.
pub fn dot<T: Precise>(zero: &T, a: &[T], b: &[T]) -> T {
    let mut sum = zero.of(0.0);
    for (a, b) in a.iter().zip(b) {
        sum.add_product(a, b);
    }
    sum
}
