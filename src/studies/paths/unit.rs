//! The unit of work and of storage: eight pairs; the first one also holds the exact tree, where there is one.

use std::fmt;
use std::io;
use std::ops::Range;

use rusqlite::Connection;
use serde::Serialize;

use super::rows::{MergeRow, PassRow, PathRow};
use super::spec::{BLOCK, PathsSpec};
use crate::study::columns::message::Sent;
use crate::study::columns::{self, ColumnKind, Row, Value, Within, columns, dump_line};
use crate::study::{Listed, TableShape, Unit};

/// Names a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PathsBlockKey {
    /// Number of the block.
    pub block: u32,
}

impl fmt::Display for PathsBlockKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "block {}", self.block)
    }
}

columns! {
    /// A unit on the list: which one, and how much of it.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct PathsBlock in "path_units" {
        /// Number of the block.
        pub block: u32, "";
        /// Pairs, from the first of the block.
        pub pairs: u32, "";
    }
    key [block]
    digest own [block, pairs]
}

impl Listed for PathsBlock {
    type Key = PathsBlockKey;

    fn key(&self) -> PathsBlockKey {
        PathsBlockKey { block: self.block }
    }
}

impl PathsBlock {
    /// The block with this number in a run of so many pairs; the last one may be partial.
    pub fn of(block: u32, total: u32) -> Self {
        Self { block, pairs: total.saturating_sub(block.saturating_mul(BLOCK)).min(BLOCK) }
    }

    /// Numbers of its pairs.
    pub fn numbers(&self) -> Range<u32> {
        let first = self.block.saturating_mul(BLOCK);
        first..first.saturating_add(self.pairs)
    }

    fn within(&self) -> Within {
        let numbers = Self { pairs: BLOCK, ..*self }.numbers();
        let range = [i64::from(numbers.start), i64::from(numbers.end) - 1];
        Within { equal: Vec::new(), range: Some(("pair", range)) }
    }

    /// Whether the exact tree is in it.
    pub fn has_merges(&self) -> bool {
        self.block == 0
    }
}

/// All merges.
fn every_merge() -> Within {
    Within { equal: Vec::new(), range: Some(("merge", [0, i64::from(u32::MAX)])) }
}

/// A finished unit.
#[derive(Debug, Clone, PartialEq)]
pub struct PathsUnit {
    /// Which unit, and how much of it.
    pub listed: PathsBlock,
    /// Its pairs, in order.
    pub rows: Vec<PathRow>,
    /// Passes of their chains, in order.
    pub passes: Vec<PassRow>,
    /// The exact tree, in the first unit of a run on a certified census.
    pub merges: Vec<MergeRow>,
}

fn canonical<R: Row + Clone>(rows: &[R]) -> Vec<R> {
    rows.iter().map(columns::canonical).collect()
}

impl Unit<PathsSpec> for PathsUnit {
    const TABLE: &'static str = PathRow::NAME;

    type Listed = PathsBlock;

    fn listed(&self) -> PathsBlock {
        self.listed
    }

    fn canonical(&self) -> Self {
        let Self { listed, rows, passes, merges } = self;
        let (rows, passes, merges) = (canonical(rows), canonical(passes), canonical(merges));
        Self { listed: *listed, rows, passes, merges }
    }

    fn digest(&self, feed: &mut dyn FnMut(&[u8])) {
        let mut bytes = Vec::new();
        self.listed.digest(&mut bytes);
        self.rows.iter().for_each(|row| row.digest(&mut bytes));
        // Where a table ends belongs to the content.
        bytes.extend((self.passes.len() as u64).to_le_bytes());
        self.passes.iter().for_each(|row| row.digest(&mut bytes));
        bytes.extend((self.merges.len() as u64).to_le_bytes());
        self.merges.iter().for_each(|row| row.digest(&mut bytes));
        feed(&bytes);
    }

    fn read(conn: &Connection, _: &PathsSpec, listed: &PathsBlock) -> rusqlite::Result<Self> {
        let within = listed.within();
        let merges = if listed.has_merges() {
            MergeRow::table().select_within(conn, &every_merge())?
        } else {
            Vec::new()
        };
        Ok(Self {
            listed: *listed,
            rows: PathRow::table().select_within(conn, &within)?,
            passes: PassRow::table().select_within(conn, &within)?,
            merges,
        })
    }

    fn insert(&self, conn: &Connection) -> rusqlite::Result<()> {
        self.rows.iter().try_for_each(|row| PathRow::table().insert(conn, row))?;
        self.passes.iter().try_for_each(|row| PassRow::table().insert(conn, row))?;
        self.merges.iter().try_for_each(|row| MergeRow::table().insert(conn, row))
    }

    fn remove(&self, conn: &Connection) -> rusqlite::Result<()> {
        let within = self.listed.within();
        within.delete(conn, PathRow::NAME)?;
        within.delete(conn, PassRow::NAME)?;
        if self.listed.has_merges() { every_merge().delete(conn, MergeRow::NAME) } else { Ok(()) }
    }

    fn dump(&self, out: &mut dyn io::Write) -> io::Result<()> {
        self.rows.iter().try_for_each(|row| writeln!(out, "{}", dump_line(row)))?;
        self.passes.iter().try_for_each(|row| writeln!(out, "{}", dump_line(row)))?;
        self.merges.iter().try_for_each(|row| writeln!(out, "{}", dump_line(row)))
    }

    fn tables() -> Vec<TableShape> {
        vec![TableShape::of::<PathRow>(), TableShape::of::<PassRow>(), TableShape::of::<MergeRow>()]
    }

    fn heads() -> Vec<(&'static str, ColumnKind)> {
        columns::heads::<PathRow>()
    }

    fn values(&self) -> Vec<Vec<Value<'static>>> {
        self.rows.iter().map(|row| columns::values(row).collect()).collect()
    }
}

impl Sent for PathsUnit {
    fn put(&self, out: &mut Vec<u8>) {
        self.listed.put(out);
        self.rows.put(out);
        self.passes.put(out);
        self.merges.put(out);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some(Self {
            listed: Sent::take(from)?,
            rows: Sent::take(from)?,
            passes: Sent::take(from)?,
            merges: Sent::take(from)?,
        })
    }
}
