//! Adding to a run.

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::checksum::{self, Checksum, RootHash};
use super::fault::sql;
use super::{Store, StoredUnit, SurfaceTimings, schema};
use crate::error::{Error, Result};
use crate::run::census::CensusFacts;
use crate::run::record::{Record, StartResult, Timings, TraceRow, UnitResult};
use crate::run::spec::{Kind, Spec};
use crate::run::unit::UnitKey;
use crate::study::columns::Row;

impl Store {
    /// Replaces the spec by a grown one (see [`Spec::grown`]).
    ///
    /// # Errors
    /// [`Error::Internal`] if it is not the same run; [`Error::Io`].
    pub fn grow(&mut self, spec: &Spec) -> Result<()> {
        if spec.science_hash()? != self.spec.science_hash()? {
            return Err(Error::Internal("a run cannot become another".into()));
        }
        if *spec == self.spec {
            return Ok(());
        }
        let text = spec.canonical()?;
        let mut root = RootHash::new(&text);
        let sum = root.of(&self.units);
        let what = self.what("writing");
        let mut write = || -> rusqlite::Result<()> {
            let transaction = begin(&mut self.conn)?;
            advance(&transaction, &Advance { from: self.stored_root, to: sum })?;
            put_spec(&transaction, &text, &sum)?;
            transaction.commit()
        };
        write().map_err(sql(what))?;
        self.spec = spec.clone();
        self.spec_text = text;
        self.root = root;
        self.stored_root = sum;
        Ok(())
    }

    /// Stores a unit as a whole, in place of an earlier, smaller one if there was one.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_unit(&mut self, unit: &UnitResult) -> Result<()> {
        self.write(std::slice::from_ref(unit), &[])
    }

    /// Stores units, each as a whole, and adds times to those spent before: all in one transaction, since a commit
    /// waits for the disk however little it holds.
    ///
    /// # Errors
    /// [`Error::Internal`] if a unit is not one of this run's plan; [`Error::Io`], [`Error::Refused`]. Then none is
    /// stored.
    pub fn write(&mut self, units: &[UnitResult], spent: &[SurfaceTimings]) -> Result<()> {
        units.iter().try_for_each(|unit| check(&self.spec, unit))?;
        let units: Vec<(UnitResult, StoredUnit)> = units.iter().map(canonical).map(summed).collect();
        self.vouched.borrow_mut().clear();
        let mut before = Vec::with_capacity(units.len());
        for (unit, stored) in &units {
            before.push((unit.key, self.units.insert(unit.key, *stored)));
            self.root.changed(unit.key);
        }
        let written = self.commit(&units, spent);
        let written = sabotage!("enospc-ignored", written, written.or_else(super::fault::unless_full));
        if written.is_err() {
            // What is in memory stays what is on the disk.
            for (key, earlier) in before.into_iter().rev() {
                match earlier {
                    Some(earlier) => self.units.insert(key, earlier),
                    None => self.units.remove(&key),
                };
                self.root.changed(key);
            }
        }
        written.map_err(sql(self.what("writing")))
    }

    fn commit(
        &mut self,
        units: &[(UnitResult, StoredUnit)],
        spent: &[SurfaceTimings],
    ) -> rusqlite::Result<()> {
        let transaction = begin(&mut self.conn)?;
        for (unit, stored) in units {
            put_unit(&transaction, unit, stored)?;
        }
        let root = Advance { from: self.stored_root, to: self.root.of(&self.units) };
        if !units.is_empty() {
            advance(&transaction, &root)?;
        }
        spent.iter().try_for_each(|surface| put_timings(&transaction, surface))?;
        transaction.commit()?;
        self.stored_root = root.to;
        Ok(())
    }

    /// Adds time spent on a surface to what was spent before.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Refused`].
    pub fn add_timings(&mut self, dim: u32, instance: u32, spent: &Timings) -> Result<()> {
        self.write(&[], &[SurfaceTimings { dim, instance, spent: *spent }])
    }
}

/// A unit with its size and checksum.
fn summed(unit: UnitResult) -> (UnitResult, StoredUnit) {
    let stored = StoredUnit { starts: unit.starts.len() as u32, checksum: checksum::of_unit(&unit) };
    (unit, stored)
}

/// Adds time spent on a surface.
pub fn put_timings(conn: &Connection, surface: &SurfaceTimings) -> rusqlite::Result<()> {
    let SurfaceTimings { dim, instance, spent } = surface;
    let sql = "INSERT INTO timings VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET
        draw_s = draw_s + excluded.draw_s, descent_s = descent_s + excluded.descent_s,
        polish_s = polish_s + excluded.polish_s, index_s = index_s + excluded.index_s";
    let values = params![dim, instance, spent.draw_s, spent.descent_s, spent.polish_s, spent.index_s];
    conn.prepare_cached(sql)?.execute(values).map(drop)
}

/// Replaces the spec's row.
pub fn put_spec(transaction: &Transaction<'_>, text: &str, root: &Checksum) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO spec (id, json, checksum, root) VALUES (1, ?1, ?2, ?3)";
    transaction.execute(sql, params![text, checksum::of(text.as_bytes()), root]).map(drop)
}

/// Writes a unit; its root checksum is for the caller to move on.
pub fn put_unit(conn: &Connection, unit: &UnitResult, stored: &StoredUnit) -> rusqlite::Result<()> {
    let kind = if unit.census.is_some() { Kind::Census } else { Kind::Sweep };
    remove_unit(conn, &unit.key, kind)?;
    if let Some(facts) = &unit.census {
        CensusFacts::table().insert(conn, facts)?;
    }
    for start in &unit.starts {
        put_start(conn, start)?;
        #[cfg(feature = "sabotage")]
        sabotage!("no-transaction", (), conn.execute_batch("COMMIT; BEGIN")?);
    }
    let UnitKey { spins, dim, instance, block } = unit.key;
    conn.prepare_cached("INSERT INTO units VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![spins, dim, instance, block, stored.starts, stored.checksum])
        .map(drop)
}

/// The root checksum before and after a change.
pub struct Advance {
    /// What the run must have now.
    pub from: Checksum,
    /// What it has afterwards.
    pub to: Checksum,
}

/// Moves the root checksum on, if it is what this process left. Otherwise another one has written, whose units this one
/// does not know of: the lock file was deleted, or does not lock here.
pub fn advance(conn: &Connection, root: &Advance) -> rusqlite::Result<()> {
    let mut move_on = conn.prepare_cached("UPDATE spec SET root = ?1 WHERE root = ?2")?;
    match move_on.execute(params![root.to, root.from])? {
        1 => Ok(()),
        other => Err(rusqlite::Error::StatementChangedRows(other)),
    }
}

/// A writer that finds the file busy waits at the first statement, not at the last.
pub fn begin(conn: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mode: String = transaction.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
    if mode == "wal" {
        // What is written would be in another file than the run.
        let path = transaction.path().unwrap_or_default();
        return Err(rusqlite::Error::ToSqlConversionFailure(Box::new(schema::has_log(Path::new(path)))));
    }
    Ok(transaction)
}

fn remove_unit(conn: &Connection, key: &UnitKey, kind: Kind) -> rusqlite::Result<()> {
    let rows = key.rows(kind);
    for table in ["records", "points", "traces"] {
        let sql =
            format!("DELETE FROM {table} WHERE dim = ?1 AND instance = ?2 AND start >= ?3 AND start < ?4");
        let range = params![key.dim, key.instance, rows.start, rows.end];
        conn.prepare_cached(&sql)?.execute(range)?;
    }
    if kind == Kind::Census {
        let sql = "DELETE FROM censuses WHERE dim = ?1 AND instance = ?2";
        conn.prepare_cached(sql)?.execute(params![key.dim, key.instance])?;
    }
    let sql = "DELETE FROM units WHERE spins = ?1 AND dim = ?2 AND instance = ?3 AND block = ?4";
    conn.prepare_cached(sql)?.execute(params![key.spins, key.dim, key.instance, key.block])?;
    Ok(())
}

fn put_start(conn: &Connection, start: &StartResult) -> rusqlite::Result<()> {
    Record::table().insert(conn, &start.record)?;
    let Record { dim, instance, start: number, .. } = start.record;
    if !start.point.is_empty() {
        let bytes: Vec<u8> = start.point.iter().flat_map(|x| x.to_le_bytes()).collect();
        let sql = "INSERT INTO points VALUES (?1, ?2, ?3, ?4)";
        conn.prepare_cached(sql)?.execute(params![dim, instance, number, bytes])?;
    }
    start.trace_rows().try_for_each(|row| TraceRow::table().insert(conn, &row))
}

/// The unit as the store will give it back.
fn canonical(unit: &UnitResult) -> UnitResult {
    let starts = unit.starts.iter().map(StartResult::canonical).collect();
    UnitResult { key: unit.key, starts, census: unit.census }
}

/// Refuses a unit that the plan of this spec does not have: an executor's bug, not the user's.
fn check(spec: &Spec, unit: &UnitResult) -> Result<()> {
    let key = unit.key;
    let planned = match &unit.census {
        // As many as it has.
        Some(_) => 0..unit.starts.len() as u32,
        None => key.starts(spec.starts),
    };
    let facts_fit = match &unit.census {
        Some(facts) => spec.is_census() && facts.fit(unit),
        None => !spec.is_census() && !planned.is_empty(),
    };
    let known = key.spins == spec.spins && spec.dims.contains(&key.dim) && key.instance < spec.instances;
    let point_length = if spec.points { key.dim as usize } else { 0 };
    let fits = |(start, result): (u32, &StartResult)| {
        let record = &result.record;
        (record.spins, record.dim, record.instance, record.start) == (key.spins, key.dim, key.instance, start)
            && result.point.len() == point_length
            && (spec.trace || result.trace.is_empty())
    };
    if known && facts_fit && planned.len() == unit.starts.len() && planned.zip(&unit.starts).all(fits) {
        return Ok(());
    }
    Err(Error::Internal(format!("unit {key} does not fit the plan")))
}
