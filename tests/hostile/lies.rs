//! Rows that claim to be longer than they are: SQLite makes room for a list of the pages that a row claims before it
//! sees that they are not there.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::harness::{Place, complaint, hspin, succeed, sweep};
use crate::paths::{least_memory, verb, within};

const READERS: [&str; 3] = ["show @", "verify @", "export @ --out new"];
const PAGE_SIZES: [usize; 4] = [512, 1024, 2048, 4096];
/// Claims in bytes: as much as a signed and an unsigned number of 32 bits can say.
const CLAIMS: [u64; 2] = [1 << 31, 1 << 32];

/// A run with pages of this size.
struct Honest {
    path: PathBuf,
    page_size: usize,
    tables: &'static [&'static str],
}

fn honest_runs(place: &Place) -> Vec<Honest> {
    let sweep_tables = &["sqlite_schema", "spec", "units", "records", "points", "traces", "timings"];
    let network_tables = &["spec", "network_units", "networks", "network_times"];
    let sampling_tables = &["spec", "sampled_surfaces", "temperatures", "series", "overlaps", "points"];
    let kinds: [(&str, &[&str]); 4] = [
        ("sweep", sweep_tables),
        ("census", &["censuses"]),
        ("networks", network_tables),
        ("sampling", sampling_tables),
    ];
    let path = |kind: &str| place.path(&format!("{kind}.run"));
    succeed(&mut sweep(&path("sweep"), "--dims 5 --starts 3 --trace --threads 1"));
    succeed(hspin("census --spins 3 --dim 3 --threads 1 --out").arg(path("census")));
    let flags = "--hidden 2 --networks 3 --epochs 1 --digits 20 --index 1 --index-hidden 2 --threads 1";
    succeed(hspin("networks sweep --out").arg(path("networks")).args(flags.split_whitespace()));
    let flags = "sample --dims 3 --temperatures 1,2 --sweeps 9 --threads 1 --out";
    succeed(hspin(flags).arg(path("sampling")));
    let mut runs = Vec::new();
    for (kind, tables) in kinds {
        for page_size in PAGE_SIZES {
            let copy = place.path(&format!("{kind}-{page_size}.run"));
            fs::copy(path(kind), &copy).unwrap();
            let conn = Connection::open(&copy).unwrap();
            conn.execute_batch(&format!("PRAGMA page_size = {page_size}; VACUUM")).unwrap();
            runs.push(Honest { path: copy, page_size, tables });
        }
    }
    runs
}

/// Seven bits to a byte, the first ones first.
fn varint(number: u64) -> Vec<u8> {
    let groups = (1..10).find(|groups| number >> (7 * groups) == 0).unwrap();
    (0..groups).rev().map(|group| (number >> (7 * group)) as u8 & 0x7f | u8::from(group > 0) << 7).collect()
}

/// A table's first page and what is to stand there: one row that claims so many bytes, whose first column that is read
/// goes on in an overflow page.
struct Lie {
    page: usize,
    content: Vec<u8>,
}

fn lie(run: &Honest, table: &str, claim: u64) -> Lie {
    let conn = Connection::open(&run.path).unwrap();
    let page: u32 = match table {
        "sqlite_schema" => 1,
        _ => {
            let sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
            conn.query_row(sql, [table], |row| row.get(0)).unwrap()
        }
    };
    let columns: u32 =
        conn.query_row("SELECT count(*) FROM pragma_table_info(?1)", [table], |row| row.get(0)).unwrap();
    let (page, size) = (page as usize, run.page_size);
    // What the file format keeps on the page of a long row; the claim is such that it is this.
    let local = (size - 12) * 32 / 255 - 23;
    let overflow = (size - 4) as u64;
    let claim = local as u64 + (claim - 1 - local as u64) / overflow * overflow;
    let has_rowid = ["sqlite_schema", "spec", "points", "overlaps"].contains(&table);
    // The key of the spec is its rowid.
    let long = usize::from(table == "spec");
    let mut types = vec![Vec::from([0]); columns as usize];
    types[long] = varint(12 + 2 * size as u64);
    let types = types.concat();
    let mut row = vec![types.len() as u8 + 1];
    row.extend(types);
    assert!(row.len() <= local);
    row.resize(local, b'a');
    let mut cell = varint(claim);
    cell.extend(has_rowid.then_some(1));
    cell.extend(row);
    cell.extend(2_u32.to_be_bytes());

    let mut content = fs::read(&run.path).unwrap()[(page - 1) * size..page * size].to_vec();
    let start = if page == 1 { 100 } else { 0 };
    let at = size - cell.len();
    let [high, low] = (at as u16).to_be_bytes();
    let kind = if has_rowid { 13 } else { 10 };
    content[start..start + 10].copy_from_slice(&[kind, 0, 0, 0, 1, high, low, 0, high, low]);
    content[start + 10..at].fill(0);
    content[at..].copy_from_slice(&cell);
    Lie { page, content }
}

/// A journal that SQLite plays back into the file before anything is read.
fn journal(run: &Honest, lie: &Lie) -> Vec<u8> {
    let pages = fs::metadata(&run.path).unwrap().len() as usize / run.page_size;
    let nonce = 7_u32;
    let mut bytes = vec![0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    for number in [1, nonce, pages as u32, 512, run.page_size as u32] {
        bytes.extend(number.to_be_bytes());
    }
    bytes.resize(512, 0);
    bytes.extend((lie.page as u32).to_be_bytes());
    bytes.extend(&lie.content);
    let summed = (1..).map_while(|n| run.page_size.checked_sub(200 * n)).filter(|at| *at > 0);
    let sum = summed.fold(nonce, |sum, at| sum.wrapping_add(u32::from(lie.content[at])));
    bytes.extend(sum.to_be_bytes());
    bytes
}

/// Puts a lie into a copy, at once or by a journal.
fn put(run: &Honest, lie: &Lie, copy: &Path, by_journal: bool) {
    let mut bytes = fs::read(&run.path).unwrap();
    let mut beside = copy.as_os_str().to_owned();
    beside.push("-journal");
    if by_journal {
        fs::write(beside, journal(run, lie)).unwrap();
    } else {
        let start = (lie.page - 1) * run.page_size;
        bytes[start..start + run.page_size].copy_from_slice(&lie.content);
    }
    fs::write(copy, bytes).unwrap();
}

#[test]
fn a_row_that_lies_about_its_length_is_refused_in_the_memory_of_the_file() {
    let place = Place::quick();
    let runs = honest_runs(&place);
    // What the refusal of a run takes whose spec was changed.
    let changed = place.path("changed.run");
    fs::copy(&runs.iter().find(|run| run.page_size == 4096).unwrap().path, &changed).unwrap();
    let forged = "UPDATE spec SET checksum = zeroblob(32)";
    Connection::open(&changed).unwrap().execute(forged, []).unwrap();
    let least = READERS.map(|words| least_memory(words, &changed, 4, place.folder()));
    let (copy, mut tried, mut failed) = (place.path("a.run"), 0, 0);
    for run in &runs {
        succeed(&mut verb("show @", &run.path, place.folder()));
        let size = fs::metadata(&run.path).unwrap().len();
        for table in run.tables {
            for (number, (claim, by_journal)) in
                CLAIMS.iter().flat_map(|claim| [(claim, false), (claim, true)]).enumerate()
            {
                let lie = lie(run, table, *claim);
                // Each verb for each table and page size, two of them in either way.
                for place_of_verb in [number % 3, (number + 1) % 3] {
                    put(run, &lie, &copy, by_journal);
                    let allowed = least[place_of_verb] + size + (1 << 20);
                    let output = within(allowed, READERS[place_of_verb], &copy, place.folder());
                    tried += 1;
                    let text = String::from_utf8_lossy(&output.stderr);
                    let text = text.lines().next().unwrap_or_default();
                    if output.status.code() != Some(4) || !text.contains("claims to be longer") {
                        failed += 1;
                        println!(
                            "{table}, pages of {}, {claim}, journal {by_journal}, {}: {:?} {text}",
                            run.page_size,
                            READERS[place_of_verb],
                            output.status.code()
                        );
                    }
                    let now = fs::read(&copy).unwrap();
                    let start = (lie.page - 1) * run.page_size;
                    assert!(
                        now[start..start + run.page_size] == lie.content,
                        "the journal was not played back"
                    );
                }
            }
        }
    }
    println!("trust: hostile-lies-memory: tried {tried}, failed {failed}");
    assert_eq!(failed, 0);
}

#[test]
fn a_repair_keeps_what_a_lying_row_leaves() {
    let place = Place::quick();
    let runs = honest_runs(&place);
    let run = runs.iter().find(|run| run.page_size == 4096).unwrap();
    let copy = place.path("a.run");
    for (table, units) in [("timings", 1), ("traces", 0), ("points", 0)] {
        put(run, &lie(run, table, 1 << 32), &copy, false);
        complaint(&verb("show @", &copy, place.folder()).output().unwrap(), 4);
        let output = verb("verify @ --repair", &copy, place.folder()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{table}: {output:?}");
        let shown = succeed(&mut verb("show @ --json", &copy, place.folder()));
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(shown["units"]["done"], units, "{table}");
    }
}

#[test]
fn pages_that_are_larger_than_ours_are_refused() {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(&mut sweep(&run, "--dims 5 --starts 3 --threads 1"));
    let resize = |size: u32| {
        let sql = format!("PRAGMA page_size = {size}; VACUUM");
        Connection::open(&run).unwrap().execute_batch(&sql).unwrap();
    };
    for size in [8192, 16_384, 32_768, 65_536] {
        resize(size);
        let line = complaint(&verb("show @", &run, place.folder()).output().unwrap(), 2);
        assert!(line.contains("its pages are too large; PRAGMA page_size = 4096 and VACUUM"), "{line}");
    }
    resize(4096);
    succeed(&mut verb("show @", &run, place.folder()));
}

/// SQLite would read pages from a log beside the run, which nobody looked at.
#[test]
fn a_write_ahead_log_is_refused_and_left_alone() {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(&mut sweep(&run, "--dims 5 --starts 3 --threads 1"));
    let log = place.path("a.run-wal");
    for content in ["", "a log"] {
        fs::write(&log, content).unwrap();
        let line = complaint(&verb("show @", &run, place.folder()).output().unwrap(), 3);
        assert!(line.contains("a.run-wal is not written by hspin; remove it"), "{line}");
        assert_eq!(fs::read_to_string(&log).unwrap(), content);
    }
    fs::remove_file(&log).unwrap();
    succeed(&mut verb("show @", &run, place.folder()));
    let mode = |mode: &str| {
        let conn = Connection::open(&run).unwrap();
        let sql = format!("PRAGMA journal_mode = {mode}");
        conn.query_row(&sql, [], |row| row.get::<_, String>(0)).unwrap()
    };
    assert_eq!(mode("WAL"), "wal");
    let names = place.names();
    let line = complaint(&verb("show @", &run, place.folder()).output().unwrap(), 3);
    assert!(line.contains("write-ahead log") && line.contains("PRAGMA journal_mode = DELETE"), "{line}");
    assert_eq!(place.names(), names);
    assert_eq!(mode("DELETE"), "delete");
    succeed(&mut verb("show @", &run, place.folder()));
}
