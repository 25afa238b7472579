//! Finding damage in a run of networks, dropping it, and computing some units again.
// What is read here was written by others: whatever it is, it must not panic.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::Connection;

use super::cost;
use super::job::{BlockJob, Samples};
use super::rows::{self, Blocks, StoredBlock};
use super::spec::NetworksSpec;
use super::store::NetworksStore;
use super::unit::{BlockKey, BlockResult, Extent, plan};
use crate::error::{Error, Result};
use crate::networks::Shape;
use crate::numeric::isa::Isa;
use crate::run::hex;
use crate::run::lock::Lock;
use crate::run::recheck::Sampling;
use crate::run::store::{self, Advance, Contents, sql};
use crate::run::verdict::{Repaired, Reread, Tally, Verdict, look_surely, structural_problems};
use crate::study::columns;

/// Most flops of training that a check does again for one size, about a minute; moves of annealing times digits count
/// a hundred each.
const MOST_FLOPS: f64 = 5e12;
const FLOPS_PER_MOVE: f64 = 100.0;
/// Largest n₁ whose index a check computes again: seconds.
const MOST_HIDDEN: u32 = 50;

enum Found {
    Intact(BlockResult, StoredBlock),
    Damaged,
    Missing,
}

/// Checks structure, checksums and completeness of a run of networks; it may run beside a sweep.
///
/// # Errors
/// [`Error::BadInput`] if it is no such run, [`Error::Damaged`] if even its spec cannot be read, [`Error::Io`].
pub fn verify(path: &Path) -> Result<Verdict<BlockKey>> {
    look_surely(path, look_through)
}

fn look_through(path: &Path) -> Result<Verdict<BlockKey>> {
    store::check_networks(path)?;
    let conn = store::connect_to_read(path)?;
    let structure = structural_problems(&conn);
    let listing = list(&conn, path)?;
    let Listing { text, spec, units, problems } = &listing;
    let tally = Tally::of(
        plan(spec),
        units,
        |key| Ok(matches!(find(&conn, key, spec)?, Found::Intact(..))),
        |planned, listed| listed.extent.covers(planned),
    )?;
    let hash = hex(&rows::run_checksum(text, &tally.sound));
    Ok(tally.verdict(structure, problems.clone(), hash))
}

/// Copies what is intact to a new file and puts it in the old one's place; the old one is kept under another name.
///
/// # Errors
/// As [`verify`]; [`Error::Refused`] if another process works on the run.
pub fn repair(path: &Path) -> Result<Repaired<BlockKey>> {
    store::check_networks(path)?;
    let _lock = Lock::take(path)?;
    let salvage = store::Salvage::open(path)?;
    let conn = &salvage.conn;
    let (text, spec) = intact_spec(conn, path)?;
    let (mut kept, mut dropped) = (0, Vec::new());
    let format = store::format(conn, path)?;
    let reread = Reread::of(path);
    let original = store::replace(path, format, (Contents::Networks, &text), |copy| {
        let mut units = Blocks::new();
        let failed = || sql("copying a unit");
        let from = rows::run_checksum(&text, &units);
        let transaction = copy.transaction().map_err(failed())?;
        for (key, _) in plan(&spec) {
            match reread.surely(|| find(conn, &key, &spec), |found| matches!(found, Found::Damaged))? {
                Found::Intact(unit, stored) => {
                    rows::put_block(&transaction, &unit, &stored).map_err(failed())?;
                    units.insert(key, stored);
                    kept += 1;
                }
                Found::Damaged => dropped.push(key),
                Found::Missing => {}
            }
        }
        let to = rows::run_checksum(&text, &units);
        store::advance(&transaction, &Advance { from, to }).map_err(failed())?;
        // Times are not science: what cannot be read of them is left behind.
        for (hidden, times) in rows::read_times(conn).unwrap_or_default() {
            rows::put_times(&transaction, hidden, &times).map_err(failed())?;
        }
        transaction.commit().map_err(failed())
    })?;
    Ok(Repaired { kept, dropped, original })
}

/// Spec and list of units as stored, with what contradicts them.
struct Listing {
    text: String,
    spec: NetworksSpec,
    units: Blocks,
    problems: Vec<String>,
}

/// Reads the list in one snapshot, so that a running sweep does not look like damage.
fn list(conn: &Connection, path: &Path) -> Result<Listing> {
    let what = || format!("reading {}", path.display());
    let snapshot = conn.unchecked_transaction().map_err(sql(what()))?;
    let (text, spec) = intact_spec(&snapshot, path)?;
    let (units, mut problems) = match rows::read_blocks(&snapshot).map_err(sql(what())) {
        Ok(units) => (units, Vec::new()),
        // Some of the list may still be found key by key.
        Err(Error::Damaged(reason)) => {
            let stored =
                |key| rows::read_stored_block(&snapshot, &key).ok().flatten().map(|unit| (key, unit));
            (plan(&spec).filter_map(|(key, _)| stored(key)).collect(), vec![reason])
        }
        Err(other) => return Err(other),
    };
    let root = store::read_spec(&snapshot).map_err(sql(what()))?.root;
    if !store::is_root(&root, &rows::run_checksum(&text, &units)) {
        problems.push("units: the list of units is not the one that was written".to_owned());
    }
    let listed: i64 = units.values().map(|unit| i64::from(unit.extent.networks)).sum();
    let counted = snapshot.query_row("SELECT count(*) FROM networks", [], |row| row.get::<_, i64>(0));
    if counted != Ok(listed) {
        problems.push("networks: their number is not that of the units".to_owned());
    }
    Ok(Listing { text, spec, units, problems })
}

fn intact_spec(conn: &Connection, path: &Path) -> Result<(String, NetworksSpec)> {
    let row = store::read_spec(conn).map_err(sql(format!("reading the spec of {}", path.display())))?;
    row.check(path)?;
    let spec = NetworksSpec::from_canonical(&row.text)?;
    Ok((row.text, spec))
}

/// Looks for one unit. That its rows cannot be read is damage; that the disk cannot be read is an error.
fn find(conn: &Connection, key: &BlockKey, spec: &NetworksSpec) -> Result<Found> {
    let look = || -> rusqlite::Result<Found> {
        let _snapshot = conn.unchecked_transaction()?;
        let Some(stored) = rows::read_stored_block(conn, key)? else { return Ok(Found::Missing) };
        let unit = rows::read_block(conn, key, stored.extent.indexed)?;
        let intact = rows::block_checksum(&unit) == stored.checksum
            && unit.extent() == stored.extent
            && rows::unit_fits(spec, &unit);
        Ok(if intact { Found::Intact(unit, stored) } else { Found::Damaged })
    };
    match look().map_err(sql("reading a unit")) {
        Err(Error::Damaged(_)) => Ok(Found::Damaged),
        found => found,
    }
}

/// What came of computing units again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrained {
    /// Networks that were trained again.
    pub tried: usize,
    /// Those that came out otherwise, by n₁ and number.
    pub wrong: Vec<(u32, u32)>,
    /// Sizes of which nothing was trained again: it would take minutes.
    pub skipped: Vec<u32>,
}

/// Computes a stored unit of each size again, or all of them, by another instruction set, where the machine has one, and
/// compares bits. Of a sample only what is a matter of a minute, and of indices the first, up to n₁ = 50.
///
/// # Errors
/// [`Error::Refused`] where the digits are not those of the run; those of the store.
pub fn retrain_sample(
    store: &NetworksStore,
    samples: &Samples,
    isa: Isa,
    sampling: &Sampling,
) -> Result<Retrained> {
    let spec = store.spec();
    if samples.identity() != spec.digits {
        let path = store.path().display();
        return Err(Error::Refused(format!("{path} was trained on other digits: give them (--data)")));
    }
    let job = BlockJob { spec, samples, isa: another(isa) };
    let mut found = Retrained { tried: 0, wrong: Vec::new(), skipped: Vec::new() };
    for &hidden in &spec.hidden {
        for key in chosen(store, sampling, hidden) {
            let Some(stored) = store.block(&key)? else { continue };
            let indexed = match sampling.all {
                true => stored.indexed,
                false if hidden <= MOST_HIDDEN => stored.indexed.min(1),
                false => 0,
            };
            let extent = Extent { indexed, ..stored.extent() };
            if !sampling.all && training_flops(spec, hidden, extent) > MOST_FLOPS {
                found.skipped.push(hidden);
                break;
            }
            let Some((again, _)) = job.run(&key, extent, &mut |_| ControlFlow::Continue(())) else {
                continue;
            };
            for (place, (old, mut new)) in stored.networks.iter().zip(again.networks).enumerate() {
                found.tried += 1;
                if place >= indexed as usize {
                    new.index = old.index;
                }
                if !columns::differing(old, &columns::canonical(&new)).is_empty() {
                    found.wrong.push((hidden, old.network));
                }
            }
        }
    }
    Ok(found)
}

/// Units of one size to compute again: of a sample one, and one that has indices if that one has none.
fn chosen(store: &NetworksStore, sampling: &Sampling, hidden: u32) -> Vec<BlockKey> {
    let of_size: Vec<(BlockKey, Extent)> =
        store.done().into_iter().filter(|(key, _)| key.hidden == hidden).collect();
    let indexed: Vec<BlockKey> =
        of_size.iter().filter(|(_, extent)| extent.indexed > 0).map(|(key, _)| *key).collect();
    let keys = of_size.into_iter().map(|(key, _)| key).collect();
    let mut chosen = sampling.some(keys, 1, &[u64::from(hidden)]);
    if !indexed.is_empty() && !chosen.iter().any(|key| indexed.contains(key)) {
        chosen.extend(sampling.some(indexed, 1, &[u64::from(hidden), 1]));
    }
    chosen
}

fn training_flops(spec: &NetworksSpec, hidden: u32, extent: Extent) -> f64 {
    let parameters = Shape::digits(hidden as usize).parameters() as f64;
    match spec.protocol {
        super::NetworksProtocol::Sgd { .. } => cost::sgd_flops(spec, hidden),
        super::NetworksProtocol::Anneal { sweeps, kept, .. } => {
            let moves = f64::from(extent.networks) * f64::from(sweeps) * kept * parameters;
            FLOPS_PER_MOVE * moves * f64::from(spec.digits.train.count)
        }
    }
}

/// An instruction set other than this one, the fastest that the machine has; the same where there is none.
fn another(isa: Isa) -> Isa {
    let others = Isa::ALL.into_iter().rev().filter(|other| *other != isa && other.is_available());
    others.into_iter().next().unwrap_or(isa)
}
