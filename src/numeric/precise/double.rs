//! Double-double numbers by `twofloat`: 106 bits, the exponents of f64.

use twofloat::TwoFloat;

/// An unevaluated sum of two f64.
#[derive(Debug, Clone, Copy)]
pub struct Double(pub(super) TwoFloat);

impl Double {
    /// The number x.
    #[inline]
    pub fn new(x: f64) -> Self {
        Self(TwoFloat::from_f64(x))
    }

    /// The sum of two numbers.
    #[inline]
    pub(super) fn sum(a: f64, b: f64) -> Self {
        Self(TwoFloat::new_add(a, b))
    }

    /// High and low part.
    pub fn parts(self) -> (f64, f64) {
        (self.0.hi(), self.0.lo())
    }
}
