//! The fused contraction in vector registers. The arithmetic of each lane is that of [`super::scalar`].

use super::columns::{AHEAD, Columns, LEAD, LINE, RING, converted};
use super::contraction::{Contraction, Sum, aligned};
use super::stored::Stored;
use crate::hamiltonian::layout::{Leaves, PANEL_ROWS};
use crate::hamiltonian::tensor::SymmetricTensor;
use crate::numeric::lanes::{PointLanes, Real};
use crate::numeric::simd::Simd;

/// Registers side by side: as many columns of lanes as one pass over the tensor serves.
const WIDTH: usize = 3;

type Elem<S> = <S as Simd>::Elem;

/// Energies and Euclidean gradients of all active lanes.
///
/// # Safety
/// The machine has the instruction set of `S`.
#[inline(always)]
pub unsafe fn contract<S: Simd, A: Stored<S::Elem>>(
    tensor: &SymmetricTensor<A>,
    points: &PointLanes<S::Elem>,
    out: &mut Contraction<S::Elem>,
    sum: &Sum<S::Elem>,
) where
    S::Elem: Stored<S::Elem>,
{
    for first in (0..points.active).step_by(WIDTH * S::LANES) {
        let registers = (points.active - first).div_ceil(S::LANES);
        // SAFETY: the instruction set is present by contract.
        unsafe {
            match registers {
                1 => pass::<S, A, 1>(tensor, points, out, first, sum),
                2 => pass::<S, A, 2>(tensor, points, out, first, sum),
                _ => pass::<S, A, WIDTH>(tensor, points, out, first, sum),
            }
        }
    }
}

/// One pass over the tensor for V registers of lanes from lane `first` on.
#[inline(always)]
unsafe fn pass<S: Simd, A: Stored<S::Elem>, const V: usize>(
    tensor: &SymmetricTensor<A>,
    points: &PointLanes<S::Elem>,
    out: &mut Contraction<S::Elem>,
    first: usize,
    sum: &Sum<S::Elem>,
) where
    S::Elem: Stored<S::Elem>,
{
    assert!(first + V * S::LANES <= Elem::<S>::LANES, "lanes beyond the block");
    let dim = tensor.layout().dim;
    assert!(points.rows.len() == dim && out.gradient.len() == dim && out.partial.len() == dim);
    // SAFETY: the instruction set is present by contract. All three buffers hold `dim` rows of `LANES` aligned
    // elements (checked above), every row index below is less than `dim` by the layout, and lanes
    // first … first + V·S::LANES lie within a row (checked above; `first` is a multiple of WIDTH·S::LANES,
    // so each register starts aligned).
    unsafe {
        let lanes = Lanes::<S, V>(std::marker::PhantomData);
        let w = points.rows.as_ptr().cast::<Elem<S>>().add(first);
        let total = out.gradient.as_mut_ptr().cast::<Elem<S>>().add(first);
        let partial = out.partial.as_mut_ptr().cast::<Elem<S>>().add(first);
        let zero = [S::zero(); V];
        let mut energy = zero;
        for row in 0..dim {
            lanes.store(total, row, zero);
            lanes.store(partial, row, zero);
        }
        // Chunks follow each other, so one walk passes through all of them.
        let scratch = aligned(&mut out.scratch);
        let chunks = tensor.some_chunks(sum.chunks.clone());
        #[cfg(not(feature = "sabotage"))]
        let mut leaves =
            Leaves::from_first(tensor.layout(), tensor.some_chunks(sum.chunks.clone()).map(|(span, _)| span));
        #[cfg(feature = "sabotage")]
        let chunks = in_thread_order(chunks);
        for (span, values) in chunks {
            #[cfg(feature = "sabotage")]
            let mut leaves = Leaves::of(tensor.layout(), span);
            let mut chunk_energy = zero;
            let mut rest = values;
            for _ in 0..span.leaves {
                let Some(m) = leaves.next_size() else { break };
                let (leaf, after) = rest.split_at(m * m);
                rest = after;
                chunk_energy =
                    lanes.prefixed(leaves.prefix(), (leaf, m), (w, partial), scratch, chunk_energy);
            }
            for row in 0..span.rows {
                lanes.store(total, row, lanes.sum(lanes.load(total, row), lanes.load(partial, row)));
                lanes.store(partial, row, zero);
            }
            energy = lanes.sum(energy, chunk_energy);
        }
        let scale = [S::splat(sum.scale); V];
        for row in 0..dim {
            lanes.store(total, row, lanes.mul(scale, lanes.load(total, row)));
        }
        lanes.store(out.energy.as_mut().as_mut_ptr().add(first), 0, lanes.mul(scale, energy));
    }
}

/// V registers of lanes, in buffers with rows of a block.
///
/// Loops run over indices: iterators over arrays of registers pass them through memory.
struct Lanes<S, const V: usize>(std::marker::PhantomData<S>);

#[allow(clippy::needless_range_loop)]
impl<S: Simd, const V: usize> Lanes<S, V>
where
    S::Elem: Stored<S::Elem>,
{
    /// Whether the registers hold the sums of two panels.
    const PAIRS: bool = V == 1 && S::ROWS == PANEL_ROWS;
    /// Columns of a panel in one turn of the loop. With sixteen registers the compiler keeps a sum of four columns in
    /// memory, which takes up to a quarter of the speed.
    const STEP: usize = if S::ROWS == PANEL_ROWS { 4 } else { 1 };
    /// Most rows of one panel at a time.
    const ROWS: usize = if V == 1 { PANEL_ROWS } else { S::ROWS };

    #[inline(always)]
    unsafe fn load(&self, from: *const S::Elem, row: usize) -> [S::Reg; V] {
        // SAFETY: row within the buffer, by the caller.
        unsafe {
            let from = from.add(row * S::Elem::LANES);
            let mut values = [S::zero(); V];
            for v in 0..V {
                values[v] = S::load(from.add(v * S::LANES));
            }
            values
        }
    }

    #[inline(always)]
    unsafe fn store(&self, to: *mut S::Elem, row: usize, values: [S::Reg; V]) {
        // SAFETY: row within the buffer, by the caller.
        unsafe {
            let to = to.add(row * S::Elem::LANES);
            for v in 0..V {
                S::store(to.add(v * S::LANES), values[v]);
            }
        }
    }

    #[inline(always)]
    unsafe fn sum(&self, a: [S::Reg; V], mut b: [S::Reg; V]) -> [S::Reg; V] {
        for v in 0..V {
            // SAFETY: the instruction set is present, by the caller.
            b[v] = unsafe { S::add(a[v], b[v]) };
        }
        b
    }

    #[inline(always)]
    unsafe fn mul(&self, a: [S::Reg; V], mut b: [S::Reg; V]) -> [S::Reg; V] {
        for v in 0..V {
            // SAFETY: the instruction set is present, by the caller.
            b[v] = unsafe { S::mul(a[v], b[v]) };
        }
        b
    }

    #[inline(always)]
    unsafe fn fma(&self, a: [S::Reg; V], b: [S::Reg; V], mut c: [S::Reg; V]) -> [S::Reg; V] {
        for v in 0..V {
            // SAFETY: the instruction set is present, by the caller.
            c[v] = unsafe { S::fma(a[v], b[v], c[v]) };
        }
        c
    }

    /// Product of the prefix coordinates but the one at position `skip`, left to right from 1.
    #[inline(always)]
    unsafe fn product(&self, w: *const S::Elem, prefix: &[usize], skip: usize) -> [S::Reg; V] {
        // SAFETY: the instruction set is present and prefix indices are rows of w, by the caller.
        unsafe {
            let mut product = [S::splat(S::Elem::from_f64(1.0)); V];
            for position in 0..prefix.len() {
                if position != skip {
                    product = self.mul(product, self.load(w, prefix[position]));
                }
            }
            product
        }
    }

    /// Adds all that a leaf of m rows gives to the gradient, along its prefix too, and its energy to `energy`.
    #[inline(always)]
    unsafe fn prefixed<A: Stored<S::Elem>>(
        &self,
        prefix: &[usize],
        (leaf, m): (&[A], usize),
        (w, gradient): (*const S::Elem, *mut S::Elem),
        scratch: &mut [S::Elem],
        energy: [S::Reg; V],
    ) -> [S::Reg; V] {
        // SAFETY: the instruction set is present, and prefix indices and rows of the leaf are rows of w and of the
        // gradient, by the caller.
        unsafe {
            let weight = self.product(w, prefix, usize::MAX);
            let sums = Sums { w, gradient, twice: self.sum(weight, weight) };
            let e = self.leaf(leaf, m, &sums, scratch);
            for (position, &i) in prefix.iter().enumerate() {
                let others = self.product(w, prefix, position);
                let g = self.load(gradient, i);
                let along = sabotage!("prefix-sign", e, self.mul([S::splat(S::Elem::from_f64(-1.0)); V], e));
                self.store(gradient, i, self.fma(others, along, g));
            }
            self.fma(weight, e, energy)
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
        let panels = m.div_ceil(PANEL_ROWS);
        let alone = if Self::PAIRS { panels % 2 } else { panels };
        // SAFETY: rows `top … top + rows` are less than m ≤ dim; a panel holds `stride · m` values.
        unsafe {
            let mut e = [S::zero(); V];
            for top in (0..alone * PANEL_ROWS).step_by(PANEL_ROWS) {
                let stride = (m - top).min(PANEL_ROWS);
                let stored = &leaf[top * m..][..stride * m];
                if Self::ROWS == PANEL_ROWS {
                    let part = Part { stored, stride, offset: 0, top, columns: m };
                    e = self.some_rows(&part, stride, sums, scratch, e);
                } else {
                    // Two groups of rows share one conversion.
                    let to = converted::<S, A>(stored, scratch);
                    let stored = std::slice::from_raw_parts(to, stored.len());
                    for offset in (0..stride).step_by(Self::ROWS) {
                        let part = Part { stored, stride, offset, top: top + offset, columns: m };
                        let rows = (stride - offset).min(Self::ROWS);
                        e = self.some_rows(&part, rows, sums, &mut [], e);
                    }
                }
            }
            if !Self::PAIRS {
                return e;
            }
            for top in (alone * PANEL_ROWS..m).step_by(2 * PANEL_ROWS) {
                let stride = (m - top - PANEL_ROWS).min(PANEL_ROWS);
                let stored = &leaf[top * m..][..(PANEL_ROWS + stride) * m];
                let pair = Part { stored, stride, offset: 0, top, columns: m };
                e = self.some_pair(&pair, sums, scratch, e);
            }
            e
        }
    }

    /// The next `count` rows of a panel.
    #[inline(always)]
    unsafe fn some_rows<A: Stored<S::Elem>>(
        &self,
        part: &Part<A>,
        count: usize,
        sums: &Sums<S, V>,
        scratch: &mut [S::Elem],
        e: [S::Reg; V],
    ) -> [S::Reg; V] {
        // SAFETY: passed on from the caller.
        unsafe {
            match count {
                1 => self.rows::<A, 0, 1>(part, sums, scratch, e),
                2 => self.rows::<A, 0, 2>(part, sums, scratch, e),
                3 => self.rows::<A, 0, 3>(part, sums, scratch, e),
                4 => self.rows::<A, 0, 4>(part, sums, scratch, e),
                5 => self.rows::<A, 0, 5>(part, sums, scratch, e),
                6 => self.rows::<A, 0, 6>(part, sums, scratch, e),
                7 => self.rows::<A, 0, 7>(part, sums, scratch, e),
                _ => self.rows::<A, 0, 8>(part, sums, scratch, e),
            }
        }
    }

    /// A full panel and the next, which may be the last.
    #[inline(always)]
    unsafe fn some_pair<A: Stored<S::Elem>>(
        &self,
        part: &Part<A>,
        sums: &Sums<S, V>,
        scratch: &mut [S::Elem],
        e: [S::Reg; V],
    ) -> [S::Reg; V] {
        // SAFETY: passed on from the caller.
        unsafe {
            match part.stride {
                1 => self.rows::<A, PANEL_ROWS, 1>(part, sums, scratch, e),
                2 => self.rows::<A, PANEL_ROWS, 2>(part, sums, scratch, e),
                3 => self.rows::<A, PANEL_ROWS, 3>(part, sums, scratch, e),
                4 => self.rows::<A, PANEL_ROWS, 4>(part, sums, scratch, e),
                5 => self.rows::<A, PANEL_ROWS, 5>(part, sums, scratch, e),
                6 => self.rows::<A, PANEL_ROWS, 6>(part, sums, scratch, e),
                7 => self.rows::<A, PANEL_ROWS, 7>(part, sums, scratch, e),
                _ => self.rows::<A, PANEL_ROWS, 8>(part, sums, scratch, e),
            }
        }
    }

    /// F rows of a full panel and R of the next: their products with w stay in registers, and are used at once for
    /// wᵀ A w and the gradient.
    #[inline(always)]
    unsafe fn rows<A: Stored<S::Elem>, const F: usize, const R: usize>(
        &self,
        part: &Part<A>,
        sums: &Sums<S, V>,
        scratch: &mut [S::Elem],
        e: [S::Reg; V],
    ) -> [S::Reg; V] {
        let stride = if Self::ROWS == PANEL_ROWS { R } else { part.stride };
        let columns = part.columns;
        let (full, last) = part.stored.split_at(F * columns);
        let ahead = part.stored.as_ptr().cast::<u8>().wrapping_add(AHEAD);
        let ring = if A::CONVERTS { RING * PANEL_ROWS } else { 0 };
        let (full_scratch, last_scratch) = scratch.split_at_mut(if F > 0 { ring } else { 0 });
        // SAFETY: a panel has as many columns as the leaf has rows, all of them rows of w; R of the `stride` values
        // per column lie from `offset` on; rows top … top + F + R are rows of w and of the gradient, all by the
        // caller. A prefetch may go anywhere.
        unsafe {
            let full = Columns::<S, A, F>::new(full, full_scratch);
            let mut last = Columns::<S, A, R>::new(last, last_scratch);
            last.values = last.values.add(part.offset);
            last.stride = stride;
            let lead = if A::CONVERTS { LEAD.min(columns) } else { 0 };
            for k in 0..lead {
                full.convert(k);
                last.convert(k);
            }
            let mut y = [[S::zero(); V]; F];
            let mut z = [[S::zero(); V]; R];
            let bytes = (F + stride) * size_of::<A>();
            let steps = (columns - lead) / Self::STEP;
            for step in 0..steps {
                for u in 0..Self::STEP {
                    let k = step * Self::STEP + u;
                    if u == 0 || u * bytes / LINE > (u - 1) * bytes / LINE {
                        S::prefetch(ahead.wrapping_add(k * bytes));
                    }
                    if A::CONVERTS {
                        full.convert(k + LEAD);
                        last.convert(k + LEAD);
                    }
                    let x = self.load(sums.w, k);
                    self.column(full.at(k), x, &mut y);
                    self.column(last.at(k), x, &mut z);
                }
            }
            for k in steps * Self::STEP..columns {
                if A::CONVERTS && k + LEAD < columns {
                    full.convert(k + LEAD);
                    last.convert(k + LEAD);
                }
                let x = self.load(sums.w, k);
                self.column(full.at(k), x, &mut y);
                self.column(last.at(k), x, &mut z);
            }
            let e = self.use_rows(part.top, y, sums, e);
            self.use_rows(part.top + F, z, sums, e)
        }
    }

    /// Adds one column's share, its values times its coordinate, to the products of R rows.
    #[inline(always)]
    unsafe fn column<const R: usize>(
        &self,
        values: *const S::Elem,
        x: [S::Reg; V],
        y: &mut [[S::Reg; V]; R],
    ) {
        for r in 0..R {
            // SAFETY: a column has R values from this place on, by the caller.
            let value = unsafe { S::splat(*values.add(r)) };
            for v in 0..V {
                // SAFETY: the instruction set is present, by the caller.
                y[r][v] = unsafe { S::fma(value, x[v], y[r][v]) };
            }
        }
    }

    /// Adds the products of R rows from `top` on to the gradient, and their shares of wᵀ A w to `e`.
    #[inline(always)]
    unsafe fn use_rows<const R: usize>(
        &self,
        top: usize,
        y: [[S::Reg; V]; R],
        sums: &Sums<S, V>,
        mut e: [S::Reg; V],
    ) -> [S::Reg; V] {
        for r in 0..R {
            // SAFETY: the rows are rows of w and of the gradient, by the caller.
            e = unsafe { self.use_row(top + r, y[r], sums, e) };
        }
        e
    }

    /// Adds one row's product (A w)_row to the gradient, and its share of wᵀ A w to `e`.
    #[inline(always)]
    unsafe fn use_row(&self, row: usize, y: [S::Reg; V], sums: &Sums<S, V>, e: [S::Reg; V]) -> [S::Reg; V] {
        // SAFETY: the row is one of w and of the gradient, by the caller.
        unsafe {
            let e = self.fma(self.load(sums.w, row), y, e);
            self.store(sums.gradient, row, self.fma(y, sums.twice, self.load(sums.gradient, row)));
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

/// Rows of a panel from `offset` on, which are rows from `top` on of the leaf; or a full panel and the next.
struct Part<'a, A> {
    /// The whole panel or both, column by column.
    stored: &'a [A],
    /// Values in a column of the (second) panel.
    stride: usize,
    offset: usize,
    top: usize,
    /// Columns of the leaf.
    columns: usize,
}

/// Sabotage `thread-order-sum`: chunks in an order that depends on the thread.
#[cfg(feature = "sabotage")]
fn in_thread_order<'a, C>(chunks: impl Iterator<Item = C> + 'a) -> Vec<C> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut chunks: Vec<C> = chunks.collect();
    let mut hasher = DefaultHasher::new();
    std::thread::current().id().hash(&mut hasher);
    let turn = hasher.finish() as usize % chunks.len();
    chunks.rotate_left(sabotage!("thread-order-sum", 0, turn));
    chunks
}
