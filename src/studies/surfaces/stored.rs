//! Units of a surface as the store has them: records, points, histories, facts of a census.

use std::io;

use rusqlite::types::ToSql;
use rusqlite::{Connection, params};

use super::census::facts::CensusFacts;
use super::record::{Record, StartResult, TraceRow};
use super::result::UnitResult;
use super::spec::{Kind, Spec};
use super::unit::{StartsUnit, UnitKey};
use crate::study::columns::message::Sent;
use crate::study::columns::{self, Row, Value, Within, dump_line, unreadable};
use crate::study::export::{Head, heads};
use crate::study::{ArrayTable, TableShape};
use crate::study::{Listed, Unit};

/// Final points, little-endian float64.
pub const POINTS: ArrayTable =
    ArrayTable { name: "points", key: &["dim", "instance", "start"], array: "point" };

/// Rows of one surface.
pub struct SurfaceRows {
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
) -> rusqlite::Result<SurfaceRows> {
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
    Ok(SurfaceRows { starts, have_strays })
}

fn floats(bytes: &[u8]) -> rusqlite::Result<Vec<f64>> {
    let (numbers, rest) = bytes.as_chunks::<8>();
    if !rest.is_empty() {
        return Err(unreadable(0, format!("a point of {} bytes", bytes.len())));
    }
    Ok(numbers.iter().map(|&number| f64::from_le_bytes(number)).collect())
}

/// Facts of the census that a unit is, if it is one.
pub fn read_census(conn: &Connection, key: &UnitKey, kind: Kind) -> rusqlite::Result<Option<CensusFacts>> {
    match kind {
        Kind::Sweep => Ok(None),
        Kind::Census => Ok(CensusFacts::table().select_within(conn, &on_surface(key))?.pop()),
    }
}

fn on_surface(key: &UnitKey) -> Within {
    Within { equal: vec![("dim", key.dim), ("instance", key.instance)], range: None }
}

impl Unit<Spec> for UnitResult {
    const TABLE: &'static str = Record::NAME;

    type Listed = StartsUnit;

    fn listed(&self) -> StartsUnit {
        let UnitKey { spins, dim, instance, block } = self.key;
        StartsUnit { spins, dim, instance, block, starts: self.starts.len() as u32 }
    }

    fn canonical(&self) -> Self {
        let starts = self.starts.iter().map(StartResult::canonical).collect();
        Self { key: self.key, starts, census: self.census }
    }

    /// Its key, then each start's record, point and trace, then the facts of a census.
    fn digest(&self, feed: &mut dyn FnMut(&[u8])) {
        let UnitKey { spins, dim, instance, block } = self.key;
        let mut bytes = Vec::new();
        [spins, dim, instance, block].iter().for_each(|part| bytes.extend(part.to_le_bytes()));
        bytes.extend((self.starts.len() as u64).to_le_bytes());
        feed(&bytes);
        // Start by start: many small pieces cost more than their bytes.
        for start in &self.starts {
            bytes.clear();
            start.record.digest(&mut bytes);
            bytes.extend((start.point.len() as u64).to_le_bytes());
            start.point.iter().for_each(|x| bytes.extend(x.to_bits().to_le_bytes()));
            bytes.extend((start.trace.len() as u64).to_le_bytes());
            start.trace_rows().for_each(|row| row.digest(&mut bytes));
            feed(&bytes);
        }
        if let Some(facts) = &self.census {
            bytes.clear();
            bytes.extend(b"census");
            facts.digest(&mut bytes);
            feed(&bytes);
        }
    }

    fn read(conn: &Connection, spec: &Spec, listed: &StartsUnit) -> rusqlite::Result<Self> {
        let (key, kind) = (listed.key(), spec.kind());
        let census = read_census(conn, &key, kind)?;
        let rows = key.rows(kind);
        let range = [i64::from(rows.start), i64::from(rows.end) - 1];
        Ok(Self { key, starts: read_rows(conn, (key.dim, key.instance), range)?.starts, census })
    }

    fn insert(&self, conn: &Connection) -> rusqlite::Result<()> {
        self.census.iter().try_for_each(|facts| CensusFacts::table().insert(conn, facts))?;
        for start in &self.starts {
            Record::table().insert(conn, &start.record)?;
            let Record { dim, instance, start: number, .. } = start.record;
            if !start.point.is_empty() {
                POINTS.insert(conn, &[dim, instance, number], &start.point)?;
            }
            start.trace_rows().try_for_each(|row| TraceRow::table().insert(conn, &row))?;
            #[cfg(feature = "sabotage")]
            sabotage!("no-transaction", (), conn.execute_batch("COMMIT; BEGIN")?);
        }
        Ok(())
    }

    fn remove(&self, conn: &Connection) -> rusqlite::Result<()> {
        let kind = if self.census.is_some() { Kind::Census } else { Kind::Sweep };
        let rows = self.key.rows(kind);
        let range = Some(("start", [i64::from(rows.start), i64::from(rows.end) - 1]));
        let within = Within { range, ..on_surface(&self.key) };
        ["records", "points", "traces"].iter().try_for_each(|table| within.delete(conn, table))?;
        if kind == Kind::Census { on_surface(&self.key).delete(conn, CensusFacts::NAME) } else { Ok(()) }
    }

    fn dump(&self, out: &mut dyn io::Write) -> io::Result<()> {
        self.census.iter().try_for_each(|facts| writeln!(out, "{}", dump_line(facts)))?;
        for start in &self.starts {
            writeln!(out, "{}", dump_line(&start.record))?;
            write!(out, "point")?;
            start.point.iter().try_for_each(|x| write!(out, " {:016x}", x.to_bits()))?;
            writeln!(out)?;
            start.trace_rows().try_for_each(|row| writeln!(out, "{}", dump_line(&row)))?;
        }
        Ok(())
    }

    fn tables() -> Vec<TableShape> {
        vec![TableShape::of::<Record>(), POINTS.shape(), TableShape::of::<TraceRow>()]
    }

    fn heads() -> Vec<Head> {
        heads::<Record>()
    }

    fn values(&self) -> Vec<Vec<Value<'static>>> {
        self.starts.iter().map(|start| columns::values(&start.record).collect()).collect()
    }
}

impl Sent for UnitResult {
    fn put(&self, out: &mut Vec<u8>) {
        let UnitKey { spins, dim, instance, block } = self.key;
        ((spins, dim), (instance, block)).put(out);
        self.starts.put(out);
        Sent::put_all(self.census.as_slice(), out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let ((spins, dim), (instance, block)) = Sent::take(from)?;
        let key = UnitKey { spins, dim, instance, block };
        Some(Self { key, starts: Sent::take(from)?, census: Sent::take_all(from)?.pop() })
    }
}

impl Sent for StartResult {
    fn put(&self, out: &mut Vec<u8>) {
        self.record.put(out);
        self.point.put(out);
        self.trace_rows().collect::<Vec<_>>().put(out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        let (record, point) = Sent::take(from)?;
        let trace = TraceRow::take_all(from)?.iter().map(TraceRow::point).collect();
        Some(Self { record, point, trace })
    }
}
