//! Connections to run files.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::cut_off::or_cut_off;
use super::fault::sql;
use super::handle::{self, Handle, cannot_read};
use super::{patience, payloads, schema};
use crate::error::{Error, Result};
use crate::study::interface::Study;

/// A connection that may write. The file was looked at before.
pub fn connect_to_write<S: Study>(path: &Path) -> Result<Connection> {
    let checked = || {
        let conn = connect(path)?;
        payloads::check(&conn, path)?;
        ready_to_write::<S>(conn, path)
    };
    checked().map_err(or_cut_off(path))
}

/// The connection, once its tables are those of the study and it may write.
///
/// # Errors
/// [`Error::Damaged`], [`Error::Refused`]; those of SQLite.
pub fn ready_to_write<S: Study>(conn: Connection, path: &Path) -> Result<Connection> {
    schema::check_tables::<S>(&conn, path)?;
    let what = || format!("opening {}", path.display());
    if conn.is_readonly("main").map_err(sql(what()))? {
        return Err(Error::Refused(format!("{} cannot be written", path.display())));
    }
    // EXTRA: with FULL a journal that was just removed may be back after a loss of power, and takes the last unit along.
    conn.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA;").map_err(sql(what()))?;
    Ok(conn)
}

/// A connection for reading. The file was looked at before. It is opened for writing where that is allowed: after a
/// crash the first to open the file rolls the interrupted transaction back, whoever it is.
pub fn connect_to_read<S: Study>(path: &Path) -> Result<Connection> {
    let checked = || {
        let conn = connect(path)?;
        payloads::check(&conn, path)?;
        schema::check_tables::<S>(&conn, path)?;
        conn.execute_batch("PRAGMA query_only = ON;").map_err(sql(format!("opening {}", path.display())))?;
        Ok(conn)
    };
    checked().map_err(or_cut_off(path))
}

/// The same, in a transaction that lasts as long as the connection: all that is read belongs together.
pub fn connect_for_snapshot<S: Study>(path: &Path) -> Result<Connection> {
    let conn = connect_to_read::<S>(path)?;
    conn.execute_batch("BEGIN").map_err(sql(format!("opening {}", path.display())))?;
    Ok(conn)
}

/// The bytes of a run, to be kept by who has a snapshot of it.
pub fn open_bytes_of(path: &Path) -> Result<Handle> {
    handle::open(path).map_err(|error| cannot_read(path, error))
}

/// A connection that has read nothing yet.
pub fn connect(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let what = || format!("opening {}", path.display());
    let mut conn = Connection::open_with_flags(schema::plain(path), flags).map_err(sql(what()))?;
    conn.busy_handler(Some(patience::wait)).map_err(sql(what()))?;
    // A file is data: nothing in its schema may act, and its pages are checked as they are read.
    conn.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;").map_err(sql(what()))?;
    Ok(conn)
}
