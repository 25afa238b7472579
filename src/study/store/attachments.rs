//! A table that a run may have: bytes that its spec knows by their checksum. It has all that the spec names, or is not there.
//! It is made with the run, never changed, and no part of the content: a run with it has the hash of one without.

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::fault::sql;
use crate::error::{Error, Result};
use crate::numeric::hex::hex;
use crate::study::attachment::{Attached, Attachment};
use crate::study::tables::{CellKind, TableShape};

/// The statement that makes the table.
pub const CREATE: &str = "CREATE TABLE attachments ( name TEXT NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, \
                          PRIMARY KEY (name, part) ) STRICT";
/// Bytes of a row: far below what SQLite takes, and what a reader holds at once.
const PART: usize = 1 << 20;

/// The table as the salvage of a file needs it.
pub fn shape() -> TableShape {
    let columns = [("name", CellKind::Text), ("part", CellKind::Integer), ("bytes", CellKind::Blob)];
    TableShape {
        name: "attachments",
        create: CREATE.to_owned(),
        columns: columns.map(|(name, kind)| (name.to_owned(), kind)).into(),
        is_list: false,
        view: None,
    }
}

/// Whether a file has the table.
pub fn are_kept(conn: &Connection) -> rusqlite::Result<bool> {
    let sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'attachments'";
    conn.query_row(sql, [], |row| row.get::<_, i64>(0)).map(|count| count > 0)
}

/// Makes the table, of these bytes.
pub fn put(conn: &Connection, attached: &[Attached]) -> rusqlite::Result<()> {
    conn.execute_batch(CREATE)?;
    for Attached { name, bytes } in attached {
        let mut parts = (0_i64..).zip(bytes.chunks(PART));
        parts.try_for_each(|(part, bytes)| put_part(conn, name, part, bytes))?;
    }
    Ok(())
}

fn put_part(conn: &Connection, name: &str, part: i64, bytes: &[u8]) -> rusqlite::Result<()> {
    conn.prepare_cached("INSERT INTO attachments VALUES (?1, ?2, ?3)")?
        .execute(params![name, part, bytes])
        .map(drop)
}

/// Hands the parts of an attachment to `take`, in order; their number, if together they are what was written. No look at the
/// file is longer than a part.
pub fn parts(
    conn: &Connection,
    wanted: &Attachment,
    mut take: impl FnMut(i64, &[u8]) -> rusqlite::Result<()>,
) -> rusqlite::Result<Option<i64>> {
    let (mut hash, mut left, mut part) = (Sha256::new(), wanted.bytes, 0);
    let mut statement = conn.prepare_cached("SELECT bytes FROM attachments WHERE name = ?1 AND part = ?2")?;
    while let Some(bytes) =
        statement.query_row(params![wanted.name, part], |row| row.get::<_, Vec<u8>>(0)).optional()?
    {
        // No more is taken than was written, whatever there is, and no part is empty.
        let rest = left.checked_sub(bytes.len() as u64).filter(|&rest| rest < left);
        let Some(rest) = rest else { return Ok(None) };
        hash.update(&bytes);
        take(part, &bytes)?;
        (left, part) = (rest, part + 1);
    }
    let is_whole = left == 0 && hex(&hash.finalize()) == wanted.sha256;
    Ok(is_whole.then_some(part))
}

/// What of the table is not what was written, in words; nothing where there is no table.
///
/// # Errors
/// [`Error::Io`].
pub fn problems(conn: &Connection, wanted: &[Attachment]) -> Result<Vec<String>> {
    checked(conn, wanted, |_, _, _| Ok(()))
}

/// Copies the table, if there is one, to a file that has none; what of it is not what was written.
///
/// # Errors
/// Those of the copy.
pub fn copy(from: &Connection, to: &Connection, wanted: &[Attachment]) -> Result<Vec<String>> {
    if !are_kept(from).map_err(sql("reading attachments"))? {
        return Ok(Vec::new());
    }
    to.execute_batch(CREATE).map_err(sql("copying attachments"))?;
    checked(from, wanted, |name, part, bytes| put_part(to, name, part, bytes))
}

fn checked(
    conn: &Connection,
    wanted: &[Attachment],
    mut take: impl FnMut(&str, i64, &[u8]) -> rusqlite::Result<()>,
) -> Result<Vec<String>> {
    let mut look = || -> rusqlite::Result<Vec<String>> {
        if !are_kept(conn)? {
            return Ok(Vec::new());
        }
        let (mut problems, mut rows) = (Vec::new(), 0);
        for wanted in wanted {
            match parts(conn, wanted, |part, bytes| take(&wanted.name, part, bytes))? {
                Some(count) => rows += count,
                None => problems.push(changed(&wanted.name)),
            }
        }
        let stored: i64 = conn.query_row("SELECT count(*) FROM attachments", [], |row| row.get(0))?;
        if problems.is_empty() && (stored != rows || wanted.is_empty()) {
            problems.push("attachments: there are rows that the spec does not name".to_owned());
        }
        Ok(problems)
    };
    match look().map_err(sql("attachments")) {
        Err(Error::Damaged(reason)) => Ok(vec![reason]),
        found => found,
    }
}

/// What is said of an attachment whose bytes are not those that were written.
pub fn changed(name: &str) -> String {
    format!("attachments: {name} is not what was written")
}
