//! Arithmetic of numbers of any precision.

use super::big::{Big, ROUNDING};
use super::double::Double;
use super::number::{Precise, Split};

/// Bits of a word of the significand.
const WORD: f64 = 18_446_744_073_709_551_616.0;

impl Precise for Big {
    fn of(&self, x: f64) -> Self {
        Self::new(x, self.bits)
    }

    fn of_big(&self, x: &Big) -> Self {
        let mut x = x.value.clone();
        match x.set_precision(self.bits, ROUNDING) {
            Ok(()) => self.with(x),
            Err(_) => self.of(f64::NAN),
        }
    }

    fn bits(&self) -> usize {
        self.bits
    }

    fn plus(&self, x: &Self) -> Self {
        self.with(self.value.add(&x.value, self.bits, ROUNDING))
    }

    fn minus(&self, x: &Self) -> Self {
        self.with(self.value.sub(&x.value, self.bits, ROUNDING))
    }

    fn times(&self, x: &Self) -> Self {
        self.with(self.value.mul(&x.value, self.bits, ROUNDING))
    }

    fn over(&self, x: &Self) -> Self {
        self.with(self.value.div(&x.value, self.bits, ROUNDING))
    }

    fn sqrt(&self) -> Self {
        self.with(self.value.sqrt(self.bits, ROUNDING))
    }

    fn times_power_of_two(&self, power: i64) -> Self {
        let mut x = self.value.clone();
        if let Some(exponent) = x.exponent().filter(|_| !x.is_zero()) {
            x.set_exponent(exponent.saturating_add(i32::try_from(power).unwrap_or(i32::MAX)));
        }
        self.with(x)
    }

    fn negated(&self) -> Self {
        self.with(self.value.neg())
    }

    fn split(&self) -> Split {
        let Some((words, _, sign, exponent, _)) = self.value.as_raw_parts() else {
            return Split { significand: Double::new(f64::NAN), exponent: 0 };
        };
        if self.value.is_zero() {
            return Split { significand: Double::new(0.0), exponent: 0 };
        }
        let word = |i: usize| words.len().checked_sub(i).and_then(|at| words.get(at)).copied().unwrap_or(0);
        // Pieces that f64 holds exactly: 53 and 11 bits of the first word, then the second.
        let (first, second) = (word(1), word(2));
        let low_bits = first & 0x7ff;
        let high = (first - low_bits) as f64 / WORD;
        let low = low_bits as f64 / WORD + second as f64 / WORD / WORD;
        let sign = if sign.is_negative() { -1.0 } else { 1.0 };
        Split { significand: Double::sum(sign * high, sign * low), exponent: i64::from(exponent) }
    }
}
