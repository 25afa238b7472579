//! Reading a run on surfaces: no row becomes a number before its unit was held against its checksum.

use rusqlite::{ToSql, params};

use super::census::facts::CensusFacts;
use super::record::{Record, StartResult, TraceRow};
use super::result::UnitResult;
use super::spec::Kind;
use super::stored::{read_census, read_rows};
use super::study::Surfaces;
use super::unit::{StartsUnit, UNIT_STARTS, UnitKey};
use crate::descent::TracePoint;
use crate::error::{Error, Result};
use crate::study::columns::Row;
use crate::study::store::{damaged_unit, is_sound, sql};
use crate::study::{Store, StoredUnit};

/// Bytes of rows that are read at once.
const MOST_BYTES: u64 = 4 << 20;
/// About what a record takes, and what a start's history may.
const RECORD_BYTES: u64 = 200;
const TRACE_BYTES: u64 = 4096;

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

impl Store<Surfaces> {
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
            if self.spec().points {
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
        match self.spec().kind() {
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
        let query = format!("SELECT count(*) FROM records {condition}");
        let counted = self.conn.query_row(&query, values, |row| row.get::<_, i64>(0));
        Ok(counted.map_err(sql(self.what("reading")))? as usize)
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

    /// Checks the units of one surface; returns how many starts, or critical points, they have.
    fn vouch(&self, dim: u32, instance: u32) -> Result<usize> {
        if !self.vouched.borrow().contains(&self.surface_key(dim, instance)) {
            self.read_surface(dim, instance, drop)?;
        }
        Ok(self.units_on(dim, instance).map(|(_, unit)| unit.listed.starts as usize).sum())
    }

    /// The key of a surface's first unit, which stands for all of them.
    fn surface_key(&self, dim: u32, instance: u32) -> UnitKey {
        UnitKey { spins: self.spec().spins, dim, instance, block: 0 }
    }

    fn units_on(&self, dim: u32, instance: u32) -> impl Iterator<Item = (&UnitKey, &StoredUnit<StartsUnit>)> {
        let spins = self.spec().spins;
        let key = |block| UnitKey { spins, dim, instance, block };
        self.units.range(key(0)..=key(u32::MAX))
    }

    /// Hands on what is stored on one surface, by start, after its unit was held against its checksum. Units are read
    /// together, as far as memory stays small.
    fn read_surface(&self, dim: u32, instance: u32, mut take: impl FnMut(StartResult)) -> Result<()> {
        let units: Vec<_> = self.units_on(dim, instance).collect();
        let is_known = self.vouched.borrow().contains(&self.surface_key(dim, instance));
        let mut first = i64::MIN;
        let mut chunks = units.chunks(self.units_at_once(dim)).peekable();
        while let Some(chunk) = chunks.next() {
            // What lies between units, before or behind them, is no unit's.
            let last = match chunks.peek().and_then(|next| next.first()) {
                Some((next, _)) => i64::from(next.rows(self.spec().kind()).start) - 1,
                None => i64::MAX,
            };
            self.read_chunk((dim, instance), [first, last], chunk, is_known, &mut take)?;
            first = last.saturating_add(1);
        }
        self.vouched.borrow_mut().insert(self.surface_key(dim, instance));
        Ok(())
    }

    /// Units of one surface that are read at once.
    fn units_at_once(&self, dim: u32) -> usize {
        let trace = if self.spec().trace { TRACE_BYTES } else { 0 };
        let point = if self.spec().points { 8 * u64::from(dim) } else { 0 };
        let unit = u64::from(UNIT_STARTS) * (RECORD_BYTES + point + trace);
        (MOST_BYTES / unit).max(1) as usize
    }

    fn read_chunk(
        &self,
        surface: (u32, u32),
        range: [i64; 2],
        units: &[(&UnitKey, &StoredUnit<StartsUnit>)],
        is_known: bool,
        take: &mut impl FnMut(StartResult),
    ) -> Result<()> {
        let kind = self.spec().kind();
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
                Err(Error::Damaged(_)) => return Err(damaged_unit(self.path(), key)),
                census => census?,
            };
            let unit = UnitResult { key: *key, starts, census };
            if !is_known && !is_sound::<Surfaces>(self.spec(), &unit, stored) {
                return Err(damaged_unit(self.path(), key));
            }
            unit.starts.into_iter().for_each(&mut *take);
        }
        if have_strays || rest.next().is_some() { Err(self.strays()) } else { Ok(()) }
    }

    /// The error of rows that cannot be read: of the first unit whose they are, if they are one's.
    fn damaged_of(&self, units: &[(&UnitKey, &StoredUnit<StartsUnit>)]) -> Error {
        let found = units.iter().find_map(|(_, stored)| self.sound_unit(stored).err());
        found.unwrap_or_else(|| self.strays())
    }

    /// Surfaces of which anything is stored, all or those of one dimension.
    fn surfaces_of(&self, dim: Option<u32>) -> Vec<(u32, u32)> {
        let mut surfaces: Vec<_> = self.units.keys().map(|key| (key.dim, key.instance)).collect();
        surfaces.dedup();
        surfaces.retain(|(known, _)| dim.is_none_or(|dim| dim == *known));
        surfaces
    }

    /// Checks the units of all surfaces, or of those of one dimension; returns how many starts they have.
    fn vouch_dim(&self, dim: Option<u32>) -> Result<usize> {
        self.surfaces_of(dim).into_iter().map(|(dim, instance)| self.vouch(dim, instance)).sum()
    }
}
