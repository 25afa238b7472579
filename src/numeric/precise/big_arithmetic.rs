//! Arithmetic of numbers of any precision.

use super::big::{Big, ROUNDING};
use super::double::Double;
use super::number::{Precise, Split, significand_of};

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
        let significand = significand_of(word(1), word(2), sign.is_negative());
        Split { significand, exponent: i64::from(exponent) }
    }
}
