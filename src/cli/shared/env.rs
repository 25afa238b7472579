//! Environment variables are read here alone.

use std::ffi::OsString;

use super::caller;
use crate::error::Result;
use crate::study::{JobLaunch, Resources};

/// The variable with this name.
pub fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Whether this process was started as one of several, for hspin: a program that calls it has its own reasons.
pub fn launch() -> Option<JobLaunch> {
    if caller::is_there() { None } else { JobLaunch::of(&variable) }
}

/// Threads as asked, or as many as there are cores; the rest from the environment.
///
/// # Errors
/// [`crate::Error::BadInput`] for a variable that is not allowed.
pub fn resources(threads: Option<u32>) -> Result<Resources> {
    Resources::here(threads, &variable)
}
