//! Numbers whose significand has a fixed number of words, held in place.

use super::big::Big;
use super::double::Double;
use super::number::Split;

/// A number with a significand of N words of 64 bits: what [`Big`] is, without an allocation per operation.
///
/// Sums and products are rounded to nearest from one further word, to within 0.51 units in the last place; quotients
/// and roots, by Newton's iteration, hold within 2 units.
#[derive(Debug, Clone, Copy)]
pub struct Wide<const N: usize> {
    /// Significand in [½, 1), lowest word first; 0 for zero and for NaN.
    pub(super) words: [u64; N],
    /// Power of two; [`NOT_A_NUMBER`] for NaN.
    pub(super) exponent: i64,
    pub(super) negative: bool,
}

/// The exponent that marks NaN.
pub(super) const NOT_A_NUMBER: i64 = i64::MAX;

impl<const N: usize> Wide<N> {
    pub(super) const ZERO: Self = Self { words: [0; N], exponent: 0, negative: false };
    pub(super) const NAN: Self = Self { words: [0; N], exponent: NOT_A_NUMBER, negative: false };

    /// The number x; NaN if it is not finite.
    pub fn new(x: f64) -> Self {
        let (bits, scale) = (x.to_bits() & ((1 << 52) - 1), ((x.to_bits() >> 52) & 0x7ff) as i64);
        let (bits, exponent) = match scale {
            0x7ff => return Self::NAN,
            0 => (bits, -1074),
            _ => (bits | 1 << 52, scale - 1075),
        };
        if bits == 0 {
            return Self::ZERO;
        }
        let zeros = bits.leading_zeros();
        let mut words = [0; N];
        words[N - 1] = bits << zeros;
        Self { words, exponent: exponent + 64 - i64::from(zeros), negative: x < 0.0 }
    }

    /// The number x, cut to N words.
    pub(super) fn cut(x: &Big) -> Self {
        let Some((words, exponent, negative)) = x.words() else { return Self::NAN };
        let Some(&top) = words.last() else { return Self::ZERO };
        if top == 0 {
            return Self::ZERO;
        }
        let mut whole = [0; N];
        for (to, &from) in whole.iter_mut().rev().zip(words.iter().rev()) {
            *to = from;
        }
        let guard = words.len().checked_sub(N + 1).map_or(0, |at| words[at]);
        Self { words: whole, exponent, negative }.rounded(guard)
    }

    #[inline]
    pub(super) fn is_zero(&self) -> bool {
        self.words[N - 1] == 0 && self.exponent != NOT_A_NUMBER
    }

    #[inline]
    pub(super) fn is_nan(&self) -> bool {
        self.exponent == NOT_A_NUMBER
    }

    /// One unit more in the last place if the word behind it is at least a half.
    #[inline]
    pub(super) fn rounded(mut self, guard: u64) -> Self {
        if guard >> 63 == 0 {
            return self;
        }
        for word in &mut self.words {
            let (sum, carried) = word.overflowing_add(1);
            *word = sum;
            if !carried {
                return self;
            }
        }
        // All ones: the next power of two.
        self.words[N - 1] = 1 << 63;
        Self { exponent: self.exponent + 1, ..self }
    }

    /// Shifted to the left until the first bit is set, then rounded.
    #[inline]
    pub(super) fn normalized(self, guard: u64) -> Self {
        match self.words[N - 1] {
            0 => self.without_leading_words(guard),
            _ => self.shifted_left(guard),
        }
    }

    /// The same where the first word is not 0.
    #[inline]
    fn shifted_left(mut self, guard: u64) -> Self {
        let shift = self.words[N - 1].leading_zeros();
        // In two steps, so that a shift by 0 needs no case of its own.
        let moved = |word: u64, next: u64| (word << shift) | (next >> 1 >> (63 - shift));
        for i in (1..N).rev() {
            self.words[i] = moved(self.words[i], self.words[i - 1]);
        }
        self.words[0] = moved(self.words[0], guard);
        Self { exponent: self.exponent - i64::from(shift), ..self }.rounded(guard << shift)
    }

    /// The same where the first word is 0.
    #[cold]
    fn without_leading_words(mut self, guard: u64) -> Self {
        let Some(top) = self.words.iter().rposition(|&word| word != 0) else {
            if guard == 0 {
                return Self::ZERO;
            }
            self.words[N - 1] = guard;
            return Self { exponent: self.exponent - 64 * N as i64, ..self }.shifted_left(0);
        };
        let missing = N - 1 - top;
        self.words.copy_within(0..=top, missing);
        self.words[..missing].fill(0);
        self.words[missing - 1] = guard;
        Self { exponent: self.exponent - 64 * missing as i64, ..self }.shifted_left(0)
    }

    /// The significand shifted to the right by so many bits, and the word behind it.
    #[inline]
    pub(super) fn lowered(&self, bits: usize) -> ([u64; N], u64) {
        let (skipped, shift) = (bits / 64, bits % 64);
        // In two steps, so that a shift by 0 needs no case of its own.
        let moved = |word: u64, above: u64| (word >> shift) | (above << 1 << (63 - shift));
        let at = |i: usize| self.words.get(i).copied().unwrap_or(0);
        if skipped == 0 {
            let guard = moved(0, self.words[0]);
            return (
                std::array::from_fn(|i| moved(self.words[i], if i + 1 < N { self.words[i + 1] } else { 0 })),
                guard,
            );
        }
        let word = |i: usize| moved(at(i), at(i + 1));
        (std::array::from_fn(|i| word(i + skipped)), word(skipped - 1))
    }

    /// The first 106 bits.
    pub(super) fn leading(&self) -> Double {
        let Split { significand, .. } = super::number::Precise::split(self);
        significand
    }
}
