//! The unit of work and of storage: a fixed block of starts on one surface.

use std::fmt;
use std::ops::Range;

use super::spec::Kind;
use crate::study::Listed;
use crate::study::columns::columns;

/// Starts in a full unit. Part of the store format: another value makes another format.
pub const UNIT_STARTS: u32 = 20;

/// Names one unit: block `block` holds the starts from `block · UNIT_STARTS` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct UnitKey {
    /// H.
    pub spins: u32,
    /// Λ.
    pub dim: u32,
    /// Number of the surface.
    pub instance: u32,
    /// Number of the block of starts.
    pub block: u32,
}

impl UnitKey {
    /// The starts of this unit in a run of `total` starts per instance; the last unit may be partial.
    pub fn starts(&self, total: u32) -> Range<u32> {
        let first = self.block.saturating_mul(UNIT_STARTS);
        first.min(total)..first.saturating_add(UNIT_STARTS).min(total)
    }

    /// Numbers that the records of this unit may have: its starts, or every point of its surface in a census.
    pub fn rows(&self, kind: Kind) -> Range<u32> {
        match kind {
            Kind::Sweep => self.starts(u32::MAX),
            Kind::Census => 0..u32::MAX,
        }
    }
}

impl fmt::Display for UnitKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { spins, dim, instance, block } = self;
        write!(out, "spins {spins} dim {dim} instance {instance} block {block}")
    }
}

columns! {
    /// A unit on the list: which one, and how much of it.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct StartsUnit in "units" {
        /// H.
        pub spins: u32, "";
        /// Λ.
        pub dim: u32, "";
        /// Number of the surface.
        pub instance: u32, "";
        /// Number of the block of starts.
        pub block: u32, "";
        /// Starts it holds; of a census, critical points, and 1 where they are not known yet.
        pub starts: u32, "";
    }
    key [spins, dim, instance, block]
    digest own [spins, dim, instance, block, starts]
}

impl Listed for StartsUnit {
    type Key = UnitKey;

    fn key(&self) -> UnitKey {
        let Self { spins, dim, instance, block, .. } = *self;
        UnitKey { spins, dim, instance, block }
    }
}

impl StartsUnit {
    /// Whether another unit is on the same surface.
    pub fn shares_surface(&self, other: &Self) -> bool {
        (self.dim, self.instance) == (other.dim, other.instance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_unit_may_be_partial() {
        let unit = |block| UnitKey { spins: 3, dim: 10, instance: 0, block };
        assert_eq!(unit(0).starts(45), 0..20);
        assert_eq!(unit(2).starts(45), 40..45);
        assert!(unit(3).starts(45).is_empty());
    }
}
