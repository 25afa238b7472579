//! Adding to a run.

use super::checksum::{RootHash, of_unit};
#[cfg(feature = "sabotage")]
use super::fault;
use super::fault::sql;
use super::open::Store;
use super::transactions::{RootChange, advance, begin, put_spec, put_unit};
use crate::error::{Error, Result};
use crate::study::columns::Row;
use crate::study::interface::{Study, Unit};
use crate::study::listed::{Listed, StoredUnit};
use crate::study::spec::RunSpec;

impl<S: Study> Store<S> {
    /// Replaces the spec by a grown one.
    ///
    /// # Errors
    /// [`Error::Internal`] if it is not the same run; [`Error::Io`].
    pub fn grow(&mut self, spec: &S::Spec) -> Result<()> {
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
            advance(&transaction, &RootChange { from: self.stored_root, to: sum })?;
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
    pub fn write_unit(&mut self, unit: &S::Unit) -> Result<()> {
        self.write(std::slice::from_ref(unit), &[])
    }

    /// Stores units, each as a whole, and adds times to those spent before: all in one transaction, since a commit
    /// waits for the disk however little it holds.
    ///
    /// # Errors
    /// [`Error::Internal`] if a unit is not one of this run's plan; [`Error::Io`], [`Error::Refused`]. Then none is
    /// stored.
    pub fn write(&mut self, units: &[S::Unit], spent: &[S::Times]) -> Result<()> {
        let is_whole = |listed: S::Listed| {
            S::planned(&self.spec, &listed).is_some_and(|planned| S::covers(&self.spec, &listed, &planned))
        };
        match units.iter().map(Unit::listed).find(|listed| !is_whole(*listed)) {
            Some(listed) => Err(not_planned(&listed)),
            None => self.put(units, spent),
        }
    }

    /// Stores units of which more may be planned: those of a run before it grew.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub(in crate::study) fn write_part(&mut self, units: &[S::Unit]) -> Result<()> {
        self.put(units, &[])
    }

    fn put(&mut self, units: &[S::Unit], spent: &[S::Times]) -> Result<()> {
        let units: Vec<S::Unit> = units.iter().map(Unit::canonical).collect();
        if let Some(unit) = units.iter().find(|unit| !S::fits(&self.spec, unit)) {
            return Err(not_planned(&unit.listed()));
        }
        let units: Vec<_> = units.into_iter().map(summed::<S>).collect();
        self.vouched.borrow_mut().clear();
        let mut before = Vec::with_capacity(units.len());
        for (_, stored) in &units {
            let key = stored.listed.key();
            before.push((key, self.units.insert(key, *stored)));
            self.root.changed(key);
        }
        let written = self.commit(&units, spent);
        let written = sabotage!("enospc-ignored", written, written.or_else(fault::unless_full));
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
        units: &[(S::Unit, StoredUnit<S::Listed>)],
        spent: &[S::Times],
    ) -> rusqlite::Result<()> {
        let transaction = begin(&mut self.conn)?;
        for (unit, stored) in units {
            put_unit::<S>(&transaction, unit, stored)?;
        }
        let root = RootChange { from: self.stored_root, to: self.root.of(&self.units) };
        if !units.is_empty() {
            advance(&transaction, &root)?;
        }
        spent.iter().try_for_each(|times| S::Times::table().add(&transaction, times))?;
        transaction.commit()?;
        self.stored_root = root.to;
        Ok(())
    }
}

/// The error of a unit that the plan does not have: an executor's bug, not the user's.
fn not_planned<L: Listed>(listed: &L) -> Error {
    Error::Internal(format!("unit {} does not fit the plan", listed.key()))
}

/// A unit with its size and checksum.
fn summed<S: Study>(unit: S::Unit) -> (S::Unit, StoredUnit<S::Listed>) {
    let stored = StoredUnit { listed: unit.listed(), checksum: of_unit::<S>(&unit) };
    (unit, stored)
}
