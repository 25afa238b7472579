//! `hspin verify`: is the run what was written?

pub use super::shared::kinds::VerifyArgs as Args;

use super::shared::kinds::kind_of;
use crate::error::Result;

/// Runs the command.
///
/// # Errors
/// Damage that was found and is still there; a refusal where nothing can be recomputed; those of the store.
pub fn run(args: Args) -> Result<()> {
    kind_of(&args.run)?.verify(&args)
}
