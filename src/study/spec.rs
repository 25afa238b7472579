//! Specs: as text written one way, read back to the same bits, and hashed; and how they grow.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result, one_line};
use crate::numeric::hex::hex;

/// Everything that defines a run; whoever has one can carry it out. Its fields that may grow are listed, all others are the
/// run's identity.
pub trait RunSpec: Serialize + DeserializeOwned + Clone + Debug + PartialEq + Send + Sync + 'static {
    /// Fields that a later command may enlarge.
    const GROWABLE: &'static [&'static str];

    /// Refuses a spec that no run can have.
    ///
    /// # Errors
    /// [`Error::BadInput`] naming the first key whose value is not allowed.
    fn check(&self) -> Result<()>;

    /// The smallest spec that has all that two specs of one identity ask for.
    #[must_use]
    fn united(&self, other: &Self) -> Self;

    /// Canonical text: JSON whose keys are sorted and whose floats read back exactly.
    ///
    /// # Errors
    /// [`Error::Internal`] if the spec cannot be written, which a valid one can.
    fn canonical(&self) -> Result<String> {
        Ok(value(self)?.to_string())
    }

    /// SHA-256, hexadecimal, of the canonical text without the fields that may grow: the run's identity.
    ///
    /// # Errors
    /// As [`Self::canonical`].
    fn science_hash(&self) -> Result<String> {
        let mut value = value(self)?;
        if let Some(fields) = value.as_object_mut() {
            fields.retain(|key, _| !Self::GROWABLE.contains(&key.as_str()));
        }
        Ok(hex(&Sha256::digest(value.to_string())))
    }

    /// The spec with this canonical text.
    ///
    /// # Errors
    /// [`Error::Damaged`] where the text is not such a spec.
    fn from_canonical(text: &str) -> Result<Self> {
        let damaged = |reason: String| {
            let reason = one_line(&reason, 300);
            Error::Damaged(format!("the stored spec cannot be read: {reason}"))
        };
        let spec: Self = serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
        spec.check().map_err(|error| damaged(error.to_string()))?;
        Ok(spec)
    }
}

fn value<S: Serialize>(spec: &S) -> Result<serde_json::Value> {
    serde_json::to_value(spec).map_err(|error| Error::Internal(format!("spec to JSON: {error}")))
}

/// Compares what is asked with what is stored; the words name the fields that may grow.
#[derive(Debug, Clone, Copy)]
pub struct Growth(pub &'static str);

impl Growth {
    fn changed(&self, field: &str, stored: impl ToString, asked: impl ToString) -> Error {
        let (stored, asked) = (stored.to_string(), asked.to_string());
        Error::Refused(format!("{field}: the run has {stored}, asked for {asked}; {}", self.0))
    }

    /// Refuses another value than the stored one.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub fn same<T: PartialEq + ToString>(&self, field: &str, stored: T, asked: Option<T>) -> Result<()> {
        match asked {
            Some(asked) if asked != stored => Err(self.changed(field, stored, asked)),
            _ => Ok(()),
        }
    }

    /// The number that is asked for, or the stored one; refuses a smaller one.
    ///
    /// # Errors
    /// [`Error::Refused`].
    pub fn grow(&self, field: &str, stored: u32, asked: Option<u32>) -> Result<u32> {
        match asked {
            Some(asked) if asked < stored => Err(self.changed(field, stored, asked)),
            Some(asked) => Ok(asked),
            None => Ok(stored),
        }
    }
}

/// Sizes in ascending order.
///
/// # Errors
/// [`Error::BadInput`] if one is given twice.
pub fn sorted_set(key: &str, mut sizes: Vec<u32>) -> Result<Vec<u32>> {
    sizes.sort_unstable();
    match sizes.iter().zip(sizes.iter().skip(1)).find(|(size, next)| size == next) {
        Some((size, _)) => Err(Error::bad_input(key, size, "given twice; each size once")),
        None => Ok(sizes),
    }
}

/// Most units of a run: their keys are held in memory.
pub const UNITS: u64 = 10_000_000;
