//! How a command is carried out.

use super::env;
use crate::error::Result;
use crate::study::Resources;

/// Threads as asked, or as many as there are cores; the rest from the environment.
///
/// # Errors
/// [`crate::Error::BadInput`] for a variable that is not allowed.
pub fn resources(threads: Option<u32>) -> Result<Resources> {
    Resources::here(threads, &env::variable)
}
