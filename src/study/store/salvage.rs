//! Files that end too early: rows are taken from the pages that are there, whether a tree still leads to them or not.

use std::fs;
use std::io;
use std::path::Path;

use rusqlite::Connection;

use super::attachments;
use super::cells::TablePages;
use super::connect::{connect, ready_to_write};
use super::create;
use super::cut_off::missing_bytes;
use super::fault::sql;
use super::handle::{self, cannot_read};
use super::rows::read_spec;
use crate::error::{Error, Result};
use crate::files::{self, TemporaryFile};
use crate::study::interface::Study;

/// A connection to a damaged run, or to a new file with its rows.
pub struct Salvage {
    /// The connection; closed before the new file is removed.
    pub conn: Connection,
    _rows: Option<TemporaryFile>,
}

impl Salvage {
    /// Opens a run to read what is intact, also one with rows that lie about their length or without its end.
    ///
    /// # Errors
    /// [`Error::Damaged`] where nothing can be read of it; [`Error::Io`], [`Error::Refused`].
    pub fn open<S: Study>(path: &Path, format: i32) -> Result<Self> {
        // This plays back what a killed writer left.
        let opened = connect(path).and_then(|conn| ready_to_write::<S>(conn, path));
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

fn padded(path: &Path, missing: u64) -> Result<TemporaryFile> {
    let failed = |error| files::cannot_create(path, error);
    let copy = TemporaryFile::create(path, fs::metadata(path).ok().as_ref())?;
    let file = handle::open(path).map_err(|error| cannot_read(path, error))?;
    let there = io::copy(&mut file.bytes(), &mut copy.file()).map_err(failed)?;
    copy.file().set_len(there.saturating_add(missing)).map_err(failed)?;
    Ok(copy)
}

/// A new file with the spec of a longer copy and the rows of all its pages.
fn gathered<S: Study>(path: &Path, format: i32, copy: &TemporaryFile) -> Result<TemporaryFile> {
    let mut tables = S::tables(format);
    let conn = ready_to_write::<S>(connect(copy.path())?, path)?;
    let spec = read_spec(&conn).map_err(sql(format!("reading the spec of {}", path.display())))?;
    spec.check(path)?;
    let are_kept = attachments::are_kept(&conn).map_err(sql(format!("reading {}", path.display())))?;
    tables.extend(are_kept.then(attachments::shape));
    drop(conn);
    let rows = TemporaryFile::create(path, fs::metadata(path).ok().as_ref())?;
    create::build::<S>(rows.path(), format, &spec.text, |conn| {
        let failed = || sql(format!("reading {}", path.display()));
        // Not those that a first page may say there are: that may be any number.
        let there = fs::metadata(path).map(|meta| meta.len());
        let pages = there.and_then(|there| TablePages::new(copy.file(), there));
        let pages = pages.map_err(|error| cannot_read(path, error))?;
        let transaction = conn.transaction().map_err(failed())?;
        if are_kept {
            attachments::put(&transaction, &[]).map_err(failed())?;
        }
        pages.copy(&tables, &transaction).map_err(failed())?;
        transaction.commit().map_err(failed())
    })?;
    Ok(rows)
}
