//! Arithmetic of numbers with a fixed number of words.

use std::cmp::Ordering;

use super::big::Big;
use super::double::Double;
use super::number::{Precise, Split, significand_of};
use super::wide::Wide;

impl<const N: usize> Precise for Wide<N> {
    fn of(&self, x: f64) -> Self {
        Self::new(x)
    }

    fn of_big(&self, x: &Big) -> Self {
        Self::cut(x)
    }

    fn bits(&self) -> usize {
        64 * N
    }

    fn plus(&self, x: &Self) -> Self {
        if self.is_nan() || x.is_nan() {
            return Self::NAN;
        }
        let (large, small) = match self.compare_magnitude(x) {
            Ordering::Less => (x, self),
            _ => (self, x),
        };
        let distance = (large.exponent - small.exponent) as usize;
        if small.is_zero() || distance > 64 * N + 63 {
            return *large;
        }
        if large.negative == small.negative {
            large.raised_by(small, distance)
        } else {
            large.less(small, distance)
        }
    }

    fn minus(&self, x: &Self) -> Self {
        self.plus(&x.negated())
    }

    fn times(&self, x: &Self) -> Self {
        if self.is_nan() || x.is_nan() {
            return Self::NAN;
        }
        if self.is_zero() || x.is_zero() {
            return Self::ZERO;
        }
        // The words of the product leave one by one, the lowest first; the last to leave is the guard.
        let (mut words, mut guard) = ([0; N], 0);
        for &factor in &x.words {
            let mut carry;
            (guard, carry) = multiply_add(self.words[0], factor, words[0], 0);
            for j in 1..N {
                (words[j - 1], carry) = multiply_add(self.words[j], factor, words[j], carry);
            }
            words[N - 1] = carry;
        }
        let exponent = self.exponent + x.exponent;
        Self { words, exponent, negative: self.negative != x.negative }.normalized(guard)
    }

    fn over(&self, x: &Self) -> Self {
        if self.is_nan() || x.is_nan() || x.is_zero() {
            return Self::NAN;
        }
        let one = Self::new(1.0);
        let divisor = Self { exponent: 0, negative: false, ..*x };
        let mut inverse = one.of_double(Double::new(1.0).over(&divisor.leading()));
        let improved = |inverse: &Self| {
            let mut rest = one;
            rest.subtract_product(&divisor, inverse);
            inverse.plus(&inverse.times(&rest))
        };
        for _ in 0..steps(N) {
            inverse = improved(&inverse);
        }
        let dividend = Self { exponent: 0, negative: false, ..*self };
        let quotient = dividend.times(&inverse);
        let mut rest = dividend;
        rest.subtract_product(&divisor, &quotient);
        let quotient = quotient.plus(&inverse.times(&rest));
        quotient.scaled(self.exponent - x.exponent, self.negative != x.negative)
    }

    fn sqrt(&self) -> Self {
        if self.is_zero() {
            return Self::ZERO;
        }
        if self.is_nan() || self.negative {
            return Self::NAN;
        }
        let odd = self.exponent.rem_euclid(2);
        let radicand = Self { exponent: odd, ..*self };
        let one = Self::new(1.0);
        let root = radicand.to_double().sqrt();
        let mut inverse = one.of_double(Double::new(1.0).over(&root));
        for _ in 0..steps(N) {
            let mut rest = one;
            rest.subtract_product(&radicand, &inverse.times(&inverse));
            inverse = inverse.plus(&inverse.times(&rest).times_power_of_two(-1));
        }
        let root = radicand.times(&inverse);
        let mut rest = radicand;
        rest.subtract_product(&root, &root);
        let root = root.plus(&inverse.times(&rest).times_power_of_two(-1));
        root.scaled((self.exponent - odd) / 2, false)
    }

    fn times_power_of_two(&self, power: i64) -> Self {
        self.scaled(power, self.negative)
    }

    fn negated(&self) -> Self {
        Self { negative: !self.negative, ..*self }
    }

    fn split(&self) -> Split {
        if self.is_nan() {
            return Split { significand: Double::new(f64::NAN), exponent: 0 };
        }
        if self.is_zero() {
            return Split { significand: Double::new(0.0), exponent: 0 };
        }
        let second = N.checked_sub(2).map_or(0, |at| self.words[at]);
        Split {
            significand: significand_of(self.words[N - 1], second, self.negative),
            exponent: self.exponent,
        }
    }
}

/// Steps of Newton's iteration from 106 bits, the last of which is done on the quotient or the root itself.
fn steps(words: usize) -> u32 {
    // 106, 212, 424, … bits.
    (64 * words).div_ceil(106).next_power_of_two().ilog2().saturating_sub(1)
}

/// `a b + c + d`: low and high word.
#[inline]
fn multiply_add(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    let sum = u128::from(a) * u128::from(b) + u128::from(c) + u128::from(d);
    (sum as u64, (sum >> 64) as u64)
}

impl<const N: usize> Wide<N> {
    fn compare_magnitude(&self, x: &Self) -> Ordering {
        match (self.is_zero(), x.is_zero()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            _ if self.exponent != x.exponent => self.exponent.cmp(&x.exponent),
            _ => self.words.iter().rev().cmp(x.words.iter().rev()),
        }
    }

    /// |self| + |x| with the sign of self, |x| ≤ |self|.
    fn raised_by(&self, x: &Self, distance: usize) -> Self {
        let (addend, guard) = x.lowered(distance);
        let (mut words, mut carry) = (self.words, false);
        for (word, addend) in words.iter_mut().zip(addend) {
            let (sum, first) = word.overflowing_add(addend);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            (*word, carry) = (sum, first || second);
        }
        let sum = Self { words, ..*self };
        if !carry {
            return sum.rounded(guard);
        }
        let (mut words, lost) = sum.lowered(1);
        words[N - 1] |= 1 << 63;
        Self { words, exponent: self.exponent + 1, ..*self }.rounded(lost)
    }

    /// |self| − |x| with the sign of self, |x| ≤ |self|.
    fn less(&self, x: &Self, distance: usize) -> Self {
        let (subtrahend, behind) = x.lowered(distance);
        let (guard, mut borrow) = 0u64.overflowing_sub(behind);
        let mut words = self.words;
        for (word, subtrahend) in words.iter_mut().zip(subtrahend) {
            let (difference, first) = word.overflowing_sub(subtrahend);
            let (difference, second) = difference.overflowing_sub(u64::from(borrow));
            (*word, borrow) = (difference, first || second);
        }
        Self { words, ..*self }.normalized(guard)
    }

    /// Times 2^power with this sign; 0 and NaN stay.
    fn scaled(&self, power: i64, negative: bool) -> Self {
        match self.words[N - 1] {
            0 => *self,
            _ => Self { words: self.words, exponent: self.exponent + power, negative },
        }
    }

    fn of_double(&self, x: Double) -> Self {
        let (high, low) = x.parts();
        Self::new(high).plus(&Self::new(low))
    }

    /// The first 106 bits with their exponent, which must be small.
    fn to_double(self) -> Double {
        self.leading().times_power_of_two(self.exponent)
    }
}
