//! Checksums: over the exact bits of a unit, and over spec and units together.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::study::interface::{Study, Unit, Units};
use crate::study::listed::{Listed, StoredUnit};

/// A SHA-256.
pub type Checksum = [u8; 32];

/// SHA-256 of some bytes.
pub fn of(bytes: &[u8]) -> Checksum {
    Sha256::digest(bytes).into()
}

/// Checksum of a unit: its key and size, then its rows.
pub fn of_unit<S: Study>(unit: &S::Unit) -> Checksum {
    let mut hash = Sha256::new();
    unit.digest(&mut |bytes| hash.update(bytes));
    hash.finalize().into()
}

/// Units between two states that [`RootHash`] remembers.
const STRIDE: usize = 128;

/// Checksum of a whole run: the spec's text, then every unit's key, size and checksum, by key.
///
/// It remembers states of the hash on the way: what lies before the first changed unit is not hashed again, so that
/// units that come about in order cost the same however many there are.
#[derive(Debug, Clone)]
pub struct RootHash<K> {
    text: Sha256,
    /// The hash of everything before a unit.
    before: BTreeMap<K, Sha256>,
}

impl<K: Ord + Copy> RootHash<K> {
    /// For a run with this spec.
    pub fn new(spec_text: &str) -> Self {
        let mut text = Sha256::new();
        text.update((spec_text.len() as u64).to_le_bytes());
        text.update(spec_text);
        Self { text, before: BTreeMap::new() }
    }

    /// This unit was added, changed or removed.
    pub fn changed(&mut self, key: K) {
        let beyond = self.before.split_off(&key);
        // What lies before the unit itself is as it was.
        self.before.extend(beyond.into_iter().next().filter(|(first, _)| *first == key));
    }

    /// The checksum with these units; [`Self::changed`] was told of each that differs from the last time.
    pub fn of<L: Listed<Key = K>>(&mut self, units: &BTreeMap<K, StoredUnit<L>>) -> Checksum {
        let known = self.before.last_key_value().map(|(key, state)| (*key, state.clone()));
        let (mut hash, rest) = match known {
            Some((key, state)) => (state, units.range(key..)),
            None => (self.text.clone(), units.range(..)),
        };
        let mut bytes = Vec::new();
        for (place, (key, unit)) in (1..).zip(rest) {
            if place % STRIDE == 0 {
                self.before.insert(*key, hash.clone());
            }
            bytes.clear();
            unit.listed.digest(&mut bytes);
            hash.update(&bytes);
            hash.update(unit.checksum);
        }
        hash.finalize().into()
    }
}

/// The checksum of a run as [`RootHash`] gives it, from nothing.
pub fn of_run<S: Study>(spec_text: &str, units: &Units<S>) -> Checksum {
    RootHash::new(spec_text).of(units)
}

/// Whether a run's stored root checksum is the one that its spec and units give.
pub fn is_root(stored: &Checksum, found: &Checksum) -> bool {
    sabotage!("root-checksum-skipped", stored == found, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::columns::columns;

    columns! {
        /// A unit of the test.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Block in "blocks" {
            /// Its number.
            pub block: u32, "";
            /// How much of it.
            pub starts: u32, "";
        }
        key [block]
        digest own [block, starts]
    }

    impl Listed for Block {
        type Key = u32;

        fn key(&self) -> u32 {
            self.block
        }
    }

    #[test]
    fn a_root_that_remembers_is_the_root_from_nothing_whatever_changes_and_in_what_order() {
        let mut units = BTreeMap::new();
        let mut root = RootHash::new("spec");
        let mut state = 1_u64;
        for step in 0..3000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // In order at first, then all over; some are taken away again.
            let place = if step < 1500 { step } else { (state >> 40) as u32 % 2000 };
            if step % 7 == 6 {
                units.remove(&place);
            } else {
                let listed = Block { block: place, starts: step % 21 };
                units.insert(place, StoredUnit { listed, checksum: [(state >> 32) as u8; 32] });
            }
            root.changed(place);
            if step % 5 == 0 {
                assert_eq!(root.of(&units), RootHash::new("spec").of(&units), "step {step}");
            }
        }
        assert_ne!(root.of(&units), RootHash::new("another").of(&units));
    }
}
