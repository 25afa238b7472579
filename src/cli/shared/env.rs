//! Environment variables are read here alone.

use std::ffi::OsString;

use super::caller;
use crate::study::JobLaunch;

/// The variable with this name.
pub fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Whether this process was started as one of several, for hspin: a program that calls it has its own reasons.
pub fn launch() -> Option<JobLaunch> {
    if caller::is_there() { None } else { JobLaunch::of(&variable) }
}
