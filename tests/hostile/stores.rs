//! Run files with changed bytes, changed rows, changed tables.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use hspin::analysis::bands::bands;
use hspin::analysis::{EnergyHistogram, HessianSpectrum, summarize, tabulate_census};
use hspin::figures::energy_histogram;
use hspin::studies::surfaces::Surfaces;
use hspin::studies::surfaces::{Request, Spec, SurfaceStore};
use hspin::studies::surfaces::{
    surfaces, write_censuses, write_csv, write_parquet, write_points, write_traces,
};
use hspin::study::{repair, verify};
use rusqlite::Connection;

use crate::cases::{asked, hold};
use crate::fake;
use crate::harness::{Place, about, complaint, hspin, succeed, sweep};
use crate::memory::most_held_by_sqlite;
use crate::mutate::Mutator;
use crate::readers::{self, dump, refused};
use crate::sealed::seal;

/// SQLite counts its memory for all threads together.
static SQLITE: Mutex<()> = Mutex::new(());

/// A run and its content.
struct Seed {
    bytes: Vec<u8>,
    content: String,
}

fn request() -> Request {
    let starts = Some(23);
    Request { dims: Some(vec![2]), starts, trace: Some(true), ..Request::default() }
}

fn sweep_run(path: &Path) {
    let mut store = SurfaceStore::create(path, &Spec::new(&request()).unwrap()).unwrap();
    fake::work(&mut store, usize::MAX).unwrap();
}

fn census_run(path: &Path) {
    succeed(hspin("census --spins 3 --dim 3 --instances 2 --threads 1 --out").arg(path));
}

fn networks_run(path: &Path) {
    let flags = "--hidden 2,3 --networks 22 --epochs 1 --digits 20 --index 3 --index-hidden 3 --threads 1";
    succeed(hspin("networks sweep --out").arg(path).args(flags.split_whitespace()));
}

fn sampling_run(path: &Path) {
    let flags = "--dims 3,4 --temperatures 1,2 --sweeps 6 --instances 2 --threads 1";
    succeed(hspin("sample --out").arg(path).args(flags.split_whitespace()));
}

/// Small pages: less of the file is empty, and a byte changed at random is likely to matter.
fn with_small_pages(path: &Path) {
    let conn = Connection::open(path).unwrap();
    conn.execute_batch("PRAGMA page_size = 512; VACUUM").unwrap();
}

fn seeds() -> Vec<Seed> {
    let place = Place::quick();
    let seed = |name: &str, make: fn(&Path), small: bool| {
        let path = place.path(name);
        make(&path);
        if small {
            with_small_pages(&path);
        }
        assert!(readers::verify(&path).unwrap().ok);
        Seed { bytes: fs::read(&path).unwrap(), content: dump(&path).unwrap() }
    };
    vec![seed("s", sweep_run, false), seed("t", sweep_run, true), seed("c", census_run, true)]
}

/// Those, a run of networks and one of sampling.
fn seeds_of_all_kinds() -> Vec<Seed> {
    let place = Place::quick();
    type Make = fn(&Path);
    let made: [(&str, Make); 2] = [("n", networks_run), ("e", sampling_run)];
    let others = made.map(|(name, make)| {
        let path = place.path(name);
        make(&path);
        with_small_pages(&path);
        assert!(readers::verify(&path).unwrap().ok);
        Seed { bytes: fs::read(&path).unwrap(), content: dump(&path).unwrap() }
    });
    seeds().into_iter().chain(others).collect()
}

fn places() -> [Place; 2] {
    [Place::quick(), Place::quick()]
}

#[test]
fn mutated_runs() {
    let _alone = SQLITE.lock();
    let seeds = seeds_of_all_kinds();
    let bytes: Vec<Vec<u8>> = seeds.iter().map(|seed| seed.bytes.clone()).collect();
    let largest = bytes.iter().map(Vec::len).max().unwrap();
    let places = places();
    let words: [&[u8]; 6] = [b"SQLite format 3\0", b"HSPN", b"CREATE TABLE", b"converged", b"\x0d", b"\x05"];
    let mutated = |thread: u64, case: u64, read: fn(&Path, u64, &str)| {
        let mut mutator = Mutator::of(case);
        let which = mutator.below(seeds.len());
        let mutated = mutator.mutated(&bytes[which..=which], &words);
        let path = places[thread as usize].path("a.run");
        fs::write(&path, &mutated).unwrap();
        read(&path, case, &seeds[which].content);
        mutated.len()
    };
    most_held_by_sqlite();
    hold("hostile-run", asked(), |thread, case| {
        mutated(thread, case, |path, case, content| match case % 16 {
            0 => readers::changed_run_unverified(path),
            _ => readers::changed_run(path, content),
        })
    });
    let held = most_held_by_sqlite();
    assert!(held < 2 * (largest + (1 << 20)), "SQLite held {held} bytes in two threads");
    println!("SQLite held at most {held} bytes in two threads");
    // A repair also reads rows that lie about their length, for the sake of the others: its memory has no such bound.
    hold("hostile-run-repair", asked().div_ceil(16), |thread, case| {
        mutated(thread, case, |path, _, content| repaired(path, content))
    });
}

/// What a repair keeps is what was written; what it dropped is missing, not wrong.
fn repaired(path: &Path, content: &str) {
    match readers::repair(path) {
        Ok(()) => {
            let verdict = readers::verify(path).unwrap();
            assert!(verdict.ok, "{verdict:?}");
            let kept = dump(path).unwrap();
            let lines: std::collections::HashSet<&str> = content.lines().collect();
            assert!(kept.lines().all(|line| lines.contains(line)), "a repair kept what was not written");
        }
        Err(error) => refused(&error, &[2, 3, 4]),
    }
}

#[test]
fn checksums_can_be_worked_out_from_the_tables_alone() {
    let place = Place::quick();
    for (name, make) in [("s.run", sweep_run as fn(&Path)), ("c.run", census_run)] {
        let path = place.path(name);
        make(&path);
        let before = (verify::<Surfaces>(&path).unwrap().content_hash, dump(&path).unwrap());
        seal(&path).unwrap();
        let verdict = verify::<Surfaces>(&path).unwrap();
        assert!(verdict.ok && verdict.complete);
        assert_eq!((verdict.content_hash, dump(&path).unwrap()), before);
    }
}

const INTEGERS: [&str; 9] =
    ["0", "1", "-1", "2", "19", "4294967294", "4294967295", "9223372036854775807", "-9223372036854775808"];
const REALS: [&str; 10] =
    ["0.0", "-0.0", "1e308", "-1e308", "9e999", "-9e999", "NULL", "5e-324", "-1.6", "1e-12"];
const POINTS: [&str; 7] = [
    "x''",
    "x'00'",
    "zeroblob(16)",
    "zeroblob(24)",
    "x'000000000000f87f000000000000f87f'",
    "x'ffffffffffffef7fffffffffffffef7f'",
    "zeroblob(100000)",
];

/// One statement that puts something absurd into a table.
fn forgery(mutator: &mut Mutator, census: bool) -> String {
    let integer = mutator.one_of(&INTEGERS);
    let real = mutator.one_of(&REALS);

    let some = mutator.one_of(&["", " WHERE start < 5", " WHERE start = 7"]);
    let tables = if census { 6 } else { 5 };
    match mutator.below(tables) {
        0 => {
            let columns = ["energy", "energy_per_spin", "gradient_norm", "min_eigenvalue", "polish_overlap"];
            format!("UPDATE records SET {} = {real}{some}", mutator.one_of(&columns))
        }
        1 => {
            let columns = ["\"index\"", "undecided", "steps", "spins", "start", "dim"];
            format!("UPDATE OR IGNORE records SET {} = {integer}{some}", mutator.one_of(&columns))
        }
        2 => {
            let outcomes = ["converged", "stalled", "non_finite", "max_steps", "", "CONVERGED"];
            format!("UPDATE records SET outcome = '{}'{some}", mutator.one_of(&outcomes))
        }
        3 => match mutator.below(3) {
            0 => format!("DELETE FROM points{some}"),
            1 => format!("UPDATE OR IGNORE points SET start = start + {}{some}", mutator.below(30)),
            _ => format!("UPDATE points SET point = {}{some}", mutator.one_of(&POINTS)),
        },
        4 => match mutator.below(4) {
            0 => format!("UPDATE OR IGNORE units SET block = {integer}"),
            1 => format!("UPDATE OR IGNORE units SET instance = {integer}"),
            2 => format!(
                "INSERT INTO timings VALUES ({integer}, 0, {}, 0.0, -1e300, 9e999)",
                real.replace("NULL", "1.0")
            ),
            _ => format!("DELETE FROM records{some}"),
        },
        _ => {
            let columns = [
                "dim",
                "spins",
                "instance",
                "complex",
                "real",
                "morse_sum",
                "certified",
                "attempts",
                "steps",
            ];
            format!("UPDATE OR IGNORE censuses SET {} = {integer}", mutator.one_of(&columns))
        }
    }
}

/// Everything that reads a run, each ending in success or in an error that a user can mend.
fn read_by_all(run: &Path, out: &Path) {
    let mut errors = Vec::new();
    let mut told = |result: hspin::Result<()>| errors.extend(result.err());
    told(verify::<Surfaces>(run).map(drop));
    match SurfaceStore::open_read(run) {
        Ok(store) => {
            told(summarize(&store).map(drop));
            let all = surfaces(&store);
            told(write_csv(&store, &all, out));
            told(write_parquet(&store, &all, out));
            told(write_traces(&store, &all, out));
            all.iter().for_each(|&surface| told(write_points(&store, surface, out)));
            if store.spec().is_census() {
                told(tabulate_census(&store).map(drop));
                told(write_censuses(&store, &all, out));
            } else {
                told(EnergyHistogram::at(run).map(|table| drop(energy_histogram::draw(&table))));
                told(HessianSpectrum::of_run(&store).map(drop));
            }
        }
        Err(error) => told(Err(error)),
    }
    errors.iter().for_each(|error| refused(error, &[2, 3, 4]));
}

#[test]
fn forged_runs_under_the_right_checksums() {
    let _alone = SQLITE.lock();
    let seeds = seeds();
    let places = places();
    hold("hostile-forged-run", asked().div_ceil(1000), |thread, case| {
        let place = &places[thread as usize];
        let (path, out) = (place.path("a.run"), place.path("out"));
        let mut mutator = Mutator::of(case);
        let which = mutator.below(3);
        fs::write(&path, &seeds[which].bytes).unwrap();
        let conn = Connection::open(&path).unwrap();
        for _ in 0..=mutator.below(2) {
            let statement = forgery(&mut mutator, which == 2);
            // What the tables' own constraints refuse cannot be forged by SQL.
            let _ = conn.execute(&statement, []);
        }
        drop(conn);
        let _ = seal(&path);
        read_by_all(&path, &out);
        // Exact theory takes its time.
        if case % 8 == 0 {
            bands(&path).err().iter().for_each(|error| refused(error, &[2, 3, 4]));
        }
        // A unit is held once as it is read and once as numbers.
        2 * fs::metadata(&path).unwrap().len() as usize
    });
}

/// A run to which something is done by SQL.
fn tampered(place: &Place, name: &str, statements: &str) -> PathBuf {
    let path = place.path(name);
    sweep_run(&path);
    Connection::open(&path).unwrap().execute_batch(statements).unwrap();
    path
}

#[test]
fn tables_that_are_not_ours_are_not_asked() {
    let place = Place::quick();
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)";
    let cases = [
        format!(
            "ALTER TABLE spec RENAME TO old; CREATE VIEW spec AS {endless} SELECT i AS id, i AS json FROM n WHERE i < 0"
        ),
        format!("DROP TABLE records; CREATE VIEW records AS {endless} SELECT i AS dim FROM n"),
        "CREATE TRIGGER t AFTER INSERT ON units BEGIN DELETE FROM records; END".to_owned(),
        "CREATE INDEX i ON records (energy)".to_owned(),
        "CREATE TABLE more (id)".to_owned(),
        "ALTER TABLE records ADD COLUMN extra INTEGER".to_owned(),
        "DROP TABLE timings".to_owned(),
        "CREATE VIRTUAL TABLE v USING fts5(x)".to_owned(),
    ];
    for (number, statements) in cases.iter().enumerate() {
        let path = tampered(&place, &format!("{number}.run"), statements);
        let before = fs::read(&path).unwrap();
        for error in [
            verify::<Surfaces>(&path).unwrap_err(),
            repair::<Surfaces>(&path).unwrap_err(),
            SurfaceStore::open(&path).unwrap_err(),
            SurfaceStore::open_read(&path).unwrap_err(),
        ] {
            refused(&error, &[4]);
            assert!(error.to_string().contains("its tables are not those of a run"), "{error}");
        }
        assert_eq!(fs::read(&path).unwrap(), before, "{statements}");
    }
    println!("trust: hostile-schema: tried {}, failed 0", cases.len());
}

#[test]
fn a_run_under_a_name_that_means_something_to_sqlite_is_a_file() {
    let place = Place::quick();
    let names = ["file:a.run", ":memory:", "file:b?mode=memory", "file::memory:", "-c.run"];
    for name in names {
        let out = format!("--out={name}");
        let flags = [out.as_str(), "--dims", "3", "--starts", "3", "--threads", "1"];
        succeed(hspin("sweep").args(flags).current_dir(place.folder()));
        assert!(place.path(name).is_file(), "{name}");
        let shown = succeed(hspin("show --json --").arg(name).current_dir(place.folder()));
        assert!(shown.contains("\"complete\": true"), "{shown}");
        fs::remove_file(place.path(name)).unwrap();
    }
    assert!(place.names().is_empty(), "{:?}", place.names());
}

#[test]
fn links_beside_a_run_are_not_written_through() {
    use std::os::unix::fs::symlink;
    let place = Place::quick();
    let run = place.path("a.run");
    sweep_run(&run);
    let victim = place.path("victim");
    let more = "--dims 2,3 --starts 23 --trace --threads 1";
    let mut tried = 0;
    for suffix in ["-journal", "-wal", "-shm", ".lock"] {
        for content in [None, Some(""), Some("\0zero"), Some("text")] {
            let link = place.path(&format!("a.run{suffix}"));
            let _ = fs::remove_file(&link);
            let _ = fs::remove_file(&victim);
            content.iter().for_each(|text| fs::write(&victim, text).unwrap());
            symlink(&victim, &link).unwrap();
            let line = complaint(&sweep(&run, more).output().unwrap(), 3);
            assert!(line.contains("is not a regular file"), "{line}");
            assert_eq!(fs::read_to_string(&victim).ok().as_deref(), content, "{suffix}");
            if suffix != ".lock" {
                complaint(&about("show", &run, "").output().unwrap(), 3);
            }
            fs::remove_file(&link).unwrap();
            tried += 1;
        }
    }
    // A link under the name of a temporary file is neither followed nor removed.
    fs::write(&victim, "text").unwrap();
    let part = place.path(".hspin-0123456789abcdef.part");
    symlink(&victim, &part).unwrap();
    succeed(&mut sweep(&place.path("b.run"), "--dims 3 --starts 3 --threads 1"));
    assert_eq!(fs::read_to_string(&part).unwrap(), "text");
    println!("trust: hostile-links: tried {}, failed 0", tried + 1);
}
