//! The fused contraction in vector registers. The arithmetic of each lane is that of [`super::scalar`].

use super::{Contraction, Stored};
use crate::hamiltonian::layout::{Leaves, PANEL_ROWS};
use crate::hamiltonian::tensor::SymmetricTensor;
use crate::numeric::lanes::{Block, Real};
use crate::numeric::simd::Simd;

/// Registers side by side: as many columns of lanes as one pass over the tensor serves.
const WIDTH: usize = 3;

/// Columns of a panel that are converted at a time, if at all: few enough to stay in the first-level cache.
const SEGMENT: usize = 64;
/// Bytes ahead of the values at work that are fetched from memory: far enough to hide its latency.
const AHEAD: usize = 16 << 10;

type Elem<S> = <S as Simd>::Elem;

/// Energies and Euclidean gradients, unscaled, of all active lanes.
///
/// # Safety
/// The machine has the instruction set of `S`.
#[inline(always)]
pub unsafe fn contract<S: Simd, A: Stored<S::Elem>>(
    tensor: &SymmetricTensor<A>,
    points: &Block<S::Elem>,
    out: &mut Contraction<S::Elem>,
) {
    for first in (0..points.active).step_by(WIDTH * S::LANES) {
        let registers = (points.active - first).div_ceil(S::LANES);
        // SAFETY: the instruction set is present by contract.
        unsafe {
            match registers {
                1 => pass::<S, A, 1>(tensor, points, out, first),
                2 => pass::<S, A, 2>(tensor, points, out, first),
                _ => pass::<S, A, WIDTH>(tensor, points, out, first),
            }
        }
    }
}

/// One pass over the tensor for V registers of lanes from lane `first` on.
#[inline(always)]
unsafe fn pass<S: Simd, A: Stored<S::Elem>, const V: usize>(
    tensor: &SymmetricTensor<A>,
    points: &Block<S::Elem>,
    out: &mut Contraction<S::Elem>,
    first: usize,
) {
    assert!(first + V * S::LANES <= Elem::<S>::LANES, "lanes beyond the block");
    let dim = tensor.layout().dim;
    assert!(points.rows.len() == dim && out.gradient.len() == dim && out.partial.len() == dim);
    // SAFETY: the instruction set is present by contract. All three buffers hold `dim` rows of `LANES` aligned
    // elements (checked above), every row index below is less than `dim` by the layout, and lanes
    // first … first + V·S::LANES lie within a row (checked above; `first` is a multiple of WIDTH·S::LANES,
    // so each register starts aligned).
    unsafe {
        let lanes = Lanes::<S, V> { width: Elem::<S>::LANES, marker: std::marker::PhantomData };
        let w = points.rows.as_ptr().cast::<Elem<S>>().add(first);
        let total = out.gradient.as_mut_ptr().cast::<Elem<S>>().add(first);
        let partial = out.partial.as_mut_ptr().cast::<Elem<S>>().add(first);
        let mut energy = [S::zero(); V];
        lanes.clear(total, dim);
        for (span, values) in tensor.chunks() {
            lanes.clear(partial, span.rows);
            let mut chunk_energy = [S::zero(); V];
            let mut leaves = Leaves::of(tensor.layout(), span);
            let mut rest = values;
            while let Some(m) = leaves.next_size() {
                let (leaf, after) = rest.split_at(m * m);
                rest = after;
                let prefix = leaves.prefix();
                let weight = lanes.product(w, prefix, usize::MAX);
                let twice = lanes.zip(weight, weight, |a, b| S::add(a, b));
                let sums = Sums { w, gradient: partial, twice };
                let e = lanes.leaf(leaf, m, &sums, &mut out.scratch);
                for v in 0..V {
                    chunk_energy[v] = S::fma(weight[v], e[v], chunk_energy[v]);
                }
                for (position, &i) in prefix.iter().enumerate() {
                    let others = lanes.product(w, prefix, position);
                    let g = lanes.load(partial, i);
                    let mut updated = g;
                    for v in 0..V {
                        updated[v] = S::fma(others[v], e[v], g[v]);
                    }
                    lanes.store(partial, i, updated);
                }
            }
            for row in 0..span.rows {
                let sum = lanes.zip(lanes.load(total, row), lanes.load(partial, row), |a, b| S::add(a, b));
                lanes.store(total, row, sum);
            }
            energy = lanes.zip(energy, chunk_energy, |a, b| S::add(a, b));
        }
        let row = out.energy.as_mut().as_mut_ptr().add(first);
        lanes.store(row, 0, energy);
    }
}

/// V registers of lanes in buffers whose rows are `width` elements apart.
struct Lanes<S, const V: usize> {
    width: usize,
    marker: std::marker::PhantomData<S>,
}

impl<S: Simd, const V: usize> Lanes<S, V> {
    #[inline(always)]
    unsafe fn load(&self, from: *const S::Elem, row: usize) -> [S::Reg; V] {
        // SAFETY: row within the buffer, by the caller.
        std::array::from_fn(|v| unsafe { S::load(from.add(row * self.width + v * S::LANES)) })
    }

    #[inline(always)]
    unsafe fn store(&self, to: *mut S::Elem, row: usize, values: [S::Reg; V]) {
        for (v, value) in values.into_iter().enumerate() {
            // SAFETY: row within the buffer, by the caller.
            unsafe { S::store(to.add(row * self.width + v * S::LANES), value) }
        }
    }

    #[inline(always)]
    unsafe fn clear(&self, to: *mut S::Elem, rows: usize) {
        for row in 0..rows {
            // SAFETY: rows within the buffer, by the caller.
            unsafe { self.store(to, row, [S::zero(); V]) }
        }
    }

    #[inline(always)]
    fn zip(&self, a: [S::Reg; V], b: [S::Reg; V], op: impl Fn(S::Reg, S::Reg) -> S::Reg) -> [S::Reg; V] {
        std::array::from_fn(|v| op(a[v], b[v]))
    }

    /// Product of the prefix coordinates but the one at position `skip`, left to right from 1.
    #[inline(always)]
    unsafe fn product(&self, w: *const S::Elem, prefix: &[usize], skip: usize) -> [S::Reg; V] {
        // SAFETY: the instruction set is present and prefix indices are rows of w, by the caller.
        unsafe {
            let mut product = [S::splat(S::Elem::from_f64(1.0)); V];
            for (position, &i) in prefix.iter().enumerate() {
                if position != skip {
                    let factor = self.load(w, i);
                    product = self.zip(product, factor, |a, b| S::mul(a, b));
                }
            }
            product
        }
    }

    /// Adds `twice · A w` of one leaf to the gradient and returns wᵀ A w.
    #[inline(always)]
    unsafe fn leaf<A: Stored<S::Elem>>(
        &self,
        leaf: &[A],
        m: usize,
        sums: &Sums<S, V>,
        scratch: &mut [S::Elem],
    ) -> [S::Reg; V] {
        // SAFETY: rows `top … top + rows` are less than m ≤ dim; a panel holds `stride · m` values.
        unsafe {
            let mut e = [S::zero(); V];
            for top in (0..m).step_by(PANEL_ROWS) {
                let stride = (m - top).min(PANEL_ROWS);
                for offset in (0..stride).step_by(S::ROWS) {
                    let part =
                        Part { stored: &leaf[top * m..][..stride * m], stride, offset, top: top + offset };
                    e = match (stride - offset).min(S::ROWS) {
                        1 => self.rows::<A, 1>(&part, sums, scratch, e),
                        2 => self.rows::<A, 2>(&part, sums, scratch, e),
                        3 => self.rows::<A, 3>(&part, sums, scratch, e),
                        4 => self.rows::<A, 4>(&part, sums, scratch, e),
                        5 => self.rows::<A, 5>(&part, sums, scratch, e),
                        6 => self.rows::<A, 6>(&part, sums, scratch, e),
                        7 => self.rows::<A, 7>(&part, sums, scratch, e),
                        _ => self.rows::<A, 8>(&part, sums, scratch, e),
                    };
                }
            }
            e
        }
    }

    /// R rows of a leaf: their products with w stay in registers, and are used at once for wᵀ A w and the gradient.
    #[inline(always)]
    #[allow(clippy::needless_range_loop)] // Indices keep the unrolled registers in sight.
    unsafe fn rows<A: Stored<S::Elem>, const R: usize>(
        &self,
        part: &Part<A>,
        sums: &Sums<S, V>,
        scratch: &mut [S::Elem],
        mut e: [S::Reg; V],
    ) -> [S::Reg; V] {
        // SAFETY: a panel has as many columns as the leaf has rows, all of them rows of w; R of its `stride` values
        // per column lie from `offset` on; rows top … top + R are rows of w and of the gradient, all by the caller.
        // A prefetch may go anywhere.
        unsafe {
            let mut y = [[S::zero(); V]; R];
            let mut x_row = 0;
            for stored in part.stored.chunks(SEGMENT * part.stride) {
                let ahead = stored.as_ptr().cast::<u8>().wrapping_add(AHEAD);
                let values = A::panel(stored, scratch).as_ptr().add(part.offset);
                for k in 0..stored.len() / part.stride {
                    let column = values.add(k * part.stride);
                    S::prefetch(ahead.wrapping_add(k * part.stride * size_of::<A>()));
                    let x = self.load(sums.w, x_row);
                    x_row += 1;
                    for r in 0..R {
                        let value = S::splat(*column.add(r));
                        for v in 0..V {
                            y[r][v] = S::fma(value, x[v], y[r][v]);
                        }
                    }
                }
            }
            for (r, product) in y.into_iter().enumerate() {
                let x = self.load(sums.w, part.top + r);
                let mut g = self.load(sums.gradient, part.top + r);
                for v in 0..V {
                    e[v] = S::fma(x[v], product[v], e[v]);
                    g[v] = S::fma(sums.twice[v], product[v], g[v]);
                }
                self.store(sums.gradient, part.top + r, g);
            }
            e
        }
    }
}

/// Where a leaf's products come from and go to.
struct Sums<S: Simd, const V: usize> {
    w: *const S::Elem,
    gradient: *mut S::Elem,
    /// Twice the product of the prefix coordinates.
    twice: [S::Reg; V],
}

/// Rows of a panel from `offset` on, which are rows from `top` on of the leaf.
struct Part<'a, A> {
    /// The whole panel, column by column, `stride` values each.
    stored: &'a [A],
    stride: usize,
    offset: usize,
    top: usize,
}
