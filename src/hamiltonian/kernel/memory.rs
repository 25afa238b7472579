//! Memory for couplings: one piece for all chunks of a tensor, in large pages where the system has them.
//!
//! A pass reads gigabytes a second in order, so the fewer pages to look up the better, and what it fetches ahead at the
//! end of a chunk should be the beginning of the next. A large page must lie whole within one piece: in pieces of a
//! chunk each, hardly one did at Λ = 300 (9 to 14 % of the contraction's time there, 2 to 6 % at 200 and 500).

use std::fmt::{Debug, Formatter, Result};
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::sync::Arc;

use crate::numeric::lanes::Real;

/// Zeros in one piece, as portions of these lengths that follow each other; each may be filled by another thread.
///
/// # Panics
/// If they are more than memory has addresses.
pub fn portions<T: Real>(lengths: impl IntoIterator<Item = usize>) -> Vec<Portion<T>> {
    let lengths: Vec<usize> = lengths.into_iter().collect();
    let all = lengths.iter().try_fold(0usize, |sum, &len| sum.checked_add(len));
    let piece = Arc::new(Piece::zeros(all.expect("more than memory has addresses")));
    let mut start = piece.start;
    let portion = |len| {
        let portion = Portion { _piece: piece.clone(), start, len };
        // SAFETY: the lengths add up to the piece's, so each portion ends within it or where it ends.
        start = unsafe { start.add(len) };
        portion
    };
    lengths.into_iter().map(portion).collect()
}

/// Some of the values of one piece of memory, which no other portion has; the piece lives as long as one of its portions.
pub struct Portion<T> {
    _piece: Arc<Piece<T>>,
    start: NonNull<T>,
    len: usize,
}

// SAFETY: a portion alone reaches its values, as a vector does; the piece is only kept, and given back with the last portion.
unsafe impl<T: Send> Send for Portion<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for Portion<T> {}

impl<T> Deref for Portion<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: `len` values from `start` on are initialised, live as long as `_piece`, and are this portion's alone.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl<T> DerefMut for Portion<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as in `deref`, and the portion itself is borrowed exclusively.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

impl<T: Debug> Debug for Portion<T> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Values from the first to the last, all initialised, which [`Portion`]s share out among themselves.
struct Piece<T> {
    start: NonNull<T>,
    /// Keeps the values; nothing reads or writes through it.
    _kept: Kept<T>,
}

/// What gives the memory back.
enum Kept<T> {
    Vector {
        _values: Vec<T>,
    },
    #[cfg(target_os = "linux")]
    Pages {
        _pages: large::Pages,
    },
}

impl<T: Real> Piece<T> {
    fn zeros(len: usize) -> Self {
        #[cfg(target_os = "linux")]
        if let Some(pages) = large::Pages::zeros(len.saturating_mul(size_of::<T>())) {
            // Bytes of zero are the number 0 in both types that `Real` is sealed to.
            return Self { start: pages.start().cast(), _kept: Kept::Pages { _pages: pages } };
        }
        let mut values = vec![T::default(); len];
        let start = NonNull::new(values.as_mut_ptr()).expect("a vector's pointer is never null");
        Self { start, _kept: Kept::Vector { _values: values } }
    }
}

/// Large pages of Linux.
#[cfg(target_os = "linux")]
mod large {
    use std::alloc::{Layout, handle_alloc_error};
    use std::ptr::{NonNull, null_mut};

    /// Size of a large page, and the alignment it needs.
    const PAGE: usize = 2 << 20;

    /// What a mapping may be cut at, whatever the size of the system's small pages.
    const CUT: usize = 64 << 10;

    /// Memory that begins at the boundary of a large page.
    pub struct Pages {
        start: NonNull<u8>,
        bytes: usize,
    }

    // SAFETY: the pointer is to memory that any thread may use and give back.
    unsafe impl Send for Pages {}
    // SAFETY: as above.
    unsafe impl Sync for Pages {}

    impl Pages {
        /// Zeros, if there are enough to fill a large page.
        pub fn zeros(bytes: usize) -> Option<Self> {
            if bytes < PAGE {
                return None;
            }
            let layout = Layout::from_size_align(bytes, PAGE).expect("more than memory has addresses");
            let bytes = bytes.next_multiple_of(CUT);
            // SAFETY: asks for new memory at any place.
            let mapped = unsafe {
                let access = libc::PROT_READ | libc::PROT_WRITE;
                libc::mmap(null_mut(), bytes + PAGE, access, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0)
            };
            if mapped == libc::MAP_FAILED {
                handle_alloc_error(layout);
            }
            let skip = mapped.addr().next_multiple_of(PAGE) - mapped.addr();
            // SAFETY: the memory has a page more than is wanted: `skip` bytes in front and the rest behind are given back.
            // The advice changes no content; a system that refuses it loses nothing but speed, so its answer does not
            // matter. Pages that the range only begins stay small.
            unsafe {
                let start = mapped.byte_add(skip);
                libc::munmap(mapped, skip);
                libc::munmap(start.byte_add(bytes), PAGE - skip);
                libc::madvise(start, bytes / PAGE * PAGE, libc::MADV_HUGEPAGE);
                Some(Self { start: NonNull::new_unchecked(start.cast()), bytes })
            }
        }

        /// Where it begins.
        pub fn start(&self) -> NonNull<u8> {
            self.start
        }
    }

    impl Drop for Pages {
        fn drop(&mut self) {
            // SAFETY: this memory was mapped by `zeros`, and no portion of it is left.
            unsafe { libc::munmap(self.start.as_ptr().cast(), self.bytes) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portions_are_zeros_that_lie_one_after_the_other_and_stay_apart() {
        for scale in [0, 1, 1000, 400_000] {
            let lengths = [3 * scale, 0, 2 * scale, 1];
            let mut portions = portions::<f64>(lengths);
            assert!(portions.iter().zip(lengths).all(|(portion, len)| portion.len() == len));
            assert!(portions.iter().flat_map(|portion| portion.iter()).all(|&value| value == 0.0));
            assert!(portions.windows(2).all(|pair| pair[0].as_ptr_range().end == pair[1].as_ptr()));
            std::thread::scope(|scope| {
                for (number, portion) in portions.iter_mut().enumerate() {
                    scope.spawn(move || portion.fill(number as f64));
                }
            });
            let last = portions.pop().expect("four portions");
            drop(portions);
            assert_eq!(*last, [3.0]);
        }
    }
    #[test]
    #[should_panic(expected = "more than memory has addresses")]
    fn lengths_that_add_up_to_more_than_memory_are_refused() {
        let _ = portions::<f32>([usize::MAX, 2]);
    }
}
