//! Which records are recomputed.

use std::collections::{BTreeMap, BTreeSet};

use crate::studies::surfaces::census::facts::CensusFacts;
use crate::studies::surfaces::record::Record;
use crate::studies::surfaces::study::SurfaceStore;
use crate::study::Sampling;

/// Surfaces of a sample at each size, and records on each.
const SURFACES: usize = 3;
const RECORDS: usize = 6;

/// The surfaces to look at, by Λ: some of those that have records.
pub fn surfaces(sampling: &Sampling, store: &SurfaceStore) -> BTreeMap<u32, Vec<u32>> {
    let mut stored: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for key in store.done().into_keys() {
        stored.entry(key.dim).or_default().insert(key.instance);
    }
    let some = |(dim, instances): (u32, BTreeSet<u32>)| {
        (dim, sampling.some(instances.into_iter().collect(), SURFACES, &[u64::from(dim)]))
    };
    stored.into_iter().map(some).collect()
}

/// Some of the records of one surface, in their order.
pub fn records(sampling: &Sampling, records: Vec<Record>, dim: u32, instance: u32) -> Vec<Record> {
    let mut some = sampling.some(records, RECORDS, &[u64::from(dim), u64::from(instance)]);
    some.sort_by_key(|record| record.start);
    some
}

/// One of the censuses, the first of them in random order first.
pub fn censuses(sampling: &Sampling, facts: Vec<CensusFacts>) -> Vec<CensusFacts> {
    sampling.some(facts, 1, &[])
}
