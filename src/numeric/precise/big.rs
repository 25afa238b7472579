//! Numbers of any precision by `astro-float`.

use astro_float::{BigFloat, Consts, RoundingMode};

pub(super) const ROUNDING: RoundingMode = RoundingMode::ToEven;

/// A number with a significand of a given length, a multiple of 64 bits, and exponents of ±2³¹.
#[derive(Debug, Clone)]
pub struct Big {
    pub(super) value: BigFloat,
    /// Kept beside the value: a zero forgets its length.
    pub(super) bits: usize,
}

impl Big {
    pub(super) fn with(&self, value: BigFloat) -> Self {
        Self { value, bits: self.bits }
    }

    /// The number x with at least so many bits.
    pub fn new(x: f64, bits: usize) -> Self {
        let bits = bits.next_multiple_of(64);
        Self { value: BigFloat::from_f64(x, bits), bits }
    }

    /// The words of the significand, lowest first, the exponent, and whether it is negative; `None` for NaN and ±∞.
    pub(super) fn words(&self) -> Option<(&[u64], i64, bool)> {
        let (words, _, sign, exponent, _) = self.value.as_raw_parts()?;
        if self.value.is_nan() || self.value.is_inf() {
            return None;
        }
        let words = if self.value.is_zero() { &[] } else { words };
        Some((words, i64::from(exponent), sign.is_negative()))
    }

    /// e^self.
    ///
    /// # Panics
    /// If memory for a table of constants cannot be had.
    pub fn exp(&self) -> Self {
        let mut constants = Consts::new().expect("memory for constants");
        self.with(self.value.exp(self.bits, ROUNDING, &mut constants))
    }

    /// π with the precision of `self`.
    ///
    /// # Panics
    /// As [`Self::exp`].
    pub fn pi(&self) -> Self {
        let mut constants = Consts::new().expect("memory for constants");
        self.with(constants.pi(self.bits, ROUNDING))
    }
}
