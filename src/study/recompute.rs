//! Units computed again and compared bit by bit.

use std::ops::ControlFlow;

use super::interface::{Job, Study, Unit};
use super::listed::Listed;
use super::sampling::Sampling;
use super::store::Store;
use crate::error::Result;

/// Units of a sample.
const UNITS: usize = 3;

/// Result of computing again what is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Recomputed {
    /// The same seed gives the same sample; nothing where all was computed again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_seed: Option<u64>,
    /// Units, or records of them, that were computed again.
    pub tried: usize,
    /// Of those, what was computed from its beginning and compared bit by bit.
    pub rerun: usize,
    /// What came out the same to rounding, not to the bit, as on a processor with another instruction set.
    #[serde(skip_serializing_if = "is_zero")]
    pub rounded: usize,
    /// What came out otherwise.
    pub wrong: Vec<String>,
    /// Why nothing was computed from its beginning, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_rerun: Option<String>,
    /// Where units are computed again beside their records: how many, bit by bit.
    #[serde(rename = "censuses", skip_serializing_if = "Option::is_none")]
    pub units: Option<usize>,
    /// Of those, the ones that were also computed on another way.
    #[serde(rename = "recounted", skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<usize>,
    /// Sizes of which nothing was computed again, since it takes long.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<u32>,
}

fn is_zero(&number: &usize) -> bool {
    number == 0
}

impl Recomputed {
    /// Nothing yet, of this sample.
    pub fn of(sampling: &Sampling) -> Self {
        Self { sample_seed: (!sampling.all).then_some(sampling.seed), ..Self::default() }
    }
}

/// Computes some stored units again, or all of them, and compares every bit. Studies with a second path to their numbers
/// have checks of their own beside this.
///
/// # Errors
/// Those of the store and of the work; [`Error::Refused`](crate::Error::Refused) where what is given is not what the run is
/// on.
pub fn recompute<S: Study>(store: &Store<S>, job: &Job<S>, sampling: &Sampling) -> Result<Recomputed> {
    S::check_given(store.spec(), job.given)?;
    let mut found = Recomputed::of(sampling);
    for listed in sampling.some(store.done().into_values().collect(), UNITS, &[]) {
        let Some(stored) = store.unit(&listed.key())? else { continue };
        let computed = S::unit(job, &listed, &mut |_| ControlFlow::Continue(()))?;
        found.tried += 1;
        found.rerun += 1;
        if computed.is_none_or(|(unit, _)| !same_bits::<S>(&unit.canonical(), &stored)) {
            found.wrong.push(listed.key().to_string());
        }
    }
    Ok(found)
}

/// Whether two units have the same checksum bytes: floats that are unknown are the same as each other.
fn same_bits<S: Study>(a: &S::Unit, b: &S::Unit) -> bool {
    let bytes = |unit: &S::Unit| {
        let mut all = Vec::new();
        unit.digest(&mut |bytes| all.extend_from_slice(bytes));
        all
    };
    bytes(a) == bytes(b)
}
