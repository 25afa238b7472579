//! Units computed again and compared bit by bit.

use std::ops::ControlFlow;

use super::interface::{Job, Study, Unit};
use super::listed::Listed;
use super::sampling::Sampling;
use super::store::Store;
use crate::error::Result;

/// Units of a sample.
const UNITS: usize = 3;

/// Result of computing units again.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Recomputed<K> {
    /// Units that were computed again.
    pub tried: usize,
    /// Those that came out otherwise.
    pub wrong: Vec<K>,
}

/// Computes some stored units again, or all of them, and compares every bit. Studies with a second path to their numbers
/// have checks of their own beside this.
///
/// # Errors
/// Those of the store and of the work; [`Error::Refused`](crate::Error::Refused) where what is given is not what the run is
/// on.
pub fn recompute<S: Study>(
    store: &Store<S>,
    job: &Job<S>,
    sampling: &Sampling,
) -> Result<Recomputed<<S::Listed as Listed>::Key>> {
    S::check_given(store.spec(), job.given)?;
    let mut found = Recomputed { tried: 0, wrong: Vec::new() };
    for listed in sampling.some(store.done().into_values().collect(), UNITS, &[]) {
        let Some(stored) = store.unit(&listed.key())? else { continue };
        let computed = S::unit(job, &listed, &mut |_| ControlFlow::Continue(()))?;
        found.tried += 1;
        if computed.is_none_or(|(unit, _)| !same_bits::<S>(&unit.canonical(), &stored)) {
            found.wrong.push(listed.key());
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
