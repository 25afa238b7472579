//! No row becomes a number before its unit was held against its checksum.

use super::checksum;
use super::fault::sql;
use super::read::{read_census, read_rows};
use super::{Store, StoredUnit, fits, read_spec, read_unit, read_units, stray_rows};
use crate::error::{Error, Result};
use crate::run::plan::{Unit, plan};
use crate::run::record::{StartResult, UnitResult};
use crate::run::unit::{UNIT_STARTS, UnitKey};

/// Bytes of rows that are read at once.
const MOST_BYTES: u64 = 4 << 20;
/// About what a record takes, and what a start's history may.
const RECORD_BYTES: u64 = 200;
const TRACE_BYTES: u64 = 4096;

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
        self.vouch_all()?;
        self.check_strays()
    }

    /// Whether the list of units accounts for all rows, as far as that can be told without reading them.
    ///
    /// # Errors
    /// [`Error::Damaged`] saying of which table it does not; [`Error::Io`].
    pub(super) fn check_strays(&self) -> Result<()> {
        let found = stray_rows(&self.conn, &self.units, self.spec.kind());
        match found.map_err(sql(self.what("reading")))?.first() {
            None => Ok(()),
            Some(problem) => {
                let path = self.path.display();
                Err(Error::Damaged(format!("{path}: {problem}; hspin verify {path} --repair mends")))
            }
        }
    }

    /// Checks the units of one surface; returns how many starts, or critical points, they have.
    pub(super) fn vouch(&self, dim: u32, instance: u32) -> Result<usize> {
        if !self.vouched.borrow().contains(&(dim, instance)) {
            self.read_surface(dim, instance, drop)?;
        }
        Ok(self.units_on(dim, instance).map(|(_, unit)| unit.starts as usize).sum())
    }

    fn units_on(&self, dim: u32, instance: u32) -> impl Iterator<Item = (&UnitKey, &StoredUnit)> {
        let key = |block| UnitKey { spins: self.spec.spins, dim, instance, block };
        self.units.range(key(0)..=key(u32::MAX))
    }

    /// Hands on what is stored on one surface, by start, after its unit was held against its checksum. Units are read
    /// together, as far as memory stays small.
    pub(super) fn read_surface(
        &self,
        dim: u32,
        instance: u32,
        mut take: impl FnMut(StartResult),
    ) -> Result<()> {
        let units: Vec<_> = self.units_on(dim, instance).collect();
        let is_known = self.vouched.borrow().contains(&(dim, instance));
        let mut first = i64::MIN;
        let mut chunks = units.chunks(self.units_at_once(dim)).peekable();
        while let Some(chunk) = chunks.next() {
            // What lies between units, before or behind them, is no unit's.
            let last = match chunks.peek().and_then(|next| next.first()) {
                Some((next, _)) => i64::from(next.rows(self.spec.kind()).start) - 1,
                None => i64::MAX,
            };
            self.read_chunk((dim, instance), [first, last], chunk, is_known, &mut take)?;
            first = last.saturating_add(1);
        }
        self.vouched.borrow_mut().insert((dim, instance));
        Ok(())
    }

    /// Units of one surface that are read at once.
    fn units_at_once(&self, dim: u32) -> usize {
        let trace = if self.spec.trace { TRACE_BYTES } else { 0 };
        let point = if self.spec.points { 8 * u64::from(dim) } else { 0 };
        let unit = u64::from(UNIT_STARTS) * (RECORD_BYTES + point + trace);
        (MOST_BYTES / unit).max(1) as usize
    }

    fn read_chunk(
        &self,
        surface: (u32, u32),
        range: [i64; 2],
        units: &[(&UnitKey, &StoredUnit)],
        is_known: bool,
        take: &mut impl FnMut(StartResult),
    ) -> Result<()> {
        let kind = self.spec.kind();
        let rows = match read_rows(&self.conn, surface, range).map_err(sql(self.what("reading"))) {
            Err(Error::Damaged(_)) => return Err(self.damaged_of(units)),
            rows => rows?,
        };
        let (mut rest, mut have_strays) = (rows.starts.into_iter().peekable(), rows.have_strays);
        for &(key, stored) in units {
            let range = key.rows(kind);
            while rest.next_if(|start| start.record.start < range.start).is_some() {
                have_strays = true;
            }
            let next = || rest.next_if(|start| range.contains(&start.record.start));
            let starts = std::iter::from_fn(next).collect();
            let census = match read_census(&self.conn, key, kind).map_err(sql(self.what("reading"))) {
                Err(Error::Damaged(_)) => return Err(damaged_unit(&self.path, key)),
                census => census?,
            };
            let unit = UnitResult { key: *key, starts, census };
            if !is_known && !self.is_sound(&unit, stored) {
                return Err(damaged_unit(&self.path, key));
            }
            unit.starts.into_iter().for_each(&mut *take);
        }
        if have_strays || rest.next().is_some() { Err(self.strays()) } else { Ok(()) }
    }

    /// The error of rows that cannot be read: of the first unit whose they are, if they are one's.
    fn damaged_of(&self, units: &[(&UnitKey, &StoredUnit)]) -> Error {
        let found = units.iter().find_map(|(key, stored)| self.sound_unit(key, stored).err());
        found.unwrap_or_else(|| self.strays())
    }

    /// Surfaces of which anything is stored, all or those of one dimension.
    pub(super) fn surfaces_of(&self, dim: Option<u32>) -> Vec<(u32, u32)> {
        let mut surfaces: Vec<_> = self.units.keys().map(|key| (key.dim, key.instance)).collect();
        surfaces.dedup();
        surfaces.retain(|(known, _)| dim.is_none_or(|dim| dim == *known));
        surfaces
    }

    /// Checks the units of all surfaces, or of those of one dimension; returns how many starts they have.
    pub(super) fn vouch_dim(&self, dim: Option<u32>) -> Result<usize> {
        self.surfaces_of(dim).into_iter().map(|(dim, instance)| self.vouch(dim, instance)).sum()
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
        if self.is_sound(&unit, stored) { Ok(unit) } else { Err(damaged_unit(&self.path, key)) }
    }

    /// Whether a unit is what was written.
    fn is_sound(&self, unit: &UnitResult, stored: &StoredUnit) -> bool {
        let same = sabotage!("unit-checksum-skipped", checksum::of_unit(unit) == stored.checksum, true);
        let fits = unit.starts.iter().all(|start| fits::record(&self.spec, &start.record))
            && unit.census.iter().all(|facts| fits::facts(&self.spec, facts));
        same && fits && unit.starts.len() == stored.starts as usize
    }
}
