//! `hspin export`: a run in formats that other programs load.

pub use super::shared::kinds::ExportArgs as Args;

use super::shared::kinds::kind_of;
use crate::error::Result;

/// Runs the command.
///
/// # Errors
/// Bad input for what the run does not have; those of the store and of the formats.
pub fn run(args: Args) -> Result<()> {
    kind_of(&args.run)?.export(&args)
}
