//! Numbers with more digits than f64: double-double by `twofloat`, any precision by `astro-float`.
//!
//! Algorithms whose result is many orders of magnitude below their intermediate terms are written once over
//! [`Precise`] and run at the precision that their result needs.

mod big;
mod big_arithmetic;
mod double;
mod double_arithmetic;
mod matrix;
mod number;
mod special;

pub use big::Big;
pub use double::Double;
pub use matrix::{PreciseMatrix, dot};
pub use number::{Precise, Split};
pub use special::scaled_erfc;

#[cfg(test)]
mod tests {
    use super::*;

    /// Every operation against the same at four times the precision.
    fn check<T: Precise>(unit: &T) {
        let wide = Big::new(1.0, 512);
        let pairs = [(1.0 / 3.0, 7.1), (-1e-30, 3e7), (5.0, -0.2), (1e100, 1e100)];
        for (x, y) in pairs {
            // Numbers with digits beyond f64.
            let (a, b) = (unit.of(x).over(&unit.of(7.0)), unit.of(y).over(&unit.of(11.0)));
            let (wa, wb) = (wide.of(x).over(&wide.of(7.0)), wide.of(y).over(&wide.of(11.0)));
            let mut sum = a.clone();
            sum.add_product(&a, &b);
            let mut difference = a.clone();
            difference.subtract_product(&a, &b);
            let results = [
                (a.plus(&b), wa.plus(&wb)),
                (a.minus(&b), wa.minus(&wb)),
                (a.times(&b), wa.times(&wb)),
                (a.over(&b), wa.over(&wb)),
                (a.times(&a).sqrt(), wa.times(&wa).sqrt()),
                (a.times_power_of_two(-17), wa.times_power_of_two(-17)),
                (sum, wa.plus(&wa.times(&wb))),
                (difference, wa.minus(&wa.times(&wb))),
                (a.negated(), wa.negated()),
            ];
            for (i, (found, expected)) in results.iter().enumerate() {
                let error = expected.minus(&exact(found)).over(expected).log2();
                assert!(
                    error < 4.0 - unit.bits() as f64,
                    "{} bits, operation {i} at {x}, {y}: 2^{error}",
                    unit.bits()
                );
            }
        }
        assert!(unit.of(-1.0).sqrt().to_f64().is_nan());
        assert_eq!(unit.of(0.0).log2(), f64::NEG_INFINITY);
    }

    fn exact<T: Precise>(x: &T) -> Big {
        let Split { significand, exponent } = x.split();
        let (high, low) = significand.parts();
        let wide = Big::new(0.0, 512);
        let rest = x.minus(&x.of(high).times_power_of_two(exponent));
        // Double-double is given by its split; a longer number by its leading part and what is left of it.
        let tail = if x.bits() > 110 {
            let Split { significand, exponent } = rest.split();
            let (a, b) = significand.parts();
            wide.of(a).plus(&wide.of(b)).times_power_of_two(exponent)
        } else {
            wide.of(low).times_power_of_two(exponent)
        };
        wide.of(high).times_power_of_two(exponent).plus(&tail)
    }

    #[test]
    fn operations_hold_their_precision() {
        check(&Double::new(1.0));
        check(&Big::new(1.0, 128));
    }

    #[test]
    fn numbers_pass_to_f64_and_back_whole() {
        for x in [0.0, 1.0, -1.5e-300, 3.3e300, 1e-307, 0.1] {
            assert_eq!(Big::new(x, 256).to_f64(), x);
        }
        for x in [0.0, 1.0, -1.5e-290, 3.3e300, 0.1] {
            assert_eq!(Double::new(x).to_f64(), x);
        }
        let tiny = Big::new(1.0, 128).times_power_of_two(-100_000);
        assert_eq!((tiny.to_f64(), tiny.log2()), (0.0, -100_000.0));
    }

    #[test]
    fn a_long_number_is_cut_to_a_double_double() {
        let third = Big::new(1.0, 256).over(&Big::new(3.0, 256));
        let (high, low) = Double::new(0.0).of_big(&third).parts();
        assert_eq!(high, 1.0 / 3.0);
        assert!((low - 1.850_371_707_708_594e-17).abs() < 1e-32);
    }
}
