//! What a number with more digits than f64 can do.

use super::big::Big;
use super::double::Double;

/// A real number with more digits than f64.
///
/// Results have the precision of the operands (of the first, where they differ) and are rounded to within a few
/// units in the last place.
pub trait Precise: Clone {
    /// The number x, with the precision of `self`.
    fn of(&self, x: f64) -> Self;
    /// The number x, cut to the precision of `self`.
    fn of_big(&self, x: &Big) -> Self;
    /// Bits of the significand.
    fn bits(&self) -> usize;
    /// self + x.
    fn plus(&self, x: &Self) -> Self;
    /// self − x.
    fn minus(&self, x: &Self) -> Self;
    /// self · x.
    fn times(&self, x: &Self) -> Self;
    /// self / x.
    fn over(&self, x: &Self) -> Self;
    /// √self; NaN below 0.
    fn sqrt(&self) -> Self;
    /// self · 2^power, exactly unless it leaves the range of exponents.
    fn times_power_of_two(&self, power: i64) -> Self;
    /// The significand, in [½, 1) in magnitude, as a double-double, and the power of two to scale it with.
    fn split(&self) -> Split;

    /// −self.
    fn negated(&self) -> Self {
        self.of(0.0).minus(self)
    }

    /// self + a · b.
    fn add_product(&mut self, a: &Self, b: &Self) {
        *self = self.plus(&a.times(b));
    }

    /// self − a · b.
    fn subtract_product(&mut self, a: &Self, b: &Self) {
        *self = self.minus(&a.times(b));
    }

    /// Nearest f64; ±∞ or 0 out of its range.
    fn to_f64(&self) -> f64 {
        let Split { significand, exponent } = self.split();
        // In two steps, so that neither power leaves the range of f64 before the product does.
        let half = exponent.clamp(-2200, 2200) / 2;
        significand.to_f64() * two_to(half) * two_to(exponent.clamp(-2200, 2200) - half)
    }

    /// Whether self > 0.
    fn is_positive(&self) -> bool {
        self.split().significand.to_f64() > 0.0
    }

    /// Whether self < 0.
    fn is_negative(&self) -> bool {
        self.split().significand.to_f64() < 0.0
    }

    /// log₂ |self|; −∞ at 0.
    fn log2(&self) -> f64 {
        let Split { significand, exponent } = self.split();
        significand.to_f64().abs().log2() + exponent as f64
    }
}

/// `significand · 2^exponent`.
#[derive(Debug, Clone, Copy)]
pub struct Split {
    /// In [½, 1) in magnitude, or 0, or NaN.
    pub significand: Double,
    /// Power of two.
    pub exponent: i64,
}

/// 2^k, 0 or ∞ out of the range of f64.
#[inline]
pub(super) fn two_to(k: i64) -> f64 {
    (k as f64).exp2()
}

/// Values of a word of the significand.
const WORD: f64 = 18_446_744_073_709_551_616.0;

/// The significand whose first words are these.
pub(super) fn significand_of(first: u64, second: u64, negative: bool) -> Double {
    // Pieces that f64 holds exactly: 53 and 11 bits of the first word, then the second.
    let low_bits = first & 0x7ff;
    let high = (first - low_bits) as f64 / WORD;
    let low = low_bits as f64 / WORD + second as f64 / WORD / WORD;
    let sign = if negative { -1.0 } else { 1.0 };
    Double::sum(sign * high, sign * low)
}
