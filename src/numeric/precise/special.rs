//! The complementary error function at any precision.

use super::big::Big;
use super::number::Precise;

/// Beyond this the continued fraction is short enough; below it the series loses few digits.
const FRACTION_FROM: f64 = 3.0;

/// `e^{x²} erfc(x)` for x ≥ 0, to within a few units in the last place.
///
/// # Reference
/// Abramowitz, Stegun (1964), 7.1.6 (series) and 7.1.14 (continued fraction).
pub fn scaled_erfc(x: &Big) -> Big {
    if x.to_f64() > FRACTION_FROM { by_fraction(x) } else { by_series(x) }
}

/// `e^{x²} − (2/√π) Σ 2ⁿ x^{2n+1} / (2n+1)!!`; at x ≤ 3 the difference is above e^{−x²}/6 of its terms.
fn by_series(x: &Big) -> Big {
    let bits = x.bits();
    let wide = Big::new(0.0, bits + 64);
    let x = wide.of_big(x);
    let square = x.times(&x);
    let mut term = x.clone();
    let mut sum = x.clone();
    for n in 1.. {
        term = term.times(&square).times(&wide.of(2.0)).over(&wide.of(f64::from(2 * n + 1)));
        sum = sum.plus(&term);
        if term.log2() < sum.log2() - (bits + 64) as f64 || term.to_f64() == 0.0 {
            break;
        }
    }
    let series = sum.times(&wide.of(2.0)).over(&wide.pi().sqrt());
    Big::new(0.0, bits).of_big(&square.exp().minus(&series))
}

/// `(1/√π) / (x + (1/2)/(x + (2/2)/(x + (3/2)/(x + …))))`, from the bottom up.
fn by_fraction(x: &Big) -> Big {
    let bits = x.bits() + 64;
    let wide = Big::new(0.0, bits);
    let x = wide.of_big(x);
    // Terms fall like exp(−2x√(2n)).
    let depth = (bits as f64 * std::f64::consts::LN_2 / x.to_f64()).powi(2) / 8.0 * 1.2 + 20.0;
    let mut tail = x.clone();
    for n in (1..=depth as u64).rev() {
        tail = x.plus(&wide.of(0.5 * n as f64).over(&tail));
    }
    let value = wide.of(1.0).over(&tail.times(&wide.pi().sqrt()));
    Big::new(0.0, bits - 64).of_big(&value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_agree_where_they_meet() {
        for bits in [128, 512] {
            for x in [2.5, 3.0, 3.5] {
                let x = Big::new(x, bits);
                let ratio = by_series(&x).over(&by_fraction(&x)).minus(&x.of(1.0));
                assert!(ratio.log2() < 6.0 - bits as f64, "{bits}: 2^{}", ratio.log2());
            }
        }
    }

    #[test]
    fn values_match_a_table() {
        // mpmath, 40 digits: exp(x²) erfc(x).
        for (x, expected) in [
            (0.0, 1.0),
            (0.5, 0.615_690_344_192_925_9),
            (2.0, 0.255_395_676_310_505_74),
            (10.0, 0.056_140_992_743_822_59),
        ] {
            assert!((scaled_erfc(&Big::new(x, 192)).to_f64() / expected - 1.0).abs() < 1e-15, "{x}");
        }
    }
}
