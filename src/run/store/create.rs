//! Making a run file so that a killed creation leaves nothing that looks like one.

use std::fs::File;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::fault::sql;
use super::schema::Contents;
use super::{checksum, schema, write};
use crate::error::{Error, Result};
use crate::run::files;
use crate::run::spec::Spec;

/// Writes an empty run under a temporary name and renames it to `path`. The caller holds the lock.
pub fn create(path: &Path, spec: &Spec) -> Result<()> {
    replace(path, (Contents::Surfaces(spec.kind()), &spec.canonical()?), |_| Ok(()))
}

/// Writes a run with what `fill` puts into it, under a temporary name, then renames it to `path`. The caller holds the
/// lock, so that a temporary file found here is a dead process's.
pub fn replace(
    path: &Path,
    spec: (Contents, &str),
    fill: impl FnOnce(&mut Connection) -> Result<()>,
) -> Result<()> {
    let part = files::beside(path, ".part");
    files::remove_if_there(&part)?;
    let built = build(&part, spec, fill)
        .and_then(|()| remove_journals(path))
        .and_then(|()| files::rename(&part, path));
    if built.is_err() {
        // The first error is the one to report.
        let _ = files::remove_if_there(&part);
    }
    built
}

/// Removes what a killed writer of a run that is gone left beside it: SQLite would play it back into the new file.
/// Whoever replaces a run that is there has opened it, and so played its journal back already.
fn remove_journals(path: &Path) -> Result<()> {
    ["-journal", "-wal", "-shm"]
        .iter()
        .try_for_each(|suffix| files::remove_if_there(&files::beside(path, suffix)))
}

fn build(
    part: &Path,
    (contents, spec_text): (Contents, &str),
    fill: impl FnOnce(&mut Connection) -> Result<()>,
) -> Result<()> {
    let what = || format!("writing {}", part.display());
    // SQLite would create the file, but tell less about why it cannot.
    File::create_new(part).map_err(|error| files::cannot_create(part, error))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(schema::plain(part), flags).map_err(sql(what()))?;
    // No journal and no sync on the way: until it is synced and renamed below, this file is nobody's.
    conn.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;").map_err(sql(what()))?;
    conn.pragma_update(None, "page_size", schema::PAGE_SIZE).map_err(sql(what()))?;
    conn.pragma_update(None, "application_id", schema::APPLICATION_ID).map_err(sql(what()))?;
    conn.pragma_update(None, "user_version", contents.format()).map_err(sql(what()))?;
    let transaction = conn.transaction().map_err(sql(what()))?;
    contents.tables().iter().try_for_each(|tables| transaction.execute_batch(tables)).map_err(sql(what()))?;
    let root = checksum::of_run(spec_text, &Default::default());
    write::put_spec(&transaction, spec_text, &root).map_err(sql(what()))?;
    transaction.commit().map_err(sql(what()))?;
    fill(&mut conn)?;
    conn.close().map_err(|(_, error)| sql(what())(error))?;
    let synced = File::options().write(true).open(part).and_then(|file| file.sync_all());
    synced.map_err(|error| Error::io(what(), error))
}
