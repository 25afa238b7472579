//! Which study a run is of.

use std::path::Path;

use crate::error::Result;
use crate::studies::networks::Networks;
use crate::study::{Study, store};

/// Whether a run is one of networks.
///
/// # Errors
/// [`Error::BadInput`](crate::Error::BadInput) if it is missing or no run, [`Error::Refused`](crate::Error::Refused) for a
/// newer format.
pub fn is_networks(run: &Path) -> Result<bool> {
    let number = store::format_of(run)?;
    Ok(Networks::FORMATS.iter().any(|format| format.number == number))
}
