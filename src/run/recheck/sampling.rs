//! Which records are recomputed.

use std::collections::{BTreeMap, BTreeSet};

use rand::seq::SliceRandom;

use crate::rng::{Role, stream};
use crate::run::census::CensusFacts;
use crate::run::record::Record;
use crate::run::store::Store;

/// Surfaces of a sample at each size, and records on each.
const SURFACES: usize = 3;
const RECORDS: usize = 6;

/// A random sample of a run's records, or all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampling {
    /// The same seed gives the same sample of the same run.
    pub seed: u64,
    /// Whether everything is recomputed.
    pub all: bool,
}

impl Sampling {
    /// The surfaces to look at, by Λ: some of those that have records.
    pub fn surfaces(&self, store: &Store) -> BTreeMap<u32, Vec<u32>> {
        let mut stored: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for (key, _) in store.done() {
            stored.entry(key.dim).or_default().insert(key.instance);
        }
        let some = |(dim, instances): (u32, BTreeSet<u32>)| {
            (dim, self.some(instances.into_iter().collect(), SURFACES, &[u64::from(dim)]))
        };
        stored.into_iter().map(some).collect()
    }

    /// Some of the records of one surface, in their order.
    pub fn records(&self, records: Vec<Record>, dim: u32, instance: u32) -> Vec<Record> {
        let mut some = self.some(records, RECORDS, &[u64::from(dim), u64::from(instance)]);
        some.sort_by_key(|record| record.start);
        some
    }

    /// One of the censuses, the first of them in random order first.
    pub fn censuses(&self, facts: Vec<CensusFacts>) -> Vec<CensusFacts> {
        self.some(facts, 1, &[])
    }

    /// All, or at most so many in random order; `ids` tell one choice from another.
    pub fn some<T>(&self, mut things: Vec<T>, most: usize, ids: &[u64]) -> Vec<T> {
        if !self.all {
            things.shuffle(&mut stream(self.seed, Role::Probe, ids));
            things.truncate(most);
        }
        things
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_names_a_sample_and_over_seeds_everything_is_looked_at() {
        let with = |seed| Sampling { seed, all: false }.some((0..20).collect(), 3, &[5]);
        assert_eq!(with(1), with(1));
        let seen: BTreeSet<i32> = (0..200).flat_map(with).collect();
        assert_eq!(seen.len(), 20);
        let all = Sampling { seed: 1, all: true };
        assert_eq!(all.some(vec![3, 1, 2], 1, &[]), [3, 1, 2]);
    }
}
