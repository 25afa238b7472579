//! One SQLite file per run. A unit is one transaction; SQLite gives atomicity and crash recovery.
// What is read here was written by others: whatever it is, it must not panic.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod cells;
mod checksum;
mod create;
mod dump;
mod fault;
mod handle;
mod journal;
mod patience;
mod payloads;
mod read;
mod salvage;
mod schema;
mod tables;
mod write;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

pub use patience::tell_of_waiting;
pub use schema::format_of;
pub use tables::{ArrayTable, CellKind, TableShape};

pub(super) use checksum::{is_root, of_run as run_checksum};
pub(super) use create::replace;
pub(super) use handle::open as open_bytes;
pub(super) use read::{read_spec, read_times, read_units};
pub(super) use salvage::Salvage;
pub(super) use schema::check_study;
pub(super) use tables::read_listed;
pub(super) use write::{Advance, advance, put_unit};
pub(crate) use {fault::sql, read::damaged_unit, read::is_sound};

use checksum::{Checksum, RootHash};
use handle::Handle;

use super::interface::{Listed, Study};
use super::spec::Spec;
use crate::error::{Error, Result};
use crate::files::Lock;
use crate::numeric::hex::hex;

/// A unit that a run holds, as the list of units has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredUnit<L> {
    /// Its key, and how much of it there is.
    pub listed: L,
    /// SHA-256 of all its rows.
    pub checksum: [u8; 32],
}

/// Units that a run holds, by key.
pub type Units<S> = BTreeMap<<<S as Study>::Listed as Listed>::Key, StoredUnit<<S as Study>::Listed>>;

/// An open run. The last field keeps others out until everything before it is closed.
#[derive(Debug)]
pub struct Store<S: Study> {
    pub(crate) conn: Connection,
    path: PathBuf,
    spec: S::Spec,
    spec_text: String,
    pub(crate) units: Units<S>,
    root: RootHash<<S::Listed as Listed>::Key>,
    /// Root checksum as it was last read or written.
    stored_root: Checksum,
    /// Units that were held against their checksums; within a snapshot they stay what they are.
    pub(crate) vouched: RefCell<BTreeSet<<S::Listed as Listed>::Key>>,
    _lock: Option<Lock>,
    /// Kept where there is a snapshot: closing another would end it.
    _bytes: Handle,
}

/// Whether something is at `path`, be it a run or not.
///
/// # Errors
/// [`Error::Refused`] or [`Error::Io`] where the path cannot be looked at.
pub fn exists(path: &Path) -> Result<bool> {
    schema::exists(path)
}

impl<S: Study> Store<S> {
    /// Makes a new run. It appears under its name whole or not at all.
    ///
    /// # Errors
    /// [`Error::Refused`] if the name is taken, another process works on it, or the place cannot be written;
    /// [`Error::Io`].
    pub fn create(path: &Path, spec: &S::Spec) -> Result<Self> {
        crate::files::refuse_reserved(path)?;
        let lock = Lock::take(path)?;
        if schema::exists(path)? {
            return Err(Error::Refused(format!("{} is there already", path.display())));
        }
        create::create::<S>(path, S::format(spec), &spec.canonical()?)?;
        Self::open_locked(path, lock)
    }

    /// Opens a run to add to it.
    ///
    /// # Errors
    /// [`Error::BadInput`] if it is no run of this study, [`Error::Refused`] if another process works on it, it cannot be
    /// written or has a newer format, [`Error::Damaged`] if spec and units contradict their checksum, [`Error::Io`].
    pub fn open(path: &Path) -> Result<Self> {
        check_study::<S>(path)?;
        Self::open_locked(path, Lock::take(path)?)
    }

    fn open_locked(path: &Path, lock: Lock) -> Result<Self> {
        let format = check_study::<S>(path)?;
        Self::load(connect_to_write::<S>(path, format)?, path, Some(lock))
    }

    /// Opens a run to read it as it is now, also while another process adds to it: that one's commits wait until this
    /// store is dropped.
    ///
    /// # Errors
    /// As [`Store::open`], but for the lock.
    pub fn open_read(path: &Path) -> Result<Self> {
        let format = check_study::<S>(path)?;
        let _bytes = open_bytes_of(path)?;
        let store = Self::load(connect_for_snapshot::<S>(path, format)?, path, None)?;
        // Who reads some units only must not overlook what no unit accounts for.
        store.check_strays()?;
        Ok(store)
    }

    fn load(conn: Connection, path: &Path, lock: Option<Lock>) -> Result<Self> {
        let bytes = open_bytes_of(path)?;
        let read = || -> rusqlite::Result<_> {
            // A reader has its snapshot already.
            let _snapshot = if conn.is_autocommit() { Some(conn.unchecked_transaction()?) } else { None };
            Ok((read_spec(&conn)?, read_units::<S>(&conn)?))
        };
        let (row, units) = read().map_err(sql(format!("reading {}", path.display())))?;
        row.check(path)?;
        let mut root = RootHash::new(&row.text);
        if !checksum::is_root(&row.root, &root.of(&units)) {
            let path = path.display();
            return Err(Error::Damaged(format!(
                "{path}: its units are not those that were written; hspin verify tells more, --repair mends"
            )));
        }
        let spec = S::Spec::from_canonical(&row.text)?;
        Ok(Self {
            conn,
            path: path.to_owned(),
            spec,
            spec_text: row.text,
            units,
            root,
            stored_root: row.root,
            vouched: RefCell::default(),
            _lock: lock,
            _bytes: bytes,
        })
    }

    /// What defines the run.
    pub fn spec(&self) -> &S::Spec {
        &self.spec
    }

    /// Where the run is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// SHA-256, hexadecimal, of spec and units.
    pub fn content_hash(&self) -> String {
        hex(&run_checksum::<S>(&self.spec_text, &self.units))
    }

    pub(crate) fn what(&self, action: &str) -> String {
        format!("{action} {}", self.path.display())
    }
}

/// A connection that may write. The file was looked at before.
fn connect_to_write<S: Study>(path: &Path, format: i32) -> Result<Connection> {
    let checked = || {
        let conn = connect(path)?;
        payloads::check(&conn, path)?;
        ready_to_write(conn, path, &S::tables(format))
    };
    checked().map_err(salvage::or_cut_off(path))
}

fn ready_to_write(conn: Connection, path: &Path, tables: &[TableShape]) -> Result<Connection> {
    schema::check_tables(&conn, path, tables)?;
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
pub(super) fn connect_to_read<S: Study>(path: &Path, format: i32) -> Result<Connection> {
    let checked = || {
        let conn = connect(path)?;
        payloads::check(&conn, path)?;
        schema::check_tables(&conn, path, &S::tables(format))?;
        conn.execute_batch("PRAGMA query_only = ON;").map_err(sql(format!("opening {}", path.display())))?;
        Ok(conn)
    };
    checked().map_err(salvage::or_cut_off(path))
}

/// The same, in a transaction that lasts as long as the connection: all that is read belongs together.
fn connect_for_snapshot<S: Study>(path: &Path, format: i32) -> Result<Connection> {
    let conn = connect_to_read::<S>(path, format)?;
    conn.execute_batch("BEGIN").map_err(sql(format!("opening {}", path.display())))?;
    Ok(conn)
}

/// The bytes of a run, to be kept by who has a snapshot of it.
fn open_bytes_of(path: &Path) -> Result<Handle> {
    handle::open(path).map_err(|error| schema::cannot_read(path, error))
}

/// A connection that has read nothing yet.
fn connect(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let what = || format!("opening {}", path.display());
    let mut conn = Connection::open_with_flags(schema::plain(path), flags).map_err(sql(what()))?;
    conn.busy_handler(Some(patience::wait)).map_err(sql(what()))?;
    // A file is data: nothing in its schema may act, and its pages are checked as they are read.
    conn.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;").map_err(sql(what()))?;
    Ok(conn)
}
