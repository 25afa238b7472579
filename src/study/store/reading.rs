//! Reading a run: units, each held against its checksum.

use std::collections::BTreeMap;

use super::checksum::{RootHash, is_root};
use super::fault::sql;
use super::open::Store;
use super::rows::{damaged_unit, is_sound, read_spec, read_times, read_units};
use crate::error::{Error, Result};
use crate::study::interface::{Study, Unit};
use crate::study::listed::{Listed, StoredUnit};
use crate::study::plan::todo;

impl<S: Study> Store<S> {
    /// The units it holds, as the list of units has them.
    pub fn done(&self) -> BTreeMap<<S::Listed as Listed>::Key, S::Listed> {
        self.units.iter().map(|(&key, unit)| (key, unit.listed)).collect()
    }

    /// Units of the plan that are not stored, or not all of what is planned.
    pub fn left(&self) -> Vec<S::Listed> {
        todo::<S>(&self.spec, &self.units)
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
            Some(unit) => Err(Error::Internal(format!("unit {} is missing", unit.key()))),
        }
    }

    /// Whether every stored unit is what was written, as it is on the disk now.
    ///
    /// # Errors
    /// [`Error::Damaged`] naming the first unit that is not, or that there are others than were written;
    /// [`Error::Refused`] where another process has written to the run since it was opened; [`Error::Io`].
    pub fn check_units(&self) -> Result<()> {
        self.vouched.borrow_mut().clear();
        let listed = || -> rusqlite::Result<_> {
            // Both as they are at one moment.
            let _snapshot =
                if self.conn.is_autocommit() { Some(self.conn.unchecked_transaction()?) } else { None };
            Ok((read_spec(&self.conn)?, read_units::<S>(&self.conn)?))
        };
        let (row, units) = listed().map_err(sql(self.what("reading")))?;
        if row.root != self.stored_root || units != self.units {
            // A run that is whole in itself is another process's work, not damage: the lock file was deleted, or does not
            // lock here.
            if row.root != self.stored_root && is_root(&row.root, &RootHash::new(&row.text).of(&units)) {
                return Err(sql(self.what("reading"))(rusqlite::Error::StatementChangedRows(0)));
            }
            let path = self.path.display();
            return Err(Error::Damaged(format!(
                "{path}: its units are not those that were written; hspin verify {path} --repair repairs it"
            )));
        }
        self.units().try_for_each(|unit| unit.map(drop))?;
        self.check_strays()?;
        self.check_attachments()?;
        let orphans = S::orphans(&self.conn).map_err(sql(self.what("reading")))?;
        orphans.first().map_or(Ok(()), |problem| Err(self.stray(problem)))
    }

    /// Whether the list of units accounts for all rows, as far as that can be told without reading them.
    ///
    /// # Errors
    /// [`Error::Damaged`] saying of which table it does not; [`Error::Io`].
    pub(super) fn check_strays(&self) -> Result<()> {
        let found = S::stray_rows(&self.conn, &self.spec, &self.units);
        match found.map_err(sql(self.what("reading")))?.first() {
            None => Ok(()),
            Some(problem) => Err(self.stray(problem)),
        }
    }

    fn stray(&self, problem: &str) -> Error {
        let path = self.path.display();
        Error::Damaged(format!("{path}: {problem}; hspin verify {path} --repair repairs it"))
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
