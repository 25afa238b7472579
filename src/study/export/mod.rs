//! Runs in formats that other programs load. Every file is whole or not there.

mod csv;
mod file_columns;
mod parquet;

use std::path::{Path, PathBuf};

use super::columns::Value;
use super::interface::{Study, Unit};
use super::store::Store;
use crate::error::Result;
use crate::files;

pub use super::columns::{Head, heads};
pub use csv::{PutRow, csv_text, write_csv};
pub use parquet::write_parquet;

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

/// The main table of a run as text.
///
/// # Errors
/// Those of the store.
pub fn text<S: Study>(store: &Store<S>) -> Result<Vec<u8>> {
    csv_text(&S::Unit::heads(), |put| {
        store.units().try_for_each(|unit| unit?.values().iter().try_for_each(|row| put(row)))
    })
}

/// Writes the main table of a run: one row group per size.
///
/// # Errors
/// As [`csv`].
pub fn parquet<S: Study>(store: &Store<S>, path: &Path) -> Result<()> {
    let units: Vec<S::Unit> = store.units().collect::<Result<_>>()?;
    let size = |unit: &S::Unit| S::progress(store.spec(), &unit.listed()).0;
    let sizes = units.chunk_by(|a, b| size(a) == size(b));
    let groups = sizes.map(|units| Ok(units.iter().flat_map(Unit::values).collect::<Vec<Vec<Value>>>()));
    write_parquet(S::Unit::TABLE, &S::Unit::heads(), groups, path)
}

named! {
    /// Formats of tables.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum TableFormat {
        /// Comma-separated values.
        Csv = "csv",
        /// Apache Parquet.
        Parquet = "parquet",
    }
}

/// Writes the main table of a run into a folder, which is made if it is not there, and returns the file's path; what hspin did
/// not write is overwritten by force only.
///
/// # Errors
/// As [`csv`].
pub fn table<S: Study>(store: &Store<S>, folder: &Path, format: TableFormat, force: bool) -> Result<PathBuf> {
    files::create_folder(folder)?;
    let path = folder.join(format!("{}.{}", S::Unit::TABLE, format.name()));
    files::claim(std::slice::from_ref(&path), force)?;
    match format {
        TableFormat::Csv => csv(store, &path)?,
        TableFormat::Parquet => parquet(store, &path)?,
    }
    Ok(path)
}
