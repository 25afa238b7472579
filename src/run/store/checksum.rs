//! Checksums: over the exact bits of a unit, and over spec and units together.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::StoredUnit;
use crate::run::record::{StartResult, UnitResult};
use crate::run::unit::UnitKey;
use crate::study::columns::Row;

/// A SHA-256.
pub type Checksum = [u8; 32];

/// SHA-256 of some bytes.
pub fn of(bytes: &[u8]) -> Checksum {
    Sha256::digest(bytes).into()
}

/// Checksum of a unit: its key, then each start's record, point and trace, then the facts of a census.
pub fn of_unit(unit: &UnitResult) -> Checksum {
    let mut hash = Sha256::new();
    feed_key(&mut hash, &unit.key);
    hash.update((unit.starts.len() as u64).to_le_bytes());
    // Hashed start by start: many small pieces cost more than their bytes.
    let mut bytes = Vec::new();
    for start in &unit.starts {
        bytes.clear();
        put_start(&mut bytes, start);
        hash.update(&bytes);
    }
    if let Some(facts) = &unit.census {
        bytes.clear();
        facts.digest(&mut bytes);
        hash.update("census");
        hash.update(&bytes);
    }
    hash.finalize().into()
}

/// Units between two states that [`RootHash`] remembers.
const STRIDE: usize = 128;

/// Checksum of a whole run: the spec's text, then every unit's key, size and checksum, by key.
///
/// It remembers states of the hash on the way: what lies before the first changed unit is not hashed again, so that
/// units that come about in order cost the same however many there are.
#[derive(Debug, Clone)]
pub struct RootHash {
    text: Sha256,
    /// The hash of everything before a unit.
    before: BTreeMap<UnitKey, Sha256>,
}

impl RootHash {
    /// For a run with this spec.
    pub fn new(spec_text: &str) -> Self {
        let mut text = Sha256::new();
        text.update((spec_text.len() as u64).to_le_bytes());
        text.update(spec_text);
        Self { text, before: BTreeMap::new() }
    }

    /// This unit was added, changed or removed.
    pub fn changed(&mut self, key: UnitKey) {
        let beyond = self.before.split_off(&key);
        // What lies before the unit itself is as it was.
        self.before.extend(beyond.into_iter().next().filter(|(first, _)| *first == key));
    }

    /// The checksum with these units; [`Self::changed`] was told of each that differs from the last time.
    pub fn of(&mut self, units: &BTreeMap<UnitKey, StoredUnit>) -> Checksum {
        let known = self.before.last_key_value().map(|(key, state)| (*key, state.clone()));
        let (mut hash, rest) = match known {
            Some((key, state)) => (state, units.range(key..)),
            None => (self.text.clone(), units.range(..)),
        };
        for (place, (key, unit)) in (1..).zip(rest) {
            if place % STRIDE == 0 {
                self.before.insert(*key, hash.clone());
            }
            feed_key(&mut hash, key);
            hash.update(unit.starts.to_le_bytes());
            hash.update(unit.checksum);
        }
        hash.finalize().into()
    }
}

/// The checksum of a run as [`RootHash`] gives it, from nothing.
pub fn of_run(spec_text: &str, units: &BTreeMap<UnitKey, StoredUnit>) -> Checksum {
    RootHash::new(spec_text).of(units)
}

/// Whether a run's stored root checksum is the one that its spec and units give.
pub fn is_root(stored: &Checksum, found: &Checksum) -> bool {
    sabotage!("root-checksum-skipped", stored == found, true)
}

fn feed_key(hash: &mut Sha256, key: &UnitKey) {
    for part in [key.spins, key.dim, key.instance, key.block] {
        hash.update(part.to_le_bytes());
    }
}

/// Appends what the checksum covers of a start.
fn put_start(out: &mut Vec<u8>, start: &StartResult) {
    start.record.digest(out);
    out.extend((start.point.len() as u64).to_le_bytes());
    start.point.iter().for_each(|x| out.extend(x.to_bits().to_le_bytes()));
    out.extend((start.trace.len() as u64).to_le_bytes());
    start.trace_rows().for_each(|row| row.digest(out));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_that_remembers_is_the_root_from_nothing_whatever_changes_and_in_what_order() {
        let mut units = BTreeMap::new();
        let mut root = RootHash::new("spec");
        let mut state = 1_u64;
        for step in 0..3000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // In order at first, then all over; some are taken away again.
            let place = if step < 1500 { step } else { (state >> 40) as u32 % 2000 };
            let key = UnitKey { spins: 3, dim: 8, instance: place / 3, block: place % 3 };
            if step % 7 == 6 {
                units.remove(&key);
            } else {
                units.insert(key, StoredUnit { starts: step % 21, checksum: [(state >> 32) as u8; 32] });
            }
            root.changed(key);
            if step % 5 == 0 {
                assert_eq!(root.of(&units), of_run("spec", &units), "step {step}");
            }
        }
        assert_ne!(root.of(&units), of_run("another", &units));
    }
}
