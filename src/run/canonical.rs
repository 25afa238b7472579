//! Specs as text: written one way, read back to the same bits, and hashed.
// What is read here was written by others: whatever it is, it must not panic.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::hex;
use crate::error::{Error, Result, one_line};

/// JSON whose keys are sorted and whose floats read back exactly.
///
/// # Errors
/// [`Error::Internal`] if the spec cannot be written, which a valid one can.
pub(super) fn text<S: Serialize>(spec: &S) -> Result<String> {
    Ok(value(spec)?.to_string())
}

/// SHA-256, hexadecimal, of the text without the fields that may grow.
///
/// # Errors
/// As [`text`].
pub(super) fn identity<S: Serialize>(spec: &S, growable: &[&str]) -> Result<String> {
    let mut value = value(spec)?;
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|key, _| !growable.contains(&key.as_str()));
    }
    Ok(hex(&Sha256::digest(value.to_string())))
}

/// The spec with this text, if `check` allows it.
///
/// # Errors
/// [`Error::Damaged`] where the text is no such spec.
pub(super) fn read<S: DeserializeOwned>(text: &str, check: impl FnOnce(&S) -> Result<()>) -> Result<S> {
    let damaged = |reason: String| {
        let reason = one_line(&reason, 300);
        Error::Damaged(format!("the stored spec cannot be read: {reason}"))
    };
    let spec: S = serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
    check(&spec).map_err(|error| damaged(error.to_string()))?;
    Ok(spec)
}

fn value<S: Serialize>(spec: &S) -> Result<serde_json::Value> {
    serde_json::to_value(spec).map_err(|error| Error::Internal(format!("spec to JSON: {error}")))
}
