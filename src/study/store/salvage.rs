//! Files that end too early: rows are taken from the pages that are there, whether a tree still leads to them or not.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use rusqlite::Connection;

use super::cells::Pages;
use super::fault::sql;
use super::read::read_spec;
use super::{connect, create, handle, ready_to_write, schema};
use crate::error::{Error, Result};
use crate::files::{self, Part};
use crate::study::interface::Study;

/// A connection to a damaged run, or to a new file with its rows.
pub struct Salvage {
    /// The connection; closed before the new file is removed.
    pub conn: Connection,
    _rows: Option<Part>,
}

impl Salvage {
    /// Opens a run to read what is intact, also one with rows that lie about their length or without its end.
    ///
    /// # Errors
    /// [`Error::Damaged`] where nothing can be read of it; [`Error::Io`], [`Error::Refused`].
    pub fn open<S: Study>(path: &Path, format: i32) -> Result<Self> {
        let tables = S::tables(format);
        // This plays back what a killed writer left.
        let opened = connect(path).and_then(|conn| ready_to_write(conn, path, &tables));
        let is_damaged = matches!(opened, Err(Error::Damaged(_)));
        match missing_bytes(path)? {
            missing if missing > 0 && (opened.is_ok() || is_damaged) => {
                drop(opened);
                let rows = gathered::<S>(path, format, &padded(path, missing)?)?;
                Ok(Self { conn: connect(rows.path())?, _rows: Some(rows) })
            }
            _ => opened.map(|conn| Self { conn, _rows: None }),
        }
    }
}

/// An error that tells of a file without its end that this is what it is.
pub fn or_cut_off(path: &Path) -> impl Fn(Error) -> Error + '_ {
    move |error| match (&error, missing_bytes(path)) {
        (Error::Damaged(_), Ok(missing)) if missing > 0 => {
            let path = path.display();
            Error::Damaged(format!(
                "{path} ends {missing} bytes too early, as after a copy that was broken off; hspin verify {path} \
                 --repair keeps the units that are whole"
            ))
        }
        _ => error,
    }
}

/// Bytes that the first page says there are, and are not; 0 where it does not say.
fn missing_bytes(path: &Path) -> Result<u64> {
    let failed = |error| schema::cannot_read(path, error);
    let file = handle::open(path).map_err(failed)?;
    let mut header = [0; 100];
    if file.bytes().read_exact(&mut header).is_err() {
        return Ok(0);
    }
    let number = |at: usize| {
        let bytes = header.get(at..at + 4).and_then(|b| b.try_into().ok());
        bytes.map_or(0, u32::from_be_bytes)
    };
    let page_size = match u64::from(number(16) >> 16) {
        1 => 65_536,
        size => size,
    };
    // SQLite believes the number of pages where it was written with the last change.
    let pages = if number(24) == number(92) { number(28) } else { 0 };
    Ok((u64::from(pages) * page_size).saturating_sub(file.metadata().map_err(failed)?.len()))
}

fn padded(path: &Path, missing: u64) -> Result<Part> {
    let failed = |error| files::cannot_create(path, error);
    let copy = Part::create(path, fs::metadata(path).ok().as_ref())?;
    let file = handle::open(path).map_err(|error| schema::cannot_read(path, error))?;
    let there = io::copy(&mut file.bytes(), &mut copy.file()).map_err(failed)?;
    copy.file().set_len(there.saturating_add(missing)).map_err(failed)?;
    Ok(copy)
}

/// A new file with the spec of a longer copy and the rows of all its pages.
fn gathered<S: Study>(path: &Path, format: i32, copy: &Part) -> Result<Part> {
    let tables = S::tables(format);
    let conn = ready_to_write(connect(copy.path())?, path, &tables)?;
    let spec = read_spec(&conn).map_err(sql(format!("reading the spec of {}", path.display())))?;
    spec.check(path)?;
    drop(conn);
    let rows = Part::create(path, fs::metadata(path).ok().as_ref())?;
    create::build::<S>(rows.path(), format, &spec.text, |conn| {
        let failed = || sql(format!("reading {}", path.display()));
        // Not those that a first page may say there are: that may be any number.
        let there = fs::metadata(path).map(|meta| meta.len());
        let pages = there.and_then(|there| Pages::new(copy.file(), there));
        let pages = pages.map_err(|error| schema::cannot_read(path, error))?;
        let transaction = conn.transaction().map_err(failed())?;
        pages.copy(&tables, &transaction).map_err(failed())?;
        transaction.commit().map_err(failed())
    })?;
    Ok(rows)
}
