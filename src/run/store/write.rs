//! Adding to a run.

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::checksum::{self, Checksum};
use super::fault::sql;
use super::{Store, StoredUnit};
use crate::error::{Error, Result};
use crate::run::census::CensusFacts;
use crate::run::record::{Record, StartResult, Timings, UnitResult};
use crate::run::spec::{Kind, Spec};
use crate::run::unit::UnitKey;

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
        let root = checksum::of_run(&text, &self.units);
        let what = self.what("writing");
        let write = || -> rusqlite::Result<()> {
            let transaction = begin(&mut self.conn)?;
            put_spec(&transaction, &text, &root)?;
            transaction.commit()
        };
        let mut write = write;
        write().map_err(sql(what))?;
        self.spec = spec.clone();
        self.spec_text = text;
        Ok(())
    }

    /// Stores a unit as a whole, in place of an earlier, smaller one if there was one.
    ///
    /// # Errors
    /// [`Error::Internal`] if the unit is not one of this run's plan; [`Error::Io`], [`Error::Refused`].
    pub fn write_unit(&mut self, unit: &UnitResult) -> Result<()> {
        check(&self.spec, unit)?;
        let unit = canonical(unit);
        let stored = StoredUnit { starts: unit.starts.len() as u32, checksum: checksum::of_unit(&unit) };
        let before = self.units.insert(unit.key, stored);
        let root = checksum::of_run(&self.spec_text, &self.units);
        let written = write_unit(&mut self.conn, &unit, &stored, &root);
        let written = sabotage!("enospc-ignored", written, written.or_else(super::fault::unless_full));
        if written.is_err() {
            // What is in memory stays what is on the disk.
            match before {
                Some(earlier) => self.units.insert(unit.key, earlier),
                None => self.units.remove(&unit.key),
            };
        }
        written.map_err(sql(self.what("writing")))
    }

    /// Adds time spent on a surface to what was spent before.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Refused`].
    pub fn add_timings(&mut self, dim: u32, instance: u32, spent: &Timings) -> Result<()> {
        put_timings(&self.conn, dim, instance, spent).map_err(sql(self.what("writing")))
    }
}

/// Adds time spent on a surface.
pub fn put_timings(conn: &Connection, dim: u32, instance: u32, spent: &Timings) -> rusqlite::Result<()> {
    let sql = "INSERT INTO timings VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET
        draw_s = draw_s + excluded.draw_s, descent_s = descent_s + excluded.descent_s,
        polish_s = polish_s + excluded.polish_s, index_s = index_s + excluded.index_s";
    let values = params![dim, instance, spent.draw_s, spent.descent_s, spent.polish_s, spent.index_s];
    conn.execute(sql, values).map(drop)
}

/// Replaces the spec's row.
pub fn put_spec(transaction: &Transaction<'_>, text: &str, root: &Checksum) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO spec (id, json, checksum, root) VALUES (1, ?1, ?2, ?3)";
    transaction.execute(sql, params![text, checksum::of(text.as_bytes()), root]).map(drop)
}

/// Writes a unit and the run's new root checksum in one transaction.
pub fn write_unit(
    conn: &mut Connection,
    unit: &UnitResult,
    stored: &StoredUnit,
    root: &Checksum,
) -> rusqlite::Result<()> {
    let transaction = begin(conn)?;
    let kind = if unit.census.is_some() { Kind::Census } else { Kind::Sweep };
    remove_unit(&transaction, &unit.key, kind)?;
    if let Some(facts) = &unit.census {
        put_facts(&transaction, facts)?;
    }
    for start in &unit.starts {
        put_start(&transaction, start)?;
        #[cfg(feature = "sabotage")]
        sabotage!("no-transaction", (), transaction.execute_batch("COMMIT; BEGIN")?);
    }
    let UnitKey { spins, dim, instance, block } = unit.key;
    transaction.execute(
        "INSERT INTO units VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![spins, dim, instance, block, stored.starts, stored.checksum],
    )?;
    transaction.execute("UPDATE spec SET root = ?1", params![root])?;
    transaction.commit()
}

// A writer that finds the file busy waits at the first statement, not at the last.
fn begin(conn: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    conn.transaction_with_behavior(TransactionBehavior::Immediate)
}

fn remove_unit(transaction: &Transaction<'_>, key: &UnitKey, kind: Kind) -> rusqlite::Result<()> {
    let rows = key.rows(kind);
    for table in ["records", "points", "traces"] {
        let sql =
            format!("DELETE FROM {table} WHERE dim = ?1 AND instance = ?2 AND start >= ?3 AND start < ?4");
        let range = params![key.dim, key.instance, rows.start, rows.end];
        transaction.prepare_cached(&sql)?.execute(range)?;
    }
    if kind == Kind::Census {
        let sql = "DELETE FROM censuses WHERE dim = ?1 AND instance = ?2";
        transaction.prepare_cached(sql)?.execute(params![key.dim, key.instance])?;
    }
    let sql = "DELETE FROM units WHERE spins = ?1 AND dim = ?2 AND instance = ?3 AND block = ?4";
    transaction.prepare_cached(sql)?.execute(params![key.spins, key.dim, key.instance, key.block])?;
    Ok(())
}

fn put_start(transaction: &Transaction<'_>, start: &StartResult) -> rusqlite::Result<()> {
    put_record(transaction, &start.record)?;
    let Record { dim, instance, start: number, .. } = start.record;
    if !start.point.is_empty() {
        let bytes: Vec<u8> = start.point.iter().flat_map(|x| x.to_le_bytes()).collect();
        let sql = "INSERT INTO points VALUES (?1, ?2, ?3, ?4)";
        transaction.prepare_cached(sql)?.execute(params![dim, instance, number, bytes])?;
    }
    for point in &start.trace {
        let sql = "INSERT INTO traces VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let step = stored_count(point.step)?;
        let values = params![dim, instance, number, step, point.energy_per_spin, point.gradient_norm];
        transaction.prepare_cached(sql)?.execute(values)?;
    }
    Ok(())
}

fn put_facts(transaction: &Transaction<'_>, facts: &CensusFacts) -> rusqlite::Result<()> {
    let sql = "INSERT INTO censuses VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
    transaction.prepare_cached(sql)?.execute(params![
        facts.spins,
        facts.dim,
        facts.instance,
        stored_count(facts.complex)?,
        stored_count(facts.expected_complex)?,
        stored_count(facts.duplicates)?,
        stored_count(facts.singular)?,
        stored_count(facts.lost)?,
        stored_count(facts.real)?,
        facts.morse_sum,
        facts.certified,
        facts.attempts,
        stored_count(facts.retried)?,
        stored_count(facts.steps)?,
    ])?;
    Ok(())
}

fn put_record(transaction: &Transaction<'_>, record: &Record) -> rusqlite::Result<()> {
    let sql = "INSERT INTO records VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
    // SQLite keeps NaN as NULL.
    transaction.prepare_cached(sql)?.execute(params![
        record.spins,
        record.dim,
        record.instance,
        record.start,
        record.energy,
        record.energy_per_spin,
        record.descent_energy_per_spin,
        record.gradient_norm,
        record.index,
        record.min_eigenvalue,
        record.undecided,
        stored_count(record.steps)?,
        record.polish_overlap,
        record.outcome.name(),
    ])?;
    Ok(())
}

fn stored_count(count: u64) -> rusqlite::Result<i64> {
    i64::try_from(count).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// The unit as the store will give it back.
fn canonical(unit: &UnitResult) -> UnitResult {
    let number = |x: f64| if x.is_nan() { f64::NAN } else { x };
    let known = |x: f64| if x.is_finite() { x + 0.0 } else { f64::NAN };
    let starts = unit.starts.iter().map(|start| StartResult {
        record: start.record.canonical(),
        point: start.point.iter().map(|&x| number(x)).collect(),
        trace: start
            .trace
            .iter()
            .map(|point| crate::descent::TracePoint {
                step: point.step,
                energy_per_spin: known(point.energy_per_spin),
                gradient_norm: known(point.gradient_norm),
            })
            .collect(),
    });
    UnitResult { key: unit.key, starts: starts.collect(), census: unit.census }
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
