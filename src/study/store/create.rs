//! Making a run file so that a killed creation leaves nothing that looks like one.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::fault::sql;
use super::journal::is_beginning_of_journal;
use super::{attachments, checksum, handle, schema, transactions};
use crate::error::{Error, Result};
use crate::files::{self, TemporaryFile};
use crate::study::attachment::Attached;
use crate::study::formats::APPLICATION_ID;
use crate::study::interface::Study;

/// Files of damaged originals that may stand beside a run.
const MOST_KEPT: u32 = 1000;

/// Writes a run without units under a temporary name, to be renamed to `path`, and what it keeps beside them. The caller holds
/// the lock.
pub fn create<S: Study>(
    path: &Path,
    format: i32,
    spec_text: &str,
    attached: &[Attached],
) -> Result<TemporaryFile> {
    remove_journal(path)?;
    let part = TemporaryFile::create(path, None)?;
    build::<S>(part.path(), format, spec_text, |conn| {
        if attached.is_empty() {
            return Ok(());
        }
        let failed = || sql(format!("writing {}", path.display()));
        let transaction = conn.transaction().map_err(failed())?;
        attachments::put(&transaction, attached).map_err(failed())?;
        transaction.commit().map_err(failed())
    })?;
    Ok(part)
}

/// Writes a run of some format with what `fill` puts into it, with mode and owner of the one at `path`, and takes its
/// place; returns where the original is kept. The caller holds the lock.
pub fn replace<S: Study>(
    path: &Path,
    format: i32,
    spec_text: &str,
    fill: impl FnOnce(&mut Connection) -> Result<()>,
) -> Result<PathBuf> {
    let original = fs::metadata(path).map_err(|error| files::cannot_create(path, error))?;
    let part = TemporaryFile::create(path, Some(&original))?;
    build::<S>(part.path(), format, spec_text, fill)?;
    let kept = keep(path)?;
    part.publish(path)?;
    Ok(kept)
}

/// Gives a run another name, under which nothing was, as well as its own; a journal that SQLite could not use goes along:
/// it would be played back into the new file.
fn keep(path: &Path) -> Result<PathBuf> {
    for number in 1..MOST_KEPT {
        let ending = if number == 1 { ".damaged".to_owned() } else { format!(".damaged-{number}") };
        let kept = files::beside(path, &ending);
        let journal = files::beside(&kept, "-journal");
        if schema::exists(&journal)? {
            continue;
        }
        match fs::hard_link(path, &kept).or_else(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Err(error),
            // There are file systems without such names.
            _ => copy_new(path, &kept),
        }) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // An earlier repair was killed before it went on.
                if !files::are_one(path, &kept).unwrap_or(false) {
                    continue;
                }
            }
            linked => linked.map_err(|error| files::cannot_create(&kept, error))?,
        }
        match fs::rename(files::beside(path, "-journal"), &journal) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(files::cannot_create(&journal, error));
            }
            _ => return Ok(kept),
        }
    }
    let path = path.display();
    Err(Error::Refused(format!("{path}: {MOST_KEPT} damaged originals are beside it; move them away")))
}

fn copy_new(from: &Path, to: &Path) -> io::Result<()> {
    let mut copy = File::create_new(to)?;
    io::copy(&mut handle::open(from)?.bytes(), &mut copy)?;
    copy.set_permissions(fs::metadata(from)?.permissions())?;
    copy.sync_all()
}

/// Removes what a killed writer of a run that is gone left beside it: SQLite would play it back into the new file.
fn remove_journal(run: &Path) -> Result<()> {
    for suffix in ["-journal", "-wal", "-shm"] {
        let path = files::beside(run, suffix);
        if !schema::exists(&path)? {
            continue;
        }
        let ours = suffix == "-journal"
            && is_journal_of_a_run(&path).map_err(|error| files::cannot_create(&path, error))?;
        if !ours {
            return Err(Error::Refused(format!(
                "{} is not a journal of hspin: move it away, or give the run another name",
                path.display()
            )));
        }
        files::remove_if_there(&path)?;
    }
    Ok(())
}

/// Whether a file is a journal of SQLite, of pages as ours are, that keeps no first page of anything but a run of ours;
/// or one in which nothing is yet.
fn is_journal_of_a_run(path: &Path) -> io::Result<bool> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Ok(false);
    }
    let mut bytes = io::BufReader::new(File::open(path)?);
    let mut header = Vec::new();
    bytes.by_ref().take(28).read_to_end(&mut header)?;
    if header.is_empty() {
        return Ok(true);
    }
    let number = |bytes: &[u8], at: usize| {
        bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_be_bytes)
    };
    let (Some(sector), Some(page_size)) = (number(&header, 20), number(&header, 24)) else {
        return Ok(false);
    };
    let sensible = (28..=65_536).contains(&sector) && (512..=65_536).contains(&page_size);
    if !is_beginning_of_journal(&header) || !sensible {
        return Ok(false);
    }
    io::copy(&mut bytes.by_ref().take(u64::from(sector) - 28), &mut io::sink())?;
    // Each page has its number before it and a checksum behind.
    let mut page = vec![0; page_size as usize + 8];
    while bytes.read_exact(&mut page).is_ok() {
        if number(&page, 0) == Some(1) {
            return Ok(number(&page, 4 + 68) == Some(APPLICATION_ID as u32));
        }
    }
    // A writer that was killed early has not come to the first page.
    Ok(page_size == u32::from(schema::PAGE_SIZE))
}

/// Writes a run of some format with what `fill` puts into it, where nothing or nobody's file is.
pub fn build<S: Study>(
    part: &Path,
    format: i32,
    spec_text: &str,
    fill: impl FnOnce(&mut Connection) -> Result<()>,
) -> Result<()> {
    let what = || format!("writing {}", part.display());
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(schema::plain(part), flags).map_err(sql(what()))?;
    // No journal and no sync on the way: until it is synced and renamed, this file is nobody's.
    conn.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;").map_err(sql(what()))?;
    conn.pragma_update(None, "page_size", schema::PAGE_SIZE).map_err(sql(what()))?;
    conn.pragma_update(None, "application_id", APPLICATION_ID).map_err(sql(what()))?;
    conn.pragma_update(None, "user_version", format).map_err(sql(what()))?;
    let transaction = conn.transaction().map_err(sql(what()))?;
    let tables = S::tables(format);
    let mut creations = schema::creations(&tables).into_iter().chain(schema::views(&tables));
    creations.try_for_each(|creation| transaction.execute_batch(creation)).map_err(sql(what()))?;
    let root = checksum::of_run::<S>(spec_text, &Default::default());
    transactions::put_spec(&transaction, spec_text, &root).map_err(sql(what()))?;
    transaction.commit().map_err(sql(what()))?;
    fill(&mut conn)?;
    conn.close().map_err(|(_, error)| sql(what())(error))?;
    sync(part)
}

/// Forces a file to the disk.
pub fn sync(part: &Path) -> Result<()> {
    let synced = File::options().write(true).open(part).and_then(|file| file.sync_all());
    synced.map_err(|error| Error::io(format!("writing {}", part.display()), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_is_known_by_the_first_page_that_it_keeps() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("a.run");
        let journal = folder.path().join("a.run-journal");
        for (id, ours) in [(APPLICATION_ID, true), (7, false)] {
            let conn = Connection::open(&run).unwrap();
            conn.pragma_update(None, "application_id", id).unwrap();
            conn.execute_batch("PRAGMA cache_size = 1; CREATE TABLE IF NOT EXISTS t (x); BEGIN;").unwrap();
            for _ in 0..300 {
                conn.execute("INSERT INTO t VALUES (randomblob(900))", []).unwrap();
            }
            conn.cache_flush().unwrap();
            assert_eq!(is_journal_of_a_run(&journal).unwrap(), ours);
            conn.execute_batch("ROLLBACK").unwrap();
        }
        for (text, of_a_run) in [
            ("", true),
            ("my diary", false),
            ("SQLite format 3\0", false),
            ("\0\0\0\0\0\0\0\0\0\0\0\0", false),
            ("\0\0\0\0 a poem of zeros", false),
        ] {
            fs::write(&journal, text).unwrap();
            assert_eq!(is_journal_of_a_run(&journal).unwrap(), of_a_run, "{text}");
        }
    }
}
