//! Products A w of sixteen leaves at once, one to each element of the registers.

use crate::hamiltonian::grouped::{GROUP_LEAVES, triangle};
use crate::hamiltonian::layout::PANEL_ROWS;
use crate::numeric::lanes::Real;
use crate::numeric::simd::Simd;

/// Sixteen leaves and V points.
pub struct Products<E, const V: usize> {
    /// The leaves' lower triangles, as [`Grouped`](crate::hamiltonian::grouped::GroupedTensor) stores them.
    pub values: *const f32,
    /// Rows of the largest leaf.
    pub rows: usize,
    /// Coordinates of each point.
    pub w: [*const E; V],
    /// Sums of each point: sixteen for each row.
    pub y: [*mut E; V],
}

#[allow(clippy::needless_range_loop)] // Indices keep the unrolled registers in sight.
impl<E: Real, const V: usize> Products<E, V> {
    /// Overwrites the sums with A w: each coupling of row r and column k is multiplied by `w_k` for row r and by `w_r` for
    /// row k. Rows go from top to bottom, so that every row is summed over ascending columns.
    ///
    /// # Safety
    /// The machine has the instruction set of `S`, the triangles have so many rows, and so have w and the aligned y.
    #[inline(always)]
    pub unsafe fn sum<S: Simd<Elem = E>>(&self) {
        let first = self.rows % PANEL_ROWS;
        for lane in (0..GROUP_LEAVES).step_by(S::LANES) {
            // SAFETY: passed on from the caller.
            unsafe {
                for row in 0..first {
                    self.some_rows::<S, 1>(lane, self.values, (0, row));
                }
                let mut panel = self.values.add(triangle(first) * GROUP_LEAVES);
                for top in (first..self.rows).step_by(PANEL_ROWS) {
                    // Twice as many sums as there is room for beside full lanes: what does not fit costs less than
                    // another turn over the columns.
                    match PANEL_ROWS * V / S::ROWS / 2 {
                        0..=1 => self.some_rows::<S, PANEL_ROWS>(lane, panel, (top, 0)),
                        2..=3 => {
                            self.some_rows::<S, { PANEL_ROWS / 2 }>(lane, panel, (top, 0));
                            self.some_rows::<S, { PANEL_ROWS / 2 }>(lane, panel, (top, PANEL_ROWS / 2));
                        }
                        _ => {
                            for row in (0..PANEL_ROWS).step_by(2) {
                                self.some_rows::<S, 2>(lane, panel, (top, row));
                            }
                        }
                    }
                    panel = panel.add((PANEL_ROWS * top + triangle(PANEL_ROWS)) * GROUP_LEAVES);
                }
            }
        }
    }

    /// R rows, from row `row` on, of the panel whose rows begin at `top`.
    #[inline(always)]
    unsafe fn some_rows<S: Simd<Elem = E>, const R: usize>(
        &self,
        lane: usize,
        panel: *const f32,
        (top, row): (usize, usize),
    ) {
        // SAFETY: the instruction set is present, and rows and columns are rows of w and y and among the values, by the
        // caller.
        unsafe {
            let mut sums = [[S::zero(); V]; R];
            let mut own = [[S::zero(); V]; R];
            for r in 0..R {
                own[r] = self.w::<S>(top + row + r);
            }
            let near = panel.add(row * GROUP_LEAVES + lane);
            for k in 0..top {
                self.column::<S, R>(
                    lane,
                    k,
                    |r| near.add((PANEL_ROWS * k + r) * GROUP_LEAVES),
                    &own,
                    &mut sums,
                );
            }
            // The panel ends in the triangle on the diagonal, whose rows have one entry more from each to the next.
            let corner = panel.add(PANEL_ROWS * top * GROUP_LEAVES + lane);
            let at = |r: usize, k: usize| corner.add((triangle(row + r) + k) * GROUP_LEAVES);
            for k in 0..row {
                self.column::<S, R>(lane, top + k, |r| at(r, k), &own, &mut sums);
            }
            for r in 0..R {
                for k in 0..r {
                    let a = S::convert(at(r, row + k));
                    for v in 0..V {
                        sums[r][v] = S::fma(a, own[k][v], sums[r][v]);
                        sums[k][v] = S::fma(a, own[r][v], sums[k][v]);
                    }
                }
                let a = S::convert(at(r, row + r));
                for v in 0..V {
                    sums[r][v] = S::fma(a, own[r][v], sums[r][v]);
                }
            }
            for r in 0..R {
                for v in 0..V {
                    S::store(self.y[v].add((top + row + r) * GROUP_LEAVES + lane), sums[r][v]);
                }
            }
        }
    }

    /// Column k of R rows, whose couplings are also those of row k.
    #[inline(always)]
    unsafe fn column<S: Simd<Elem = E>, const R: usize>(
        &self,
        lane: usize,
        k: usize,
        at: impl Fn(usize) -> *const f32,
        own: &[[S::Reg; V]; R],
        sums: &mut [[S::Reg; V]; R],
    ) {
        // SAFETY: the instruction set is present and k a row of w and y, by the caller; `lane` is a multiple of the
        // register, so that places in y are aligned.
        unsafe {
            let mut across = [S::zero(); V];
            for v in 0..V {
                across[v] = S::load(self.y[v].add(k * GROUP_LEAVES + lane));
            }
            let w = self.w::<S>(k);
            for r in 0..R {
                let a = S::convert(at(r));
                for v in 0..V {
                    sums[r][v] = S::fma(a, w[v], sums[r][v]);
                    across[v] = S::fma(a, own[r][v], across[v]);
                }
            }
            for v in 0..V {
                S::store(self.y[v].add(k * GROUP_LEAVES + lane), across[v]);
            }
        }
    }

    /// Coordinate i of each point.
    #[inline(always)]
    unsafe fn w<S: Simd<Elem = E>>(&self, i: usize) -> [S::Reg; V] {
        // SAFETY: the instruction set is present and i a row of w, by the caller.
        unsafe {
            let mut w = [S::zero(); V];
            for v in 0..V {
                w[v] = S::splat(*self.w[v].add(i));
            }
            w
        }
    }
}
