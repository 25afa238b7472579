//! Units of a single table.

use std::io;

use rusqlite::Connection;

use super::columns::message::Sent;
use super::columns::{self, ColumnKind, Row, Value, Within};
use super::interface::Unit;
use super::listed::Listed;
use super::tables::TableShape;

/// A row type whose rows belong to units `L`.
pub trait RowsOf<L>: Row + Clone + std::fmt::Debug + PartialEq + Send + Sync {
    /// Which rows are a unit's, whatever its size.
    fn within(listed: &L) -> Within;
}

/// A unit of rows of one table, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows<L, R> {
    /// Which unit, and how much of it.
    pub listed: L,
    /// Its rows.
    pub rows: Vec<R>,
}

impl<L: Listed, R: Row> Sent for Rows<L, R> {
    fn put(&self, out: &mut Vec<u8>) {
        self.listed.put(out);
        self.rows.put(out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some(Self { listed: Sent::take(from)?, rows: Sent::take(from)? })
    }
}

impl<S, L: Listed, R: RowsOf<L>> Unit<S> for Rows<L, R> {
    const TABLE: &'static str = R::NAME;

    type Listed = L;

    fn listed(&self) -> L {
        self.listed
    }

    fn canonical(&self) -> Self {
        Self { listed: self.listed, rows: self.rows.iter().map(columns::canonical).collect() }
    }

    fn digest(&self, feed: &mut dyn FnMut(&[u8])) {
        let mut bytes = Vec::new();
        self.listed.digest(&mut bytes);
        feed(&bytes);
        for row in &self.rows {
            bytes.clear();
            row.digest(&mut bytes);
            feed(&bytes);
        }
    }

    fn read(conn: &Connection, _: &S, listed: &L) -> rusqlite::Result<Self> {
        Ok(Self { listed: *listed, rows: R::table().select_within(conn, &R::within(listed))? })
    }

    fn insert(&self, conn: &Connection) -> rusqlite::Result<()> {
        self.rows.iter().try_for_each(|row| R::table().insert(conn, row))
    }

    fn remove(&self, conn: &Connection) -> rusqlite::Result<()> {
        R::within(&self.listed).delete(conn, R::NAME)
    }

    fn dump(&self, out: &mut dyn io::Write) -> io::Result<()> {
        self.rows.iter().try_for_each(|row| writeln!(out, "{}", columns::dump_line(row)))
    }

    fn tables() -> Vec<TableShape> {
        vec![TableShape::of::<R>()]
    }

    fn heads() -> Vec<(&'static str, ColumnKind)> {
        R::columns().iter().map(|column| (column.name, column.kind)).collect()
    }

    fn values(&self) -> Vec<Vec<Value<'static>>> {
        self.rows.iter().map(|row| columns::values(row).collect()).collect()
    }
}
