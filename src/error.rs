//! What a user can mend, sorted by what the process reports to its caller.

use std::io;

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
        Self::BadInput { key: key.into(), value: value.to_string(), allowed: allowed.into() }
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

/// At most so many characters of a text on one line without control characters: what is quoted may be anything.
pub(crate) fn one_line(text: &str, most: usize) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(most).collect()
}
