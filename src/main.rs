//! The `hspin` binary: hands its arguments to the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    hspin::cli::main()
}
