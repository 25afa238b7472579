//! Environment variables are read here alone.

use std::ffi::OsString;

use crate::study::JobLaunch;

/// The variable with this name.
pub fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Whether this process was started as one of several.
pub fn launch() -> Option<JobLaunch> {
    JobLaunch::of(&variable)
}
