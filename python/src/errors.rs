//! Failures as Python's exceptions, with the words of the command line.

use hspin::Error;
use hspin::cli::Failure;
use pyo3::exceptions::{PyKeyboardInterrupt, PyRuntimeError};
use pyo3::prelude::*;

/// The exception of a failure; `output` is what was printed before it.
pub fn exception(py: Python<'_>, failure: &Failure, output: &str) -> PyErr {
    let name = match failure.code {
        1 => "InternalError",
        2 => "InputError",
        3 => "RefusedError",
        4 => "DamagedError",
        5 => "StorageError",
        _ => return PyKeyboardInterrupt::new_err(failure.text.clone()),
    };
    let made = py.import("hspin._errors").and_then(|errors| {
        let error = errors.getattr(name)?.call1((failure.text.as_str(),))?;
        error.setattr("output", output)?;
        Ok(PyErr::from_value(error))
    });
    made.unwrap_or_else(|_| PyRuntimeError::new_err(failure.text.clone()))
}

/// The exception of an error of the library.
pub fn raised(py: Python<'_>, error: &Error) -> PyErr {
    exception(py, &Failure::of(error), "")
}

/// A value that is not allowed.
pub fn bad_input(py: Python<'_>, key: &str, value: impl ToString, allowed: &str) -> PyErr {
    raised(py, &Error::bad_input(key, value, allowed))
}
