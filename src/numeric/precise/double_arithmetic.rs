//! Arithmetic of double-double numbers.

use twofloat::TwoFloat;

use super::big::Big;
use super::double::Double;
use super::number::{Precise, Split, two_to};

impl Precise for Double {
    fn of(&self, x: f64) -> Self {
        Self::new(x)
    }

    fn of_big(&self, x: &Big) -> Self {
        let Split { significand, exponent } = x.split();
        significand.times_power_of_two(exponent)
    }

    fn bits(&self) -> usize {
        106
    }

    #[inline]
    fn plus(&self, x: &Self) -> Self {
        Self(self.0 + x.0)
    }

    #[inline]
    fn minus(&self, x: &Self) -> Self {
        Self(self.0 - x.0)
    }

    #[inline]
    fn times(&self, x: &Self) -> Self {
        Self(self.0 * x.0)
    }

    #[inline]
    fn over(&self, x: &Self) -> Self {
        // Long division: `twofloat` 0.8 loses half the digits of a quotient of two numbers, in a product not fused.
        let first = self.0.hi() / x.0.hi();
        let rest = self.0 - x.0 * first;
        let second = rest.hi() / x.0.hi();
        let third = (rest - x.0 * second).hi() / x.0.hi();
        Self(TwoFloat::new_add(first, second) + third)
    }

    fn sqrt(&self) -> Self {
        let root = self.0.hi().sqrt();
        if root == 0.0 || !root.is_finite() {
            return Self::new(root);
        }
        // One step of Newton's method from the root in f64, its residual in double-double.
        let residual = self.0 - TwoFloat::new_mul(root, root);
        Self(TwoFloat::new_add(root, residual.hi() / (2.0 * root)))
    }

    fn times_power_of_two(&self, power: i64) -> Self {
        let half = power / 2;
        let (a, b) = (two_to(half), two_to(power - half));
        Self::sum(self.0.hi() * a * b, self.0.lo() * a * b)
    }

    fn to_f64(&self) -> f64 {
        self.0.hi()
    }

    fn split(&self) -> Split {
        let high = self.0.hi();
        if high == 0.0 || !high.is_finite() {
            return Split { significand: *self, exponent: 0 };
        }
        let exponent = binary_exponent(high);
        Split { significand: self.times_power_of_two(-exponent), exponent }
    }
}

/// The power of two that brings a finite number other than 0 into [½, 1).
fn binary_exponent(x: f64) -> i64 {
    let biased = |x: f64| ((x.to_bits() >> 52) & 0x7ff) as i64;
    match biased(x) {
        0 => biased(x * 2f64.powi(64)) - 1022 - 64,
        exponent => exponent - 1022,
    }
}
