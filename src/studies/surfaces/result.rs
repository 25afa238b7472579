//! A finished unit.

use super::census::facts::CensusFacts;
use super::record::StartResult;
use super::unit::UnitKey;

/// A finished unit: one transaction of the store.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitResult {
    /// Which unit.
    pub key: UnitKey,
    /// Its starts, in order; of a census its critical points, by energy.
    pub starts: Vec<StartResult>,
    /// What is known of a census beside its points; `None` in a sweep.
    pub census: Option<CensusFacts>,
}

impl UnitResult {
    /// Whether facts can be those of this unit.
    pub fn has(&self, facts: &CensusFacts) -> bool {
        let UnitKey { spins, dim, instance, block } = self.key;
        (facts.spins, facts.dim, facts.instance, 0) == (spins, dim, instance, block)
            && facts.real == self.starts.len() as u64
    }
}
