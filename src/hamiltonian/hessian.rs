//! Euclidean Hessians of a few points at once, from the same leaves as energy and gradient.

use super::layout::{Leaves, PANEL_ROWS};
use super::tensor::SymmetricTensor;
use crate::numeric::lanes::Real;

/// Points whose Hessians share one pass over the couplings.
pub const HESSIAN_LANES: usize = 8;

/// One coordinate or entry for each of the points.
type Lane = [f64; HESSIAN_LANES];
/// The rows of one panel at one column.
type Panel = [Lane; PANEL_ROWS];

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
pub fn hessians<A: Real>(tensor: &SymmetricTensor<A>, points: &[&[f64]]) -> Vec<Hessian> {
    let layout = tensor.layout();
    assert!(points.len() <= HESSIAN_LANES && points.iter().all(|point| point.len() == layout.dim));
    let lanes = |i: usize| std::array::from_fn(|lane| points.get(lane).map_or(0.0, |point| point[i]));
    let mut work = Assembly {
        w: (0..layout.dim).map(lanes).collect(),
        own: vec![[[0.0; HESSIAN_LANES]; PANEL_ROWS]; layout.dim],
        cross: vec![[[0.0; HESSIAN_LANES]; PANEL_ROWS]; layout.dim],
        pairs: vec![[0.0; HESSIAN_LANES]; layout.dim * layout.dim * usize::from(layout.spins > 3)],
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
    fn panel<A: Real>(&mut self, tensor: &SymmetricTensor<A>, top: usize) -> usize {
        self.own.fill([[0.0; HESSIAN_LANES]; PANEL_ROWS]);
        self.cross.fill([[0.0; HESSIAN_LANES]; PANEL_ROWS]);
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
    fn leaf<A: Real>(&mut self, panel: &[A], top: usize, rows: usize, prefix: &[usize]) {
        let twice = scaled(2.0, self.product(prefix, [usize::MAX; 2]));
        let inputs = LeafPanel { panel, rows, top, twice };
        let y = match rows {
            PANEL_ROWS => accumulate_full(&inputs, &self.w, &mut self.own),
            _ => accumulate_tail(&inputs, &self.w, &mut self.own),
        };
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
        let mut e = [0.0; HESSIAN_LANES];
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
        kept.fold([1.0; HESSIAN_LANES], |product, (_, &i)| {
            std::array::from_fn(|lane| product[lane] * self.w[i][lane])
        })
    }

    /// Moves the panel's sums into the matrices (lower triangle).
    fn flush(&self, top: usize, rows: usize, out: &mut [Hessian]) {
        let dim = self.w.len();
        for (lane, hessian) in out.iter_mut().enumerate() {
            for r in 0..rows {
                let row = top + r;
                for k in 0..=row {
                    hessian.entries[row * dim + k] += self.own[k][r][lane];
                }
                for i in 0..dim {
                    let value = self.cross[i][r][lane];
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
                    let pair = self.pairs.get(i * dim + j).map_or(0.0, |pair| pair[lane]);
                    let value = scale * (hessian.entries[i * dim + j] + pair);
                    hessian.entries[i * dim + j] = value;
                    hessian.entries[j * dim + i] = value;
                }
            }
        }
    }
}

/// One leaf's rows `top …` with the factor of its own block.
struct LeafPanel<'a, A> {
    panel: &'a [A],
    rows: usize,
    top: usize,
    twice: Lane,
}

/// Adds a full panel to the block's own entries and returns its products A w.
#[inline]
fn accumulate_full<A: Real>(inputs: &LeafPanel<A>, w: &[Lane], own: &mut [Panel]) -> Panel {
    let mut y = [[0.0; HESSIAN_LANES]; PANEL_ROWS];
    let (columns, _) = inputs.panel.as_chunks::<PANEL_ROWS>();
    // Entries right of the diagonal block are mirrors of ones further down.
    let (near, far) = columns.split_at(columns.len().min(inputs.top + PANEL_ROWS));
    for ((column, w), own) in near.iter().zip(w).zip(own) {
        for r in 0..PANEL_ROWS {
            let a = column[r].to_f64();
            for lane in 0..HESSIAN_LANES {
                y[r][lane] += a * w[lane];
                own[r][lane] += a * inputs.twice[lane];
            }
        }
    }
    for (column, w) in far.iter().zip(&w[near.len()..]) {
        for r in 0..PANEL_ROWS {
            let a = column[r].to_f64();
            for lane in 0..HESSIAN_LANES {
                y[r][lane] += a * w[lane];
            }
        }
    }
    y
}

/// The same for the last panel of a leaf, which has fewer rows.
fn accumulate_tail<A: Real>(inputs: &LeafPanel<A>, w: &[Lane], own: &mut [Panel]) -> Panel {
    let mut y = [[0.0; HESSIAN_LANES]; PANEL_ROWS];
    for ((column, w), own) in inputs.panel.chunks_exact(inputs.rows).zip(w).zip(own) {
        for (r, a) in column.iter().enumerate() {
            let a = a.to_f64();
            for lane in 0..HESSIAN_LANES {
                y[r][lane] += a * w[lane];
                own[r][lane] += a * inputs.twice[lane];
            }
        }
    }
    y
}

fn scaled(factor: f64, lanes: Lane) -> Lane {
    lanes.map(|value| factor * value)
}

fn add_product(sum: &mut Lane, a: &Lane, b: &Lane) {
    for lane in 0..HESSIAN_LANES {
        sum[lane] += a[lane] * b[lane];
    }
}
