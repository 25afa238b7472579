//! Rows that claim to be longer than any that we write, found before SQLite reads them.
//!
//! Where a row goes on in overflow pages, SQLite makes a list of them: 8 bytes for each page that the row claims to
//! need, up to 2³² / (U − 4) where U are the usable bytes of a page, however few pages there are. That is 8.4 MB at our
//! 4096 bytes and 68 MB at 512, once for every cursor that stands on such a row.

use std::io::{BufReader, Read};
use std::path::Path;

use rusqlite::Connection;

use super::fault::sql;
use super::handle::{self, Handle, cannot_read};
use crate::error::{Error, Result};

/// Largest list that a row may cost. Smaller lies are left to SQLite: the row's unit is then named and can be dropped.
const MOST_LIST: u64 = 256 << 10;
/// Cursors that may be open at once, with one to spare. A file as large as all their lists need not be looked at.
const CURSORS: u64 = 4;

/// Refuses a file with a row that would cost SQLite a list larger than 256 KiB, if the file is smaller than such lists
/// can be: 34 MB at our page size.
///
/// # Errors
/// [`Error::Damaged`], [`Error::Io`], [`Error::Refused`]; those of SQLite.
pub fn check(conn: &Connection, path: &Path) -> Result<()> {
    // Closed last: that ends the locks of this process.
    let file = handle::open(path).map_err(|error| cannot_read(path, error))?;
    let failed = || sql(format!("reading {}", path.display()));
    // The first read plays back what a killed writer left, and until the end of the snapshot nobody writes pages.
    let snapshot = conn.unchecked_transaction().map_err(failed())?;
    snapshot.query_row("PRAGMA user_version", [], |_| Ok(())).map_err(failed())?;
    let lies = has_lies(&file).map_err(|error| cannot_read(path, error))?;
    snapshot.commit().map_err(failed())?;
    if sabotage!("payloads-believed", lies, false) {
        let path = path.display();
        return Err(Error::Damaged(format!(
            "{path}: a row claims to be longer than any that a run has; hspin verify --repair keeps the others"
        )));
    }
    Ok(())
}

fn has_lies(file: &Handle) -> std::io::Result<bool> {
    let mut header = [0; 100];
    fill(&mut file.bytes(), &mut header)?;
    let page_size = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        size => usize::from(size),
    };
    // Bytes of a row on an overflow page: some may be reserved at its end, four are the next one's number.
    let content = page_size.saturating_sub(usize::from(header[20]) + 4).max(1) as u64;
    if file.metadata()?.len() >= CURSORS * 8 * ((1 << 32) / content) {
        return Ok(false);
    }
    let longest = longest_payload(&mut BufReader::with_capacity(1 << 16, file.bytes()), page_size)?;
    Ok(longest > MOST_LIST / 8 * content)
}

/// The longest payload that any page claims.
///
/// Every page is looked at, whether it is in use or not. Those that are not pages of a tree begin with the number of
/// another page in four bytes, the first of them 0 in a file with less than 2²⁴ pages. A page that is free has zeros or
/// what it had when it was in use, and rows were no longer then.
fn longest_payload(pages: &mut impl Read, page_size: usize) -> std::io::Result<u64> {
    let mut page = vec![0; page_size];
    let (mut longest, mut start) = (0, 100);
    loop {
        page.fill(0);
        // SQLite takes a last page that is cut off as one that goes on with zeros.
        if fill(pages, &mut page)? == 0 {
            return Ok(longest);
        }
        longest = longest.max(longest_of_page(&page, start));
        start = 0;
    }
}

/// Reads until the page is full or there is no more.
fn fill(pages: &mut impl Read, page: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = page.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match pages.read(rest)? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// The longest payload that a page claims whose tree header is at `start`; 0 where it has none.
fn longest_of_page(page: &[u8], start: usize) -> u64 {
    // Inner pages of an index; leaves of an index and of a table. Inner pages of a table have keys only.
    let (pointers, child) = match page.get(start) {
        Some(2) => (start + 12, 4),
        Some(10 | 13) => (start + 8, 0),
        _ => return 0,
    };
    let number =
        |at: usize| page.get(at..at + 2).map_or(0, |b| b.iter().fold(0, |n, &b| n << 8 | usize::from(b)));
    // SQLite, too, takes what exceeds the page off a pointer.
    let cells = (0..number(start + 3)).map(|cell| number(pointers + 2 * cell) & (page.len() - 1));
    cells.map(|cell| page.get(cell + child..).map_or(0, payload)).max().unwrap_or(0)
}

/// The number that a cell begins with: seven bits to a byte, of up to nine bytes, kept to 32 bits as SQLite does. One
/// that the page's end cuts off is none: SQLite refuses the page.
fn payload(cell: &[u8]) -> u64 {
    let mut length = 0_u64;
    for (place, byte) in cell.iter().take(9).enumerate() {
        length = length << 7 | u64::from(byte & 0x7f);
        if *byte < 0x80 || place == 8 {
            return length & 0xffff_ffff;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_pcg::Pcg64;
    use rusqlite::params;

    use super::*;
    use crate::study::tables::ArrayTable;
    use std::fs::File;

    /// Rows of all lengths come and go, some in transactions that are too large for memory, some in vain.
    #[test]
    fn no_page_in_use_or_free_claims_more_than_was_ever_stored() {
        let mut random = Pcg64::seed_from_u64(1);
        for page_size in [512, 4096, 65_536] {
            let place = tempfile::tempdir().unwrap();
            let path = place.path().join("a.run");
            let conn = Connection::open(&path).unwrap();
            let points = ArrayTable { name: "points", key: &["dim", "instance", "start"], array: "point" };
            let traces = "CREATE TABLE traces (dim, instance, start, step, energy, norm, PRIMARY KEY (dim, instance, start))";
            let tables = [points.shape().create.as_str(), traces].join(";");
            let pragmas = format!("PRAGMA page_size = {page_size}; PRAGMA synchronous = OFF");
            conn.execute_batch(&format!("{pragmas}; PRAGMA cache_size = 8; {tables}")).unwrap();
            let (mut longest, mut found) = (2000, 0);
            for step in 0..150 {
                conn.execute_batch("BEGIN").unwrap();
                for _ in 0..random.random_range(1..20) {
                    let [dim, start]: [u32; 2] = [random.random_range(0..5), random.random_range(0..100)];
                    let bytes = random.random_range(0..if step % 9 == 0 { 5 * page_size } else { 300 });
                    let point: Vec<u8> = (0..bytes).map(|_| random.random()).collect();
                    longest = longest.max(bytes as u64 + 32);
                    let sql = "INSERT OR REPLACE INTO points VALUES (?1, 0, ?2, ?3)";
                    conn.execute(sql, params![dim, start, point]).unwrap();
                    let sql = "INSERT OR REPLACE INTO traces VALUES (?1, ?2, ?3, 0, 0.5, NULL)";
                    conn.execute(sql, params![dim, random.random::<u16>(), start]).unwrap();
                }
                if step % 4 == 0 {
                    conn.execute("DELETE FROM points WHERE start > ?1", [random.random_range(0..100)])
                        .unwrap();
                    conn.execute("DELETE FROM traces WHERE start < ?1", [random.random_range(0..100)])
                        .unwrap();
                }
                conn.execute_batch(if step % 5 == 0 { "ROLLBACK" } else { "COMMIT" }).unwrap();
                let claimed = longest_payload(&mut File::open(&path).unwrap(), page_size).unwrap();
                assert!(claimed <= longest, "{claimed} where {longest} were stored");
                found = found.max(claimed);
                check(&conn, &path).unwrap();
            }
            assert!(found > 4 * page_size as u64, "{found}");
        }
    }

    #[test]
    fn a_claim_is_read_as_sqlite_reads_it() {
        let claims: [(&[u8], u64); 6] = [
            (&[0x7f, 0xff], 0x7f),
            (&[0x81, 0x00], 128),
            (&[0x8f, 0xff, 0xff, 0xff, 0x7f], (1 << 32) - 1),
            (&[0xff; 9], (1 << 32) - 1),
            (&[0x90, 0x80, 0x80, 0x80, 0x05], 5),
            (&[0xff, 0xff], 0),
        ];
        for (bytes, claim) in claims {
            assert_eq!(payload(bytes), claim, "{bytes:x?}");
        }
        let page = |kind: u8, cell: usize| {
            let mut page = vec![0; 512];
            (page[0], page[4]) = (kind, 1);
            let pointer = if kind < 8 { 12 } else { 8 };
            page[pointer..pointer + 2].copy_from_slice(&(cell as u16).to_be_bytes());
            page[500..505].copy_from_slice(&[0x8f, 0xff, 0xff, 0xff, 0x7f]);
            longest_of_page(&page, 0)
        };
        let all = (1 << 32) - 1;
        assert_eq!([page(13, 500), page(10, 500), page(2, 496), page(13, 1012)], [all; 4]);
        assert_eq!([page(5, 500), page(0, 500), page(13, 511)], [0; 3]);
    }
}
