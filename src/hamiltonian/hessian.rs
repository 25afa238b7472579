//! Euclidean Hessians of a few points at once, from the same leaves as energy and gradient.

use super::kernel::panel::{Lane, PANEL_LANES, Panel, PanelInput, accumulate};
use super::kernel::{Isa, Stored};
use super::layout::{Leaves, PANEL_ROWS};
use super::tensor::SymmetricTensor;

/// Points whose Hessians share one pass over the couplings.
pub const HESSIAN_LANES: usize = PANEL_LANES;

/// A panel of zeros.
const EMPTY: Panel = [Lane::ZERO; PANEL_ROWS];

/// Euclidean Hessian ∇²L of one point: symmetric, shape (dim, dim), every entry filled.
#[derive(Debug, Clone, PartialEq)]
pub struct Hessian {
    /// Λ.
    pub dim: usize,
    /// Entries, row after row.
    pub entries: Vec<f64>,
}

impl Hessian {
    /// ∂²L/∂w_i∂w_j.
    pub fn at(&self, i: usize, j: usize) -> f64 {
        self.entries[i * self.dim + j]
    }
}

/// Hessians of up to [`HESSIAN_LANES`] points of dimension Λ, in double precision; (4/3)Λ³ flops each at H = 3.
///
/// With E = Σ_leaves (Π w_{i_a}) wᵀ A w: the leaf's own block gets 2 (Π w) A, the pairs (prefix a, row r) get
/// 2 (A w)_r Π_{b≠a} w, and pairs of prefix positions get (wᵀ A w) Π_{c≠a,b} w.
///
/// # Panics
/// If there are too many points or one has not dimension Λ.
pub fn hessians<A: Stored<f64>>(isa: Isa, tensor: &SymmetricTensor<A>, points: &[&[f64]]) -> Vec<Hessian> {
    let layout = tensor.layout();
    assert!(points.len() <= HESSIAN_LANES && points.iter().all(|point| point.len() == layout.dim));
    let lanes = |i: usize| Lane(std::array::from_fn(|lane| points.get(lane).map_or(0.0, |point| point[i])));
    let mut work = Assembly {
        isa,
        scratch: vec![0.0; PANEL_ROWS * layout.dim],
        w: (0..layout.dim).map(lanes).collect(),
        own: vec![EMPTY; layout.dim],
        cross: vec![EMPTY; layout.dim],
        pairs: vec![Lane::ZERO; layout.dim * layout.dim * usize::from(layout.spins > 3)],
    };
    let zeros = Hessian { dim: layout.dim, entries: vec![0.0; layout.dim * layout.dim] };
    let mut out = vec![zeros; points.len()];
    for top in (0..layout.dim).step_by(PANEL_ROWS) {
        let rows = work.panel(tensor, top);
        work.flush(top, rows, &mut out);
    }
    work.finish(layout.scale(), &mut out);
    out
}

/// Sums of one panel of rows over all leaves.
struct Assembly {
    isa: Isa,
    /// One panel in double precision.
    scratch: Vec<f64>,
    w: Vec<Lane>,
    /// `own[k][r]`: the block's own entries (top + r, k).
    own: Vec<Panel>,
    /// `cross[i][r]`: entries between prefix index i and row top + r.
    cross: Vec<Panel>,
    /// Entries between prefix positions; empty up to H = 3.
    pairs: Vec<Lane>,
}

impl Assembly {
    /// Sums rows `top …` of every leaf that has them; returns the most rows seen.
    fn panel<A: Stored<f64>>(&mut self, tensor: &SymmetricTensor<A>, top: usize) -> usize {
        self.own.fill(EMPTY);
        self.cross.fill(EMPTY);
        let mut most = 0;
        for (span, values) in tensor.chunks() {
            let mut leaves = Leaves::of(tensor.layout(), span);
            let mut start = 0;
            while let Some(m) = leaves.next_size() {
                if m > top {
                    let rows = (m - top).min(PANEL_ROWS);
                    let panel = &values[start + top * m..][..rows * m];
                    most = most.max(rows);
                    self.leaf(panel, top, rows, leaves.prefix());
                }
                start += m * m;
            }
        }
        most
    }

    /// One leaf's share of the panel.
    fn leaf<A: Stored<f64>>(&mut self, panel: &[A], top: usize, rows: usize, prefix: &[usize]) {
        let twice = scaled(2.0, self.product(prefix, [usize::MAX; 2]));
        // Entries right of the diagonal block are mirrors of ones further down.
        let near = (top + rows).min(panel.len() / rows);
        let input = PanelInput { values: panel, rows, near, twice: &twice, w: &self.w };
        let y = accumulate(self.isa, &input, &mut self.own, &mut self.scratch);
        for (a, &i) in prefix.iter().enumerate() {
            let others = scaled(2.0, self.product(prefix, [a, usize::MAX]));
            for (entry, y) in self.cross[i].iter_mut().zip(&y[..rows]) {
                add_product(entry, &others, y);
            }
        }
        if prefix.len() > 1 {
            self.leaf_pairs(top, &y[..rows], prefix);
        }
    }

    /// The leaf's share of the entries between prefix positions.
    fn leaf_pairs(&mut self, top: usize, y: &[Lane], prefix: &[usize]) {
        let mut e = Lane::ZERO;
        for (w, y) in self.w[top..].iter().zip(y) {
            add_product(&mut e, w, y);
        }
        for (a, &i) in prefix.iter().enumerate() {
            for (b, &j) in prefix.iter().enumerate().filter(|&(b, _)| b != a) {
                let others = self.product(prefix, [a, b]);
                add_product(&mut self.pairs[i * self.w.len() + j], &others, &e);
            }
        }
    }

    /// Product of the prefix coordinates but those at the positions `skip`.
    fn product(&self, prefix: &[usize], skip: [usize; 2]) -> Lane {
        let kept = prefix.iter().enumerate().filter(|(position, _)| !skip.contains(position));
        kept.fold(Lane([1.0; HESSIAN_LANES]), |product, (_, &i)| {
            Lane(std::array::from_fn(|lane| product.0[lane] * self.w[i].0[lane]))
        })
    }

    /// Moves the panel's sums into the matrices (lower triangle).
    fn flush(&self, top: usize, rows: usize, out: &mut [Hessian]) {
        let dim = self.w.len();
        for (lane, hessian) in out.iter_mut().enumerate() {
            for r in 0..rows {
                let row = top + r;
                for k in 0..=row {
                    hessian.entries[row * dim + k] += self.own[k][r].0[lane];
                }
                for i in 0..dim {
                    let value = self.cross[i][r].0[lane];
                    let place = i.max(row) * dim + i.min(row);
                    hessian.entries[place] += if i == row { 2.0 * value } else { value };
                }
            }
        }
    }

    /// Adds the prefix pairs, scales, and mirrors the lower triangle.
    fn finish(&self, scale: f64, out: &mut [Hessian]) {
        let dim = self.w.len();
        for (lane, hessian) in out.iter_mut().enumerate() {
            for i in 0..dim {
                for j in 0..=i {
                    let pair = self.pairs.get(i * dim + j).map_or(0.0, |pair| pair.0[lane]);
                    let value = scale * (hessian.entries[i * dim + j] + pair);
                    hessian.entries[i * dim + j] = value;
                    hessian.entries[j * dim + i] = value;
                }
            }
        }
    }
}

fn scaled(factor: f64, lanes: Lane) -> Lane {
    Lane(lanes.0.map(|value| factor * value))
}

fn add_product(sum: &mut Lane, a: &Lane, b: &Lane) {
    for lane in 0..HESSIAN_LANES {
        sum.0[lane] += a.0[lane] * b.0[lane];
    }
}
