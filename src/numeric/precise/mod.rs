//! Numbers with more digits than f64: double-double by `twofloat`, a fixed number of words in place, any precision by
//! `astro-float`.
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
mod wide;
mod wide_arithmetic;

pub use big::Big;
pub use double::Double;
pub use matrix::{PreciseMatrix, dot};
pub use number::{Precise, Split};
pub use special::scaled_erfc;
pub use wide::Wide;

#[cfg(test)]
mod tests {
    use super::*;

    /// Every operation against the same at 2048 bits.
    fn check<T: Precise>(unit: &T) {
        let wide = Big::new(1.0, 2048);
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

    /// The number, piece by piece.
    fn exact<T: Precise>(x: &T) -> Big {
        let (mut sum, mut rest) = (Big::new(0.0, 2048), x.clone());
        while rest.log2() > f64::NEG_INFINITY {
            let Split { significand, exponent } = rest.split();
            for part in [significand.parts().0, significand.parts().1] {
                sum = sum.plus(&sum.of(part).times_power_of_two(exponent));
                rest = rest.minus(&rest.of(part).times_power_of_two(exponent));
            }
        }
        sum
    }

    #[test]
    fn operations_hold_their_precision() {
        check(&Double::new(1.0));
        check(&Big::new(1.0, 128));
        check(&Wide::<2>::new(1.0));
        check(&Wide::<4>::new(1.0));
        check(&Wide::<8>::new(1.0));
    }

    /// Random pairs at all distances, with close differences and runs of ones and zeros, to 0.51 units (products, sums)
    /// and 2 units (quotients, roots) in the last place.
    #[test]
    fn numbers_of_fixed_length_round_to_nearest() {
        let mut state = 7u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let word = state >> 11;
            [word << 11, u64::MAX, 0, 1, word.rotate_left(40)][word as usize % 5]
        };
        for _ in 0..20_000 {
            let mut number = |distance: u64| {
                let mut words = [random(), random(), random(), random()];
                words[3] |= 1 << 63;
                Wide::<4> { words, exponent: (random() % distance) as i64, negative: random() & 1 == 1 }
            };
            let (a, b) = (number(3), number(400));
            let near = Wide { words: [b.words[0], a.words[1], a.words[2], a.words[3]], ..a };
            let [wa, wb, wn] = [a, b, near].map(|x| exact(&x));
            let results = [
                (a.plus(&b), wa.plus(&wb), 0.51),
                (b.minus(&a), wb.minus(&wa), 0.51),
                (a.minus(&near), wa.minus(&wn), 0.0),
                (a.times(&b), wa.times(&wb), 0.51),
                (a.over(&b), wa.over(&wb), 2.0),
                (
                    Wide { negative: false, ..a }.sqrt(),
                    Big::sqrt(&exact(&Wide { negative: false, ..a })),
                    1.0,
                ),
            ];
            for (i, (found, expected, bound)) in results.iter().enumerate() {
                let error = expected.minus(&exact(found)).log2();
                let units = (error - found.log2().floor() - 1.0 + 256.0).exp2();
                assert!(
                    error == f64::NEG_INFINITY || units <= *bound,
                    "operation {i} on {a:?}, {b:?}: {units}"
                );
            }
        }
    }

    #[test]
    fn what_is_no_number_stays_so() {
        let (one, zero) = (Wide::<4>::new(1.0), Wide::<4>::new(0.0));
        let nan = one.over(&zero);
        for x in [nan, nan.plus(&one), one.times(&nan), nan.negated(), nan.sqrt(), Wide::new(f64::INFINITY)] {
            assert!(x.to_f64().is_nan());
        }
        assert_eq!((zero.over(&one).to_f64(), zero.sqrt().to_f64()), (0.0, 0.0));
        assert_eq!(one.minus(&one).log2(), f64::NEG_INFINITY);
    }

    #[test]
    fn numbers_pass_to_f64_and_back_whole() {
        for x in [0.0, 1.0, -1.5e-300, 3.3e300, 1e-307, 0.1] {
            assert_eq!((Big::new(x, 256).to_f64(), Wide::<4>::new(x).to_f64()), (x, x));
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
