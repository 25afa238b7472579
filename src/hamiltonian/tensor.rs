//! The couplings of one surface in the leaf layout.

use std::ops::Range;

use super::kernel::memory::zeros;
use super::layout::{CHUNKS, ChunkSpan, Layout, Leaves, leaf_offset};
use crate::numeric::lanes::Real;

/// A symmetric tensor of order H and dimension Λ: Σ m² values in [`CHUNKS`] chunks (see [`Layout`]).
///
/// The energy it stands for is `Λ^{−(H−1)/2} Σ_{multisets} c · w_{i1}⋯w_{iH}`.
///
/// It may be the share of one of several processes: then it holds some of the chunks, and is known for what it is.
#[derive(Debug, Clone, PartialEq)]
pub struct SymmetricTensor<T> {
    layout: Layout,
    spans: Vec<ChunkSpan>,
    /// Those that are held here.
    held: Range<usize>,
    /// Empty where they are not.
    chunks: Vec<Vec<T>>,
}

impl<T: Real> SymmetricTensor<T> {
    /// Puts together the chunks that a draw made, in order.
    ///
    /// # Panics
    /// If a chunk has not the size that the layout gives it.
    #[track_caller]
    pub fn from_chunks(layout: Layout, chunks: Vec<Vec<T>>) -> Self {
        Self::from_share(layout, 0..CHUNKS, chunks)
    }

    /// Puts together these chunks alone.
    ///
    /// # Panics
    /// If a chunk has not the size that the layout gives it.
    #[track_caller]
    pub fn from_share(layout: Layout, held: Range<usize>, share: Vec<Vec<T>>) -> Self {
        let spans = layout.chunks();
        assert_eq!(share.len(), held.len());
        assert!(spans[held.clone()].iter().zip(&share).all(|(span, chunk)| span.values == chunk.len()));
        let mut chunks = vec![Vec::new(); CHUNKS];
        held.clone().zip(share).for_each(|(number, chunk)| chunks[number] = chunk);
        Self { layout, spans, held, chunks }
    }

    /// A copy of these chunks alone.
    pub fn share(&self, held: Range<usize>) -> Self {
        Self::from_share(self.layout, held.clone(), self.chunks[held].to_vec())
    }

    /// A tensor from the coefficient of every monomial; `coefficient` takes non-increasing indices.
    pub fn from_coefficients(layout: Layout, mut coefficient: impl FnMut(&[usize]) -> T) -> Self {
        let spans = layout.chunks();
        let order = layout.spins;
        let mut indices = vec![0; order];
        let mut fill_row = |prefix: &[usize], row: usize, coefficients: &mut [T]| {
            indices[..order - 2].copy_from_slice(prefix);
            indices[order - 2] = row;
            for (column, c) in coefficients.iter_mut().enumerate() {
                indices[order - 1] = column;
                *c = coefficient(&indices);
            }
        };
        let chunks = spans.iter().map(|span| fill_chunk(layout, span, &mut fill_row)).collect();
        Self { layout, spans, held: 0..CHUNKS, chunks }
    }

    /// Order and dimension.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// The chunks that are held here; all of them but for a share.
    pub fn held(&self) -> Range<usize> {
        self.held.clone()
    }

    /// Whether all chunks are held here.
    pub fn is_whole(&self) -> bool {
        self.held.len() == CHUNKS
    }

    /// Leaves and values of each chunk that is held here.
    pub fn chunks(&self) -> impl Iterator<Item = (&ChunkSpan, &[T])> {
        self.some_chunks(self.held())
    }

    /// Leaves and values of some chunks.
    pub fn some_chunks(&self, chunks: Range<usize>) -> impl Iterator<Item = (&ChunkSpan, &[T])> {
        self.spans[chunks.clone()].iter().zip(self.chunks[chunks].iter().map(Vec::as_slice))
    }

    /// The values of one chunk.
    pub fn chunk(&self, chunk: usize) -> &[T] {
        &self.chunks[chunk]
    }

    /// Bytes of the values.
    pub fn bytes(&self) -> u64 {
        self.chunks.iter().map(|chunk| size_of_val(chunk.as_slice()) as u64).sum()
    }

    /// The same couplings rounded to another type.
    pub fn rounded<U: Real>(&self) -> SymmetricTensor<U> {
        SymmetricTensor {
            layout: self.layout,
            spans: self.spans.clone(),
            held: self.held(),
            chunks: (0..CHUNKS).map(|chunk| self.rounded_chunk(chunk)).collect(),
        }
    }

    /// One chunk of [`Self::rounded`].
    pub fn rounded_chunk<U: Real>(&self, chunk: usize) -> Vec<U> {
        let values = &self.chunks[chunk];
        let mut rounded = zeros(values.len());
        rounded.iter_mut().zip(values).for_each(|(to, from)| *to = U::from_f64(from.to_f64()));
        rounded
    }

    /// Calls `visit` with every multiset (non-increasing indices) that is held here and its coefficient c.
    pub fn for_each_coefficient(&self, mut visit: impl FnMut(&[usize], f64)) {
        let order = self.layout.spins;
        let mut indices = vec![0; order];
        for (span, values) in self.chunks() {
            let mut leaves = Leaves::of(self.layout, span);
            let mut start = 0;
            while let Some(m) = leaves.next_size() {
                indices[..order - 2].copy_from_slice(leaves.prefix());
                for row in 0..m {
                    for column in 0..=row {
                        indices[order - 2] = row;
                        indices[order - 1] = column;
                        let value = values[start + leaf_offset(m, row, column)].to_f64();
                        visit(&indices, if row == column { value } else { 2.0 * value });
                    }
                }
                start += m * m;
            }
        }
    }
}

/// The values of one chunk. `fill_row(prefix, row, coefficients)` sets the coefficients of the monomials
/// prefix ∪ {row, column}, column = 0 … row; it is called once per row, in order.
pub fn fill_chunk<T: Real>(
    layout: Layout,
    span: &ChunkSpan,
    mut fill_row: impl FnMut(&[usize], usize, &mut [T]),
) -> Vec<T> {
    let half = T::from_f64(0.5);
    let mut coefficients = vec![T::default(); layout.dim];
    let mut values = zeros(span.values);
    let mut leaves = Leaves::of(layout, span);
    let mut rest = values.as_mut_slice();
    while let Some(m) = leaves.next_size() {
        let (leaf, after) = rest.split_at_mut(m * m);
        rest = after;
        for row in 0..m {
            fill_row(leaves.prefix(), row, &mut coefficients[..=row]);
            leaf[leaf_offset(m, row, row)] = coefficients[row];
            for (column, &c) in coefficients[..row].iter().enumerate() {
                leaf[leaf_offset(m, row, column)] = half * c;
                leaf[leaf_offset(m, column, row)] = half * c;
            }
        }
    }
    values
}
