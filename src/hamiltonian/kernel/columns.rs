//! A panel's columns in the type of the points, converted beside the products where they are stored in another.

use super::stored::Stored;
use crate::hamiltonian::layout::PANEL_ROWS;
use crate::numeric::simd::Simd;

/// Bytes ahead of the values at work that are fetched from memory: far enough to hide its latency.
pub const AHEAD: usize = 16 << 10;
/// Bytes that come with one fetch.
pub const LINE: usize = 64;
/// Columns of a full panel that are converted ahead of their use, if at all.
pub const LEAD: usize = 4;
/// Columns that have room while they are in use: a power of two above [`LEAD`]. The fewer, the fewer loads of
/// coordinates wait because they end in the same twelve address bits as a store under way: 16 cost ten points of the
/// contraction's share of the limit at Λ = 300.
pub const RING: usize = 8;

/// Columns of R values in the type of the points. A full panel that must be converted passes through a ring of a few
/// columns, which the first-level cache holds whatever the panel's length.
pub struct Columns<S: Simd, A, const R: usize> {
    stored: *const A,
    /// The first value, unless columns pass through the ring.
    pub values: *const S::Elem,
    ring: *mut S::Elem,
    /// Values from one column to the next, unless columns pass through the ring.
    pub stride: usize,
}

impl<S: Simd, A: Stored<S::Elem>, const R: usize> Columns<S, A, R> {
    const RINGED: bool = A::CONVERTS && R == PANEL_ROWS;

    /// Columns of a panel; `scratch` is aligned and has room for the ring, or for the panel if that is not full.
    #[inline(always)]
    pub unsafe fn new(panel: &[A], scratch: &mut [S::Elem]) -> Self {
        let ring = scratch.as_mut_ptr();
        let stored = panel.as_ptr();
        // SAFETY: the instruction set is present, by the caller.
        let values = if Self::RINGED || R == 0 { ring } else { unsafe { converted::<S, A>(panel, scratch) } };
        Self { stored, values, ring, stride: R }
    }

    /// Converts column k, if that is done column by column.
    #[inline(always)]
    pub unsafe fn convert(&self, k: usize) {
        if Self::RINGED {
            for group in (0..R).step_by(S::LANES) {
                // SAFETY: column k is one of the panel's, by the caller, and what is converted is f32 (`Real` is
                // sealed); the ring has room for RING aligned columns of R values.
                unsafe {
                    let value = S::convert(self.stored.add(k * R + group).cast());
                    S::store(self.ring.add(k % RING * R + group), value);
                }
            }
        }
    }

    /// Where the values of column k are.
    #[inline(always)]
    pub unsafe fn at(&self, k: usize) -> *const S::Elem {
        // SAFETY: column k is one of the panel's, by the caller.
        unsafe { if Self::RINGED { self.ring.add(k % RING * R) } else { self.values.add(k * self.stride) } }
    }
}

/// A panel in the type of the points: itself, or converted into `scratch`, which is aligned.
#[inline(always)]
pub unsafe fn converted<S: Simd, A: Stored<S::Elem>>(panel: &[A], scratch: &mut [S::Elem]) -> *const S::Elem {
    if !A::CONVERTS || panel.len() < S::LANES {
        return A::panel(panel, scratch).as_ptr();
    }
    let to = scratch[..panel.len()].as_mut_ptr();
    // SAFETY: what is converted is f32 (`Real` is sealed); groups lie within both slices and begin aligned in
    // `scratch`, but for the last, which ends where the slices end. A prefetch may go anywhere.
    unsafe {
        let from = panel.as_ptr().cast::<f32>();
        let last = panel.len() - S::LANES;
        let line = LINE / size_of::<f32>();
        let lines = last / line * line;
        for first in (0..lines).step_by(line) {
            S::prefetch(from.add(first).cast::<u8>().wrapping_add(AHEAD));
            for group in (first..first + line).step_by(S::LANES) {
                S::store(to.add(group), S::convert(from.add(group)));
            }
        }
        for group in (lines..last).step_by(S::LANES) {
            S::store(to.add(group), S::convert(from.add(group)));
        }
        S::store_anywhere(to.add(last), S::convert(from.add(last)));
    }
    to
}
