//! Changes of a run file, each within one transaction.

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::checksum::{self, Checksum};
use super::schema;
use crate::study::interface::{Study, Unit};
use crate::study::listed::StoredUnit;
use crate::study::tables;

/// Replaces the spec's row.
pub fn put_spec(transaction: &Transaction<'_>, text: &str, root: &Checksum) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO spec (id, json, checksum, root) VALUES (1, ?1, ?2, ?3)";
    transaction.execute(sql, params![text, checksum::of(text.as_bytes()), root]).map(drop)
}

/// Writes a unit in place of an earlier one; its root checksum is for the caller to move on.
pub fn put_unit<S: Study>(
    conn: &Connection,
    unit: &S::Unit,
    stored: &StoredUnit<S::Listed>,
) -> rusqlite::Result<()> {
    unit.remove(conn)?;
    unit.insert(conn)?;
    tables::put_listed(conn, &stored.listed, &stored.checksum)
}

/// The root checksum before and after a change.
pub struct RootChange {
    /// What the run must have now.
    pub from: Checksum,
    /// What it has afterwards.
    pub to: Checksum,
}

/// Moves the root checksum on, if it is what this process left. Otherwise another one has written, whose units this one
/// does not know of: the lock file was deleted, or does not lock here.
pub fn advance(conn: &Connection, root: &RootChange) -> rusqlite::Result<()> {
    let mut move_on = conn.prepare_cached("UPDATE spec SET root = ?1 WHERE root = ?2")?;
    match move_on.execute(params![root.to, root.from])? {
        1 => Ok(()),
        other => Err(rusqlite::Error::StatementChangedRows(other)),
    }
}

/// A writer that finds the file busy waits at the first statement, not at the last.
pub fn begin(conn: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mode: String = transaction.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
    if mode == "wal" {
        // What is written would be in another file than the run.
        let path = transaction.path().unwrap_or_default();
        return Err(rusqlite::Error::ToSqlConversionFailure(Box::new(schema::has_log(Path::new(path)))));
    }
    Ok(transaction)
}
