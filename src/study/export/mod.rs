//! Runs in formats that other programs load. Every file is whole or not there.
// What is read here was written by others: whatever it is, it must not panic.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod csv;
mod parquet;

use std::path::Path;

use super::columns::{Kind, Row, Value};
use super::interface::{Study, Unit};
use super::store::Store;
use crate::error::Result;

pub use csv::{PutRow, write_csv};
pub use parquet::write_parquet;

/// Name and kind of a column.
pub type Head = (&'static str, Kind);

/// Names and kinds of the columns of a row type, in order.
pub fn heads<R: Row>() -> Vec<Head> {
    R::columns().iter().map(|column| (column.name, column.kind)).collect()
}

/// Writes the main table of a run.
///
/// # Errors
/// Those of the store; [`Error::Io`](crate::Error::Io), [`Error::Refused`](crate::Error::Refused) where the file cannot be
/// written.
pub fn csv<S: Study>(store: &Store<S>, path: &Path) -> Result<()> {
    write_csv(path, &S::Unit::heads(), |put| {
        store.units().try_for_each(|unit| unit?.values().iter().try_for_each(|row| put(row)))
    })
}

/// Writes the main table of a run under this name: one row group per size.
///
/// # Errors
/// As [`csv`].
pub fn parquet<S: Study>(store: &Store<S>, name: &str, path: &Path) -> Result<()> {
    let units: Vec<S::Unit> = store.units().collect::<Result<_>>()?;
    let size = |unit: &S::Unit| S::progress(store.spec(), &unit.listed()).0;
    let sizes = units.chunk_by(|a, b| size(a) == size(b));
    let groups = sizes.map(|units| Ok(units.iter().flat_map(Unit::values).collect::<Vec<Vec<Value>>>()));
    write_parquet(name, &S::Unit::heads(), groups, path)
}
