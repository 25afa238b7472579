//! A run of networks: one SQLite file, a unit is one transaction.
// What is read here was written by others: whatever it is, it must not panic.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::record::NetworkRecord;
use super::rows::{self, Blocks, NetworkTimes, StoredBlock};
use super::spec::NetworksSpec;
use super::unit::{BlockKey, BlockResult, Extent, todo};
use crate::error::{Error, Result};
use crate::run::files::refuse_reserved;
use crate::run::hex;
use crate::run::lock::Lock;
use crate::run::store::{self, Advance, Checksum, Contents, sql};
use crate::study::columns;

/// An open run of networks. The last field keeps others out until everything before it is closed.
#[derive(Debug)]
pub struct NetworksStore {
    conn: Connection,
    path: PathBuf,
    spec: NetworksSpec,
    spec_text: String,
    units: Blocks,
    /// Root checksum as it was last read or written.
    stored_root: Checksum,
    _lock: Option<Lock>,
    /// Kept where there is a snapshot: closing another would end it.
    _bytes: store::Handle,
}

/// Whether a run file is one of networks.
///
/// # Errors
/// [`Error::BadInput`] if it is missing or no run, [`Error::Refused`] for a newer format, [`Error::Io`].
pub fn is_networks(path: &Path) -> Result<bool> {
    Ok(store::contents(path)? == Contents::Networks)
}

impl NetworksStore {
    /// Whether something is at `path`, be it a run or not.
    ///
    /// # Errors
    /// [`Error::Refused`] or [`Error::Io`] where the path cannot be looked at.
    pub fn exists(path: &Path) -> Result<bool> {
        store::exists(path)
    }

    /// Makes a new run. It appears under its name whole or not at all.
    ///
    /// # Errors
    /// [`Error::Refused`] if the name is taken, another process works on it, or the place cannot be written;
    /// [`Error::Io`].
    pub fn create(path: &Path, spec: &NetworksSpec) -> Result<Self> {
        refuse_reserved(path)?;
        let lock = Lock::take(path)?;
        if store::exists(path)? {
            return Err(Error::Refused(format!("{} is there already", path.display())));
        }
        store::create(path, Contents::Networks, &spec.canonical()?)?;
        Self::open_locked(path, lock)
    }

    /// Opens a run to add to it.
    ///
    /// # Errors
    /// [`Error::BadInput`] if it is no run of networks, [`Error::Refused`] if another process works on it, it cannot be
    /// written or has a newer format, [`Error::Damaged`] if spec and units contradict their checksum, [`Error::Io`].
    pub fn open(path: &Path) -> Result<Self> {
        store::check_networks(path)?;
        Self::open_locked(path, Lock::take(path)?)
    }

    fn open_locked(path: &Path, lock: Lock) -> Result<Self> {
        store::check_networks(path)?;
        Self::load(store::connect_to_write(path)?, path, Some(lock))
    }

    /// Opens a run to read it as it is now, also while another process adds to it: that one's commits wait until this
    /// store is dropped.
    ///
    /// # Errors
    /// As [`Self::open`], but for the lock.
    pub fn open_read(path: &Path) -> Result<Self> {
        store::check_networks(path)?;
        let _bytes = store::open_bytes_of(path)?;
        Self::load(store::connect_for_snapshot(path)?, path, None)
    }

    fn load(conn: Connection, path: &Path, lock: Option<Lock>) -> Result<Self> {
        let bytes = store::open_bytes_of(path)?;
        let read = || -> rusqlite::Result<_> {
            // A reader has its snapshot already.
            let _snapshot = if conn.is_autocommit() { Some(conn.unchecked_transaction()?) } else { None };
            Ok((store::read_spec(&conn)?, rows::read_blocks(&conn)?))
        };
        let (row, units) = read().map_err(sql(format!("reading {}", path.display())))?;
        row.check(path)?;
        if !store::is_root(&row.root, &rows::run_checksum(&row.text, &units)) {
            let path = path.display();
            return Err(Error::Damaged(format!(
                "{path}: its units are not those that were written; hspin verify tells more, --repair mends"
            )));
        }
        let spec = NetworksSpec::from_canonical(&row.text)?;
        let (path, spec_text, stored_root) = (path.to_owned(), row.text, row.root);
        Ok(Self { conn, path, spec, spec_text, units, stored_root, _lock: lock, _bytes: bytes })
    }

    /// What defines the run.
    pub fn spec(&self) -> &NetworksSpec {
        &self.spec
    }

    /// Where the run is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The units it holds, and how much of each.
    pub fn done(&self) -> BTreeMap<BlockKey, Extent> {
        self.units.iter().map(|(&key, unit)| (key, unit.extent)).collect()
    }

    /// All networks it holds, by size and number.
    ///
    /// # Errors
    /// [`Error::Damaged`] naming a unit that is not what was written, or where there are rows that no unit has;
    /// [`Error::Io`].
    pub fn networks(&self) -> Result<Vec<NetworkRecord>> {
        let mut all = Vec::new();
        for (key, stored) in &self.units {
            all.extend(self.sound_block(key, stored)?.networks);
        }
        let counted = self.conn.query_row("SELECT count(*) FROM networks", [], |row| row.get::<_, i64>(0));
        if counted.map_err(sql(self.what("reading")))? == all.len() as i64 {
            return Ok(all);
        }
        let path = self.path.display();
        Err(Error::Damaged(format!(
            "{path}: there are rows that no unit has; hspin verify {path} --repair drops them"
        )))
    }

    /// Whether every planned unit is stored and every stored one is what was written, as it is on the disk now.
    ///
    /// # Errors
    /// [`Error::Damaged`] naming the first unit that is not, or that there are others than were written;
    /// [`Error::Internal`] where a unit is missing; [`Error::Io`].
    pub fn check_complete(&self) -> Result<()> {
        self.check_units()?;
        match todo(&self.spec, &self.done()).first() {
            None => Ok(()),
            Some(_) => Err(Error::Internal("the run is not finished".into())),
        }
    }

    /// Whether every stored unit is what was written, as it is on the disk now.
    ///
    /// # Errors
    /// [`Error::Damaged`] naming the first unit that is not, or that there are others than were written; [`Error::Io`].
    pub fn check_units(&self) -> Result<()> {
        let listed = || Ok((store::read_spec(&self.conn)?.root, rows::read_blocks(&self.conn)?));
        let (root, units) = listed().map_err(sql(self.what("reading")))?;
        if root != self.stored_root || units != self.units {
            let path = self.path.display();
            return Err(Error::Damaged(format!(
                "{path}: its units are not those that were written; hspin verify {path} --repair mends"
            )));
        }
        self.networks().map(drop)
    }

    fn sound_block(&self, key: &BlockKey, stored: &StoredBlock) -> Result<BlockResult> {
        let read = rows::read_block(&self.conn, key, stored.extent.indexed);
        let unit = match read.map_err(sql(self.what("reading"))) {
            Err(Error::Damaged(_)) => return Err(store::damaged_unit(&self.path, key)),
            unit => unit?,
        };
        let sound = rows::block_checksum(&unit) == stored.checksum
            && unit.extent() == stored.extent
            && rows::unit_fits(&self.spec, &unit);
        if sound { Ok(unit) } else { Err(store::damaged_unit(&self.path, key)) }
    }

    /// One unit as stored; `None` where it is not.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Io`].
    pub fn block(&self, key: &BlockKey) -> Result<Option<BlockResult>> {
        let Some(stored) = self.units.get(key) else { return Ok(None) };
        self.sound_block(key, stored).map(Some)
    }

    /// Time spent, by n₁.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Io`].
    pub fn times(&self) -> Result<BTreeMap<u32, NetworkTimes>> {
        rows::read_times(&self.conn).map_err(sql(self.what("reading")))
    }

    /// SHA-256, hexadecimal, of spec and networks.
    pub fn content_hash(&self) -> String {
        hex(&rows::run_checksum(&self.spec_text, &self.units))
    }

    /// Replaces the spec by a grown one.
    ///
    /// # Errors
    /// [`Error::Internal`] if it is not the same run; [`Error::Io`].
    pub fn grow(&mut self, spec: &NetworksSpec) -> Result<()> {
        if spec.science_hash()? != self.spec.science_hash()? {
            return Err(Error::Internal("a run cannot become another".into()));
        }
        if *spec == self.spec {
            return Ok(());
        }
        let text = spec.canonical()?;
        let to = rows::run_checksum(&text, &self.units);
        let what = self.what("writing");
        let mut write = || -> rusqlite::Result<()> {
            let transaction = store::begin(&mut self.conn)?;
            store::advance(&transaction, &Advance { from: self.stored_root, to })?;
            store::put_spec(&transaction, &text, &to)?;
            transaction.commit()
        };
        write().map_err(sql(what))?;
        self.spec = spec.clone();
        self.spec_text = text;
        self.stored_root = to;
        Ok(())
    }

    /// Stores units, each as a whole and in place of an earlier, smaller one, and adds times to those spent before: all
    /// in one transaction.
    ///
    /// # Errors
    /// [`Error::Internal`] if a unit is not one of this run's plan; [`Error::Io`], [`Error::Refused`]. Then none is
    /// stored.
    pub fn write(&mut self, units: &[BlockResult], spent: &BTreeMap<u32, NetworkTimes>) -> Result<()> {
        if let Some(unit) = units.iter().find(|unit| !rows::unit_fits(&self.spec, &canonical(unit))) {
            return Err(Error::Internal(format!("unit {} does not fit the plan", unit.key)));
        }
        let units: Vec<(BlockResult, StoredBlock)> = units
            .iter()
            .map(canonical)
            .map(|unit| {
                let stored = StoredBlock { extent: unit.extent(), checksum: rows::block_checksum(&unit) };
                (unit, stored)
            })
            .collect();
        let mut after = self.units.clone();
        after.extend(units.iter().map(|(unit, stored)| (unit.key, *stored)));
        let to = rows::run_checksum(&self.spec_text, &after);
        let what = self.what("writing");
        let mut write = || -> rusqlite::Result<()> {
            let transaction = store::begin(&mut self.conn)?;
            units.iter().try_for_each(|(unit, stored)| rows::put_block(&transaction, unit, stored))?;
            store::advance(&transaction, &Advance { from: self.stored_root, to })?;
            spent.iter().try_for_each(|(&hidden, times)| rows::put_times(&transaction, hidden, times))?;
            transaction.commit()
        };
        write().map_err(sql(what))?;
        self.units = after;
        self.stored_root = to;
        Ok(())
    }

    /// Writes spec and networks, by key; floats as the hexadecimal digits of their bits. Two runs are the same if and
    /// only if their dumps are.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Io`].
    pub fn dump(&self, out: &mut impl Write) -> Result<()> {
        let failed = |error| Error::io("writing a dump", error);
        writeln!(out, "spec {}", self.spec_text).map_err(failed)?;
        for (key, unit) in &self.units {
            let Extent { networks, indexed } = unit.extent;
            writeln!(out, "unit {key} networks {networks} indexed {indexed}").map_err(failed)?;
            let unit = self.sound_block(key, unit)?;
            for record in &unit.networks {
                writeln!(out, "{}", columns::dump_line(record)).map_err(failed)?;
            }
        }
        Ok(())
    }

    fn what(&self, action: &str) -> String {
        format!("{action} {}", self.path.display())
    }
}

/// The unit as the store will give it back.
fn canonical(unit: &BlockResult) -> BlockResult {
    BlockResult { networks: unit.networks.iter().map(columns::canonical).collect(), ..unit.clone() }
}
