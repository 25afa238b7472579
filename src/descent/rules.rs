//! Which version of the numerical rules a run follows.

use serde::{Deserialize, Serialize};

/// Version of the rules by which a record is made: units, tolerances and judgements that are the same for every protocol
/// and are not constants of one. A run keeps the rules it began with, so that it resumes and grows to the same records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rules(u32);

impl Rules {
    /// Rules of release 0.1; their number is not written in a spec.
    pub const FIRST: Self = Self(1);
    /// Rules of new runs. Since 2: a user's tensor is divided by its scale s before anything runs; an index is claimed of
    /// the critical point nearby, with a tolerance that has a floor in units of s.
    pub const CURRENT: Self = Self(2);

    /// Whether these are the rules of release 0.1.
    pub fn is_first(&self) -> bool {
        *self == Self::FIRST
    }

    /// The number, 1 for release 0.1.
    pub fn number(self) -> u32 {
        self.0
    }
}

impl Default for Rules {
    /// Those of a spec that does not name any.
    fn default() -> Self {
        Self::FIRST
    }
}
