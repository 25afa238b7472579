//! Least and most values of what a spec may ask for, with the reason for each.

/// Least and most H. 16! < 2⁵³: the number of orderings of a multiset of indices is exact in double precision.
pub const SPINS: [u32; 2] = [2, 16];
/// Least and most Λ: an index fits 16 bits.
pub const DIM: [u32; 2] = [2, 65_535];
/// Least and most starts per surface.
pub const STARTS: [u32; 2] = [1, 10_000_000];
/// Least and most surfaces per size.
pub const INSTANCES: [u32; 2] = [1, 1_000_000];
