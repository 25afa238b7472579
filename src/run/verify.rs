//! Finding damage, and dropping what is damaged so that the next sweep redoes it.
// What is read here was written by others: whatever it is, it must not panic.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::Connection;

use super::lock::Lock;
use super::plan::plan;
use super::record::UnitResult;
use super::spec::Spec;
use super::store::{self, Advance, Contents, StoredUnit, sql};
use super::unit::UnitKey;
use super::verdict::{Repaired, Reread, Tally, Verdict, look_surely, structural_problems};
use crate::error::{Error, Result};

enum Found {
    Intact(UnitResult, StoredUnit),
    Damaged,
    Missing,
}

/// Checks structure, checksums and completeness of a run.
///
/// It may run beside a sweep: no look at the file is long enough to hold up a writer.
///
/// # Errors
/// [`Error::BadInput`] if it is no run, [`Error::Damaged`] if even its spec cannot be read, [`Error::Io`].
pub fn verify(path: &Path) -> Result<Verdict> {
    look_surely(path, look_through)
}

fn look_through(path: &Path) -> Result<Verdict> {
    store::check_surfaces(path)?;
    let conn = store::connect_to_read(path)?;
    let structure = structural_problems(&conn);
    let listing = list(&conn, path)?;
    let Listing { text, spec, units, problems } = &listing;
    let kind = spec.kind();
    let tally = Tally::of(
        plan(spec).map(|unit| (unit.key, unit)),
        units,
        |key| Ok(matches!(find(&conn, key, spec)?, Found::Intact(..))),
        |unit, listed| unit.is_whole(kind, listed.starts),
    )?;
    let hash = super::hex(&store::run_checksum(text, &tally.sound));
    Ok(tally.verdict(structure, problems.clone(), hash))
}

/// Copies what is intact to a new file and puts it in the old one's place; the old one is kept under another name.
///
/// # Errors
/// As [`verify`]; [`Error::Refused`] if another process works on the run.
pub fn repair(path: &Path) -> Result<Repaired> {
    store::check_surfaces(path)?;
    let _lock = Lock::take(path)?;
    let salvage = store::Salvage::open(path)?;
    let conn = &salvage.conn;
    let (text, spec) = intact_spec(conn, path)?;
    let (mut kept, mut dropped) = (0, Vec::new());
    let format = store::format(conn, path)?;
    let reread = Reread::of(path);
    let original = store::replace(path, format, (Contents::Surfaces(spec.kind()), &text), |copy| {
        let mut units = BTreeMap::new();
        let failed = || sql("copying a unit");
        let from = store::run_checksum(&text, &units);
        let transaction = copy.transaction().map_err(failed())?;
        for unit in plan(&spec) {
            match reread.surely(|| find(conn, &unit.key, &spec), |found| matches!(found, Found::Damaged))? {
                Found::Intact(result, stored) => {
                    units.insert(unit.key, stored);
                    store::put_unit(&transaction, &result, &stored).map_err(failed())?;
                    kept += 1;
                }
                Found::Damaged => dropped.push(unit.key),
                Found::Missing => {}
            }
        }
        let to = store::run_checksum(&text, &units);
        store::advance(&transaction, &Advance { from, to }).map_err(failed())?;
        copy_timings(conn, &transaction)?;
        transaction.commit().map_err(failed())
    })?;
    Ok(Repaired { kept, dropped, original })
}

fn intact_spec(conn: &Connection, path: &Path) -> Result<(String, Spec)> {
    let row = store::read_spec(conn).map_err(sql(format!("reading the spec of {}", path.display())))?;
    row.check(path)?;
    let spec = Spec::from_canonical(&row.text)?;
    Ok((row.text, spec))
}

/// Spec and list of units as stored, with what contradicts them.
struct Listing {
    text: String,
    spec: Spec,
    units: BTreeMap<UnitKey, StoredUnit>,
    problems: Vec<String>,
}

/// Reads the list in one snapshot, so that a running sweep does not look like damage.
fn list(conn: &Connection, path: &Path) -> Result<Listing> {
    let what = || format!("reading {}", path.display());
    let snapshot = conn.unchecked_transaction().map_err(sql(what()))?;
    let (text, spec) = intact_spec(&snapshot, path)?;
    let (units, mut problems) = match store::read_units(&snapshot).map_err(sql(what())) {
        Ok(units) => (units, Vec::new()),
        // Some of the list may still be found key by key.
        Err(Error::Damaged(reason)) => (findable_units(&snapshot, &spec), vec![reason]),
        Err(other) => return Err(other),
    };
    let root = store::read_spec(&snapshot).map_err(sql(what()))?.root;
    if !store::is_root(&root, &store::run_checksum(&text, &units)) {
        problems.push("units: the list of units is not the one that was written".to_owned());
    }
    match store::stray_rows(&snapshot, &units, spec.kind()).map_err(sql(what())) {
        Ok(strays) => problems.extend(strays),
        Err(Error::Damaged(reason)) => problems.push(reason),
        Err(other) => return Err(other),
    }
    problems.extend(store::rows_without_records(&snapshot));
    Ok(Listing { text, spec, units, problems })
}

fn findable_units(conn: &Connection, spec: &Spec) -> BTreeMap<UnitKey, StoredUnit> {
    let stored = |key| store::read_stored_unit(conn, &key).ok().flatten().map(|unit| (key, unit));
    plan(spec).filter_map(|unit| stored(unit.key)).collect()
}

/// Looks for one unit. That its rows cannot be read is damage; that the disk cannot be read is an error.
fn find(conn: &Connection, key: &UnitKey, spec: &Spec) -> Result<Found> {
    let look = || -> rusqlite::Result<Found> {
        let _snapshot = conn.unchecked_transaction()?;
        let Some(stored) = store::read_stored_unit(conn, key)? else { return Ok(Found::Missing) };
        let unit = store::read_unit(conn, key, spec.kind())?;
        let same = sabotage!("unit-checksum-skipped", store::unit_checksum(&unit) == stored.checksum, true);
        let fits = unit.starts.iter().all(|start| store::record_fits(spec, &start.record))
            && unit.census.iter().all(|facts| store::facts_fit(spec, facts));
        let intact = same && fits && unit.starts.len() == stored.starts as usize;
        Ok(if intact { Found::Intact(unit, stored) } else { Found::Damaged })
    };
    match look().map_err(sql("reading a unit")) {
        Err(Error::Damaged(_)) => Ok(Found::Damaged),
        found => found,
    }
}

fn copy_timings(from: &Connection, to: &Connection) -> Result<()> {
    // Times are not science: what cannot be read of them is left behind.
    for surface in store::read_timings(from).unwrap_or_default() {
        store::put_timings(to, &surface).map_err(sql("copying times"))?;
    }
    Ok(())
}
