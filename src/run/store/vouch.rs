//! No row becomes a number before its unit was held against its checksum.

use std::collections::BTreeSet;

use super::checksum;
use super::fault::sql;
use super::{Store, StoredUnit, fits, read_spec, read_unit, read_units};
use crate::error::{Error, Result};
use crate::run::plan::{Unit, plan};
use crate::run::record::{Record, UnitResult};
use crate::run::unit::UnitKey;

/// The error of a unit that is not what was written.
pub(in crate::run) fn damaged_unit(path: &std::path::Path, unit: impl std::fmt::Display) -> Error {
    let path = path.display();
    Error::Damaged(format!(
        "{path}: unit {unit} is not what was written; hspin verify {path} --repair drops it, and the command that \
         made it then makes it again"
    ))
}

impl Store {
    /// Whether every planned unit is stored and every stored one is what was written, as it is on the disk now.
    ///
    /// # Errors
    /// [`Error::Damaged`] naming the first unit that is not, or that there are others than were written;
    /// [`Error::Internal`] where a unit is missing; [`Error::Io`].
    pub fn check_complete(&self) -> Result<()> {
        self.check_units()?;
        let kind = self.spec.kind();
        let is_whole =
            |unit: &Unit| self.units.get(&unit.key).is_some_and(|stored| unit.is_whole(kind, stored.starts));
        match plan(&self.spec).find(|unit| !is_whole(unit)) {
            None => Ok(()),
            Some(unit) => Err(Error::Internal(format!("unit {} is not there", unit.key))),
        }
    }

    /// Whether every stored unit is what was written, as it is on the disk now.
    ///
    /// # Errors
    /// [`Error::Damaged`] naming the first unit that is not, or that there are others than were written; [`Error::Io`].
    pub fn check_units(&self) -> Result<()> {
        self.vouched.borrow_mut().clear();
        let listed = || Ok((read_spec(&self.conn)?.root, read_units(&self.conn)?));
        let (root, units) = listed().map_err(sql(self.what("reading")))?;
        if root != self.stored_root || units != self.units {
            let path = self.path.display();
            return Err(Error::Damaged(format!(
                "{path}: its units are not those that were written; hspin verify {path} --repair mends"
            )));
        }
        self.vouch_all().map(drop)
    }

    /// Checks the units of one surface; returns how many starts, or critical points, they have.
    pub(super) fn vouch(&self, dim: u32, instance: u32) -> Result<usize> {
        let key = |block| UnitKey { spins: self.spec.spins, dim, instance, block };
        let units = self.units.range(key(0)..=key(u32::MAX));
        let starts = units.clone().map(|(_, unit)| unit.starts as usize).sum();
        if !self.vouched.borrow().contains(&(dim, instance)) {
            units.into_iter().try_for_each(|(key, unit)| self.sound_unit(key, unit).map(drop))?;
            self.vouched.borrow_mut().insert((dim, instance));
        }
        Ok(starts)
    }

    /// Records of all surfaces or of some, each unit held against its checksum as it is read.
    pub(super) fn sound_records(&self, dim: Option<u32>, instance: Option<u32>) -> Result<Vec<Record>> {
        let key = |dim, instance, block| UnitKey { spins: self.spec.spins, dim, instance, block };
        let first = key(dim.unwrap_or(0), instance.unwrap_or(0), 0);
        let last = key(dim.unwrap_or(u32::MAX), instance.unwrap_or(u32::MAX), u32::MAX);
        let (mut records, mut surfaces) = (Vec::new(), BTreeSet::new());
        for (key, stored) in self.units.range(first..=last) {
            let unit = self.sound_unit(key, stored)?;
            records.extend(unit.starts.into_iter().map(|start| start.record));
            surfaces.insert((key.dim, key.instance));
        }
        self.vouched.borrow_mut().append(&mut surfaces);
        Ok(records)
    }

    /// Checks the units of all surfaces, or of those of one dimension; returns how many starts they have.
    pub(super) fn vouch_dim(&self, dim: Option<u32>) -> Result<usize> {
        let mut surfaces: Vec<_> = self.units.keys().map(|key| (key.dim, key.instance)).collect();
        surfaces.dedup();
        let wanted = surfaces.into_iter().filter(|(known, _)| dim.is_none_or(|dim| dim == *known));
        wanted.map(|(dim, instance)| self.vouch(dim, instance)).sum()
    }

    fn vouch_all(&self) -> Result<usize> {
        self.vouch_dim(None)
    }

    /// A unit that is what was written.
    pub(super) fn sound_unit(&self, key: &UnitKey, stored: &StoredUnit) -> Result<UnitResult> {
        let unit = match read_unit(&self.conn, key, self.spec.kind()).map_err(sql(self.what("reading"))) {
            Err(Error::Damaged(_)) => return Err(damaged_unit(&self.path, key)),
            unit => unit?,
        };
        let same = sabotage!("unit-checksum-skipped", checksum::of_unit(&unit) == stored.checksum, true);
        let fits = unit.starts.iter().all(|start| fits::record(&self.spec, &start.record))
            && unit.census.iter().all(|facts| fits::facts(&self.spec, facts));
        if same && fits && unit.starts.len() == stored.starts as usize {
            return Ok(unit);
        }
        Err(damaged_unit(&self.path, key))
    }
}
