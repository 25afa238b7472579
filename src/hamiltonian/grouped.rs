//! Couplings of order 3 as few points want them: sixteen leaves side by side, each coupling once.
//!
//! Points side by side make good use of vector registers only where there are many. With few, leaves take their place:
//! leaves i₀ … i₀ + 15 of the [`Layout`] form a group, of whose lower triangles each entry (r, k), r ≥ k, is a line of
//! sixteen values, 0 where a leaf has no such row. Rows fall into panels of [`PANEL_ROWS`] from the last row upwards, so
//! that the first panel alone may have fewer. A panel of rows from `top` on holds columns 0 … top − 1, each with its rows,
//! and then row by row the triangle on the diagonal. The first group has Λ mod 16 leaves, if that is not 0, so the places
//! of entries are the same in all groups.

use std::ops::{Deref, Range};

use super::kernel::memory::{Portion, portions};
use super::layout::{CHUNKS, ChunkSpan, Layout, Leaves, PANEL_ROWS, leaf_offset};
use super::tensor::SymmetricTensor;

/// Leaves of a group.
pub const GROUP_LEAVES: usize = 16;

/// Values by which memory may have to be skipped to begin at a cache line.
const SLACK: usize = 16;

/// Entries of a lower triangle of so many rows.
pub const fn triangle(rows: usize) -> usize {
    rows * (rows + 1) / 2
}

/// A symmetric tensor of order 3, as [`SymmetricTensor`], in groups of leaves.
#[derive(Debug)]
pub struct GroupedTensor {
    layout: Layout,
    /// Of each leaf, whether it is the last of a chunk.
    ends: Vec<bool>,
    values: Portion<f32>,
    /// Where the values begin, at a cache line.
    skip: usize,
}

/// Leaves `first …` side by side, the largest of so many rows; each has one row more than the leaf before.
#[derive(Debug, Clone, Copy)]
pub struct Group<'a> {
    /// Index i of the first leaf.
    pub first: usize,
    /// Rows of the last.
    pub rows: usize,
    /// [`GROUP_LEAVES`] values for each entry.
    pub lines: &'a [[f32; GROUP_LEAVES]],
}

/// First leaf and rows of each group.
fn groups(dim: usize) -> impl Iterator<Item = Range<usize>> {
    let first = match dim % GROUP_LEAVES {
        0 => GROUP_LEAVES,
        rest => rest,
    };
    std::iter::once(0..first)
        .chain((first..dim).step_by(GROUP_LEAVES).map(|first| first..first + GROUP_LEAVES))
}

/// Values of a tensor of this dimension with what fills it up.
pub fn grouped_values(dim: usize) -> u64 {
    groups(dim).map(|group| (GROUP_LEAVES * triangle(group.end)) as u64).sum::<u64>() + SLACK as u64
}

/// Bytes that so many tensors take at most while they are made and after, each from triangles of its own; `None` where there
/// are no groups for this order, or beyond u64.
pub fn few_points_bytes(layout: &Layout, tensors: u64) -> Option<u64> {
    let (3, Some(_), Some(couplings)) = (layout.spins, layout.values(), layout.couplings()) else {
        return None;
    };
    tensors.checked_mul(grouped_values(layout.dim))?.checked_add(couplings)?.checked_mul(4)
}

/// Place of entry (row, column), row ≥ column, among those of every group of a tensor of this dimension.
pub fn entry_place(dim: usize, row: usize, column: usize) -> usize {
    let first = dim % PANEL_ROWS;
    let top = if row < first { 0 } else { first + (row - first) / PANEL_ROWS * PANEL_ROWS };
    let rows = if row < first { first } else { PANEL_ROWS };
    match column < top {
        true => triangle(top) + column * rows + (row - top),
        false => triangle(top) + rows * top + triangle(row - top) + (column - top),
    }
}

/// Values of a chunk whose leaves are lower triangles, row by row: those of the leaves' squares that are not mirrors.
pub fn triangle_values(layout: Layout, span: &ChunkSpan) -> usize {
    let mut leaves = Leaves::of(layout, span);
    std::iter::from_fn(|| leaves.next_size()).map(triangle).sum()
}

/// Fills one chunk of lower triangles. `fill_row(prefix, row, coefficients)` is as for
/// [`fill_chunk`](super::tensor::fill_chunk).
///
/// # Panics
/// If `values` are not as many as the chunk's triangles have.
pub fn fill_triangles(
    layout: Layout,
    span: &ChunkSpan,
    values: &mut [f32],
    mut fill_row: impl FnMut(&[usize], usize, &mut [f32]),
) {
    let mut leaves = Leaves::of(layout, span);
    let mut rest = values;
    while let Some(m) = leaves.next_size() {
        for row in 0..m {
            let (coefficients, after) = rest.split_at_mut(row + 1);
            rest = after;
            fill_row(leaves.prefix(), row, coefficients);
            coefficients[..row].iter_mut().for_each(|c| *c *= 0.5);
        }
    }
    assert!(rest.is_empty(), "more values than the triangles have");
}

impl GroupedTensor {
    /// Puts together all chunks, each with the lower triangles of its leaves.
    ///
    /// # Panics
    /// If the order is not 3, or a chunk has not the size that the layout gives it.
    #[track_caller]
    pub fn from_triangles(layout: Layout, chunks: &[impl Deref<Target = [f32]>]) -> Self {
        assert!(layout.spins == 3 && chunks.len() == CHUNKS);
        let spans = layout.chunks();
        let (mut leaves, mut ends) = (Vec::with_capacity(layout.dim), vec![false; layout.dim]);
        for (span, chunk) in spans.iter().zip(chunks) {
            let mut rest: &[f32] = chunk;
            for _ in 0..span.leaves {
                let (leaf, after) = rest.split_at(triangle(leaves.len() + 1));
                leaves.push(leaf);
                rest = after;
            }
            assert!(rest.is_empty(), "a chunk has more values than its triangles");
            if let Some(last) = leaves.len().checked_sub(1) {
                ends[last] = true;
            }
        }
        let mut values: Portion<f32> = portions([grouped_values(layout.dim) as usize]).remove(0);
        let skip = values.as_ptr().align_offset(64).min(SLACK);
        let (mut rest, _) = values[skip..].as_chunks_mut::<GROUP_LEAVES>();
        for group in groups(layout.dim) {
            let (lines, after) = rest.split_at_mut(triangle(group.end));
            rest = after;
            fill_group(layout.dim, group.end, &leaves[group], lines);
        }
        Self { layout, ends, values, skip }
    }

    /// Order and dimension.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Of each leaf, whether it is the last of a chunk: sums over leaves are sums of the chunks' sums.
    pub fn ends(&self) -> &[bool] {
        &self.ends
    }

    /// The groups in order.
    pub fn groups(&self) -> impl Iterator<Item = Group<'_>> {
        let (mut rest, _) = self.values[self.skip..].as_chunks::<GROUP_LEAVES>();
        groups(self.layout.dim).map(move |group| {
            let (lines, after) = rest.split_at(triangle(group.end));
            rest = after;
            Group { first: group.start, rows: group.end, lines }
        })
    }

    /// Bytes of the values.
    pub fn bytes(&self) -> u64 {
        size_of_val::<[f32]>(&self.values) as u64
    }

    /// The same couplings with leaves that are squares, one after the other.
    pub fn to_leaves(&self) -> SymmetricTensor<f32> {
        let groups: Vec<Group> = self.groups().collect();
        let dim = self.layout.dim;
        SymmetricTensor::filled(self.layout, 0..CHUNKS, |_, span, chunk| {
            let mut leaves = Leaves::of(self.layout, span);
            let mut rest = chunk;
            while let Some(m) = leaves.next_size() {
                let (leaf, after) = std::mem::take(&mut rest).split_at_mut(m * m);
                rest = after;
                let group = &groups[groups.partition_point(|group| group.rows < m)];
                for (row, column) in (0..m).flat_map(|row| (0..=row).map(move |column| (row, column))) {
                    let value = group.lines[entry_place(dim, row, column)][m - 1 - group.first];
                    leaf[leaf_offset(m, row, column)] = value;
                    leaf[leaf_offset(m, column, row)] = value;
                }
            }
        })
    }
}

/// Lays triangles side by side.
fn fill_group(dim: usize, rows: usize, leaves: &[&[f32]], lines: &mut [[f32; GROUP_LEAVES]]) {
    for row in 0..rows {
        let place = triangle(row);
        // Leaves that have this row.
        let from = (row + leaves.len()).saturating_sub(rows);
        for column in 0..=row {
            let line = &mut lines[entry_place(dim, row, column)];
            for (to, leaf) in line[from..].iter_mut().zip(&leaves[from..]) {
                *to = leaf[place + column];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_a_permutation_that_all_groups_share() {
        for dim in [1, 7, 8, 9, 16, 17, 31, 40, 70] {
            for group in groups(dim) {
                let entries = (0..group.end).flat_map(|row| (0..=row).map(move |column| (row, column)));
                let mut places: Vec<_> = entries.map(|(row, column)| entry_place(dim, row, column)).collect();
                places.sort_unstable();
                assert!(places.into_iter().eq(0..triangle(group.end)), "Λ = {dim}");
            }
            assert!(groups(dim).flatten().eq(0..dim));
            assert!(groups(dim).all(|group| (1..=GROUP_LEAVES).contains(&group.len())));
        }
    }

    #[test]
    fn triangles_come_back_as_the_leaves_they_are() {
        for dim in [1, 5, 16, 23, 50] {
            let layout = Layout::new(3, dim);
            let coefficient = |indices: &[usize]| {
                indices.iter().fold(0, |sum: usize, &i| 101 * sum + i + 1) as f32 / 1024.0
            };
            let leaves = SymmetricTensor::from_coefficients(layout, coefficient);
            let chunks: Vec<Vec<f32>> = layout
                .chunks()
                .iter()
                .map(|span| {
                    let mut values = vec![0.0; triangle_values(layout, span)];
                    fill_triangles(layout, span, &mut values, |prefix, row, coefficients| {
                        for (column, c) in coefficients.iter_mut().enumerate() {
                            *c = coefficient(&[prefix[0], row, column]);
                        }
                    });
                    values
                })
                .collect();
            let grouped = GroupedTensor::from_triangles(layout, &chunks);
            assert!(grouped.to_leaves() == leaves, "Λ = {dim}");
            assert_eq!(grouped.bytes(), 4 * grouped_values(dim));
        }
    }
}
