//! What verbs do with a run of any kind.

use std::path::{Path, PathBuf};

use super::export::Args as ExportArgs;
use super::verdicts::Args as VerifyArgs;
use crate::error::Result;
use crate::study::{Format, Study, merge};

/// A kind of run, as verbs see it.
pub trait RunKind: Sync {
    /// Versions of its files.
    fn formats(&self) -> &'static [Format];

    /// Whether the figures of networks are for it.
    fn is_networks(&self) -> bool {
        false
    }

    /// Whether the figures of sampling are for it.
    fn is_sampling(&self) -> bool {
        false
    }

    /// Prints a run at a glance.
    ///
    /// # Errors
    /// Those of the store.
    fn show(&self, run: &Path, json: bool) -> Result<()>;

    /// Checks a run, and prints the result.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) where damage was found that is still there;
    /// [`Error::Refused`](crate::Error::Refused) where nothing can be recomputed; those of the store.
    fn verify(&self, args: &VerifyArgs) -> Result<()>;

    /// Writes a run's tables and arrays.
    ///
    /// # Errors
    /// [`Error::BadInput`](crate::Error::BadInput) for what the run does not have; those of the store and of the formats.
    fn export(&self, args: &ExportArgs) -> Result<()>;

    /// Puts runs together.
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused) where the runs are not of one spec, or the new one is there already;
    /// [`Error::Damaged`](crate::Error::Damaged); those of the store.
    fn merge(&self, runs: &[PathBuf], out: &Path) -> Result<Merged>;
}

/// A new run that was put together.
pub struct Merged {
    /// Units stored.
    pub units: usize,
    /// Units that no run held.
    pub left: usize,
    /// Hash of spec and units.
    pub content_hash: String,
}

impl Merged {
    /// Puts runs of a study together.
    ///
    /// # Errors
    /// As [`RunKind::merge`].
    pub fn of<S: Study>(runs: &[PathBuf], out: &Path) -> Result<Self> {
        let store = merge::<S>(runs, out)?;
        let (units, left) = (store.done().len(), store.left().len());
        Ok(Self { units, left, content_hash: store.content_hash() })
    }
}
