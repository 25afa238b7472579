//! The fused contraction in vector registers. The arithmetic of each lane is that of [`super::scalar`].

use super::simd::Simd;
use super::{Contraction, Stored};
use crate::hamiltonian::layout::{Leaves, PANEL_ROWS};
use crate::hamiltonian::tensor::SymmetricTensor;
use crate::numeric::lanes::{Block, Real};

/// Registers side by side: as many columns of lanes as one pass over the tensor serves.
const WIDTH: usize = 3;

/// Elements ahead of the one at work that are fetched from memory: far enough to hide its latency.
const AHEAD: usize = 4096;

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
                let e = lanes.leaf(leaf, m, w, partial, twice, &mut out.scratch);
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
        w: *const S::Elem,
        gradient: *mut S::Elem,
        twice: [S::Reg; V],
        scratch: &mut [S::Elem],
    ) -> [S::Reg; V] {
        // SAFETY: rows `top … top + rows` are less than m ≤ dim; a panel holds `stride · m` values.
        unsafe {
            let mut e = [S::zero(); V];
            for top in (0..m).step_by(PANEL_ROWS) {
                let stride = (m - top).min(PANEL_ROWS);
                let panel = A::panel(&leaf[top * m..][..stride * m], scratch);
                for offset in (0..stride).step_by(S::ROWS) {
                    let rows = (stride - offset).min(S::ROWS);
                    let a = panel.as_ptr().add(offset);
                    let at = top + offset;
                    e = match rows {
                        1 => self.rows::<1>(a, stride, m, at, w, gradient, twice, e),
                        2 => self.rows::<2>(a, stride, m, at, w, gradient, twice, e),
                        3 => self.rows::<3>(a, stride, m, at, w, gradient, twice, e),
                        4 => self.rows::<4>(a, stride, m, at, w, gradient, twice, e),
                        5 => self.rows::<5>(a, stride, m, at, w, gradient, twice, e),
                        6 => self.rows::<6>(a, stride, m, at, w, gradient, twice, e),
                        7 => self.rows::<7>(a, stride, m, at, w, gradient, twice, e),
                        _ => self.rows::<8>(a, stride, m, at, w, gradient, twice, e),
                    };
                }
            }
            e
        }
    }

    /// R rows of a leaf: their products with w stay in registers, and are used at once for wᵀ A w and the gradient.
    #[inline(always)]
    #[allow(clippy::too_many_arguments, clippy::needless_range_loop)]
    unsafe fn rows<const R: usize>(
        &self,
        a: *const S::Elem,
        stride: usize,
        m: usize,
        top: usize,
        w: *const S::Elem,
        gradient: *mut S::Elem,
        twice: [S::Reg; V],
        mut e: [S::Reg; V],
    ) -> [S::Reg; V] {
        // SAFETY: column k < m is a row of w; `a` points at R of `stride` values per column; rows
        // top … top + R are rows of w and of the gradient, all by the caller.
        unsafe {
            let mut y = [[S::zero(); V]; R];
            for k in 0..m {
                let column = a.add(k * stride);
                S::prefetch(column.wrapping_add(AHEAD));
                let x = self.load(w, k);
                for r in 0..R {
                    let value = S::splat(*column.add(r));
                    for v in 0..V {
                        y[r][v] = S::fma(value, x[v], y[r][v]);
                    }
                }
            }
            for (r, product) in y.into_iter().enumerate() {
                let x = self.load(w, top + r);
                let mut g = self.load(gradient, top + r);
                for v in 0..V {
                    e[v] = S::fma(x[v], product[v], e[v]);
                    g[v] = S::fma(twice[v], product[v], g[v]);
                }
                self.store(gradient, top + r, g);
            }
            e
        }
    }
}
