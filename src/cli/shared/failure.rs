//! How a command fails: an exit status and a line.

use itertools::Itertools;

use crate::error::{Error, echo};

/// How a command failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The exit status that the program has.
    pub code: u8,
    /// What it says, without its name.
    pub text: String,
}

impl Failure {
    /// The failure that an error makes.
    pub fn of(error: &Error) -> Self {
        Self { code: error.exit_code(), text: one_line(&error.to_string()) }
    }
}

/// A bug is a failure, too.
pub fn caught<T>(work: impl FnOnce() -> std::result::Result<T, Failure>) -> std::result::Result<T, Failure> {
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    ended.unwrap_or_else(|_| Err(Failure::of(&Error::Internal("please report it".into()))))
}

/// One line that leaves a terminal as it is: what is quoted may hold anything.
pub fn one_line(text: &str) -> String {
    // Marks around what is quoted are no part of it.
    let quoted = |word: &str| {
        let core = word.trim_matches(|c: char| "'\"`:,;()".contains(c));
        if core.is_empty() { word.to_owned() } else { word.replacen(core, &echo(core), 1) }
    };
    let line = text.split_whitespace().map(quoted).join(" ");
    line.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
