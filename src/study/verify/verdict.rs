//! The result of a check of a run, whatever its units are.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::error::{Error, Result};
use crate::study::store;

/// Result of a check of a run; `K` names its units.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Verdict<K> {
    /// Nothing contradicts its checksum.
    pub ok: bool,
    /// Every planned unit is there, whole.
    pub complete: bool,
    /// Intact units.
    pub units: u64,
    /// Units whose records, points or traces are not those that were written.
    pub damaged: Vec<K>,
    /// Planned units that are not there, or were stored before starts grew.
    pub missing: Vec<K>,
    /// Damage that is not one unit's, in words.
    pub problems: Vec<String>,
    /// SHA-256 over spec and units.
    pub content_hash: String,
}

/// What a repair did; `K` names units.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Repaired<K> {
    /// Units kept.
    pub kept: u64,
    /// Units dropped; the next sweep redoes them.
    pub dropped: Vec<K>,
    /// What it kept beside its units and does no longer, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<String>,
    /// Where the damaged file is kept.
    pub original: PathBuf,
}

/// Units of a run one by one: `S` is what its list says of each.
pub(super) struct Tally<K, S> {
    /// Intact units.
    pub sound: BTreeMap<K, S>,
    damaged: Vec<K>,
    missing: Vec<K>,
    listed: usize,
}

impl<K: Ord + Copy, S: Copy> Tally<K, S> {
    /// Looks at every planned unit that is listed; `is_whole` compares how much of it is planned with what is listed.
    ///
    /// # Errors
    /// Those of `is_intact`.
    pub fn of<P>(
        planned: impl Iterator<Item = (K, P)>,
        listed: &BTreeMap<K, S>,
        is_intact: impl Fn(&P) -> Result<bool>,
        is_whole: impl Fn(&P, &S) -> bool,
    ) -> Result<Self> {
        let (mut damaged, mut missing) = (Vec::new(), Vec::new());
        let mut sound = BTreeMap::new();
        for (key, extent) in planned {
            let Some(unit) = listed.get(&key) else {
                missing.push(key);
                continue;
            };
            if !is_intact(&extent)? {
                damaged.push(key);
                continue;
            }
            sound.insert(key, *unit);
            if !is_whole(&extent, unit) {
                missing.push(key);
            }
        }
        Ok(Self { sound, damaged, missing, listed: listed.len() })
    }

    /// The verdict, with what SQLite says of its pages, what contradicts the list, and the hash of what is sound.
    pub fn verdict(self, structure: Vec<String>, listing: Vec<String>, content_hash: String) -> Verdict<K> {
        let mut problems = structure;
        // A damaged unit explains a list and counts that do not fit.
        if self.damaged.is_empty() {
            problems.extend(listing);
            if self.sound.len() != self.listed {
                problems.push("units: some are in no plan".to_owned());
            }
        }
        Verdict {
            ok: problems.is_empty() && self.damaged.is_empty(),
            complete: self.missing.is_empty() && self.damaged.is_empty(),
            units: self.sound.len() as u64,
            content_hash,
            damaged: self.damaged,
            missing: self.missing,
            problems,
        }
    }
}

/// Looks through a run, and again where something is wrong: that the disk cannot be read is an error, no damage. SQLite
/// does not tell them apart, so all of the file is read in between.
///
/// # Errors
/// Those of `look`; [`Error::Io`] where the file cannot be read.
pub(super) fn look_surely<K>(path: &Path, look: impl Fn(&Path) -> Result<Verdict<K>>) -> Result<Verdict<K>> {
    match look(path) {
        Ok(verdict) if verdict.ok => Ok(verdict),
        Ok(_) | Err(Error::Damaged(_)) => {
            read_through(path)?;
            look(path)
        }
        Err(other) => Err(other),
    }
}

/// What SQLite itself has to say about its pages.
pub(super) fn structural_problems(conn: &Connection) -> Vec<String> {
    let check = || -> rusqlite::Result<Vec<String>> {
        let mut statement = conn.prepare("PRAGMA integrity_check(10)")?;
        statement.query_map([], |row| row.get(0))?.collect()
    };
    let mut lines = check().unwrap_or_else(|error| vec![error.to_string()]);
    lines.retain(|line| line != "ok");
    lines.iter().map(|line| format!("structure: {}", line.replace('\n', " "))).collect()
}

/// Looks again where something seems damaged, after all of the file was read, once, as in [`look_surely`].
pub(super) struct Reread<'a> {
    path: &'a Path,
    done: Cell<bool>,
}

impl<'a> Reread<'a> {
    /// Of this file.
    pub fn of(path: &'a Path) -> Self {
        Self { path, done: Cell::new(false) }
    }

    /// What a look finds, or a second one.
    ///
    /// # Errors
    /// Those of `look`; [`Error::Io`] where the file cannot be read.
    pub fn surely<T>(&self, look: impl Fn() -> Result<T>, is_damaged: impl Fn(&T) -> bool) -> Result<T> {
        let found = look()?;
        if !is_damaged(&found) || self.done.replace(true) {
            return Ok(found);
        }
        read_through(self.path)?;
        look()
    }
}

/// Reads a file to its end, but for one that is nearly all holes: no disk fails there, and they have no end. Not within a
/// transaction: closing a second handle of a file ends the locks of the first.
pub(super) fn read_through(path: &Path) -> Result<()> {
    let read = store::open_bytes(path).and_then(|file| {
        let holes = is_mostly_holes(&file.metadata()?);
        if holes { Ok(0) } else { io::copy(&mut file.bytes(), &mut io::sink()) }
    });
    read.map(drop).map_err(|error| Error::io(format!("reading {}", path.display()), error))
}

/// Whether a file takes less than a thousandth of its length on the disk.
#[cfg(unix)]
fn is_mostly_holes(meta: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    meta.blocks().saturating_mul(512 * 1000) < meta.len()
}

#[cfg(not(unix))]
fn is_mostly_holes(_: &Metadata) -> bool {
    false
}
