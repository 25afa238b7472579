//! Numbers in legends, and labels of lines that lie close together.

/// Numbers from the first on, and below the second, are written with exponents.
const PLAIN: [f64; 2] = [1e6, 1e-4];

/// A number with so many decimals and a true minus sign; what is too large or too small for decimals has an exponent.
pub fn number(x: f64, decimals: usize) -> String {
    let is_plain = x == 0.0 || !x.is_finite() || (PLAIN[1]..PLAIN[0]).contains(&x.abs());
    let text = if is_plain { format!("{x:.decimals$}") } else { format!("{x:.decimals$e}") };
    text.replace('-', "−")
}

/// Places for labels in one column: as near as they can be to the places that are wanted, by the sum of squares, and no two
/// of them nearer than `gap`. `wanted` ascends, and so do the places; all lie between `ends` where there is room.
pub fn spread(wanted: &[f64], gap: f64, ends: [f64; 2]) -> Vec<f64> {
    // With the k-th place shifted by k gaps the places may not descend: neighbours that would are put together at their mean.
    let mut groups: Vec<(f64, usize)> = Vec::new();
    for (k, place) in wanted.iter().enumerate() {
        groups.push((place - gap * k as f64, 1));
        while let [.., (before, n), (last, m)] = groups[..]
            && before > last
        {
            let mean = (before * n as f64 + last * m as f64) / (n + m) as f64;
            groups.truncate(groups.len() - 2);
            groups.push((mean, n + m));
        }
    }
    let room = (ends[1] - gap * wanted.len().saturating_sub(1) as f64).max(ends[0]);
    let shifted = groups.into_iter().flat_map(|(place, n)| std::iter::repeat_n(place, n));
    shifted.enumerate().map(|(k, place)| place.clamp(ends[0], room) + gap * k as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_decimals_would_hide_have_exponents() {
        assert_eq!([-1.55, 0.0, -1.657e-15].map(|x| number(x, 4)), ["−1.5500", "0.0000", "−1.6570e−15"]);
    }

    #[test]
    fn labels_keep_their_distance_and_stay_near_their_lines() {
        assert_eq!(spread(&[10.0, 50.0], 15.0, [0.0, 100.0]), [10.0, 50.0]);
        assert_eq!(spread(&[40.0, 46.0], 16.0, [0.0, 100.0]), [35.0, 51.0]);
        assert_eq!(spread(&[40.0, 40.0, 90.0], 10.0, [0.0, 100.0]), [35.0, 45.0, 90.0]);
        // At an end they are pushed inwards.
        assert_eq!(spread(&[98.0, 99.0], 10.0, [0.0, 100.0]), [90.0, 100.0]);
        assert_eq!(spread(&[1.0, 1.0], 10.0, [0.0, 100.0]), [0.0, 10.0]);
        assert_eq!(spread(&[], 10.0, [0.0, 100.0]), [0.0; 0]);
    }
}
