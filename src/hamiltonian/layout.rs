//! Where each coupling lives: leaves, panels and chunks of the symmetric tensor.

use std::ops::Range;

/// Rows of a leaf that are stored together, column by column.
pub const PANEL_ROWS: usize = 8;

/// Fixed number of chunks of near-equal work that the leaves fall into.
pub const CHUNKS: usize = 16;

/// The chunks of one of up to [`CHUNKS`] that hold a tensor together: neighbours in order, near-equal numbers of them. The
/// first, which leads, has one less where it can: it alone holds Hessians and factors them.
pub fn share(rank: usize, ranks: usize) -> Range<usize> {
    let first = if ranks == 1 { CHUNKS } else { (CHUNKS / ranks).saturating_sub(1).max(1) };
    let end = |rank: usize| match ranks - 1 {
        0 => first,
        others => first + rank * (CHUNKS - first) / others,
    };
    if rank == 0 { 0..first } else { end(rank - 1)..end(rank) }
}

/// Most chunks that any of so many holds.
pub fn most_chunks(ranks: usize) -> usize {
    (0..ranks).map(|rank| share(rank, ranks).len()).max().unwrap_or(CHUNKS)
}

/// Order and dimension of a tensor; fixes the place of every coupling.
///
/// For each prefix `i_1 ≥ … ≥ i_{H−2}` (in lexicographic order) there is one symmetric m × m *leaf*,
/// `m = i_{H−2} + 1` (m = Λ at H = 2, whose only prefix is empty). The coefficient c of the monomial
/// `w_{i_1}⋯w_{i_{H−2}} w_r w_k`, r ≥ k, is stored as `A_rr = c`, or `A_rk = A_kr = c/2`.
/// A leaf is a sequence of panels of [`PANEL_ROWS`] rows (fewer in the last), each stored column by column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// H ≥ 2; 1 of a surface that is a field alone, which has no leaves.
    pub spins: usize,
    /// Λ ≥ 1.
    pub dim: usize,
}

impl Layout {
    /// The layout of order `spins` and dimension `dim`.
    ///
    /// # Panics
    /// If `spins < 2` or `dim < 1`.
    #[track_caller]
    pub fn new(spins: usize, dim: usize) -> Self {
        assert!(spins >= 2 && dim >= 1, "spins = {spins}, dim = {dim}");
        Self { spins, dim }
    }

    /// Stored values of all leaves, `Σ m²`, or `None` beyond u64.
    ///
    /// Also the multiply–adds of one contraction; an energy with its gradient costs twice as many flops.
    pub fn values(&self) -> Option<u64> {
        // Leaves with the same m: the number of prefixes of length H − 3 above it.
        (1..=self.dim as u64)
            .try_fold(0u128, |sum, m| {
                let leaves = match self.spins {
                    1 => 0,
                    2 => u128::from(m == self.dim as u64),
                    _ => multisets(self.dim as u64 - m + 1, self.spins as u64 - 3)?,
                };
                sum.checked_add(leaves.checked_mul(u128::from(m) * u128::from(m))?)
            })
            .and_then(|sum| u64::try_from(sum).ok())
    }

    /// Most of [`Self::values`] that one of so many who [`share`] the chunks holds, to within a leaf above.
    pub fn most_values(&self, ranks: usize) -> Option<u64> {
        let all = self.values()?;
        // A chunk begins and ends within half a leaf of where it would if leaves could be cut.
        let leaf = (self.dim as u64).checked_mul(self.dim as u64)?;
        let part = (most_chunks(ranks) as u128 * u128::from(all)).div_ceil(CHUNKS as u128) as u64;
        Some(part.saturating_add(leaf).min(all))
    }

    /// Number of independent couplings, C(Λ+H−1, H), or `None` beyond u64.
    pub fn couplings(&self) -> Option<u64> {
        multisets(self.dim as u64, self.spins as u64).and_then(|count| u64::try_from(count).ok())
    }

    /// Factor of the energy, Λ^{−(H−1)/2}.
    pub fn scale(&self) -> f64 {
        let root = 1.0 / (self.dim as f64).sqrt();
        let spins = sabotage!("scale-without-order", self.spins, 3);
        (1..spins).fold(1.0, |scale, _| scale * root)
    }

    /// First leaf of every chunk, with its prefix; one more entry than chunks, ending the last.
    ///
    /// Leaf ℓ with `before` values in front of it belongs to chunk `⌊CHUNKS · (before + m²/2) / total⌋`.
    pub fn chunks(&self) -> Vec<ChunkSpan> {
        let total = self.values().map_or(u128::MAX, u128::from);
        let mut spans = vec![ChunkSpan::default(); CHUNKS];
        let mut before = 0u128;
        let mut leaves = Leaves::all(*self);
        while let Some(m) = leaves.next_size() {
            let size = (m * m) as u128;
            let chunk = (CHUNKS as u128 * (2 * before + size) / (2 * total)) as usize;
            let span = &mut spans[chunk];
            if span.leaves == 0 {
                span.first = leaves.prefix().to_vec();
            }
            span.leaves += 1;
            span.values += m * m;
            span.rows = span.rows.max(leaves.prefix().first().map_or(m, |&top| top + 1));
            before += size;
        }
        spans
    }
}

/// Distinct orderings of a multiset with non-increasing indices, H!/Π n!.
pub fn orderings(indices: &[usize]) -> f64 {
    let (mut count, mut run) = (1.0, 0.0);
    for (place, &i) in indices.iter().enumerate() {
        run = if place > 0 && indices[place - 1] == i { run + 1.0 } else { 1.0 };
        count = count * (place + 1) as f64 / run;
    }
    count
}

/// Multisets of size k from n kinds, C(n+k−1, k); `None` beyond u128.
fn multisets(n: u64, k: u64) -> Option<u128> {
    (1..=u128::from(k)).try_fold(1u128, |count, j| Some(count.checked_mul(u128::from(n) + j - 1)? / j))
}

/// A run of consecutive leaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChunkSpan {
    /// Prefix of the first leaf.
    pub first: Vec<usize>,
    /// Number of leaves; 0 for an empty chunk.
    pub leaves: usize,
    /// Stored values.
    pub values: usize,
    /// One more than the largest coordinate that the chunk touches.
    pub rows: usize,
}

/// Walks prefixes in lexicographic order.
#[derive(Debug, Clone)]
pub struct Leaves {
    layout: Layout,
    prefix: Vec<usize>,
    left: usize,
    started: bool,
}

impl Leaves {
    /// All leaves of a layout.
    pub fn all(layout: Layout) -> Self {
        Self { layout, prefix: vec![0; layout.spins - 2], left: usize::MAX, started: false }
    }

    /// The leaves of chunks that follow each other.
    pub fn from_first<'a>(layout: Layout, mut spans: impl Iterator<Item = &'a ChunkSpan>) -> Self {
        match spans.find(|span| span.leaves > 0) {
            Some(span) => Self { layout, prefix: span.first.clone(), left: usize::MAX, started: false },
            None => Self { left: 0, ..Self::all(layout) },
        }
    }

    /// The leaves of one chunk.
    pub fn of(layout: Layout, span: &ChunkSpan) -> Self {
        Self { layout, prefix: span.first.clone(), left: span.leaves, started: false }
    }

    /// Moves to the next leaf and returns its size m; `None` at the end.
    #[inline]
    pub fn next_size(&mut self) -> Option<usize> {
        if self.left == 0 || (self.started && !self.advance()) {
            return None;
        }
        self.started = true;
        self.left -= 1;
        Some(self.prefix.last().map_or(self.layout.dim, |&last| last + 1))
    }

    /// Prefix of the leaf that [`Self::next_size`] moved to.
    #[inline]
    pub fn prefix(&self) -> &[usize] {
        &self.prefix
    }

    /// The next non-increasing prefix in lexicographic order, if there is one.
    fn advance(&mut self) -> bool {
        for position in (0..self.prefix.len()).rev() {
            let limit = if position == 0 { self.layout.dim - 1 } else { self.prefix[position - 1] };
            if self.prefix[position] < limit {
                self.prefix[position] += 1;
                self.prefix[position + 1..].fill(0);
                return true;
            }
        }
        false
    }
}

/// Place of entry (row, column) in a leaf of size m.
#[inline]
pub fn leaf_offset(m: usize, row: usize, column: usize) -> usize {
    let top = row / PANEL_ROWS * PANEL_ROWS;
    top * m + column * (m - top).min(PANEL_ROWS) + (row - top)
}

/// Variances m of the leaf's couplings: the number of distinct orderings of each index multiset.
#[derive(Debug, Clone, Copy)]
pub struct Multiplicity {
    base: f64,
    tail: f64,
    last: usize,
}

impl Multiplicity {
    /// For the leaf with this prefix.
    pub fn new(layout: Layout, prefix: &[usize]) -> Self {
        let mut base: f64 = (1..=layout.spins).map(|j| j as f64).product();
        let mut tail = 0.0;
        for (position, &i) in prefix.iter().enumerate() {
            let repeats = position > 0 && prefix[position - 1] == i;
            tail = if repeats { tail + 1.0 } else { 1.0 };
            base /= tail;
        }
        Self { base, tail, last: prefix.last().copied().unwrap_or(usize::MAX) }
    }

    /// Orderings of the multiset prefix ∪ {row, column}, row ≥ column.
    #[inline]
    pub fn at(&self, row: usize, column: usize) -> f64 {
        // Only the largest row can repeat the prefix, whose last index it then equals.
        let run = if row == self.last { self.tail } else { 0.0 };
        let count = self.base / (run + 1.0);
        match row == column {
            true => count / (run + 2.0),
            false => count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Orderings of a multiset by brute force: H! / Π n!.
    fn orderings(indices: &[usize]) -> f64 {
        let factorial = |n: usize| (1..=n).map(|j| j as f64).product::<f64>();
        let runs: f64 = indices
            .iter()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .map(|i| factorial(indices.iter().filter(|&j| j == i).count()))
            .product();
        factorial(indices.len()) / runs
    }

    #[test]
    fn leaves_cover_every_multiset_once_with_its_multiplicity() {
        for (spins, dim) in [(2, 9), (3, 7), (4, 6), (5, 4), (6, 3)] {
            let layout = Layout::new(spins, dim);
            let mut seen = std::collections::BTreeSet::new();
            let mut tuples = 0.0;
            let mut leaves = Leaves::all(layout);
            let mut values = 0;
            while let Some(m) = leaves.next_size() {
                values += (m * m) as u64;
                let multiplicity = Multiplicity::new(layout, leaves.prefix());
                for row in 0..m {
                    for column in 0..=row {
                        let mut indices = leaves.prefix().to_vec();
                        indices.extend([row, column]);
                        assert!(indices.is_sorted_by(|a, b| a >= b), "{indices:?}");
                        assert_eq!(multiplicity.at(row, column), orderings(&indices), "{indices:?}");
                        tuples += multiplicity.at(row, column);
                        assert!(seen.insert(indices));
                    }
                }
            }
            assert_eq!(Some(values), layout.values());
            assert_eq!(Some(seen.len() as u64), layout.couplings());
            assert_eq!(tuples, (dim as f64).powi(spins as i32));
        }
    }

    #[test]
    fn chunks_partition_the_leaves_evenly() {
        for (spins, dim) in [(2, 30), (3, 25), (3, 200), (4, 40), (6, 8)] {
            let layout = Layout::new(spins, dim);
            let spans = layout.chunks();
            let mut all = Leaves::all(layout);
            for span in &spans {
                let mut leaves = Leaves::of(layout, span);
                while let Some(m) = leaves.next_size() {
                    assert_eq!(all.next_size(), Some(m));
                    assert_eq!(all.prefix(), leaves.prefix());
                    assert!(m <= span.rows && leaves.prefix().iter().all(|&i| i < span.rows));
                }
            }
            assert_eq!(all.next_size(), None);
            let share = layout.values().unwrap() as usize / CHUNKS + dim * dim;
            assert!(spans.iter().all(|span| span.values <= share));
        }
    }

    #[test]
    fn shares_are_all_chunks_in_order_and_none_holds_more_than_is_said() {
        for (spins, dim) in [(2, 30), (3, 9), (3, 200), (4, 40), (6, 8)] {
            let layout = Layout::new(spins, dim);
            let spans = layout.chunks();
            for ranks in 1..=CHUNKS {
                let shares: Vec<_> = (0..ranks).map(|rank| share(rank, ranks)).collect();
                assert!(shares.iter().cloned().flatten().eq(0..CHUNKS));
                assert!(shares.iter().all(|share| (1..=most_chunks(ranks)).contains(&share.len())));
                let held = |share: Range<usize>| spans[share].iter().map(|span| span.values as u64).sum();
                let most: u64 = shares.into_iter().map(held).max().unwrap();
                assert!(most <= layout.most_values(ranks).unwrap(), "H={spins} Λ={dim} by {ranks}");
            }
            assert_eq!(layout.most_values(1), layout.values());
            assert_eq!([1, 2, 3, 4, 6, 16].map(most_chunks), [16, 9, 6, 5, 3, 1]);
        }
    }

    #[test]
    fn panel_places_are_a_permutation() {
        for m in [1, 7, 8, 9, 20] {
            let mut places: Vec<_> = (0..m * m).map(|place| leaf_offset(m, place / m, place % m)).collect();
            places.sort_unstable();
            assert!(places.into_iter().eq(0..m * m));
        }
    }

    #[test]
    fn sizes_beyond_u64_are_none() {
        assert_eq!(Layout::new(16, 60_000).values(), None);
        assert_eq!(Layout::new(3, 500).couplings(), Some(500 * 501 * 502 / 6));
    }
}
