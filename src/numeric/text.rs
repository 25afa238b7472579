//! Real numbers as people type them, `10_000` and `1e3`.

/// A number, which may be infinite or NaN; underscores are accepted between digits.
pub fn real(text: &str) -> Option<f64> {
    joined(text)?.parse().ok()
}

/// The text without its underscores; none where one of them is not between digits.
pub fn joined(text: &str) -> Option<String> {
    let text = text.trim();
    let digit_at =
        |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at)).is_some_and(u8::is_ascii_digit);
    let between = |(at, _): (usize, &str)| digit_at(at.checked_sub(1)) && digit_at(Some(at + 1));
    text.match_indices('_').all(between).then(|| text.replace('_', ""))
}
