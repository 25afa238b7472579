//! Numbers and counted nouns as a person reads them.

/// Numbers from the first on, and below the second, are written with exponents.
const PLAIN: [f64; 2] = [1e6, 1e-4];

/// A number with so many decimals and a true minus sign, or a dash where there is none. What is too large or too small for
/// decimals has an exponent.
pub fn number(x: Option<f64>, decimals: usize) -> String {
    let Some(x) = x else { return "–".to_owned() };
    let size = x.abs();
    let text = if size == 0.0 || (PLAIN[1]..PLAIN[0]).contains(&size) || !size.is_finite() {
        format!("{x:.decimals$}")
    } else {
        format!("{x:.*e}", decimals.clamp(1, 4))
    };
    text.replace('-', "−")
}

/// So many of something, with its name in the right number.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Three digits or so, whatever the size.
pub fn short(x: f64) -> String {
    let size = x.abs();
    let text = if size.is_nan() {
        "–".to_owned()
    } else if size == 0.0 {
        "0".to_owned()
    } else if (1e-2..1e6).contains(&size) {
        format!("{x:.*}", (2.0 - size.log10().floor()).clamp(0.0, 4.0) as usize)
    } else {
        format!("{x:.1e}")
    };
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_and_small_numbers_have_exponents() {
        let text = |x: f64, decimals| number(Some(x), decimals);
        assert_eq!(
            [text(999_999.0, 1), text(1e6, 2), text(-1.25e45, 4)],
            ["999999.0", "1.00e6", "−1.2500e45"]
        );
        assert_eq!([text(1e-4, 4), text(-3.25e-15, 4), text(0.0, 4)], ["0.0001", "−3.2500e−15", "0.0000"]);
        assert_eq!([text(f64::INFINITY, 2), text(3e300, 0), number(None, 2)], ["inf", "3.0e300", "–"]);
    }

    #[test]
    fn nouns_have_their_number() {
        assert_eq!([0, 1, 2].map(|n| counted(n, "unit", "units")), ["0 units", "1 unit", "2 units"]);
    }

    #[test]
    fn numbers_are_short_and_keep_their_digits() {
        let found = [0.0, 0.0333, 1.23456, 12.3456, 123.456, -1e-7, 4.2e8].map(short);
        assert_eq!(found, ["0", "0.0333", "1.23", "12.3", "123", "−1.0e−7", "4.2e8"]);
    }
}
