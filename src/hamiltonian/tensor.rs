//! The couplings of one surface in the leaf layout.

use std::ops::{Deref, Range};

use super::kernel::memory::{Portion, portions};
use super::layout::{CHUNKS, ChunkSpan, Layout, Leaves, leaf_offset};
use crate::numeric::lanes::Real;

/// A symmetric tensor of order H and dimension Λ: Σ m² values in [`CHUNKS`] chunks (see [`Layout`]).
///
/// The energy it stands for is `Λ^{−(H−1)/2} Σ_{multisets} c · w_{i1}⋯w_{iH}`.
///
/// It may be the share of one of several processes: then it holds some of the chunks, and is known for what it is.
#[derive(Debug)]
pub struct SymmetricTensor<T> {
    layout: Layout,
    spans: Vec<ChunkSpan>,
    /// Those that are held here.
    held: Range<usize>,
    /// Empty where they are not.
    chunks: Vec<Portion<T>>,
}

impl<T: Real> Clone for SymmetricTensor<T> {
    fn clone(&self) -> Self {
        self.share(self.held())
    }
}

impl<T: Real> PartialEq for SymmetricTensor<T> {
    fn eq(&self, other: &Self) -> bool {
        self.layout == other.layout && self.held == other.held && self.chunks().eq(other.chunks())
    }
}

impl<T: Real> SymmetricTensor<T> {
    /// Room for these chunks in one piece of memory, all zeros.
    pub(super) fn room(spans: &[ChunkSpan], held: Range<usize>) -> Vec<Portion<T>> {
        portions(spans[held].iter().map(|span| span.values))
    }

    /// Puts together these chunks alone, in order.
    ///
    /// # Panics
    /// If a chunk has not the size that the layout gives it.
    #[track_caller]
    pub(super) fn from_share(layout: Layout, held: Range<usize>, share: Vec<Portion<T>>) -> Self {
        let spans = layout.chunks();
        assert_eq!(share.len(), held.len());
        assert!(spans[held.clone()].iter().zip(&share).all(|(span, chunk)| span.values == chunk.len()));
        let mut chunks: Vec<Portion<T>> = portions([0; CHUNKS]);
        held.clone().zip(share).for_each(|(number, chunk)| chunks[number] = chunk);
        Self { layout, spans, held, chunks }
    }

    /// These chunks alone, each filled by `fill` with its number and its span.
    pub(super) fn filled(
        layout: Layout,
        held: Range<usize>,
        mut fill: impl FnMut(usize, &ChunkSpan, &mut [T]),
    ) -> Self {
        let spans = layout.chunks();
        let mut share = Self::room(&spans, held.clone());
        for (number, chunk) in held.clone().zip(&mut share) {
            fill(number, &spans[number], chunk);
        }
        Self::from_share(layout, held, share)
    }

    /// A copy of these chunks alone.
    pub fn share(&self, held: Range<usize>) -> Self {
        Self::filled(self.layout, held, |number, _, chunk| chunk.copy_from_slice(&self.chunks[number]))
    }

    /// A tensor from the coefficient of every monomial; `coefficient` takes non-increasing indices.
    pub fn from_coefficients(layout: Layout, mut coefficient: impl FnMut(&[usize]) -> T) -> Self {
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
        Self::filled(layout, 0..CHUNKS, |_, span, chunk| fill_chunk(layout, span, chunk, &mut fill_row))
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
        self.spans[chunks.clone()].iter().zip(self.chunks[chunks].iter().map(Deref::deref))
    }

    /// The values of one chunk.
    pub fn chunk(&self, chunk: usize) -> &[T] {
        &self.chunks[chunk]
    }

    /// Bytes of the values.
    pub fn bytes(&self) -> u64 {
        self.chunks.iter().map(|chunk| size_of_val::<[T]>(chunk) as u64).sum()
    }

    /// The same couplings rounded to another type.
    pub fn rounded<U: Real>(&self) -> SymmetricTensor<U> {
        let round = |number, _: &ChunkSpan, chunk: &mut [U]| self.round_chunk(number, 1.0, chunk);
        SymmetricTensor::filled(self.layout, self.held(), round)
    }

    /// These chunks alone, divided by `scale`.
    pub(super) fn share_over(&self, held: Range<usize>, scale: f64) -> Self {
        Self::filled(self.layout, held, |number, _, chunk| self.round_chunk(number, scale, chunk))
    }

    /// One chunk divided by `scale`, in another type.
    ///
    /// # Panics
    /// If that chunk has another length.
    pub(super) fn round_chunk<U: Real>(&self, chunk: usize, scale: f64, rounded: &mut [U]) {
        let values = &self.chunks[chunk];
        assert_eq!(rounded.len(), values.len(), "chunk {chunk}");
        rounded.iter_mut().zip(values.iter()).for_each(|(to, from)| *to = U::from_f64(from.to_f64() / scale));
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

/// Fills one chunk. `fill_row(prefix, row, coefficients)` sets the coefficients of the monomials
/// prefix ∪ {row, column}, column = 0 … row; it is called once per row, in order.
///
/// # Panics
/// If `values` are not as many as the chunk has.
pub fn fill_chunk<T: Real>(
    layout: Layout,
    span: &ChunkSpan,
    values: &mut [T],
    mut fill_row: impl FnMut(&[usize], usize, &mut [T]),
) {
    assert_eq!(values.len(), span.values);
    let half = T::from_f64(0.5);
    let mut coefficients = vec![T::default(); layout.dim];
    let mut leaves = Leaves::of(layout, span);
    let mut rest = values;
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
}
