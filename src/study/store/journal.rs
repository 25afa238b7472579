//! Telling a journal of a run from another database's before SQLite plays it back.
//!
//! A journal is made of segments: a header of one sector (magic, number of records, nonce, pages of the database as the
//! transaction began, bytes of a sector and of a page), then records (number of a page, the page as it was, a checksum).
//! The number of records is 0 until they are on the disk.
//!
//! # Reference
//! SQLite, Database File Format, section 3: The Rollback Journal.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use super::handle;
use crate::study::formats::APPLICATION_ID;

/// What SQLite's journals begin with.
const JOURNAL: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
/// Bytes of a header that mean something.
const HEADER: usize = 28;
/// In place of a number of records: all that there are.
const ALL: u32 = u32::MAX;
/// Looks at run and journal: a writer may commit between looking at the one and at the other.
const LOOKS: usize = 20;
const BETWEEN: Duration = Duration::from_millis(5);

/// Whether a file beside an existing run may be its journal: SQLite removes what is not, and plays back, or cuts the run
/// to the length of, what is another database's.
pub fn may_be_journal(journal: &Path, run: &Path) -> io::Result<bool> {
    for look in 0..LOOKS {
        if look > 0 {
            sleep(BETWEEN);
        }
        if fits(journal, run)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn fits(journal: &Path, run: &Path) -> io::Result<bool> {
    let mut file = match File::open(journal) {
        Ok(file) => file,
        // Its writer has just ended.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    };
    let Some(first) = Header::read(&mut file, 0)? else {
        // Too short to be played back, or not begun.
        let mut start = Vec::new();
        file.rewind()?;
        file.take(JOURNAL.len() as u64).read_to_end(&mut start)?;
        return Ok(is_beginning_of_journal(&start));
    };
    match first_page(&mut file, &first)? {
        Some(page) => Ok(number(&page, 68) == Some(APPLICATION_ID as u32)),
        // The run's own first page is as it was when the transaction began.
        None => {
            let handle = handle::open(run)?;
            let mut page = Vec::new();
            handle.bytes().take(100).read_to_end(&mut page)?;
            let page_size = page.get(16..18).and_then(|two| two.try_into().ok()).map(u16::from_be_bytes);
            let length = handle.metadata()?.len() / u64::from(first.page_size);
            let is_as_long = number(&page, 28) == Some(first.pages) || length == u64::from(first.pages);
            Ok(page_size.map(u32::from) == Some(first.page_size) && is_as_long)
        }
    }
}

/// The first page as a journal keeps it, if SQLite would play it back.
fn first_page(file: &mut File, first: &Header) -> io::Result<Option<Vec<u8>>> {
    let end = file.metadata()?.len();
    let record = u64::from(first.page_size) + 8;
    let (mut at, mut segment) = (0, Some(*first));
    while let Some(header) = segment {
        let start = at + u64::from(first.sector);
        let there = end.saturating_sub(start) / record;
        let records = if header.records == ALL { there } else { there.min(u64::from(header.records)) };
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = io::BufReader::new(&mut *file);
        let mut kept = vec![0; record as usize];
        for _ in 0..records {
            bytes.read_exact(&mut kept)?;
            if number(&kept, 0) == Some(1) {
                return Ok(Some(kept.split_off(4)));
            }
        }
        let behind = start + records * record;
        at = behind.next_multiple_of(u64::from(first.sector));
        segment = if records == 0 { None } else { Header::read(file, at)? };
    }
    Ok(None)
}

/// Of a segment.
#[derive(Clone, Copy)]
struct Header {
    records: u32,
    /// Of the database as the transaction began.
    pages: u32,
    sector: u32,
    page_size: u32,
}

impl Header {
    /// The header that begins here; none where there is none of which SQLite would read on.
    fn read(file: &mut File, at: u64) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(at))?;
        file.take(HEADER as u64).read_to_end(&mut bytes)?;
        let [Some(records), Some(pages), Some(sector), Some(page_size)] =
            [8, 16, 20, 24].map(|at| number(&bytes, at))
        else {
            return Ok(None);
        };
        let is_one = bytes.starts_with(&JOURNAL)
            && (32..=65_536).contains(&sector)
            && (512..=65_536).contains(&page_size)
            && file.metadata()?.len() >= at + u64::from(sector);
        Ok(is_one.then_some(Self { records, pages, sector, page_size }))
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

/// Whether bytes are those that journals begin with, or some of them and zeros: they are written last, and the writer may
/// have died on the way.
pub fn is_beginning_of_journal(bytes: &[u8]) -> bool {
    let rest = bytes.iter().zip(&JOURNAL).skip_while(|(byte, known)| byte == known);
    rest.into_iter().all(|(&byte, _)| byte == 0)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use rusqlite::Connection;

    use super::*;

    /// A database with an open transaction in which pages were already written.
    fn spilling(path: &Path, application_id: i32, committed: usize) -> (Connection, PathBuf) {
        let conn = Connection::open(path).unwrap();
        conn.pragma_update(None, "application_id", application_id).unwrap();
        conn.execute_batch("PRAGMA cache_size = 1; CREATE TABLE t (x);").unwrap();
        let insert = |rows: usize| {
            for _ in 0..rows {
                conn.execute("INSERT INTO t VALUES (randomblob(900))", []).unwrap();
            }
        };
        conn.execute_batch("BEGIN").unwrap();
        insert(committed);
        conn.execute_batch("COMMIT; BEGIN; UPDATE t SET x = randomblob(900)").unwrap();
        insert(300);
        conn.cache_flush().unwrap();
        (conn, crate::files::beside(path, "-journal"))
    }

    #[test]
    fn a_journal_of_another_database_is_no_journal_of_a_run() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let (run, own) = spilling(&at("a.run"), APPLICATION_ID, 200);
        assert!(may_be_journal(&own, &at("a.run")).unwrap());
        // Killed before any record counted: SQLite would still cut the file to the length that is told.
        let mut bytes = fs::read(&own).unwrap();
        bytes[8..12].fill(0);
        fs::write(at("killed-journal"), &bytes).unwrap();
        run.execute_batch("ROLLBACK").unwrap();
        assert!(may_be_journal(&at("killed-journal"), &at("a.run")).unwrap());
        let (_other, others) = spilling(&at("other.db"), 7, 40);
        assert!(!may_be_journal(&others, &at("a.run")).unwrap());
        let mut bytes = fs::read(&others).unwrap();
        for records in [0_u32, 1, 2] {
            bytes[8..12].copy_from_slice(&records.to_be_bytes());
            fs::write(at("theirs"), &bytes).unwrap();
            assert!(!may_be_journal(&at("theirs"), &at("a.run")).unwrap(), "{records}");
        }
        for (text, may_be) in [
            ("", true),
            ("my diary", false),
            ("SQLite format 3\0", false),
            ("\0\0\0\0\0\0\0\0\0\0\0\0", true),
            ("\0\0\0\0 a poem of zeros", false),
        ] {
            fs::write(at("text"), text).unwrap();
            assert_eq!(may_be_journal(&at("text"), &at("a.run")).unwrap(), may_be, "{text}");
        }
        for torn in 0..=JOURNAL.len() {
            let start = [&JOURNAL[..torn], &[0; 8][torn..], &[0; 4]].concat();
            for bytes in [&start[..], &start[..torn]] {
                fs::write(at("torn"), bytes).unwrap();
                assert!(may_be_journal(&at("torn"), &at("a.run")).unwrap(), "{bytes:x?}");
            }
        }
    }
}
