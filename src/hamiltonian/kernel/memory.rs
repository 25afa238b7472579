//! Memory for couplings in large pages, where the system has them.

use crate::numeric::lanes::Real;

/// Size of a large page, and the alignment it needs.
#[cfg(target_os = "linux")]
const PAGE: usize = 2 << 20;

/// Zeros for couplings: one stream of gigabytes a second, so the fewer pages to look up the better
/// (7 points of the contraction's share of the limit at Λ = 300 and 500, couplings in double precision).
pub fn zeros<T: Real>(len: usize) -> Vec<T> {
    let values = vec![T::default(); len];
    advise(&values);
    values
}

/// Asks for large pages under a slice that nothing has touched yet.
#[cfg(target_os = "linux")]
fn advise<T>(values: &[T]) {
    let (start, end) = (values.as_ptr().addr(), values.as_ptr_range().end.addr());
    let first = start.next_multiple_of(PAGE);
    if end.saturating_sub(first) >= PAGE {
        let pages = values.as_ptr().cast_mut().wrapping_byte_add(first - start);
        // SAFETY: the range lies within the slice's own allocation, and the advice changes no content. A system
        // that refuses it loses nothing but speed, so its answer does not matter.
        unsafe { libc::madvise(pages.cast(), (end - first) / PAGE * PAGE, libc::MADV_HUGEPAGE) };
    }
}

#[cfg(not(target_os = "linux"))]
fn advise<T>(_: &[T]) {}
