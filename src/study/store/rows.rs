//! Rows of a run file: the spec, the list of units, times.

use std::path::Path;

use rusqlite::Connection;

use super::checksum::{self, Checksum};
use crate::error::{Error, Result};
use crate::study::columns::{ColumnKind, Row, Value, values};
use crate::study::interface::{Study, Unit, Units};
use crate::study::listed::{Listed, StoredUnit};
use crate::study::tables::read_list;

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
pub fn read_units<S: Study>(conn: &Connection) -> rusqlite::Result<Units<S>> {
    let rows = read_list::<S::Listed>(conn)?.into_iter();
    Ok(rows.map(|(listed, checksum)| (listed.key(), StoredUnit { listed, checksum })).collect())
}

/// Time spent, by key. Times are not science, and no checksum covers them: rows that mean nothing are left out.
pub fn read_times<S: Study>(conn: &Connection) -> rusqlite::Result<Vec<S::Times>> {
    let mut rows = S::Times::table().select_readable(conn)?;
    rows.retain(|row| {
        let places = S::Times::columns().iter().zip(values(row));
        places.filter(|(column, _)| column.kind == ColumnKind::Real).all(|(_, value)| is_time(value))
    });
    Ok(rows)
}

/// Seconds that somebody may have spent: less than a million years.
fn is_time(value: Value<'_>) -> bool {
    matches!(value, Value::Real(seconds) if (0.0..3e13).contains(&seconds))
}

/// The error of a unit that is not what was written.
pub fn damaged_unit(path: &Path, unit: impl std::fmt::Display) -> Error {
    let path = path.display();
    Error::Damaged(format!(
        "{path}: unit {unit} was changed; hspin verify {path} --repair drops it, and the same \
         command computes it again"
    ))
}

/// Whether a unit is what was written.
pub fn is_sound<S: Study>(spec: &S::Spec, unit: &S::Unit, stored: &StoredUnit<S::Listed>) -> bool {
    let same = sabotage!("unit-checksum-skipped", checksum::of_unit::<S>(unit) == stored.checksum, true);
    same && unit.listed() == stored.listed && S::fits(spec, unit)
}
