//! The unit of work and of storage: sixteen networks of one size.
// What is read here was written by others: whatever it is, it must not panic.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::record::NetworkRecord;
use super::spec::NetworksSpec;
use crate::networks::GROUP;

/// Networks of a full unit. Part of the store format: another value makes another format.
pub const BLOCK: u32 = GROUP as u32;

/// Names one unit: networks `BLOCK · block` and on of a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BlockKey {
    /// n₁.
    pub hidden: u32,
    /// Number of the block.
    pub block: u32,
}

impl BlockKey {
    /// Networks of this unit in a run of `total` of each size; the last unit may be partial.
    pub fn networks(&self, total: u32) -> Range<u32> {
        let first = self.block.saturating_mul(BLOCK);
        first.min(total)..first.saturating_add(BLOCK).min(total)
    }
}

impl fmt::Display for BlockKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "hidden {} block {}", self.hidden, self.block)
    }
}

/// How much of a unit there is, or should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Networks, from the first of the block.
    pub networks: u32,
    /// How many of them, from the first, have an index, if their weights are finite.
    pub indexed: u32,
}

impl Extent {
    /// Whether a stored unit of this extent has all of another's.
    pub fn covers(&self, planned: &Self) -> bool {
        self.networks >= planned.networks && self.indexed >= planned.indexed
    }
}

/// What a unit gives: a function of spec, digits and key alone, whatever the machine and the threads.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockResult {
    /// Which unit.
    pub key: BlockKey,
    /// How many networks have an index.
    pub indexed: u32,
    /// Its networks, in order.
    pub networks: Vec<NetworkRecord>,
}

impl BlockResult {
    /// How much of a unit it is.
    pub fn extent(&self) -> Extent {
        Extent { networks: self.networks.len() as u32, indexed: self.indexed }
    }
}

/// Every unit of a spec and how much of it is asked for, by key.
pub fn plan(spec: &NetworksSpec) -> impl Iterator<Item = (BlockKey, Extent)> + '_ {
    let blocks = spec.networks.div_ceil(BLOCK);
    let keys =
        spec.hidden.iter().flat_map(move |&hidden| (0..blocks).map(move |block| BlockKey { hidden, block }));
    keys.map(|key| (key, spec.extent(&key)))
}

/// Units that are not stored, or not all of what is asked for now, by key.
pub fn todo(spec: &NetworksSpec, done: &BTreeMap<BlockKey, Extent>) -> Vec<(BlockKey, Extent)> {
    plan(spec).filter(|(key, planned)| !done.get(key).is_some_and(|stored| stored.covers(planned))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_unit_may_be_partial() {
        let key = |block| BlockKey { hidden: 25, block };
        assert_eq!(key(0).networks(40), 0..16);
        assert_eq!(key(2).networks(40), 32..40);
        assert!(key(3).networks(40).is_empty());
    }
}
