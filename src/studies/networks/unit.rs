//! The unit of work and of storage: sixteen networks of one size.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::record::NetworkRecord;
use crate::networks::GROUP;
use crate::study::columns::{Seconds, Within, columns};
use crate::study::{Listed, Rows, RowsOf};

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

columns! {
    /// A unit on the list: which one, and how much of it.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Block in "network_units" {
        /// n₁.
        pub hidden: u32, "";
        /// Number of the block.
        pub block: u32, "";
        /// Networks, from the first of the block.
        pub networks: u32, "";
        /// How many of them, from the first, have an index, if their weights are finite.
        pub indexed: u32, "";
    }
    key [hidden, block]
    digest own [hidden, block, networks, indexed]
}

impl Block {
    /// Whether a stored unit has all of another's.
    pub fn covers(&self, planned: &Self) -> bool {
        self.networks >= planned.networks && self.indexed >= planned.indexed
    }
}

impl Listed for Block {
    type Key = BlockKey;

    fn key(&self) -> BlockKey {
        BlockKey { hidden: self.hidden, block: self.block }
    }
}

impl RowsOf<Block> for NetworkRecord {
    fn within(block: &Block) -> Within {
        let numbers = block.key().networks(u32::MAX);
        let range = [i64::from(numbers.start), i64::from(numbers.end) - 1];
        Within { equal: vec![("hidden", block.hidden)], range: Some(("network", range)) }
    }
}

/// What a unit gives: a function of spec, digits and key alone, whatever the machine and the threads.
pub type BlockResult = Rows<Block, NetworkRecord>;

columns! {
    /// Processor time spent on the networks of one size.
    #[derive(Debug, Clone, PartialEq)]
    pub struct NetworkTimes in "network_times" {
        /// n₁.
        pub hidden: u32, "";
        /// Training or annealing.
        pub training_s: Seconds, "s";
        /// Losses and gradients at the end.
        pub evaluation_s: Seconds, "s";
        /// Hessians and their indices.
        pub index_s: Seconds, "s";
    }
    key [hidden]
    digest own [hidden, training_s, evaluation_s, index_s]
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
