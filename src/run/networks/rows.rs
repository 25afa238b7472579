//! Rows of a run of networks, and what they must sum to.
// What is read here was written by others: whatever it is, it must not panic.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

use std::collections::BTreeMap;
use std::ops::AddAssign;

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::record::{NetworkRecord, Training};
use super::spec::NetworksSpec;
use super::unit::{BlockKey, BlockResult, Extent};
use crate::run::store::{self, Checksum};
use crate::study::columns::{Row, is_finite};

/// What the store knows of a unit it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredBlock {
    pub extent: Extent,
    /// SHA-256 of its records.
    pub checksum: Checksum,
}

/// Units of a run, by key.
pub type Blocks = BTreeMap<BlockKey, StoredBlock>;

/// Seconds of all threads spent on the networks of one size.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize)]
pub struct NetworkTimes {
    /// Training or annealing.
    pub training_s: f64,
    /// Losses and gradients at the end.
    pub evaluation_s: f64,
    /// Hessians and their indices.
    pub index_s: f64,
}

impl NetworkTimes {
    /// All of it.
    pub fn total_s(&self) -> f64 {
        self.training_s + self.evaluation_s + self.index_s
    }
}

impl AddAssign for NetworkTimes {
    fn add_assign(&mut self, other: Self) {
        self.training_s += other.training_s;
        self.evaluation_s += other.evaluation_s;
        self.index_s += other.index_s;
    }
}

/// Checksum of a unit: its key, its extent, then each record.
pub fn block_checksum(unit: &BlockResult) -> Checksum {
    let mut hash = Sha256::new();
    feed_key(&mut hash, &unit.key);
    feed_extent(&mut hash, &unit.extent());
    let mut bytes = Vec::new();
    for record in &unit.networks {
        bytes.clear();
        record.digest(&mut bytes);
        hash.update(&bytes);
    }
    hash.finalize().into()
}

/// Checksum of a whole run: the spec's text, then every unit's key, extent and checksum, by key.
pub fn run_checksum(spec_text: &str, units: &Blocks) -> Checksum {
    let mut hash = Sha256::new();
    hash.update((spec_text.len() as u64).to_le_bytes());
    hash.update(spec_text);
    for (key, unit) in units {
        feed_key(&mut hash, key);
        feed_extent(&mut hash, &unit.extent);
        hash.update(unit.checksum);
    }
    hash.finalize().into()
}

fn feed_key(hash: &mut Sha256, key: &BlockKey) {
    hash.update(key.hidden.to_le_bytes());
    hash.update(key.block.to_le_bytes());
}

fn feed_extent(hash: &mut Sha256, extent: &Extent) {
    hash.update(extent.networks.to_le_bytes());
    hash.update(extent.indexed.to_le_bytes());
}

/// Whether a run of this spec can hold this record.
pub fn fits(spec: &NetworksSpec, record: &NetworkRecord) -> bool {
    let parameters = NetworksSpec::shape(record.hidden).parameters() as u64;
    let index_fits =
        |index: u32| spec.has_index(record.hidden, record.network) && u64::from(index) <= parameters;
    let is_finite = is_finite(record);
    spec.hidden.contains(&record.hidden)
        && record.network < spec.networks
        && record.train_errors <= spec.digits.train.count
        && record.test_errors <= spec.digits.test.count
        && record.index.is_none_or(index_fits)
        && match record.outcome {
            Training::Finished => is_finite && record.train_loss >= 0.0 && record.test_loss >= 0.0,
            Training::NonFinite => !is_finite && record.index.is_none(),
        }
}

/// Whether a unit is one of this spec's plan, whole or as a smaller spec of the same run had it: networks in order,
/// each with its index where the unit has one.
pub fn unit_fits(spec: &NetworksSpec, unit: &BlockResult) -> bool {
    let planned = spec.extent(&unit.key);
    let numbers = unit.key.networks(spec.networks);
    let is_indexed = |place: usize| place < unit.indexed as usize;
    let record_fits = |(place, (number, record)): (usize, (u32, &NetworkRecord))| {
        (record.hidden, record.network) == (unit.key.hidden, number)
            && record.index.is_some() == (is_indexed(place) && record.outcome == Training::Finished)
            && fits(spec, record)
    };
    !unit.networks.is_empty()
        && planned.covers(&unit.extent())
        && numbers.zip(&unit.networks).enumerate().all(record_fits)
}

/// Reads the list of units.
pub fn read_blocks(conn: &Connection) -> rusqlite::Result<Blocks> {
    let mut statement =
        conn.prepare("SELECT networks, indexed, checksum, hidden, block FROM network_units")?;
    let rows = statement.query_map([], |row| {
        Ok((BlockKey { hidden: row.get(3)?, block: row.get(4)? }, stored_block(row)?))
    })?;
    rows.collect()
}

fn stored_block(row: &rusqlite::Row<'_>) -> rusqlite::Result<StoredBlock> {
    Ok(StoredBlock { extent: Extent { networks: row.get(0)?, indexed: row.get(1)? }, checksum: row.get(2)? })
}

/// The stored row of one unit, looked up by its key.
pub fn read_stored_block(conn: &Connection, key: &BlockKey) -> rusqlite::Result<Option<StoredBlock>> {
    conn.prepare_cached(
        "SELECT networks, indexed, checksum FROM network_units WHERE hidden = ?1 AND block = ?2",
    )?
    .query_row(params![key.hidden, key.block], stored_block)
    .optional()
}

/// All that is stored of one unit.
pub fn read_block(conn: &Connection, key: &BlockKey, indexed: u32) -> rusqlite::Result<BlockResult> {
    let numbers = key.networks(u32::MAX);
    let condition = "WHERE hidden = ?1 AND network >= ?2 AND network < ?3";
    let networks =
        NetworkRecord::table().select(conn, condition, params![key.hidden, numbers.start, numbers.end])?;
    Ok(BlockResult { key: *key, indexed, networks })
}

/// Time spent, by n₁.
pub fn read_times(conn: &Connection) -> rusqlite::Result<BTreeMap<u32, NetworkTimes>> {
    let mut statement =
        conn.prepare("SELECT hidden, training_s, evaluation_s, index_s FROM network_times")?;
    let rows = statement.query_map([], |row| {
        let times = NetworkTimes { training_s: row.get(1)?, evaluation_s: row.get(2)?, index_s: row.get(3)? };
        Ok((row.get(0)?, times))
    })?;
    let sensible = |times: &NetworkTimes| {
        [times.training_s, times.evaluation_s, times.index_s].into_iter().all(store::is_time)
    };
    rows.filter_map(|row| store::readable(row).transpose())
        .filter(|row| row.as_ref().map_or(true, |(_, times)| sensible(times)))
        .collect()
}

/// Adds time spent on a size.
pub fn put_times(conn: &Connection, hidden: u32, spent: &NetworkTimes) -> rusqlite::Result<()> {
    let sql = "INSERT INTO network_times VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET
        training_s = training_s + excluded.training_s, evaluation_s = evaluation_s + excluded.evaluation_s,
        index_s = index_s + excluded.index_s";
    let values = params![hidden, spent.training_s, spent.evaluation_s, spent.index_s];
    conn.prepare_cached(sql)?.execute(values).map(drop)
}

/// Writes a unit in place of an earlier, smaller one; its root checksum is for the caller to move on.
pub fn put_block(conn: &Connection, unit: &BlockResult, stored: &StoredBlock) -> rusqlite::Result<()> {
    let key = unit.key;
    let numbers = key.networks(u32::MAX);
    conn.prepare_cached("DELETE FROM networks WHERE hidden = ?1 AND network >= ?2 AND network < ?3")?
        .execute(params![key.hidden, numbers.start, numbers.end])?;
    unit.networks.iter().try_for_each(|record| NetworkRecord::table().insert(conn, record))?;
    let Extent { networks, indexed } = stored.extent;
    conn.prepare_cached("INSERT OR REPLACE INTO network_units VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![key.hidden, key.block, networks, indexed, stored.checksum])
        .map(drop)
}
