//! Mean numbers of critical points by index, found and exact.

use crate::Result;
use crate::analysis::bands::{CensusCheck, CensusSample};

/// A census against exact means, with its size.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanCountCheck {
    /// H.
    pub spins: u32,
    /// Λ.
    pub dim: u32,
    /// Found and exact.
    pub check: CensusCheck,
}

impl MeanCountCheck {
    /// The table of a sample.
    ///
    /// # Errors
    /// Bad input outside what theory takes.
    pub fn new(sample: &CensusSample) -> Result<Self> {
        Ok(Self { spins: sample.spins, dim: sample.dim, check: sample.check()? })
    }
}
