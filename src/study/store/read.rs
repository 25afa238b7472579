//! Reading a run: the spec's row, the list of units, units.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::Connection;

use super::checksum::{self, Checksum};
use super::fault::sql;
use super::tables::read_list;
use super::{Store, StoredUnit, Units};
use crate::error::{Error, Result};
use crate::study::columns::{Kind, Row, Value, values};
use crate::study::interface::{Listed, Study, Unit};

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
        places.filter(|(column, _)| column.kind == Kind::Real).all(|(_, value)| is_time(value))
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
        "{path}: unit {unit} is not what was written; hspin verify {path} --repair drops it, and the command that \
         made it then makes it again"
    ))
}

impl<S: Study> Store<S> {
    /// The units it holds, as the list of units has them.
    pub fn done(&self) -> BTreeMap<<S::Listed as Listed>::Key, S::Listed> {
        self.units.iter().map(|(&key, unit)| (key, unit.listed)).collect()
    }

    /// The units it holds, with their checksums.
    pub fn stored_units(&self) -> Units<S> {
        self.units.clone()
    }

    /// Units of the plan that are not stored, or not all of what is planned.
    pub fn left(&self) -> Vec<S::Listed> {
        crate::study::plan::todo::<S>(&self.spec, &self.units)
    }

    /// One unit as stored; `None` where it is not.
    ///
    /// # Errors
    /// [`Error::Damaged`] where it is not what was written; [`Error::Io`].
    pub fn unit(&self, key: &<S::Listed as Listed>::Key) -> Result<Option<S::Unit>> {
        self.units.get(key).map(|stored| self.sound_unit(stored)).transpose()
    }

    /// All units, by key, each held against its checksum as it is read.
    ///
    /// # Errors
    /// As [`Self::unit`], for each.
    pub fn units(&self) -> impl Iterator<Item = Result<S::Unit>> + '_ {
        self.units.values().map(|stored| self.sound_unit(stored))
    }

    /// Time spent, by key.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Io`].
    pub fn times(&self) -> Result<Vec<S::Times>> {
        read_times::<S>(&self.conn).map_err(sql(self.what("reading")))
    }

    /// Whether every planned unit is stored and every stored one is what was written, as it is on the disk now.
    ///
    /// # Errors
    /// [`Error::Damaged`] naming the first unit that is not, or that there are others than were written;
    /// [`Error::Internal`] where a unit is missing; [`Error::Io`].
    pub fn check_complete(&self) -> Result<()> {
        self.check_units()?;
        match self.left().first() {
            None => Ok(()),
            Some(unit) => Err(Error::Internal(format!("unit {} is not there", unit.key()))),
        }
    }

    /// Whether every stored unit is what was written, as it is on the disk now.
    ///
    /// # Errors
    /// [`Error::Damaged`] naming the first unit that is not, or that there are others than were written; [`Error::Io`].
    pub fn check_units(&self) -> Result<()> {
        self.vouched.borrow_mut().clear();
        let listed = || Ok((read_spec(&self.conn)?.root, read_units::<S>(&self.conn)?));
        let (root, units) = listed().map_err(sql(self.what("reading")))?;
        if root != self.stored_root || units != self.units {
            let path = self.path.display();
            return Err(Error::Damaged(format!(
                "{path}: its units are not those that were written; hspin verify {path} --repair mends"
            )));
        }
        self.units().try_for_each(|unit| unit.map(drop))?;
        self.check_strays()
    }

    /// Whether the list of units accounts for all rows, as far as that can be told without reading them.
    ///
    /// # Errors
    /// [`Error::Damaged`] saying of which table it does not; [`Error::Io`].
    pub(super) fn check_strays(&self) -> Result<()> {
        let found = S::stray_rows(&self.conn, &self.spec, &self.units);
        match found.map_err(sql(self.what("reading")))?.first() {
            None => Ok(()),
            Some(problem) => {
                let path = self.path.display();
                Err(Error::Damaged(format!("{path}: {problem}; hspin verify {path} --repair mends")))
            }
        }
    }

    /// The error of rows that no unit has.
    pub(crate) fn strays(&self) -> Error {
        let path = self.path.display();
        Error::Damaged(format!(
            "{path}: there are rows that no unit has; hspin verify {path} --repair drops them"
        ))
    }

    /// A unit that is what was written.
    pub(crate) fn sound_unit(&self, stored: &StoredUnit<S::Listed>) -> Result<S::Unit> {
        let key = stored.listed.key();
        let read = S::Unit::read(&self.conn, &self.spec, &stored.listed);
        let unit = match read.map_err(sql(self.what("reading"))) {
            Err(Error::Damaged(_)) => return Err(damaged_unit(&self.path, key)),
            unit => unit?,
        };
        if is_sound::<S>(&self.spec, &unit, stored) { Ok(unit) } else { Err(damaged_unit(&self.path, key)) }
    }
}

/// Whether a unit is what was written.
pub fn is_sound<S: Study>(spec: &S::Spec, unit: &S::Unit, stored: &StoredUnit<S::Listed>) -> bool {
    let same = sabotage!("unit-checksum-skipped", checksum::of_unit::<S>(unit) == stored.checksum, true);
    same && unit.listed() == stored.listed && S::fits(spec, unit)
}
