//! Standard output and standard error, or the program that carries out a command in its own process.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use super::caller;
use crate::error::{Error, Result};

/// Of several processes, one talks.
static SILENT: AtomicBool = AtomicBool::new(false);

/// From now on [`log`] says nothing.
pub fn silence() {
    SILENT.store(true, Ordering::Relaxed);
}

/// Writes text to standard output. A closed pipe is not an error: its reader has seen enough.
///
/// # Errors
/// [`Error::Io`], for example a full device.
pub fn print(text: &str) -> Result<()> {
    if caller::print(text) {
        return Ok(());
    }
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::io("writing to standard output", error))
        }
        _ => Ok(()),
    }
}

/// Writes one JSON document to standard output.
///
/// # Errors
/// As [`print`].
pub fn print_json(document: &impl Serialize) -> Result<()> {
    print(&json(document)?)
}

/// A JSON document as text, with a line's end.
///
/// # Errors
/// [`Error::Internal`] if it cannot be written as JSON.
pub fn json(document: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string_pretty(document);
    text.map(|text| text + "\n").map_err(|error| Error::Internal(format!("JSON: {error}")))
}

/// Writes one line to standard error; that nobody listens is fine.
pub fn log(line: &str) {
    if caller::log(line) {
        return;
    }
    if !SILENT.load(Ordering::Relaxed) {
        log_always(line);
    }
}

/// The same for a silent process, too: it is about to end.
pub fn log_always(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Whether standard error is a terminal.
pub fn is_terminal() -> bool {
    !caller::is_there() && io::stderr().is_terminal()
}
