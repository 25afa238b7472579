//! Numbers as people type them, `10_000` and `1e3`, and parts of lists: a number, or a range `start:stop:step`.

use std::str::FromStr;

use crate::numeric::text::joined;

/// Most values of one range.
const LONGEST: i128 = 10_000;
/// Powers of ten beyond this are no part of a range, nor of a whole number.
const HIGHEST_POWER: i32 = 300;
/// What a range is.
const RANGE: &str = "a range is start:stop:step with start ≤ stop and step > 0, both ends included: 25:100:25 is 25,50,75,100";

/// What stands between two commas of a list: one value, or those of a range.
#[derive(Debug, Clone, PartialEq)]
pub struct Part<T>(pub Vec<T>);

/// All values of a list.
pub fn flat<T>(parts: Vec<Part<T>>) -> Vec<T> {
    parts.into_iter().flat_map(|part| part.0).collect()
}

/// Reads one part of a list whose values `one` reads.
///
/// # Errors
/// What is allowed.
pub fn part<T>(text: &str, one: impl Fn(&str) -> Result<T, String>) -> Result<Part<T>, String> {
    if !text.contains(':') {
        return one(text).map(|value| Part(vec![value]));
    }
    range(text)?.iter().map(|value| one(value)).collect::<Result<_, _>>().map(Part)
}

/// A whole number, which may have underscores and a power of ten, as in `10_000` and `1e4`.
pub fn whole<T: FromStr>(text: &str) -> Option<T> {
    let digits = joined(text)?;
    let with_power = || Decimal::of(&digits)?.whole()?.to_string().parse().ok();
    match digits.contains(['e', 'E']) && !digits.starts_with('-') {
        true => with_power(),
        false => digits.parse().ok(),
    }
}

/// The values of a range, exactly as decimal fractions.
fn range(text: &str) -> Result<Vec<String>, String> {
    let parts = text.split(':').map(|part| Decimal::of(&joined(part)?)).collect::<Option<Vec<_>>>();
    let Some([start, stop, step]) = parts.as_deref() else { return Err(RANGE.to_owned()) };
    let power = start.power.min(stop.power).min(step.power);
    let scaled = [start, stop, step].map(|number| number.in_units_of(power));
    let [Some(start), Some(stop), Some(step)] = scaled else {
        return Err(format!("{RANGE}; at most 38 digits lie between the largest and the smallest place"));
    };
    if step <= 0 || stop < start {
        return Err(RANGE.to_owned());
    }
    let count = stop.checked_sub(start).map(|width| width / step);
    match count.filter(|&steps| steps < LONGEST) {
        Some(steps) => Ok((0..=steps).map(|i| format!("{}e{power}", start + i * step)).collect()),
        None => Err(format!("a range of at most {LONGEST} values; a larger step makes it shorter")),
    }
}

/// `digits · 10^power`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Decimal {
    digits: i128,
    power: i32,
}

impl Decimal {
    /// From digits with a sign, a point and an exponent, of which only the digits must be there.
    fn of(text: &str) -> Option<Self> {
        let (number, power) = match text.split_once(['e', 'E']) {
            Some((number, power)) => (number, power.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (sign, unsigned) = match number.strip_prefix('-') {
            Some(unsigned) => (-1, unsigned),
            None => (1, number.strip_prefix('+').unwrap_or(number)),
        };
        let (before, after) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits = format!("{before}{after}");
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number || after.len() > HIGHEST_POWER as usize || power.checked_abs()? > HIGHEST_POWER {
            return None;
        }
        Some(Self { digits: sign * digits.parse::<i128>().ok()?, power: power - after.len() as i32 })
    }

    /// How many times 10^power it is.
    fn in_units_of(self, power: i32) -> Option<i128> {
        if self.digits == 0 {
            return Some(0);
        }
        self.digits.checked_mul(10_i128.checked_pow(u32::try_from(self.power - power).ok()?)?)
    }

    /// The whole number that it is.
    fn whole(self) -> Option<i128> {
        match u32::try_from(-self.power) {
            Ok(places) => {
                let unit = 10_i128.checked_pow(places)?;
                (self.digits % unit == 0).then_some(self.digits / unit)
            }
            Err(_) => self.in_units_of(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::text::real;

    fn wholes(text: &str) -> Result<Vec<u32>, String> {
        part(text, |one| whole(one).ok_or_else(|| "a whole number".to_owned())).map(|part| part.0)
    }

    fn reals(text: &str) -> Result<Vec<f64>, String> {
        part(text, |one| real(one).ok_or_else(|| "a number".to_owned())).map(|part| part.0)
    }

    #[test]
    fn ranges_have_both_ends_and_exact_values() {
        assert_eq!(wholes("25:100:25"), Ok(vec![25, 50, 75, 100]));
        assert_eq!(wholes("1:10:4"), Ok(vec![1, 5, 9]));
        assert_eq!(wholes("7:7:1"), Ok(vec![7]));
        assert_eq!(wholes("1e2:1_000:3e2"), Ok(vec![100, 400, 700, 1000]));
        assert_eq!(reals("-1.7:-1.6:0.02"), Ok(vec![-1.7, -1.68, -1.66, -1.64, -1.62, -1.6]));
        assert_eq!(reals("0:.3:0.1"), Ok(vec![0.0, 0.1, 0.2, 0.3]));
        assert_eq!(reals("-1:1:5e-1"), Ok(vec![-1.0, -0.5, 0.0, 0.5, 1.0]));
        assert_eq!(wholes("1:10000:1").map(|values| values.len()), Ok(10_000));
    }

    #[test]
    fn numbers_may_have_underscores_and_powers_of_ten() {
        for (text, value) in [
            ("10_000", 10_000_u64),
            ("1e3", 1000),
            ("1.5e3", 1500),
            (" 7 ", 7),
            ("+7", 7),
            ("2E2", 200),
            ("120e-1", 12),
            ("0e300", 0),
            ("18446744073709551615", u64::MAX),
            ("1_0e1_0", 100_000_000_000),
        ] {
            assert_eq!(whole(text), Some(value), "{text}");
        }
        for text in [
            "",
            "1.5",
            "1.0",
            "-0e0",
            "_1",
            "1_",
            "1__0",
            "1e_3",
            "e3",
            "1e",
            "-1",
            "1e30",
            "1e2147483648",
            "inf",
            "1,2",
            "½",
        ] {
            assert_eq!(whole::<u32>(text), None, "{text}");
        }
        assert_eq!(
            (real("1_000.5"), real("-1e3"), real("inf")),
            (Some(1000.5), Some(-1000.0), Some(f64::INFINITY))
        );
        assert_eq!((real("1_.5"), real("_"), real("1:2")), (None, None, None));
    }

    #[test]
    fn what_is_no_range_is_refused_with_what_is() {
        let bad = [
            "5:1:1",
            "1:5:0",
            "1:5:-1",
            "1:5",
            ":",
            "::",
            "1:2:3:4",
            "1:5:",
            "a:5:1",
            "nan:1:1",
            "0:inf:1",
            "1:1_:1",
            "0:1:1e-99999",
        ];
        for text in bad {
            let said = reals(text).unwrap_err();
            assert!(said.contains("start:stop:step") && said.contains("25:100:25"), "{text}: {said}");
        }
        assert_eq!(wholes("1:2:0.5"), Err("a whole number".to_owned()));
        for text in ["0:1e12:1", "1:10001:1", "0:1:1e-30", "-1e38:1e38:1"] {
            assert!(reals(text).unwrap_err().contains("at most 10000 values"), "{text}");
        }
        assert!(reals("0:1e200:1e-200").unwrap_err().contains("38 digits"));
    }
}
