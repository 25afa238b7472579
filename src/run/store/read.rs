//! Reading a run.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, ToSql, params};

use super::checksum::{self, Checksum};
use super::fault::{self, sql};
use super::{Store, StoredUnit};
use crate::descent::TracePoint;
use crate::error::{Error, Result};
use crate::run::census::CensusFacts;
use crate::run::record::{Record, StartResult, Timings, TraceRow, UnitResult};
use crate::run::spec::Kind;
use crate::run::unit::UnitKey;
use crate::study::columns::{Row, unreadable};

/// Final points on one surface.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    /// Λ, the length of a point.
    pub dim: u32,
    /// Which start each point belongs to, ascending.
    pub starts: Vec<u32>,
    /// The points one after another, Λ numbers each.
    pub values: Vec<f64>,
}

impl Points {
    /// The point of one start; empty if there is none.
    pub fn of(&self, start: u32) -> &[f64] {
        let dim = self.dim as usize;
        let row = self.starts.binary_search(&start).ok();
        row.and_then(|row| self.values.get(row * dim..(row + 1) * dim)).unwrap_or_default()
    }
}

/// Time spent on one surface.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurfaceTimings {
    /// Λ.
    pub dim: u32,
    /// Number of the surface.
    pub instance: u32,
    /// The time.
    pub spent: Timings,
}

/// The spec's row as stored, not yet believed.
#[derive(Debug)]
pub struct SpecRow {
    /// Canonical text of the spec.
    pub text: String,
    /// Checksum of the text.
    pub checksum: Checksum,
    /// Checksum over spec and units.
    pub root: Checksum,
}

impl SpecRow {
    /// Refuses a text that is not the one that was written.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn check(&self, path: &Path) -> Result<()> {
        if checksum::of(self.text.as_bytes()) == self.checksum {
            return Ok(());
        }
        Err(Error::Damaged(format!("{}: the spec was changed after it was written", path.display())))
    }
}

/// Reads the spec's row.
pub fn read_spec(conn: &Connection) -> rusqlite::Result<SpecRow> {
    conn.query_row("SELECT json, checksum, root FROM spec WHERE id = 1", [], |row| {
        Ok(SpecRow { text: row.get(0)?, checksum: row.get(1)?, root: row.get(2)? })
    })
}

/// Reads the list of units.
pub fn read_units(conn: &Connection) -> rusqlite::Result<BTreeMap<UnitKey, StoredUnit>> {
    let mut statement = conn.prepare("SELECT starts, checksum, spins, dim, instance, block FROM units")?;
    let rows = statement.query_map([], |row| {
        let key = UnitKey { spins: row.get(2)?, dim: row.get(3)?, instance: row.get(4)?, block: row.get(5)? };
        Ok((key, stored_unit(row)?))
    })?;
    rows.collect()
}

fn stored_unit(row: &rusqlite::Row<'_>) -> rusqlite::Result<StoredUnit> {
    Ok(StoredUnit { starts: row.get(0)?, checksum: row.get(1)? })
}

/// The stored row of one unit, looked up by its key.
pub fn read_stored_unit(conn: &Connection, key: &UnitKey) -> rusqlite::Result<Option<StoredUnit>> {
    let sql =
        "SELECT starts, checksum FROM units WHERE spins = ?1 AND dim = ?2 AND instance = ?3 AND block = ?4";
    conn.prepare_cached(sql)?
        .query_row(params![key.spins, key.dim, key.instance, key.block], stored_unit)
        .optional()
}

/// All that is stored of one unit.
pub fn read_unit(conn: &Connection, key: &UnitKey, kind: Kind) -> rusqlite::Result<UnitResult> {
    let census = read_census(conn, key, kind)?;
    let rows = key.rows(kind);
    let range = [i64::from(rows.start), i64::from(rows.end) - 1];
    Ok(UnitResult { key: *key, starts: read_rows(conn, (key.dim, key.instance), range)?.starts, census })
}

/// Facts of the census that a unit is, if it is one.
pub fn read_census(conn: &Connection, key: &UnitKey, kind: Kind) -> rusqlite::Result<Option<CensusFacts>> {
    match kind {
        Kind::Sweep => Ok(None),
        Kind::Census => {
            let condition = "WHERE dim = ?1 AND instance = ?2";
            Ok(CensusFacts::table().select(conn, condition, params![key.dim, key.instance])?.pop())
        }
    }
}

/// Rows of one surface.
pub struct Rows {
    /// Those that have a record, by start.
    pub starts: Vec<StartResult>,
    /// Whether there are points or histories without a record.
    pub have_strays: bool,
}

/// Rows on a surface with numbers in a range, both ends included: each table is read once.
pub fn read_rows(
    conn: &Connection,
    (dim, instance): (u32, u32),
    [first, last]: [i64; 2],
) -> rusqlite::Result<Rows> {
    let range: &[&dyn ToSql] = params![dim, instance, first, last];
    let within = "WHERE dim = ?1 AND instance = ?2 AND start BETWEEN ?3 AND ?4";
    let records = Record::table().select(conn, within, range)?.into_iter();
    let start_of = |record| StartResult { record, point: Vec::new(), trace: Vec::new() };
    let mut starts: Vec<StartResult> = records.map(start_of).collect();
    let mut have_strays = false;
    let mut of = |number: u32, put: &mut dyn FnMut(&mut StartResult)| {
        let at = starts.binary_search_by_key(&number, |start| start.record.start);
        match at.ok().and_then(|at| starts.get_mut(at)) {
            Some(start) => put(start),
            None => have_strays = true,
        }
    };
    let mut points = conn.prepare_cached(&format!("SELECT start, point FROM points {within}"))?;
    let mut rows = points.query(range)?;
    while let Some(row) = rows.next()? {
        let mut point = floats(row.get_ref(1)?.as_blob()?)?;
        of(row.get(0)?, &mut |start| start.point = std::mem::take(&mut point));
    }
    for row in TraceRow::table().select(conn, within, range)? {
        of(row.start, &mut |start| start.trace.push(row.point()));
    }
    Ok(Rows { starts, have_strays })
}

fn floats(bytes: &[u8]) -> rusqlite::Result<Vec<f64>> {
    let (numbers, rest) = bytes.as_chunks::<8>();
    if !rest.is_empty() {
        return Err(unreadable(0, format!("a point of {} bytes", bytes.len())));
    }
    Ok(numbers.iter().map(|&number| f64::from_le_bytes(number)).collect())
}

impl Store {
    /// All records, or those of one dimension, by (dim, instance, start).
    ///
    /// # Errors
    /// [`Error::Damaged`] naming a unit that does not have its checksum; [`Error::Io`].
    pub fn records(&self, dim: Option<u32>) -> Result<Vec<Record>> {
        let mut records = Vec::new();
        for (dim, instance) in self.surfaces_of(dim) {
            self.read_surface(dim, instance, |start| records.push(start.record))?;
        }
        let counted = match dim {
            Some(dim) => self.count("WHERE dim = ?1", params![dim])?,
            None => self.count("", params![])?,
        };
        if counted == records.len() { Ok(records) } else { Err(self.strays()) }
    }

    /// The records on one surface, by start.
    ///
    /// # Errors
    /// As [`Store::records`].
    pub fn surface_records(&self, dim: u32, instance: u32) -> Result<Vec<Record>> {
        let mut records = Vec::new();
        self.read_surface(dim, instance, |start| records.push(start.record))?;
        Ok(records)
    }

    /// Records and final points on one surface, read together; points are empty where the run keeps none.
    ///
    /// # Errors
    /// As [`Store::records`]; [`Error::Damaged`] if a point has not Λ numbers.
    pub fn surface(&self, dim: u32, instance: u32) -> Result<(Vec<Record>, Points)> {
        let mut records = Vec::new();
        let mut points = Points { dim, starts: Vec::new(), values: Vec::new() };
        let mut have_length = true;
        self.read_surface(dim, instance, |start| {
            if self.spec.points {
                have_length &= start.point.len() == dim as usize;
                points.starts.push(start.record.start);
                points.values.extend(start.point);
            }
            records.push(start.record);
        })?;
        if have_length { Ok((records, points)) } else { Err(self.strays()) }
    }

    /// All that is stored of each start on one surface, by start.
    ///
    /// # Errors
    /// As [`Store::records`].
    pub fn surface_starts(&self, dim: u32, instance: u32) -> Result<Vec<StartResult>> {
        let mut starts = Vec::new();
        self.read_surface(dim, instance, |start| starts.push(start))?;
        Ok(starts)
    }

    /// What is known of each census beside its points, by instance; empty for a sweep.
    ///
    /// # Errors
    /// As [`Store::records`].
    pub fn census_facts(&self) -> Result<Vec<CensusFacts>> {
        match self.spec.kind() {
            Kind::Sweep => Ok(Vec::new()),
            Kind::Census => {
                self.vouch_dim(None)?;
                self.known(CensusFacts::table().select(&self.conn, "", params![]), self.units.len())
            }
        }
    }

    /// Rows as they were read, if they are those of the units and no more.
    fn known<T>(&self, read: rusqlite::Result<Vec<T>>, planned: usize) -> Result<Vec<T>> {
        let rows = read.map_err(sql(self.what("reading")))?;
        if rows.len() == planned { Ok(rows) } else { Err(self.strays()) }
    }

    fn count(&self, condition: &str, values: &[&dyn ToSql]) -> Result<usize> {
        let sql = format!("SELECT count(*) FROM records {condition}");
        let counted = self.conn.query_row(&sql, values, |row| row.get::<_, i64>(0));
        Ok(counted.map_err(fault::sql(self.what("reading")))? as usize)
    }

    pub(super) fn strays(&self) -> Error {
        let path = self.path.display();
        Error::Damaged(format!(
            "{path}: there are rows that no unit has; hspin verify {path} --repair drops them"
        ))
    }

    /// The final points on one surface, by start; empty where the run keeps none.
    ///
    /// # Errors
    /// As [`Store::surface`].
    pub fn points(&self, dim: u32, instance: u32) -> Result<Points> {
        self.surface(dim, instance).map(|(_, points)| points)
    }

    /// The history of one start; empty where the run keeps none.
    ///
    /// # Errors
    /// As [`Store::records`].
    pub fn trace(&self, dim: u32, instance: u32, start: u32) -> Result<Vec<TracePoint>> {
        self.vouch(dim, instance)?;
        let condition = "WHERE dim = ?1 AND instance = ?2 AND start = ?3";
        let rows = TraceRow::table().select(&self.conn, condition, params![dim, instance, start]);
        let rows = rows.map_err(sql(self.what("reading")))?;
        Ok(rows.iter().map(TraceRow::point).collect())
    }

    /// Time spent, by surface.
    ///
    /// # Errors
    /// As [`Store::records`].
    pub fn timings(&self) -> Result<Vec<SurfaceTimings>> {
        read_timings(&self.conn).map_err(sql(self.what("reading")))
    }
}

/// Time spent, by surface. Times are not science, and no checksum covers them: rows that mean nothing are left out.
pub fn read_timings(conn: &Connection) -> rusqlite::Result<Vec<SurfaceTimings>> {
    let sql =
        "SELECT dim, instance, draw_s, descent_s, polish_s, index_s FROM timings ORDER BY dim, instance";
    let mut statement = conn.prepare(sql)?;
    let rows = statement.query_map([], |row| {
        let spent = Timings {
            draw_s: row.get(2)?,
            descent_s: row.get(3)?,
            polish_s: row.get(4)?,
            index_s: row.get(5)?,
        };
        Ok(SurfaceTimings { dim: row.get(0)?, instance: row.get(1)?, spent })
    })?;
    let sensible = |surface: &SurfaceTimings| {
        let Timings { draw_s, descent_s, polish_s, index_s } = surface.spent;
        [draw_s, descent_s, polish_s, index_s].into_iter().all(is_time)
    };
    rows.filter_map(|row| readable(row).transpose())
        .filter(|row| row.as_ref().map_or(true, sensible))
        .collect()
}

/// Seconds that somebody may have spent: less than a million years.
pub(in crate::run) fn is_time(seconds: f64) -> bool {
    (0.0..3e13).contains(&seconds)
}

/// A row; `None` where a value in it is none of its column's.
///
/// # Errors
/// Where it could not be read at all.
pub(in crate::run) fn readable<T>(row: rusqlite::Result<T>) -> rusqlite::Result<Option<T>> {
    use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType};
    match row {
        Ok(row) => Ok(Some(row)),
        Err(FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..)) => Ok(None),
        Err(other) => Err(other),
    }
}
