//! Commands, carried out in this process.

use std::ffi::OsString;

use hspin::cli;
use pyo3::prelude::*;

use crate::attend::attend;
use crate::errors::exception;

/// A command line, the program's name first.
pub fn line(words: Vec<OsString>) -> impl Iterator<Item = OsString> {
    std::iter::once(OsString::from("hspin")).chain(words)
}

/// Carries out a command, given by its words, and returns what it prints on standard output and, line by line, on standard
/// error.
#[pyfunction]
#[pyo3(signature = (words, progress=None))]
pub fn call(
    py: Python<'_>,
    words: Vec<OsString>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<(String, Vec<String>)> {
    let (ended, printed) = attend(py, progress, move |caller| cli::carry_out(line(words), caller))?;
    match ended {
        Ok(()) => Ok((printed.out, printed.log)),
        Err(failure) => Err(exception(py, &failure, &printed.out)),
    }
}

/// Runs a command line, the program's name first, as the only work of this process; the exit status.
#[pyfunction]
pub fn command_line(py: Python<'_>, line: Vec<OsString>) -> u8 {
    py.detach(|| cli::run(line))
}
