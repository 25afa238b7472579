//! Points side by side: one row per coordinate, one lane per point.

use std::fmt::Debug;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub};

/// Keeps [`Real`] to the types below: the kernels rely on what its methods do, and memory of zero bytes is taken for zeros.
mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// A floating-point type that points are stored in: `f32` or `f64`.
pub trait Real:
    sealed::Sealed
    + Copy
    + Debug
    + Default
    + PartialOrd
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + Sum
{
    /// The values of one coordinate in all lanes of a block: 192 bytes, aligned to 64.
    type Row: Copy + Debug + Send + Sync + AsRef<[Self]> + AsMut<[Self]>;
    /// Lanes of a block: three 512-bit registers' worth.
    const LANES: usize;
    /// A row of zeros.
    const ZEROS: Self::Row;

    /// Rounds a double to this type.
    fn from_f64(value: f64) -> Self;
    /// Exact double of this value.
    fn to_f64(self) -> f64;
    /// `self · a + b` with one rounding.
    fn fused(self, a: Self, b: Self) -> Self;
    /// √self, correctly rounded.
    fn root(self) -> Self;
    /// self / divisor, correctly rounded.
    fn over(self, divisor: Self) -> Self;
}

macro_rules! real {
    ($t:ty, $row:ident, $lanes:literal) => {
        /// One coordinate in all lanes of a block.
        #[derive(Debug, Clone, Copy)]
        #[repr(C, align(64))]
        pub struct $row(pub [$t; $lanes]);

        impl AsRef<[$t]> for $row {
            #[inline(always)]
            fn as_ref(&self) -> &[$t] {
                &self.0
            }
        }

        impl AsMut<[$t]> for $row {
            #[inline(always)]
            fn as_mut(&mut self) -> &mut [$t] {
                &mut self.0
            }
        }

        impl Real for $t {
            type Row = $row;
            const LANES: usize = $lanes;
            const ZEROS: $row = $row([0.0; $lanes]);

            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                value as $t
            }

            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }

            #[inline(always)]
            fn fused(self, a: Self, b: Self) -> Self {
                self.mul_add(a, b)
            }

            #[inline(always)]
            fn root(self) -> Self {
                self.sqrt()
            }

            #[inline(always)]
            fn over(self, divisor: Self) -> Self {
                self / divisor
            }
        }
    };
}

real!(f32, Row32, 48);
real!(f64, Row64, 24);

/// Points side by side: `rows[i]` holds coordinate i of every lane; shape (dim, T::LANES).
///
/// Lanes `0..active` hold points; what lies beyond is meaningless and never read.
#[derive(Debug, Clone)]
pub struct PointLanes<T: Real> {
    /// Coordinates, one row each.
    pub rows: Vec<T::Row>,
    /// Number of lanes in use.
    pub active: usize,
}

impl<T: Real> PointLanes<T> {
    /// A block of dimension `dim` with no active lane.
    pub fn new(dim: usize) -> Self {
        Self { rows: vec![T::ZEROS; dim], active: 0 }
    }

    /// Number of coordinates.
    pub fn dim(&self) -> usize {
        self.rows.len()
    }

    /// Whether no lane is free.
    pub fn is_full(&self) -> bool {
        self.active == T::LANES
    }

    /// Puts a point into the next free lane and returns that lane.
    ///
    /// # Panics
    /// If no lane is free or the point's length is not the block's dimension.
    #[track_caller]
    pub fn push(&mut self, point: &[T]) -> usize {
        assert!(!self.is_full() && point.len() == self.dim());
        let lane = self.active;
        for (row, &x) in self.rows.iter_mut().zip(point) {
            row.as_mut()[lane] = x;
        }
        self.active += 1;
        lane
    }

    /// Takes a point out; the last active lane moves into its place.
    ///
    /// # Panics
    /// If the lane is not active.
    #[track_caller]
    pub fn swap_remove(&mut self, lane: usize) -> Vec<T> {
        assert!(lane < self.active);
        let last = self.active - 1;
        self.active = last;
        self.rows
            .iter_mut()
            .map(|row| {
                let row = row.as_mut();
                row.swap(lane, last);
                std::mem::take(&mut row[last])
            })
            .collect()
    }

    /// The point in one lane.
    pub fn lane(&self, lane: usize) -> Vec<T> {
        self.rows.iter().map(|row| row.as_ref()[lane]).collect()
    }
}
