//! Units as the list of units has them.

use std::fmt::{Debug, Display};

use serde::Serialize;

use super::columns::Row;

/// A unit as the list of units has it: its key and how much of it there is, or should be. Its columns are integers.
pub trait Listed: Row + Copy + Eq + Debug + Send + Sync {
    /// Names a unit.
    type Key: Ord + Copy + Debug + Display + Serialize + Send + Sync;

    /// Which unit.
    fn key(&self) -> Self::Key;
}

/// Processor time of some units, added up by its key. Columns beside the key are [`Seconds`](super::columns::Seconds).
pub trait Times: Row + Clone + Debug + PartialEq + Send {}

impl<T: Row + Clone + Debug + PartialEq + Send> Times for T {}

/// A unit that a run holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredUnit<L> {
    /// Its key, and how much of it there is.
    pub listed: L,
    /// SHA-256 of all its rows.
    pub checksum: [u8; 32],
}
