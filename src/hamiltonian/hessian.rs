//! Euclidean Hessians of a few points at once, from the same leaves as energy and gradient.

use super::chain::{Chain, PANELS_UNDER_WAY};
use super::kernel::panel::{Group, Lane, PANEL_LANES, Panel, PanelSums, Panels, Place, SEGMENT, accumulate};
use super::kernel::{Isa, Stored};
use super::layout::{Leaves, PANEL_ROWS};
use super::orders::{Caller, ChunkAnswer, ChunkChannel, ChunkTask};
use super::tensor::SymmetricTensor;
use crate::numeric::symmetric::Symmetric;

/// Points whose Hessians share one pass over the couplings: with fewer, reading the couplings takes longer than
/// the sums.
pub const HESSIAN_LANES: usize = 2 * PANEL_LANES;

/// Columns of the Hessian at work: their sums stay in the first-level cache while leaf after leaf is added.
const TILE: usize = 16;
/// Leaves whose products with the points are kept at a time.
const LEAVES: usize = 64;

/// Euclidean Hessians ∇²L of up to [`HESSIAN_LANES`] points of dimension Λ, in double precision; Λ³ flops each at
/// H = 3. `out` has one matrix of size Λ for each point, of which the lower triangle is overwritten.
///
/// With E = Σ_leaves (Π w_{i_a}) wᵀ A w: the leaf's own block gets 2 (Π w) A, the pairs (prefix a, row r) get
/// 2 (A w)_r Π_{b≠a} w, and pairs of prefix positions get (wᵀ A w) Π_{c≠a,b} w.
///
/// # Panics
/// If there are too many points, a point or matrix has not dimension Λ, or the tensor is a share.
pub fn hessians<A: Stored<f64>>(
    isa: Isa,
    tensor: &SymmetricTensor<A>,
    points: &[&[f64]],
    out: &mut [Symmetric],
) {
    assert!(tensor.is_whole(), "some of its chunks are elsewhere");
    match groups(tensor, points, Some(out)) {
        0 => {}
        1 => Assembly::<1>::new(isa, tensor, points).run(tensor, out),
        _ => Assembly::<2>::new(isa, tensor, points).run(tensor, out),
    }
}

/// The same with others, who were asked and hold the chunks that follow.
pub(super) fn lead_hessians<A: Stored<f64>>(
    isa: Isa,
    tensor: &SymmetricTensor<A>,
    points: &[&[f64]],
    channel: &mut dyn ChunkChannel,
    out: &mut [Symmetric],
) {
    match groups(tensor, points, Some(out)) {
        0 => {}
        1 => Assembly::<1>::new(isa, tensor, points).lead(tensor, channel, out),
        _ => Assembly::<2>::new(isa, tensor, points).lead(tensor, channel, out),
    }
}

/// Goes on with sums that come from others.
pub(super) fn follow_hessians<A: Stored<f64>>(
    isa: Isa,
    tensor: &SymmetricTensor<A>,
    points: &[&[f64]],
    caller: &mut dyn Caller,
) {
    match groups(tensor, points, None) {
        0 => {}
        1 => Assembly::<1>::new(isa, tensor, points).follow(tensor, caller),
        _ => Assembly::<2>::new(isa, tensor, points).follow(tensor, caller),
    }
}

/// Groups of eight that the points make.
fn groups<A: Stored<f64>>(
    tensor: &SymmetricTensor<A>,
    points: &[&[f64]],
    out: Option<&[Symmetric]>,
) -> usize {
    let dim = tensor.layout().dim;
    assert!(points.len() <= HESSIAN_LANES && points.iter().all(|point| point.len() == dim));
    if let Some(out) = out {
        assert!(points.len() == out.len() && out.iter().all(|matrix| matrix.size() == dim));
    }
    points.len().div_ceil(PANEL_LANES)
}

/// Sums of one panel of rows over all leaves, for 8 G points.
struct Assembly<const G: usize> {
    isa: Isa,
    dim: usize,
    w: Vec<Group<G>>,
    /// `own[k][r]`: the block's own entries (top + r, k).
    own: Vec<Panel<G>>,
    /// `cross[i][r]`: entries between prefix index i and row top + r.
    cross: Vec<Panel<G>>,
    /// Entries between prefix positions; empty up to H = 3.
    pairs: Vec<Group<G>>,
    block: LeafBlock<G>,
}

/// Leaves at work.
struct LeafBlock<const G: usize> {
    places: Vec<Place>,
    /// Prefixes, one after the other.
    prefixes: Vec<usize>,
    twice: Vec<Group<G>>,
    y: Vec<Panel<G>>,
    scratch: Vec<f64>,
}

impl<const G: usize> Assembly<G> {
    const ZERO: Group<G> = [Lane::ZERO; G];
    const EMPTY: Panel<G> = [Self::ZERO; PANEL_ROWS];

    fn new<A: Stored<f64>>(isa: Isa, tensor: &SymmetricTensor<A>, points: &[&[f64]]) -> Self {
        let layout = tensor.layout();
        let value = |point: usize, i: usize| points.get(point).map_or(0.0, |point| point[i]);
        let lane = |g: usize, i: usize| Lane(std::array::from_fn(|l| value(g * PANEL_LANES + l, i)));
        let pairs = layout.dim * layout.dim * usize::from(layout.spins > 3);
        Self {
            isa,
            dim: layout.dim,
            w: (0..layout.dim).map(|i| std::array::from_fn(|g| lane(g, i))).collect(),
            own: vec![Self::EMPTY; layout.dim],
            cross: vec![Self::EMPTY; layout.dim],
            pairs: vec![Self::ZERO; pairs],
            block: LeafBlock {
                places: Vec::with_capacity(LEAVES),
                prefixes: Vec::with_capacity(LEAVES * layout.spins),
                twice: Vec::with_capacity(LEAVES),
                y: Vec::with_capacity(LEAVES),
                scratch: vec![0.0; PANEL_ROWS * SEGMENT],
            },
        }
    }

    fn run<A: Stored<f64>>(mut self, tensor: &SymmetricTensor<A>, out: &mut [Symmetric]) {
        for top in (0..self.dim).step_by(PANEL_ROWS) {
            self.clear(top);
            self.panel(tensor, top);
            self.flush(top, out);
        }
        self.finish(tensor.layout().scale(), out);
    }

    /// Begins every panel, and ends it when the others have added their leaves.
    fn lead<A: Stored<f64>>(
        mut self,
        tensor: &SymmetricTensor<A>,
        channel: &mut dyn ChunkChannel,
        out: &mut [Symmetric],
    ) {
        // Sums of prefix pairs run on from panel to panel.
        let most = if self.pairs.is_empty() { PANELS_UNDER_WAY } else { 0 };
        let mut chain = Chain::new(channel);
        for top in (0..self.dim).step_by(PANEL_ROWS) {
            self.clear(top);
            self.panel(tensor, top);
            let mut done = chain.send(top, self.sums(top));
            let is_last = top + PANEL_ROWS >= self.dim;
            loop {
                if let Some((top, sums)) = done {
                    self.set_sums(top, &sums);
                    self.flush(top, out);
                }
                done = chain.settle(if is_last { 0 } else { most });
                if done.is_none() {
                    break;
                }
            }
        }
        self.finish(tensor.layout().scale(), out);
    }

    /// Adds these leaves to the sums of every panel.
    fn follow<A: Stored<f64>>(mut self, tensor: &SymmetricTensor<A>, caller: &mut dyn Caller) {
        for top in (0..self.dim).step_by(PANEL_ROWS) {
            let Some(ChunkTask::Panel(sums)) = caller.next() else { return };
            self.set_sums(top, &sums);
            self.panel(tensor, top);
            caller.answer(ChunkAnswer::Panel(self.sums(top)));
        }
    }

    /// Sums that leaves with rows `top …` add to: their prefixes lie beyond.
    fn sums(&self, top: usize) -> Vec<f64> {
        let near = (top + PANEL_ROWS).min(self.dim);
        let panels = self.own[..near].iter().chain(&self.cross[top..]).flatten();
        let mut sums =
            Vec::with_capacity(PANEL_LANES * G * (PANEL_ROWS * (near + self.dim - top) + self.pairs.len()));
        panels.chain(&self.pairs).flatten().for_each(|lane| sums.extend_from_slice(&lane.0));
        sums
    }

    /// Sets what [`Self::sums`] gave.
    fn set_sums(&mut self, top: usize, sums: &[f64]) {
        let near = (top + PANEL_ROWS).min(self.dim);
        let panels = self.own[..near].iter_mut().chain(&mut self.cross[top..]).flatten();
        let lanes = panels.chain(&mut self.pairs).flatten();
        let (values, _) = sums.as_chunks::<PANEL_LANES>();
        lanes.zip(values).for_each(|(lane, values)| lane.0 = *values);
    }

    fn clear(&mut self, top: usize) {
        self.own[..(top + PANEL_ROWS).min(self.dim)].fill(Self::EMPTY);
        self.cross.fill(Self::EMPTY);
    }

    /// Adds rows `top …` of every leaf that has them.
    fn panel<A: Stored<f64>>(&mut self, tensor: &SymmetricTensor<A>, top: usize) {
        for (span, values) in tensor.chunks() {
            let mut leaves = Leaves::of(tensor.layout(), span);
            let mut start = 0;
            while let Some(m) = leaves.next_size() {
                if m > top {
                    self.take_on(
                        &leaves,
                        Place { start: start + top * m, rows: (m - top).min(PANEL_ROWS), columns: m },
                    );
                    if self.block.places.len() == LEAVES {
                        self.add_block(values, top);
                    }
                }
                start += m * m;
            }
            self.add_block(values, top);
        }
    }

    fn take_on(&mut self, leaf: &Leaves, place: Place) {
        let twice = scaled(2.0, &self.product(leaf.prefix(), [usize::MAX; 2]));
        let block = &mut self.block;
        block.places.push(place);
        block.prefixes.extend_from_slice(leaf.prefix());
        block.twice.push(twice);
        block.y.push(Self::EMPTY);
    }

    /// Adds the leaves at work, and lets go of them.
    fn add_block<A: Stored<f64>>(&mut self, values: &[A], top: usize) {
        let LeafBlock { places, twice, y, scratch, .. } = &mut self.block;
        let Some(columns) = places.iter().map(|place| place.columns).max() else { return };
        let panels = Panels { values, places, twice, w: &self.w };
        // Entries right of the diagonal block are mirrors of ones further down.
        let near = (top + PANEL_ROWS).min(columns);
        for first in (0..near).step_by(TILE) {
            let last = (first + TILE).min(near);
            let own = &mut self.own[first..last];
            accumulate(self.isa, &panels, first..last, &mut PanelSums { y, own, scratch });
        }
        for first in (near..columns).step_by(SEGMENT) {
            let last = (first + SEGMENT).min(columns);
            accumulate(self.isa, &panels, first..last, &mut PanelSums { y, own: &mut [], scratch });
        }
        for leaf in 0..self.block.places.len() {
            self.add_prefix(leaf, top);
        }
        let block = &mut self.block;
        block.places.clear();
        block.prefixes.clear();
        block.twice.clear();
        block.y.clear();
    }

    /// One leaf's share of the entries that its prefix takes part in.
    fn add_prefix(&mut self, leaf: usize, top: usize) {
        let length = self.block.prefixes.len() / self.block.places.len();
        let prefix = &self.block.prefixes[leaf * length..][..length];
        let y = &self.block.y[leaf][..self.block.places[leaf].rows];
        for (a, &i) in prefix.iter().enumerate() {
            let others = scaled(2.0, &self.product(prefix, [a, usize::MAX]));
            for (entry, y) in self.cross[i].iter_mut().zip(y) {
                add_product(entry, &others, y);
            }
        }
        if length < 2 {
            return;
        }
        let mut e = Self::ZERO;
        for (w, y) in self.w[top..].iter().zip(y) {
            add_product(&mut e, w, y);
        }
        for (a, &i) in prefix.iter().enumerate() {
            for (b, &j) in prefix.iter().enumerate().filter(|&(b, _)| b != a) {
                let others = self.product(prefix, [a, b]);
                add_product(&mut self.pairs[i * self.dim + j], &others, &e);
            }
        }
    }

    /// Product of the prefix coordinates but those at the positions `skip`.
    fn product(&self, prefix: &[usize], skip: [usize; 2]) -> Group<G> {
        let kept = prefix.iter().enumerate().filter(|(position, _)| !skip.contains(position));
        kept.fold([Lane([1.0; PANEL_LANES]); G], |product, (_, &i)| {
            std::array::from_fn(|g| {
                Lane(std::array::from_fn(|lane| product[g].0[lane] * self.w[i][g].0[lane]))
            })
        })
    }

    /// Moves the panel's sums into the matrices. A column's first panel overwrites what was in it.
    fn flush(&self, top: usize, out: &mut [Symmetric]) {
        let rows = PANEL_ROWS.min(self.dim - top);
        for (point, hessian) in out.iter_mut().enumerate() {
            let (g, lane) = (point / PANEL_LANES, point % PANEL_LANES);
            for r in 0..rows {
                let row = top + r;
                let column = hessian.lower_column_mut(row);
                for (entry, cross) in column.iter_mut().zip(&self.cross[row..]) {
                    *entry = cross[r][g].0[lane];
                }
                column[0] *= 2.0;
            }
        }
        // Sums of one column lie together for all points.
        for (k, own) in self.own[..top + rows].iter().enumerate() {
            let first = k.max(top);
            for (point, hessian) in out.iter_mut().enumerate() {
                let (g, lane) = (point / PANEL_LANES, point % PANEL_LANES);
                let column = &mut hessian.lower_column_mut(k)[first - k..];
                for (entry, own) in column.iter_mut().zip(&own[first - top..rows]) {
                    *entry += own[g].0[lane];
                }
            }
        }
    }

    /// Adds the prefix pairs and scales.
    fn finish(&self, scale: f64, out: &mut [Symmetric]) {
        for (point, hessian) in out.iter_mut().enumerate() {
            let (g, lane) = (point / PANEL_LANES, point % PANEL_LANES);
            for j in 0..self.dim {
                for (below, entry) in hessian.lower_column_mut(j).iter_mut().enumerate() {
                    let pair = self.pairs.get((j + below) * self.dim + j);
                    *entry = scale * (*entry + pair.map_or(0.0, |pair| pair[g].0[lane]));
                }
            }
        }
    }
}

fn scaled<const G: usize>(factor: f64, group: &Group<G>) -> Group<G> {
    group.map(|lane| Lane(lane.0.map(|value| factor * value)))
}

fn add_product<const G: usize>(sum: &mut Group<G>, a: &Group<G>, b: &Group<G>) {
    for g in 0..G {
        for lane in 0..PANEL_LANES {
            sum[g].0[lane] += a[g].0[lane] * b[g].0[lane];
        }
    }
}
