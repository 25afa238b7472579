//! Rows of sixteen networks, and tiles of them.

/// Units, examples, inputs or outputs along an edge of a tile: 25 sums, 5 factors and a broadcast fill the 32 registers
/// of AVX-512, and 5 divides 100 inputs, 10 outputs and all the paper's layers.
pub const TILE: usize = 5;

/// One value for each of sixteen networks.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub struct Lanes(pub [f32; Self::WIDTH]);

impl Lanes {
    /// Networks to a row.
    pub const WIDTH: usize = 16;
    /// Zeros.
    pub const ZERO: Self = Self([0.0; Self::WIDTH]);
}
