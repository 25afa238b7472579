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
mod fits;
mod handle;
mod journal;
mod patience;
mod payloads;
mod read;
mod salvage;
mod schema;
mod strays;
mod vouch;
mod write;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

pub use patience::tell_of_waiting;
pub use read::{Points, SurfaceTimings};

pub(super) use checksum::{Checksum, is_root, of_run as run_checksum, of_unit as unit_checksum};
pub(super) use create::{create, replace};
pub(super) use fault::sql;
pub(super) use fits::{facts as facts_fit, record as record_fits};
pub(super) use handle::{Handle, open as open_bytes};
pub(super) use read::{is_time, read_spec, read_stored_unit, read_timings, read_unit, read_units, readable};
pub(super) use salvage::Salvage;
pub(super) use schema::{Contents, check_networks, check_surfaces, contents, exists, format};
pub(super) use strays::{rows_without_records, stray_rows};
pub(super) use vouch::damaged_unit;
pub(super) use write::{Advance, advance, begin, put_spec, put_timings, put_unit};

use checksum::RootHash;

use super::lock::Lock;
use super::spec::Spec;
use super::unit::UnitKey;
use crate::error::{Error, Result};

/// What the store knows of a unit it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredUnit {
    /// Starts it holds; of a census, critical points.
    pub starts: u32,
    /// SHA-256 of its records, points, traces and facts.
    pub checksum: [u8; 32],
}

/// An open run. The last field keeps others out until everything before it is closed.
#[derive(Debug)]
pub struct Store {
    conn: Connection,
    path: PathBuf,
    spec: Spec,
    spec_text: String,
    units: BTreeMap<UnitKey, StoredUnit>,
    root: RootHash,
    /// Root checksum as it was last read or written.
    stored_root: Checksum,
    /// Surfaces whose units were held against their checksums; within a snapshot they stay what they are.
    vouched: RefCell<BTreeSet<(u32, u32)>>,
    _lock: Option<Lock>,
    /// Kept where there is a snapshot: closing another would end it.
    _bytes: Handle,
}

impl Store {
    /// Whether something is at `path`, be it a run or not.
    ///
    /// # Errors
    /// [`Error::Refused`] or [`Error::Io`] where the path cannot be looked at.
    pub fn exists(path: &Path) -> Result<bool> {
        schema::exists(path)
    }

    /// Makes a new run. It appears under its name whole or not at all.
    ///
    /// # Errors
    /// [`Error::Refused`] if the name is taken, another process works on it, or the place cannot be written;
    /// [`Error::Io`].
    pub fn create(path: &Path, spec: &Spec) -> Result<Self> {
        crate::run::files::refuse_reserved(path)?;
        let lock = Lock::take(path)?;
        if schema::exists(path)? {
            return Err(Error::Refused(format!("{} is there already", path.display())));
        }
        create::create(path, Contents::Surfaces(spec.kind()), &spec.canonical()?)?;
        Self::open_locked(path, lock)
    }

    /// Opens a run to add to it.
    ///
    /// # Errors
    /// [`Error::BadInput`] if it is no run, [`Error::Refused`] if another process works on it, it cannot be written or
    /// has a newer format, [`Error::Damaged`] if spec and units contradict their checksum, [`Error::Io`].
    pub fn open(path: &Path) -> Result<Self> {
        schema::check_surfaces(path)?;
        Self::open_locked(path, Lock::take(path)?)
    }

    fn open_locked(path: &Path, lock: Lock) -> Result<Self> {
        schema::check_surfaces(path)?;
        let conn = connect_to_write(path)?;
        Self::load(conn, path, Some(lock))
    }

    /// Opens a run to read it as it is now, also while another process adds to it: that one's commits wait until this
    /// store is dropped.
    ///
    /// # Errors
    /// As [`Store::open`], but for the lock.
    pub fn open_read(path: &Path) -> Result<Self> {
        schema::check_surfaces(path)?;
        let _bytes = open_bytes_of(path)?;
        let store = Self::load(connect_for_snapshot(path)?, path, None)?;
        // Who reads one surface only must not overlook what no unit accounts for.
        store.check_strays()?;
        Ok(store)
    }

    fn load(conn: Connection, path: &Path, lock: Option<Lock>) -> Result<Self> {
        let bytes = open_bytes_of(path)?;
        let read = || -> rusqlite::Result<_> {
            // A reader has its snapshot already.
            let _snapshot = if conn.is_autocommit() { Some(conn.unchecked_transaction()?) } else { None };
            Ok((read_spec(&conn)?, read_units(&conn)?))
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
        let spec = Spec::from_canonical(&row.text)?;
        let stored_root = row.root;
        Ok(Self {
            conn,
            path: path.to_owned(),
            spec,
            spec_text: row.text,
            units,
            root,
            stored_root,
            vouched: RefCell::default(),
            _lock: lock,
            _bytes: bytes,
        })
    }

    /// What defines the run.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Where the run is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The units it holds, with their numbers of starts.
    pub fn done(&self) -> BTreeMap<UnitKey, u32> {
        self.units.iter().map(|(&key, unit)| (key, unit.starts)).collect()
    }

    /// SHA-256, hexadecimal, of spec, records, points and traces.
    pub fn content_hash(&self) -> String {
        super::hex(&checksum::of_run(&self.spec_text, &self.units))
    }

    fn what(&self, action: &str) -> String {
        format!("{action} {}", self.path.display())
    }
}

/// A connection that may write. The file was looked at before.
pub(super) fn connect_to_write(path: &Path) -> Result<Connection> {
    let checked = || {
        let conn = connect(path)?;
        payloads::check(&conn, path)?;
        ready_to_write(conn, path)
    };
    checked().map_err(salvage::or_cut_off(path))
}

fn ready_to_write(conn: Connection, path: &Path) -> Result<Connection> {
    schema::check_tables(&conn, path)?;
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
pub(super) fn connect_to_read(path: &Path) -> Result<Connection> {
    let checked = || {
        let conn = connect(path)?;
        payloads::check(&conn, path)?;
        schema::check_tables(&conn, path)?;
        conn.execute_batch("PRAGMA query_only = ON;").map_err(sql(format!("opening {}", path.display())))?;
        Ok(conn)
    };
    checked().map_err(salvage::or_cut_off(path))
}

/// The same, in a transaction that lasts as long as the connection: all that is read belongs together.
pub(super) fn connect_for_snapshot(path: &Path) -> Result<Connection> {
    let conn = connect_to_read(path)?;
    conn.execute_batch("BEGIN").map_err(sql(format!("opening {}", path.display())))?;
    Ok(conn)
}

/// The bytes of a run, to be kept by who has a snapshot of it.
pub(super) fn open_bytes_of(path: &Path) -> Result<Handle> {
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
