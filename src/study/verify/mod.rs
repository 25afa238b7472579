//! Finding damage, and dropping what is damaged so that the next command redoes it.

mod verdict;

use std::path::Path;

use rusqlite::Connection;

pub use verdict::{Repaired, Verdict};

use verdict::{Reread, Tally, look_surely, structural_problems};

use super::columns::Row;
use super::interface::Units;
use super::interface::{Study, Unit};
use super::listed::Listed;
use super::listed::StoredUnit;
use super::spec::RunSpec;
use super::store::{self, RootChange, sql};
use super::tables::read_listed;
use crate::error::{Error, Result};
use crate::files::Lock;
use crate::numeric::hex::hex;

/// What was found last, and what a repair before that did, if there was one.
pub type WithRepair<K> = (Verdict<K>, Option<Repaired<K>>);

type Key<S> = <<S as Study>::Listed as Listed>::Key;

enum Found<S: Study> {
    Intact(S::Unit, StoredUnit<S::Listed>),
    Damaged,
    Missing,
}

/// Checks structure, checksums and completeness of a run.
///
/// It may run beside a command that adds to the run: no look at the file is long enough to hold up a writer.
///
/// # Errors
/// [`Error::BadInput`] if it is no run of this study, [`Error::Damaged`] if even its spec cannot be read, [`Error::Io`].
pub fn verify<S: Study>(path: &Path) -> Result<Verdict<Key<S>>> {
    look_surely(path, look_through::<S>)
}

fn look_through<S: Study>(path: &Path) -> Result<Verdict<Key<S>>> {
    store::check_study::<S>(path)?;
    let conn = store::connect_to_read::<S>(path)?;
    let mut structure = structural_problems(&conn);
    let listing = list::<S>(&conn, path)?;
    let Listing { text, spec, units, problems } = &listing;
    structure.extend(store::attachment_problems(&conn, &S::attachments(spec))?);
    let tally = Tally::of(
        S::plan(spec).map(|planned| (planned.key(), planned)),
        units,
        |planned| Ok(matches!(find::<S>(&conn, planned, spec)?, Found::Intact(..))),
        |planned, stored| S::covers(spec, &stored.listed, planned),
    )?;
    let hash = hex(&store::run_checksum::<S>(text, &tally.sound));
    Ok(tally.verdict(structure, problems.clone(), hash))
}

/// Copies what is intact to a new file and puts it in the old one's place; the old one is kept under another name.
///
/// # Errors
/// As [`verify`]; [`Error::Refused`] if another process works on the run.
pub fn repair<S: Study>(path: &Path) -> Result<Repaired<Key<S>>> {
    let format = store::check_study::<S>(path)?;
    let _lock = Lock::take(path)?;
    let salvage = store::Salvage::open::<S>(path, format)?;
    let conn = &salvage.conn;
    let (text, spec) = intact_spec::<S>(conn, path)?;
    let (mut kept, mut dropped) = (0, Vec::new());
    let reread = Reread::of(path);
    let attachments = S::attachments(&spec);
    let look = || store::attachment_problems(conn, &attachments);
    let lost = reread.surely(look, |problems| !problems.is_empty())?;
    let original = store::replace::<S>(path, format, &text, |copy| {
        let mut units = Units::<S>::new();
        let failed = || sql("copying a unit");
        let from = store::run_checksum::<S>(&text, &units);
        let transaction = copy.transaction().map_err(failed())?;
        for planned in S::plan(&spec) {
            let look = || find::<S>(conn, &planned, &spec);
            match reread.surely(look, |found| matches!(found, Found::Damaged))? {
                Found::Intact(unit, stored) => {
                    store::put_unit::<S>(&transaction, &unit, &stored).map_err(failed())?;
                    units.insert(planned.key(), stored);
                    kept += 1;
                }
                Found::Damaged => dropped.push(planned.key()),
                Found::Missing => {}
            }
        }
        if lost.is_empty() {
            store::copy_attachments(conn, &transaction, &attachments)?;
        }
        let to = store::run_checksum::<S>(&text, &units);
        store::advance(&transaction, &RootChange { from, to }).map_err(failed())?;
        // Times are not science: what cannot be read of them is left behind.
        for times in store::read_times::<S>(conn).unwrap_or_default() {
            S::Times::table().add(&transaction, &times).map_err(sql("copying times"))?;
        }
        transaction.commit().map_err(failed())
    })?;
    Ok(Repaired { kept, dropped, lost, original })
}

/// What a check finds, after a repair where one is asked for and needed; and what the repair did.
///
/// # Errors
/// Those of [`verify`] and [`repair`].
pub fn verify_or_repair<S: Study>(path: &Path, repairs: bool) -> Result<WithRepair<Key<S>>> {
    match verify::<S>(path) {
        // Where not even the damage can be listed, something may still be kept.
        Ok(Verdict { ok: false, .. }) | Err(Error::Damaged(_)) if repairs => {
            let repaired = repair::<S>(path)?;
            Ok((verify::<S>(path)?, Some(repaired)))
        }
        verdict => {
            if repairs {
                // A repair that was killed at its very end leaves its lock behind. One that is held stays where it is.
                drop(Lock::take(path));
            }
            Ok((verdict?, None))
        }
    }
}

fn intact_spec<S: Study>(conn: &Connection, path: &Path) -> Result<(String, S::Spec)> {
    let row = store::read_spec(conn).map_err(sql(format!("reading the spec of {}", path.display())))?;
    row.check(path)?;
    let spec = S::Spec::from_canonical(&row.text)?;
    Ok((row.text, spec))
}

/// Spec and list of units as stored, with what contradicts them.
struct Listing<S: Study> {
    text: String,
    spec: S::Spec,
    units: Units<S>,
    problems: Vec<String>,
}

/// Reads the list in one snapshot, so that a command at work does not look like damage.
fn list<S: Study>(conn: &Connection, path: &Path) -> Result<Listing<S>> {
    let what = || format!("reading {}", path.display());
    let snapshot = conn.unchecked_transaction().map_err(sql(what()))?;
    let (text, spec) = intact_spec::<S>(&snapshot, path)?;
    let (units, mut problems) = match store::read_units::<S>(&snapshot).map_err(sql(what())) {
        Ok(units) => (units, Vec::new()),
        // Some of the list may still be found key by key.
        Err(Error::Damaged(reason)) => (findable_units::<S>(&snapshot, &spec), vec![reason]),
        Err(other) => return Err(other),
    };
    let root = store::read_spec(&snapshot).map_err(sql(what()))?.root;
    if !store::is_root(&root, &store::run_checksum::<S>(&text, &units)) {
        problems.push("units: the list of units is not the one that was written".to_owned());
    }
    for found in [S::stray_rows(&snapshot, &spec, &units), S::orphans(&snapshot)] {
        match found.map_err(sql(what())) {
            Ok(strays) => problems.extend(strays),
            Err(Error::Damaged(reason)) => problems.push(reason),
            Err(other) => return Err(other),
        }
    }
    Ok(Listing { text, spec, units, problems })
}

fn findable_units<S: Study>(conn: &Connection, spec: &S::Spec) -> Units<S> {
    let stored = |planned: S::Listed| {
        let (listed, checksum) = read_listed(conn, &planned).ok().flatten()?;
        Some((listed.key(), StoredUnit { listed, checksum }))
    };
    S::plan(spec).filter_map(stored).collect()
}

/// Looks for one unit. That its rows cannot be read is damage; that the disk cannot be read is an error.
fn find<S: Study>(conn: &Connection, planned: &S::Listed, spec: &S::Spec) -> Result<Found<S>> {
    let look = || -> rusqlite::Result<Found<S>> {
        let _snapshot = conn.unchecked_transaction()?;
        let Some((listed, checksum)) = read_listed(conn, planned)? else { return Ok(Found::Missing) };
        let stored = StoredUnit { listed, checksum };
        let unit = S::Unit::read(conn, spec, &listed)?;
        let intact = store::is_sound::<S>(spec, &unit, &stored);
        Ok(if intact { Found::Intact(unit, stored) } else { Found::Damaged })
    };
    match look().map_err(sql("reading a unit")) {
        Err(Error::Damaged(_)) => Ok(Found::Damaged),
        found => found,
    }
}
