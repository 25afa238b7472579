//! Uniform random numbers.

use rand::Rng;

/// Uniform in 0…n−1, up to n · 2^-64.
#[inline]
pub(super) fn below(random: &mut impl Rng, n: usize) -> usize {
    ((u128::from(random.next_u64()) * n as u128) >> 64) as usize
}
