//! Real numbers as people type them, `10_000` and `1e3`.

/// A number, which may be infinite or NaN; underscores are accepted between digits.
pub fn real(text: &str) -> Option<f64> {
    joined(text)?.parse().ok()
}

/// Numbers from the first on, and below the second, are written with exponents.
const PLAIN: [f64; 2] = [1e16, 1e-5];

/// The shortest text that reads back to the same number; with an exponent where most digits would be zeros.
pub fn written(x: f64) -> String {
    let is_plain = x == 0.0 || !x.is_finite() || (PLAIN[1]..PLAIN[0]).contains(&x.abs());
    if is_plain { x.to_string() } else { format!("{x:e}") }
}

/// The text without its underscores; none where one of them is not between digits.
pub fn joined(text: &str) -> Option<String> {
    let text = text.trim();
    let digit_at =
        |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at)).is_some_and(u8::is_ascii_digit);
    let between = |(at, _): (usize, &str)| digit_at(at.checked_sub(1)) && digit_at(Some(at + 1));
    text.match_indices('_').all(between).then(|| text.replace('_', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_short_and_reads_back() {
        assert_eq!(
            [0.0, 1.5, -0.00001, 100.0, f64::NAN].map(written),
            ["0", "1.5", "-0.00001", "100", "NaN"]
        );
        assert_eq!([1e-320, 1e308, -3e-7].map(written), ["1e-320", "1e308", "-3e-7"]);
        for x in [1.0 / 3.0, f64::MIN_POSITIVE, 5e-324, f64::MAX, 1e16 / 7.0, 1e-5 / 7.0] {
            assert!(real(&written(x)) == Some(x) && written(x).len() < 25, "{x:e}");
        }
    }
}
