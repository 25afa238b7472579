//! What is wrong with a file, and how a message quotes it.

/// Most characters of a header that a message quotes.
const QUOTED: usize = 120;

/// What was read, or what is wrong with it.
pub type HeaderResult<T> = std::result::Result<T, String>;

/// A part of a header as a message quotes it: whole, or so that it shows what is left out.
pub fn quote(text: &str) -> String {
    let length = text.chars().count();
    if length <= QUOTED {
        return text.to_owned();
    }
    let begin: String = text.chars().take(QUOTED / 2).collect();
    format!("{begin} … ({length} characters)")
}
