//! Rows of a file whose trees have lost pages, read page by page as SQLite's file format describes them.
//!
//! Which table a row is of is told by its columns alone. A wrong guess is harmless: units are kept by their checksums.
//!
//! # Reference
//! <https://www.sqlite.org/fileformat2.html>, sections 1.5, 1.6 and 2.1.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::study::tables::{CellKind, TableShape};

impl TableShape {
    /// Whether a row of a page may be one of this table.
    fn has(&self, row: &[Value]) -> bool {
        let is = |(value, (_, kind)): (&Value, &(String, CellKind))| match value {
            Value::Integer(_) => {
                matches!(kind, CellKind::Integer | CellKind::Real | CellKind::IntegerOrNothing)
            }
            Value::Real(_) => *kind == CellKind::Real,
            Value::Null => matches!(kind, CellKind::Real | CellKind::IntegerOrNothing),
            Value::Blob(_) => *kind == CellKind::Blob,
            Value::Text(_) => *kind == CellKind::Text,
        };
        row.len() == self.columns.len() && row.iter().zip(&self.columns).all(is)
    }

    /// What is done about a second row with the same key, as free pages may hold: of two units the larger one is kept.
    fn on_conflict(&self) -> String {
        let names = self.columns.iter().map(|(name, _)| name.as_str());
        if !self.is_list {
            return "DO NOTHING".to_owned();
        }
        let set: Vec<String> = names.map(|name| format!("{name} = excluded.{name}")).collect();
        // Keys are the same: sums of all integers tell which is larger.
        let integers = self.columns.iter().filter(|(_, kind)| *kind == CellKind::Integer);
        let (new, old): (Vec<String>, Vec<&str>) =
            integers.map(|(name, _)| (format!("excluded.{name}"), name.as_str())).unzip();
        let old: Vec<String> = old.iter().map(|name| format!("{}.{name}", self.name)).collect();
        format!("DO UPDATE SET {} WHERE {} > {}", set.join(", "), new.join(" + "), old.join(" + "))
    }

    /// Inserts a row; one that the table cannot have is left out.
    fn put(&self, conn: &Connection, row: Vec<Value>) -> rusqlite::Result<()> {
        let columns: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        let places = vec!["?"; row.len()].join(", ");
        let (table, columns, again) = (self.name, columns.join(", "), self.on_conflict());
        let sql = format!("INSERT INTO {table} ({columns}) VALUES ({places}) ON CONFLICT {again}");
        match conn.prepare_cached(&sql)?.execute(params_from_iter(row)) {
            Err(rusqlite::Error::SqliteFailure(failure, _))
                if failure.code == rusqlite::ErrorCode::ConstraintViolation =>
            {
                Ok(())
            }
            done => done.map(drop),
        }
    }
}

/// Pages of a file.
pub struct TablePages<'a> {
    file: &'a File,
    size: usize,
    /// Bytes of a page that are used.
    usable: usize,
    count: u32,
    /// Pages that rows may still go on in; each is one row's.
    overflow: Cell<u32>,
}

impl<'a> TablePages<'a> {
    /// Of a file of SQLite's, the first `length` bytes.
    ///
    /// # Errors
    /// Where it cannot be read, or has no sensible header.
    pub fn new(mut file: &'a File, length: u64) -> io::Result<Self> {
        let mut header = [0; 100];
        file.seek(SeekFrom::Start(0))?;
        file.read_exact(&mut header)?;
        let size = match u16::from_be_bytes([header[16], header[17]]) {
            1 => 65_536,
            size => usize::from(size),
        };
        let usable = size.saturating_sub(usize::from(header[20]));
        if usable < 480 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let count = u32::try_from(length.div_ceil(size as u64)).unwrap_or(u32::MAX);
        Ok(Self { file, size, usable, count, overflow: Cell::new(count) })
    }

    /// Inserts all rows that any page holds into their tables. A row may look like one of several tables, the first of
    /// which gets it.
    ///
    /// # Errors
    /// Where the file cannot be read; those of the insertion.
    pub fn copy(&self, tables: &[TableShape], conn: &Connection) -> rusqlite::Result<()> {
        for number in 1..=self.count {
            let failed = |error| rusqlite::Error::ToSqlConversionFailure(Box::new(error));
            let page = self.page(number).map_err(failed)?;
            for row in self.rows(&page, if number == 1 { 100 } else { 0 }) {
                if let Some(table) = tables.iter().find(|table| table.has(&row)) {
                    table.put(conn, row)?;
                }
            }
        }
        Ok(())
    }

    /// A page, from 1; what is missing of it is zeros.
    fn page(&self, number: u32) -> io::Result<Vec<u8>> {
        let mut file = self.file;
        file.seek(SeekFrom::Start(u64::from(number.saturating_sub(1)) * self.size as u64))?;
        let mut page = Vec::with_capacity(self.size);
        file.take(self.size as u64).read_to_end(&mut page)?;
        page.resize(self.size, 0);
        Ok(page)
    }

    /// Rows that a page holds whose tree header is at `start`.
    fn rows<'p>(&'p self, page: &'p [u8], start: usize) -> impl Iterator<Item = Vec<Value>> + 'p {
        // Inner pages of an index, which hold rows, too; leaves of an index; leaves of a table.
        let kind = page.get(start).copied().unwrap_or(0);
        let pointers = start + if kind == 2 { 12 } else { 8 };
        let cells = match kind {
            2 | 10 | 13 => number(page, start + 3, 2),
            _ => None,
        };
        (0..cells.unwrap_or(0) as usize).filter_map(move |cell| {
            let at = number(page, pointers + 2 * cell, 2)? as usize;
            self.row(kind, page.get(at..)?)
        })
    }

    fn row(&self, kind: u8, cell: &[u8]) -> Option<Vec<Value>> {
        let (length, mut rest) = varint(if kind == 2 { cell.get(4..)? } else { cell })?;
        if kind == 13 {
            (_, rest) = varint(rest)?;
        }
        decoded(&self.payload(kind == 13, usize::try_from(length).ok()?, rest)?)
    }

    /// Bytes of a row, those on other pages included.
    fn payload(&self, is_table: bool, length: usize, cell: &[u8]) -> Option<Vec<u8>> {
        let local = self.local(is_table, length);
        let mut bytes = cell.get(..local)?.to_vec();
        let mut next = if local < length { number(cell, local, 4)? as u32 } else { 0 };
        while bytes.len() < length {
            self.overflow.set(self.overflow.get().checked_sub(1)?);
            let page = self.page(Some(next).filter(|next| (1..=self.count).contains(next))?).ok()?;
            next = number(&page, 0, 4)? as u32;
            let end = 4 + (length - bytes.len()).min(self.usable - 4);
            bytes.extend(page.get(4..end)?);
        }
        Some(bytes)
    }

    /// Bytes of a row that stand on its own page.
    fn local(&self, is_table: bool, length: usize) -> usize {
        let share = |part: usize| (self.usable - 12) * part / 255 - 23;
        let (most, least) = (if is_table { self.usable - 35 } else { share(64) }, share(32));
        if length <= most {
            return length;
        }
        let kept = least + (length - least) % (self.usable - 4);
        if kept <= most { kept } else { least }
    }
}

/// A number of so many bytes, the highest first.
fn number(bytes: &[u8], at: usize, size: usize) -> Option<u64> {
    Some(bytes.get(at..at.checked_add(size)?)?.iter().fold(0, |n, &byte| n << 8 | u64::from(byte)))
}

/// A number of up to nine bytes, seven bits to each but the ninth, and what comes after it.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (place, &byte) in bytes.iter().take(9).enumerate() {
        let is_last = place == 8;
        value = if is_last { value << 8 | u64::from(byte) } else { value << 7 | u64::from(byte & 0x7f) };
        if is_last || byte < 0x80 {
            return Some((value, bytes.get(place + 1..)?));
        }
    }
    None
}

/// Columns of a row: a header with its length and the type of each column, then their values.
fn decoded(bytes: &[u8]) -> Option<Vec<Value>> {
    let (length, types) = varint(bytes)?;
    let length = usize::try_from(length).ok()?;
    let mut types = types.get(..length.checked_sub(bytes.len() - types.len())?)?;
    let mut values = bytes.get(length..)?;
    let mut row = Vec::new();
    while !types.is_empty() {
        let (kind, value);
        (kind, types) = varint(types)?;
        (value, values) = column(kind, values)?;
        row.push(value);
    }
    Some(row)
}

fn column(kind: u64, values: &[u8]) -> Option<(Value, &[u8])> {
    let size = match kind {
        0 | 8 | 9 => 0,
        1..=4 => kind as usize,
        5 => 6,
        6 | 7 => 8,
        10 | 11 => return None,
        _ => usize::try_from((kind - 12) / 2).ok()?,
    };
    let (bytes, rest) = values.split_at_checked(size)?;
    let value = match kind {
        0 => Value::Null,
        8 | 9 => Value::Integer(kind as i64 - 8),
        1..=6 => {
            let unused = 64 - 8 * size as u32;
            Value::Integer((number(bytes, 0, size)? << unused) as i64 >> unused)
        }
        7 => Value::Real(f64::from_bits(number(bytes, 0, size)?)),
        _ if kind.is_multiple_of(2) => Value::Blob(bytes.to_vec()),
        _ => Value::Text(String::from_utf8(bytes.to_vec()).ok()?),
    };
    Some((value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::columns::{Seconds, columns};
    use crate::study::listed::Listed;
    use crate::study::tables::ArrayTable;

    columns! {
        /// A unit.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Block in "blocks" {
            /// Its size.
            pub dim: u32, "";
            /// Its number.
            pub block: u32, "";
            /// How much of it.
            pub starts: u32, "";
        }
        key [dim, block]
        digest own [dim, block, starts]
    }

    impl Listed for Block {
        type Key = u32;

        fn key(&self) -> u32 {
            self.block
        }
    }

    /// A name.
    #[derive(Debug, Clone, Copy, PartialEq)]
    pub enum Named {
        /// The only one.
        One,
    }

    impl crate::study::columns::Named for Named {
        const ALL: &'static [Self] = &[Self::One];

        fn name(self) -> &'static str {
            "one"
        }
    }

    columns! {
        /// A row with a column of every kind.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Everything in "everything" {
            /// A real number before the key.
            pub energy: f64, "";
            /// The key.
            pub start: u32, "";
            /// A whole number.
            pub steps: u64, "";
            /// A whole number or none.
            pub index: Option<u32>, "";
            /// A name.
            pub outcome: Named, "";
        }
        key [start]
        digest own [energy, start, steps, index]
    }

    columns! {
        /// Time spent.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Times in "times" {
            /// The key.
            pub dim: u32, "";
            /// Some time.
            pub draw_s: Seconds, "s";
            /// More time.
            pub descent_s: Seconds, "s";
            /// With four columns no row looks like one of the index of `points`, which has three whole numbers.
            pub polish_s: Seconds, "s";
        }
        key [dim]
        digest own [dim, draw_s, descent_s, polish_s]
    }

    /// Rows of every table, of all lengths, with integers and floats of every size and points on other pages.
    #[test]
    fn every_row_that_sqlite_wrote_is_read_from_its_pages() {
        let points = ArrayTable { name: "points", key: &["dim", "start"], array: "point" };
        let place = tempfile::tempdir().unwrap();
        for page_size in [4096, 512, 1024] {
            let tables = [
                TableShape::list::<Block>(),
                TableShape::of::<Everything>(),
                points.shape(),
                TableShape::of::<Times>(),
            ];
            let path = place.path().join(format!("{page_size}.run"));
            let (conn, copy) = (Connection::open(&path).unwrap(), Connection::open_in_memory().unwrap());
            conn.pragma_update(None, "page_size", page_size).unwrap();
            for table in &tables {
                [&conn, &copy].iter().for_each(|conn| conn.execute_batch(&table.create).unwrap());
            }
            conn.execute_batch("BEGIN").unwrap();
            for table in &tables {
                for step in 0..500_i64 {
                    let value = |(place, (_, kind)): (usize, &(String, CellKind))| match kind {
                        CellKind::Integer if place == 0 && matches!(table.name, "blocks" | "points") => {
                            Value::Integer(step % 3)
                        }
                        CellKind::Integer | CellKind::IntegerOrNothing => {
                            Value::Integer((step - 1) << (step % 56))
                        }
                        // Whole seconds look like whole numbers: SQLite keeps them as such.
                        CellKind::Real if table.name == "times" => Value::Real(step as f64 + 0.5),
                        CellKind::Real if step % 7 == 0 => Value::Null,
                        CellKind::Real => Value::Real(step as f64 * if step % 2 == 0 { 1.0 } else { 0.3 }),
                        CellKind::Blob => Value::Blob(vec![step as u8; (step * step / 20) as usize]),
                        CellKind::Text => Value::Text("é".repeat(step as usize % 9)),
                    };
                    table.put(&conn, table.columns.iter().enumerate().map(value).collect()).unwrap();
                }
            }
            conn.execute_batch("COMMIT").unwrap();
            let file = File::open(&path).unwrap();
            TablePages::new(&file, file.metadata().unwrap().len()).unwrap().copy(&tables, &copy).unwrap();
            for table in &tables {
                let columns: Vec<&str> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
                let columns = columns.join(", ");
                let all = |conn: &Connection| -> Vec<Vec<Value>> {
                    let sql = format!("SELECT {columns} FROM {} ORDER BY {columns}", table.name);
                    let mut statement = conn.prepare(&sql).unwrap();
                    let read =
                        |row: &rusqlite::Row<'_>| (0..table.columns.len()).map(|i| row.get(i)).collect();
                    statement.query_map([], read).unwrap().collect::<Result<_, _>>().unwrap()
                };
                assert!(all(&conn).len() > 400 && all(&copy) == all(&conn), "{}, {page_size}", table.name);
            }
        }
    }

    #[test]
    fn what_is_no_row_is_none() {
        for bytes in
            [&[][..], &[0], &[1], &[9, 9], &[2, 10], &[2, 6, 0], &[3, 1, 0x80], &[0xff; 20], &[2, 15, 0xff]]
        {
            assert_eq!(decoded(bytes).filter(|row| !row.is_empty()), None, "{bytes:x?}");
        }
        assert_eq!(decoded(&[3, 1, 9, 0xfe]), Some(vec![Value::Integer(-2), Value::Integer(1)]));
    }
}
