//! A run, open.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::checksum::{self, Checksum, RootHash, is_root, of_run};
use super::connect::{connect_for_snapshot, connect_to_write, open_bytes_of};
use super::create::create;
use super::fault::sql;
use super::handle::Handle;
use super::rows::{read_spec, read_units};
use super::schema;
use crate::error::{Error, Result};
use crate::files::{self, Lock};
use crate::numeric::hex::hex;
use crate::study::attachment::Attached;
use crate::study::interface::{Study, Units};
use crate::study::listed::Listed;
use crate::study::spec::RunSpec;

/// An open run. The last field keeps others out until everything before it is closed.
#[derive(Debug)]
pub struct Store<S: Study> {
    pub(crate) conn: Connection,
    pub(super) path: PathBuf,
    pub(super) spec: S::Spec,
    pub(super) spec_text: String,
    pub(crate) units: Units<S>,
    pub(super) root: RootHash<<S::Listed as Listed>::Key>,
    /// Root checksum as it was last read or written.
    pub(super) stored_root: Checksum,
    /// Units that were held against their checksums; within a snapshot they stay what they are.
    pub(crate) vouched: RefCell<BTreeSet<<S::Listed as Listed>::Key>>,
    _lock: Option<Lock>,
    /// Kept where there is a snapshot: closing another would end it.
    _bytes: Handle,
}

impl<S: Study> Store<S> {
    /// Makes a new run. It appears under its name whole or not at all.
    ///
    /// # Errors
    /// [`Error::Refused`] if the name is taken, another process works on it, or the place cannot be written;
    /// [`Error::Io`].
    pub fn create(path: &Path, spec: &S::Spec) -> Result<Self> {
        Self::create_from(path, spec, &[], |_| Ok(()))
    }

    /// Makes a new run that keeps all of its [attachments](Study::attachments), or none where there are none.
    ///
    /// # Errors
    /// As [`Store::create`]; [`Error::Internal`] where these are others than the spec names.
    pub fn create_keeping(path: &Path, spec: &S::Spec, attached: &[Attached]) -> Result<Self> {
        let of = |bytes: &[u8]| (bytes.len() as u64, hex(&checksum::of(bytes)));
        let given = attached.iter().map(|Attached { name, bytes }| (name.clone(), of(bytes)));
        let named = S::attachments(spec).into_iter();
        if !attached.is_empty() && !given.eq(named.map(|one| (one.name, (one.bytes, one.sha256)))) {
            return Err(Error::Internal("a run cannot keep what its spec does not name".into()));
        }
        Self::create_from(path, spec, attached, |_| Ok(()))
    }

    /// Makes a new run of what `fill` makes of the file with the temporary name, and forces to the disk. It, too, appears whole
    /// or not at all.
    ///
    /// # Errors
    /// As [`Store::create`]; those of `fill`.
    pub(in crate::study) fn create_from(
        path: &Path,
        spec: &S::Spec,
        attached: &[Attached],
        fill: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<Self> {
        files::refuse_reserved(path)?;
        let lock = Lock::take(path)?;
        if schema::exists(path)? {
            return Err(Error::Refused(format!("{} is there already", path.display())));
        }
        let part = create::<S>(path, S::format(spec), &spec.canonical()?, attached)?;
        fill(part.path())?;
        part.publish(path)?;
        Self::open_locked(path, lock)
    }

    /// Opens a new run under its temporary name: without a journal and unsynced, since it is nobody's until it is renamed.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub(in crate::study) fn open_part(part: &Path) -> Result<Self> {
        let conn = connect_to_write::<S>(part)?;
        let without_journal = conn.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;");
        without_journal.map_err(sql(format!("opening {}", part.display())))?;
        Self::load(conn, part, None)
    }

    /// Opens a run to add to it.
    ///
    /// # Errors
    /// [`Error::BadInput`] if it is no run of this study, [`Error::Refused`] if another process works on it, it cannot be
    /// written or has a newer format, [`Error::Damaged`] if spec and units contradict their checksum, [`Error::Io`].
    pub fn open(path: &Path) -> Result<Self> {
        schema::check_study::<S>(path)?;
        Self::open_locked(path, Lock::take(path)?)
    }

    fn open_locked(path: &Path, lock: Lock) -> Result<Self> {
        schema::check_study::<S>(path)?;
        Self::load(connect_to_write::<S>(path)?, path, Some(lock))
    }

    /// Opens a run to read it as it is now, also while another process adds to it: that one's commits wait until this
    /// store is dropped.
    ///
    /// # Errors
    /// As [`Store::open`], but for the lock.
    pub fn open_read(path: &Path) -> Result<Self> {
        schema::check_study::<S>(path)?;
        let _bytes = open_bytes_of(path)?;
        let store = Self::load(connect_for_snapshot::<S>(path)?, path, None)?;
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
        if !is_root(&row.root, &root.of(&units)) {
            let path = path.display();
            return Err(Error::Damaged(format!(
                "{path}: its units are not those that were written; hspin verify says more, --repair repairs it"
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
        hex(&of_run::<S>(&self.spec_text, &self.units))
    }

    pub(crate) fn what(&self, action: &str) -> String {
        format!("{action} {}", self.path.display())
    }
}
