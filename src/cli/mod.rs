//! The command line; strings die here.

pub mod figure;
pub mod theory;

use std::process::ExitCode;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
