//! What a user can mend, sorted by what the process reports to its caller.

use std::io;

use itertools::Itertools;

/// Result of anything that a user's input or machine can make fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure, by the kind of thing that mends it. `Display` is one line.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value that is not allowed; names the key, the value and what is allowed.
    #[error("{key} = {value}: {allowed}")]
    BadInput {
        /// Flag, configuration key or file the value came from.
        key: String,
        /// The offending value, as the user wrote it.
        value: String,
        /// What would be accepted.
        allowed: String,
    },
    /// Refused before anything was spent: memory, lock, read-only place, changed spec, newer format.
    #[error("{0}")]
    Refused(String),
    /// Stored data that contradicts its own checksum or structure.
    #[error("{0}")]
    Damaged(String),
    /// Reading or writing failed.
    #[error("{what}: {source}")]
    Io {
        /// What was being done, with the path.
        what: String,
        /// The system's reason.
        source: io::Error,
    },
    /// A signal asked to stop; what was finished is stored and the same command resumes.
    #[error("stopped by signal {0}; the same command resumes")]
    Interrupted(i32),
    /// A bug in hspin.
    #[error("internal error: {0}")]
    Internal(String),
}

impl Error {
    /// A value that is not allowed.
    pub fn bad_input(key: impl Into<String>, value: impl ToString, allowed: impl Into<String>) -> Self {
        Self::BadInput { key: key.into(), value: echo(&value.to_string()), allowed: allowed.into() }
    }

    /// An I/O failure with the action that met it.
    pub fn io(what: impl Into<String>, source: io::Error) -> Self {
        Self::Io { what: what.into(), source }
    }

    /// Exit status of the process for this failure.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Internal(_) => 1,
            Self::BadInput { .. } => 2,
            Self::Refused(_) => 3,
            Self::Damaged(_) => 4,
            Self::Io { .. } => 5,
            Self::Interrupted(signal) => u8::try_from(128 + signal).unwrap_or(130),
        }
    }
}

/// Refuses a number outside `[least, most]`.
///
/// # Errors
/// [`Error::BadInput`] naming key, value and range.
pub(crate) fn check_range(key: &str, value: u32, [least, most]: [u32; 2]) -> Result<()> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(Error::bad_input(key, value, format!("a whole number from {least} to {most}")))
}

/// Refuses a number that is not positive, or not finite.
///
/// # Errors
/// [`Error::BadInput`] naming key and value.
pub(crate) fn check_positive(key: &str, value: f64) -> Result<()> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(Error::bad_input(key, value, "a finite number above 0"))
}

/// Most characters of a number, and of any other word, that are quoted as they are.
const LONGEST_NUMBER: usize = 24;
const LONGEST_WORD: usize = 300;

/// What a user wrote, as it is quoted: a long number has an exponent, and of what is longer than anybody reads only the
/// beginning is quoted.
pub(crate) fn echo(text: &str) -> String {
    let length = text.chars().count();
    // What begins as a long number is cut as one.
    let as_number = text.bytes().take_while(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte)).count();
    if as_number > LONGEST_NUMBER {
        return match text.parse::<f64>() {
            Ok(value) if value.is_finite() && value != 0.0 => format!("{value:e}"),
            _ => format!("{}… ({length} characters)", text.chars().take(LONGEST_NUMBER).collect::<String>()),
        };
    }
    if length <= LONGEST_WORD {
        return text.to_owned();
    }
    // With its mark no longer than what is quoted as it is: what is quoted again stays the same.
    format!("{}… ({length} characters)", text.chars().take(LONGEST_WORD - 1).collect::<String>())
}

/// At most so many characters of a text on one line without control characters: what is quoted may be anything.
pub(crate) fn one_line(text: &str, most: usize) -> String {
    let mut words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.join(" ").chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_has_a_length_that_can_be_read() {
        assert_eq!(echo("-1.6330"), "-1.6330");
        assert_eq!(echo(&format!("{}", 1e308)), "1e308");
        assert_eq!(echo(&"7".repeat(400)), format!("{}… (400 characters)", "7".repeat(24)));
        assert_eq!(echo("/some/where/over/the/rainbow.run"), "/some/where/over/the/rainbow.run");
        let long = echo(&"x".repeat(5000));
        assert!(long.len() < 350 && long.ends_with("… (5000 characters)"), "{long}");
        // What is quoted again, word by word, stays as it is.
        for text in ["x".repeat(301), "7".repeat(400), format!("{}x", "9".repeat(300))] {
            let once = echo(&text);
            let twice: Vec<String> = once.split(' ').map(echo).collect();
            assert_eq!(twice.join(" "), once);
        }
        let almost = echo(&format!("{}x", "9".repeat(300)));
        assert_eq!(almost, format!("{}… (301 characters)", "9".repeat(24)));
        let error = Error::bad_input("energy", -1e300, "something smaller");
        assert_eq!(error.to_string(), "energy = -1e300: something smaller");
    }
}
