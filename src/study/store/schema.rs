//! Tables of a run file, and telling a run file from anything else before SQLite sees it.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::attachments;
use super::fault::sql;
use super::handle::{self, cannot_read};
use super::journal::may_be_journal;
use crate::error::{Error, Result};
use crate::files;
use crate::study::formats::{APPLICATION_ID, FORMATS, OWN, commands};
use crate::study::interface::Study;
use crate::study::tables::TableShape;

const SPEC: &str = "CREATE TABLE spec (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    json TEXT NOT NULL,
    checksum BLOB NOT NULL,
    root BLOB NOT NULL
) STRICT";
/// Statements that make the tables of a file, one each. Floats that are not known are NULL.
pub fn creations(tables: &[TableShape]) -> Vec<&str> {
    std::iter::once(SPEC).chain(tables.iter().map(|table| table.create.as_str())).collect()
}

/// Statements that make the views of a new file. Files that were made before there were any have none.
pub fn views(tables: &[TableShape]) -> Vec<&str> {
    tables.iter().filter_map(|table| table.view.as_deref()).collect()
}

/// Bytes of a page of ours; those of a run may be smaller.
pub const PAGE_SIZE: u16 = 4096;
/// Bytes of a SQLite header.
const HEADER: usize = 100;

/// Whether something is at this path.
///
/// # Errors
/// [`Error::Io`] or [`Error::Refused`] where the path cannot be looked at.
pub fn exists(path: &Path) -> Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(files::cannot_create(path, error)),
    }
}

/// Refuses whatever is not a run of this study; the version of the file.
///
/// # Errors
/// Those of [`format_of`]; [`Error::BadInput`] for a run of another study.
pub fn check_study<S: Study>(path: &Path) -> Result<i32> {
    let number = format_of(path)?;
    if S::FORMATS.iter().any(|format| format.number == number) {
        return Ok(number);
    }
    let known = FORMATS.iter().find(|format| format.number == number);
    let other = known.map_or("another program", |format| format.command);
    let allowed = format!("a run of {}; this is one of {other}", commands(S::FORMATS));
    Err(Error::bad_input("RUN", path.display(), allowed))
}

/// Version of a run file. Refuses whatever is not one, by its type and its first bytes.
///
/// # Errors
/// [`Error::BadInput`] if it is missing or not an hspin file, [`Error::Refused`] for a newer format.
pub fn format_of(path: &Path) -> Result<i32> {
    let not_ours = |reason: &str| {
        Error::bad_input(
            "RUN",
            path.display(),
            format!("not an hspin file ({reason}); a file made by {}", commands(&FORMATS)),
        )
    };
    let meta = match fs::symlink_metadata(path) {
        Ok(meta) => meta,
        Err(error) => {
            return Err(Error::bad_input("RUN", path.display(), format!("an existing run ({error})")));
        }
    };
    if !meta.is_file() {
        let kind = if meta.is_dir() {
            "a directory"
        } else if meta.is_symlink() {
            "a symbolic link"
        } else {
            "not a regular file"
        };
        return Err(not_ours(kind));
    }
    let mut header = Vec::with_capacity(HEADER);
    let read = handle::open(path).and_then(|file| file.bytes().take(HEADER as u64).read_to_end(&mut header));
    read.map_err(|error| cannot_read(path, error))?;
    let number = |at: usize| header.get(at..at + 4).and_then(|b| b.try_into().ok()).map(i32::from_be_bytes);
    if header.is_empty() {
        return Err(not_ours("it is empty"));
    }
    if !header.starts_with(b"SQLite format 3\0") || number(68) != Some(APPLICATION_ID) {
        return Err(not_ours("it begins as another kind of file does"));
    }
    // 1 stands for 65 536. SQLite takes room for twenty pages at once, which may be more than the file.
    let page_size = header.get(16..18).and_then(|b| b.try_into().ok()).map(u16::from_be_bytes);
    if page_size.is_none_or(|size| size > PAGE_SIZE || size == 1) {
        return Err(not_ours("its pages are too large; PRAGMA page_size = 4096 and VACUUM change that"));
    }
    // Where SQLite keeps a write-ahead log, pages are in another file than this one.
    match header.get(18..20) {
        Some([1, 1]) => {}
        Some([2, 2]) => return Err(has_log(path)),
        _ => return Err(not_ours("its version of SQLite's format is not valid")),
    }
    let newest = FORMATS.iter().map(|format| format.number).max().unwrap_or_default();
    let format = number(60).unwrap_or_default();
    if FORMATS.iter().any(|known| known.number == format) || format >= OWN {
        return check_beside(path).map(|()| format);
    }
    if format > newest {
        return Err(Error::Refused(format!(
            "{} has format {format}, this hspin reads up to {newest}: use a newer hspin",
            path.display(),
        )));
    }
    Err(not_ours("its format number is not valid"))
}

/// The error of a run that another program has given a write-ahead log: hspin writes none, and the last pages are in
/// another file.
pub fn has_log(path: &Path) -> Error {
    let path = path.display();
    Error::Refused(format!(
        "{path} was given a write-ahead log by another program: end that program, then sqlite3 {path} 'PRAGMA \
         journal_mode = DELETE' brings it back, and the same command goes on"
    ))
}

/// Refuses links and the like where SQLite would look for a journal: it would write through them, and a file that is none:
/// it would remove that. Refuses a write-ahead log: we write none, and SQLite would take pages from it.
fn check_beside(path: &Path) -> Result<()> {
    for suffix in ["-journal", "-wal", "-shm"] {
        let path = files::beside(path, suffix);
        if fs::symlink_metadata(&path).is_ok_and(|meta| !meta.is_file()) {
            return Err(Error::Refused(format!("{} is not a regular file; remove it", path.display())));
        }
    }
    let journal = files::beside(path, "-journal");
    if exists(&journal)? && !may_be_journal(&journal, path).map_err(|error| cannot_read(&journal, error))? {
        return Err(Error::Refused(format!(
            "{} is not a journal of {}; move it away",
            journal.display(),
            path.display()
        )));
    }
    let log = files::beside(path, "-wal");
    if exists(&log)? {
        return Err(Error::Refused(format!("{} is not written by hspin; remove it", log.display())));
    }
    Ok(())
}

/// A path that SQLite takes for a file's name: `:memory:` and `file:…` have meanings of their own to it.
pub fn plain(path: &Path) -> PathBuf {
    if path.is_absolute() { path.to_owned() } else { Path::new(".").join(path) }
}

/// Refuses a file with other tables and views than ours, or with anything that acts: another's view may stand in for a table
/// and never end. Ours is known to the letter, and nothing here reads it.
///
/// # Errors
/// [`Error::Damaged`]; those of SQLite.
pub fn check_tables<S: Study>(conn: &Connection, path: &Path) -> Result<()> {
    let stored = || -> rusqlite::Result<Vec<String>> {
        // Indices of primary keys have no text.
        let mut statement = conn.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")?;
        statement.query_map([], |row| row.get(0))?.collect()
    };
    let stored = stored().map_err(sql(format!("reading {}", path.display())))?;
    let in_order = |mut texts: Vec<String>| {
        texts.sort_unstable();
        texts
    };
    let mut stored = in_order(stored.iter().map(|text| blanks_as_one(text)).collect());
    // A run may keep something beside its units.
    let kept = blanks_as_one(attachments::CREATE);
    if let Some(at) = stored.iter().position(|text| *text == kept) {
        stored.remove(at);
    }
    // Of any version of the study: a file that has lost a table to another version can still be repaired.
    let are_of = |number: i32| {
        let tables = S::tables(number);
        let are = |texts: Vec<&str>| stored == in_order(texts.into_iter().map(blanks_as_one).collect());
        are(creations(&tables)) || are([creations(&tables), views(&tables)].concat())
    };
    let are_ours = || S::FORMATS.iter().any(|format| are_of(format.number));
    if sabotage!("schema-believed", are_ours(), true) {
        return Ok(());
    }
    Err(Error::Damaged(format!("{}: its tables are not those of a run", path.display())))
}

fn blanks_as_one(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
