//! Checksums: over the exact bits of a unit, and over spec and units together.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::StoredUnit;
use crate::run::record::{Record, StartResult, UnitResult};
use crate::run::unit::UnitKey;

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
    for start in &unit.starts {
        feed_start(&mut hash, start);
    }
    if let Some(facts) = &unit.census {
        hash.update("census");
        facts.counts().iter().for_each(|count| hash.update(count.to_le_bytes()));
    }
    hash.finalize().into()
}

/// Checksum of a whole run: the spec's text, then every unit's key, size and checksum, by key.
pub fn of_run(spec_text: &str, units: &BTreeMap<UnitKey, StoredUnit>) -> Checksum {
    let mut hash = Sha256::new();
    hash.update((spec_text.len() as u64).to_le_bytes());
    hash.update(spec_text);
    for (key, unit) in units {
        feed_key(&mut hash, key);
        hash.update(unit.starts.to_le_bytes());
        hash.update(unit.checksum);
    }
    hash.finalize().into()
}

/// Whether this is the checksum of a whole run.
pub fn is_root(root: &Checksum, spec_text: &str, units: &BTreeMap<UnitKey, StoredUnit>) -> bool {
    sabotage!("root-checksum-skipped", of_run(spec_text, units) == *root, true)
}

fn feed_key(hash: &mut Sha256, key: &UnitKey) {
    for part in [key.spins, key.dim, key.instance, key.block] {
        hash.update(part.to_le_bytes());
    }
}

fn feed_start(hash: &mut Sha256, start: &StartResult) {
    feed_record(hash, &start.record);
    hash.update((start.point.len() as u64).to_le_bytes());
    for x in &start.point {
        hash.update(x.to_bits().to_le_bytes());
    }
    hash.update((start.trace.len() as u64).to_le_bytes());
    for point in &start.trace {
        hash.update(point.step.to_le_bytes());
        hash.update(point.energy_per_spin.to_bits().to_le_bytes());
        hash.update(point.gradient_norm.to_bits().to_le_bytes());
    }
}

fn feed_record(hash: &mut Sha256, record: &Record) {
    for id in [record.spins, record.dim, record.instance, record.start] {
        hash.update(id.to_le_bytes());
    }
    let floats = [
        record.energy,
        record.energy_per_spin,
        record.descent_energy_per_spin,
        record.gradient_norm,
        record.min_eigenvalue,
        record.polish_overlap,
    ];
    for x in floats {
        hash.update(x.to_bits().to_le_bytes());
    }
    // One more than the count, 0 for "none": every value and its absence differ.
    for count in [record.index, record.undecided] {
        hash.update(count.map_or(0, |n| u64::from(n) + 1).to_le_bytes());
    }
    hash.update(record.steps.to_le_bytes());
    hash.update(record.outcome.name());
}
