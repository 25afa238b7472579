//! A sampled surface as the store has it: temperatures, energies along the way, histograms of overlaps, last points.

use std::io;

use rusqlite::{Connection, params};

use super::rows::{BINS, SeriesRow, TemperatureRow};
use super::spec::SamplingSpec;
use super::unit::SurfaceUnit;
use crate::study::columns::message::Sent;
use crate::study::columns::{self, Row, Value, dump_line, unreadable};
use crate::study::export::{Head, heads};
use crate::study::{ArrayTable, Listed, TableShape, Unit};

/// Last point of each set of replicas at each temperature, little-endian float64.
pub const POINTS: ArrayTable =
    ArrayTable { name: "points", key: &["dim", "instance", "rung", "replica"], array: "point" };
/// How many overlaps are in each bin, at each temperature.
pub const OVERLAPS: ArrayTable =
    ArrayTable { name: "overlaps", key: &["dim", "instance", "rung"], array: "counts" };

/// What was sampled on a surface.
#[derive(Debug, Clone, PartialEq)]
pub struct SampledSurface {
    /// Which unit.
    pub listed: SurfaceUnit,
    /// A row for each temperature, ascending.
    pub rows: Vec<TemperatureRow>,
    /// Energies by temperature, set and sweep.
    pub series: Vec<SeriesRow>,
    /// [`BINS`] numbers for each temperature.
    pub overlaps: Vec<f64>,
    /// Λ numbers for each temperature and set.
    pub points: Vec<f64>,
}

impl SampledSurface {
    /// Number of its points.
    pub fn point_count(&self) -> usize {
        self.points.len() / (self.listed.dim as usize).max(1)
    }

    /// Sets of replicas.
    fn replicas(&self) -> usize {
        self.point_count() / self.rows.len().max(1)
    }

    /// Keys and arrays of the table of points.
    fn points_by_key(&self) -> impl Iterator<Item = ([u32; 4], &[f64])> {
        let SurfaceUnit { dim, instance, .. } = self.listed;
        let (sets, points) = (self.replicas().max(1), self.points.chunks_exact(dim as usize));
        points.enumerate().map(move |(number, point)| {
            ([dim, instance, (number / sets) as u32, (number % sets) as u32], point)
        })
    }

    fn overlaps_by_key(&self) -> impl Iterator<Item = ([u32; 3], &[f64])> {
        let SurfaceUnit { dim, instance, .. } = self.listed;
        let counts = self.overlaps.chunks_exact(BINS).enumerate();
        counts.map(move |(rung, counts)| ([dim, instance, rung as u32], counts))
    }
}

/// All arrays of a unit in the order of its keys, one behind the other, each of this length.
fn read_arrays(
    conn: &Connection,
    table: &ArrayTable,
    listed: &SurfaceUnit,
    length: usize,
) -> rusqlite::Result<Vec<f64>> {
    let ArrayTable { name, key, array } = table;
    let order = key.join(", ");
    let sql = format!("SELECT {array} FROM {name} WHERE dim = ?1 AND instance = ?2 ORDER BY {order}");
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![listed.dim, listed.instance])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let bytes = row.get_ref(0)?.as_blob()?;
        let (numbers, rest) = bytes.as_chunks::<8>();
        if !rest.is_empty() || numbers.len() != length {
            return Err(unreadable(0, format!("an array of {} bytes", bytes.len())));
        }
        all.extend(numbers.iter().map(|&number| f64::from_le_bytes(number)));
    }
    Ok(all)
}

impl Unit<SamplingSpec> for SampledSurface {
    const TABLE: &'static str = TemperatureRow::NAME;

    type Listed = SurfaceUnit;

    fn listed(&self) -> SurfaceUnit {
        self.listed
    }

    fn canonical(&self) -> Self {
        Self {
            rows: self.rows.iter().map(columns::canonical).collect(),
            series: self.series.iter().map(columns::canonical).collect(),
            ..self.clone()
        }
    }

    fn digest(&self, feed: &mut dyn FnMut(&[u8])) {
        let mut bytes = Vec::new();
        self.listed.digest(&mut bytes);
        feed(&bytes);
        bytes.clear();
        self.rows.iter().for_each(|row| row.digest(&mut bytes));
        bytes.extend((self.series.len() as u64).to_le_bytes());
        self.series.iter().for_each(|row| row.digest(&mut bytes));
        feed(&bytes);
        for array in [&self.overlaps, &self.points] {
            bytes.clear();
            bytes.extend((array.len() as u64).to_le_bytes());
            array.iter().for_each(|x| bytes.extend(x.to_bits().to_le_bytes()));
            feed(&bytes);
        }
    }

    fn read(conn: &Connection, _: &SamplingSpec, listed: &SurfaceUnit) -> rusqlite::Result<Self> {
        Ok(Self {
            listed: *listed,
            rows: TemperatureRow::table().select_within(conn, &listed.within())?,
            series: SeriesRow::table().select_within(conn, &listed.within())?,
            overlaps: read_arrays(conn, &OVERLAPS, listed, BINS)?,
            points: read_arrays(conn, &POINTS, listed, listed.dim as usize)?,
        })
    }

    fn insert(&self, conn: &Connection) -> rusqlite::Result<()> {
        self.rows.iter().try_for_each(|row| TemperatureRow::table().insert(conn, row))?;
        self.series.iter().try_for_each(|row| SeriesRow::table().insert(conn, row))?;
        self.overlaps_by_key().try_for_each(|(key, counts)| OVERLAPS.insert(conn, &key, counts))?;
        self.points_by_key().try_for_each(|(key, point)| POINTS.insert(conn, &key, point))
    }

    fn remove(&self, conn: &Connection) -> rusqlite::Result<()> {
        let tables = [TemperatureRow::NAME, SeriesRow::NAME, OVERLAPS.name, POINTS.name];
        tables.iter().try_for_each(|table| self.listed.within().delete(conn, table))
    }

    fn dump(&self, out: &mut dyn io::Write) -> io::Result<()> {
        self.rows.iter().try_for_each(|row| writeln!(out, "{}", dump_line(row)))?;
        self.series.iter().try_for_each(|row| writeln!(out, "{}", dump_line(row)))?;
        for (name, array, length) in
            [("overlaps", &self.overlaps, BINS), ("point", &self.points, self.listed.dim as usize)]
        {
            for numbers in array.chunks(length) {
                write!(out, "{name}")?;
                numbers.iter().try_for_each(|x| write!(out, " {:016x}", x.to_bits()))?;
                writeln!(out)?;
            }
        }
        Ok(())
    }

    fn tables() -> Vec<TableShape> {
        vec![
            TableShape::of::<TemperatureRow>(),
            TableShape::of::<SeriesRow>(),
            OVERLAPS.shape(),
            POINTS.shape(),
        ]
    }

    fn heads() -> Vec<Head> {
        heads::<TemperatureRow>()
    }

    fn values(&self) -> Vec<Vec<Value<'static>>> {
        self.rows.iter().map(|row| columns::values(row).collect()).collect()
    }
}

impl Sent for SampledSurface {
    fn put(&self, out: &mut Vec<u8>) {
        self.listed.put(out);
        self.rows.put(out);
        self.series.put(out);
        self.overlaps.put(out);
        self.points.put(out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some(Self {
            listed: Sent::take(from)?,
            rows: Sent::take(from)?,
            series: Sent::take(from)?,
            overlaps: Sent::take(from)?,
            points: Sent::take(from)?,
        })
    }
}

/// Rows that the list of units does not account for, in words.
pub fn stray_rows<'a>(
    conn: &Connection,
    spec: &SamplingSpec,
    units: impl Iterator<Item = &'a SurfaceUnit>,
) -> rusqlite::Result<Vec<String>> {
    let rungs: u64 = units.map(|unit| u64::from(unit.temperatures)).sum();
    let (sets, kept) = (u64::from(spec.replicas), u64::from(spec.sweeps / spec.thin.max(1)));
    let expected = [
        (TemperatureRow::NAME, rungs),
        (SeriesRow::NAME, rungs * sets * kept),
        (OVERLAPS.name, rungs),
        (POINTS.name, rungs * sets),
    ];
    let mut problems = Vec::new();
    for (table, count) in expected {
        let found: i64 = conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
        if u64::try_from(found) != Ok(count) {
            problems.push(format!("{table}: their number is not that of the units"));
        }
    }
    Ok(problems)
}

/// Whether two units on the list name one surface.
pub fn is_of(row: [u32; 2], listed: &SurfaceUnit) -> bool {
    let key = listed.key();
    row == [key.dim, key.instance]
}
