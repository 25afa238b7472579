//! Bits flipped and ends cut off a finished run: all damage to its content is found, and only damaged units are redone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::Path;

use hspin::rng::{Role, stream};
use hspin::studies::surfaces::{SurfaceStore, Surfaces, UNIT_STARTS};
use hspin::study::{Listed, Study};
use rand::RngExt;
use rusqlite::Connection;

use crate::family::Family;
use crate::harness::{Place, about, dump, json, succeed, sweep, units};
use crate::jobs::loud;

const FLAGS: &str = "--dims 4,9 --starts 45 --instances 2 --trace";

/// A finished run, its bytes and its content.
struct Whole {
    place: Place,
    bytes: Vec<u8>,
    expected: String,
    planned: usize,
}

/// What came of all damaged copies.
#[derive(Debug, Default)]
struct Tally {
    /// Of those whose content changed or cannot be read.
    content_damaged: usize,
    /// Found by `verify`, content or not.
    found: usize,
    mended: usize,
    beyond_repair: usize,
    units_dropped: usize,
    units_redone: usize,
}

impl Whole {
    fn new() -> Self {
        let place = Place::quick();
        let run = place.path("whole.run");
        succeed(&mut sweep(&run, FLAGS));
        let (bytes, expected) = (fs::read(&run).unwrap(), dump(&run));
        let planned = units(&run);
        Self { place, bytes, expected, planned }
    }

    /// Where in the file some bytes of its content lie; pages also hold stale copies.
    fn live_place(&self, wanted: &[u8]) -> Range<usize> {
        let windows = self.bytes.windows(wanted.len()).enumerate();
        let mut places = windows.filter(|(_, window)| *window == wanted).map(|(at, _)| at..at + wanted.len());
        let is_live = |place: &Range<usize>| {
            let run = self.place.path("a.run");
            fs::write(&run, flipped(&self.bytes, place.start, 0)).unwrap();
            self.content_changed(&run)
        };
        places.find(is_live).expect("content lies somewhere in the file")
    }

    fn content_changed(&self, run: &Path) -> bool {
        let content = || -> hspin::Result<Vec<u8>> {
            let mut bytes = Vec::new();
            SurfaceStore::open_read(run)?.dump(&mut bytes)?;
            Ok(bytes)
        };
        !content().is_ok_and(|bytes| bytes == self.expected.as_bytes())
    }

    /// Damage must be found and mended, or there is none.
    fn check(&self, damaged: &[u8], tally: &mut Tally) {
        let run = self.place.path("a.run");
        fs::write(&run, damaged).unwrap();
        let intact = !self.content_changed(&run);
        tally.content_damaged += usize::from(!intact);
        let found = about("verify", &run, "--json").output().unwrap();
        if found.status.success() {
            assert!(intact, "damage that was not found");
            return;
        }
        tally.found += 1;
        loud(&found, &[2, 4]);
        let repair = about("verify", &run, "--repair --json").output().unwrap();
        if !repair.status.success() {
            // Not even its spec can be believed.
            loud(&repair, &[2, 4]);
            tally.beyond_repair += 1;
            return;
        }
        let report: serde_json::Value = serde_json::from_slice(&repair.stdout).unwrap();
        let kept = report["repaired"]["kept"].as_u64().unwrap() as usize;
        tally.units_dropped += self.planned - kept;
        assert_eq!(units(&run), kept);
        let before = rows(&run);
        succeed(&mut sweep(&run, FLAGS));
        assert!(dump(&run) == self.expected, "the mended run differs");
        let redone = redone(&before, &rows(&run));
        tally.units_redone += redone;
        assert_eq!(redone, self.planned - kept, "units redone, not those that were dropped");
        tally.mended += 1;
    }
}

/// Numbers of the rows of points by unit: a unit that is written again gets new ones.
fn rows(run: &Path) -> BTreeMap<[u32; 3], BTreeSet<(u32, i64)>> {
    let conn = Connection::open(run).unwrap();
    let mut statement = conn.prepare("SELECT dim, instance, start, rowid FROM points").unwrap();
    let mut units = BTreeMap::<_, BTreeSet<_>>::new();
    let mut found = statement.query([]).unwrap();
    while let Some(row) = found.next().unwrap() {
        let [dim, instance, start] = [0, 1, 2].map(|column| row.get::<_, u32>(column).unwrap());
        units.entry([dim, instance, start / UNIT_STARTS]).or_default().insert((start, row.get(3).unwrap()));
    }
    units
}

fn redone<T: PartialEq>(before: &BTreeMap<[u32; 3], T>, after: &BTreeMap<[u32; 3], T>) -> usize {
    after.iter().filter(|(unit, rows)| before.get(*unit) != Some(rows)).count()
}

fn flipped(bytes: &[u8], at: usize, bit: u32) -> Vec<u8> {
    let mut damaged = bytes.to_vec();
    damaged[at] ^= 1 << bit;
    damaged
}

fn flips_and_cuts(name: &'static str, flips: u64, cuts: u64) {
    let (whole, mut tally, mut family) = (Whole::new(), Tally::default(), Family::new(name));
    for number in 0..flips {
        let mut rng = stream(11, Role::Probe, &[number]);
        let (at, bit) = (rng.random_range(0..whole.bytes.len()), rng.random_range(0..8));
        let damaged = flipped(&whole.bytes, at, bit);
        family.case(&format!("bit {bit} of byte {at}"), || whole.check(&damaged, &mut tally));
    }
    for number in 0..cuts {
        let length = stream(12, Role::Probe, &[number]).random_range(0..whole.bytes.len());
        family.case(&format!("cut to {length} bytes"), || whole.check(&whole.bytes[..length], &mut tally));
    }
    println!("{name}: {tally:?}");
    assert!(5 * tally.mended >= flips as usize, "{tally:?}");
    assert_eq!(tally.units_dropped, tally.units_redone);
    family.end();
}

#[test]
fn flipped_bits_and_cut_ends_are_found_and_mended() {
    flips_and_cuts("flipped bits and cut ends, a sample", 60, 10);
}

#[test]
#[ignore = "long: two thousand damaged copies"]
fn two_thousand_flipped_bits_and_cut_ends_are_found_and_mended() {
    flips_and_cuts("flipped bits and cut ends", 1800, 200);
}

/// Every byte of the spec's text, and of some records and points, flipped: verify must find each.
#[test]
fn a_flip_in_spec_records_or_points_is_always_found() {
    let (whole, mut family) = (Whole::new(), Family::new("flips in spec, records and points"));
    let run = whole.place.path("whole.run");
    let conn = Connection::open(&run).unwrap();
    let spec: String = conn.query_row("SELECT json FROM spec", [], |row| row.get(0)).unwrap();
    let mut targets = vec![("spec", spec.into_bytes())];
    for (name, sql) in [
        ("point", "SELECT point FROM points WHERE start = 7"),
        ("checksum", "SELECT checksum FROM units WHERE block = 1"),
    ] {
        let mut statement = conn.prepare(sql).unwrap();
        let blobs = statement.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
        targets.extend(blobs.map(|blob| (name, blob.unwrap())));
    }
    let floats = "SELECT energy, energy_per_spin, min_eigenvalue FROM records WHERE start = 30";
    let mut statement = conn.prepare(floats).unwrap();
    let energies =
        statement.query_map([], |row| Ok([0, 1, 2].map(|column| row.get::<_, f64>(column).unwrap())));
    for energy in energies.unwrap().flat_map(Result::unwrap) {
        targets.push(("record", energy.to_be_bytes().to_vec()));
    }
    drop(statement);
    drop(conn);
    let mut kinds = BTreeMap::<_, usize>::new();
    for (number, (kind, wanted)) in targets.iter().enumerate() {
        for at in whole.live_place(wanted) {
            // Every byte of the spec, every third of what there is more of.
            if *kind != "spec" && (at + number) % 3 != 0 {
                continue;
            }
            let damaged = flipped(&whole.bytes, at, (at % 8) as u32);
            *kinds.entry(kind).or_default() += 1;
            family.case(&format!("{kind}: byte {at}"), || {
                let run = whole.place.path("a.run");
                fs::write(&run, &damaged).unwrap();
                let verdict = hspin::study::verify::<hspin::studies::surfaces::Surfaces>(&run);
                assert!(verdict.is_err_and(|error| error.exit_code() == 4) || found(&run), "not found");
            });
        }
    }
    println!("{kinds:?}");
    assert!(kinds.len() == 4, "{kinds:?}");
    family.end();
}

fn found(run: &Path) -> bool {
    hspin::study::verify::<hspin::studies::surfaces::Surfaces>(run).is_ok_and(|verdict| !verdict.ok)
}

#[test]
fn every_missing_unit_is_named_and_it_alone_is_redone() {
    let (whole, mut family) = (Whole::new(), Family::new("missing units"));
    let run = whole.place.path("a.run");
    let spec = SurfaceStore::open_read(&whole.place.path("whole.run")).unwrap().spec().clone();
    for unit in Surfaces::plan(&spec) {
        family.case(&unit.key().to_string(), || {
            fs::write(&run, &whole.bytes).unwrap();
            let (key, rows_of) = (unit.key(), unit.key().starts(spec.starts));
            let conn = Connection::open(&run).unwrap();
            let place = format!("dim = {} AND instance = {}", key.dim, key.instance);
            let range = format!("start >= {} AND start < {}", rows_of.start, rows_of.end);
            for table in ["records", "points", "traces"] {
                conn.execute(&format!("DELETE FROM {table} WHERE {place} AND {range}"), []).unwrap();
            }
            conn.execute(&format!("DELETE FROM units WHERE {place} AND block = {}", key.block), []).unwrap();
            drop(conn);
            let output = about("verify", &run, "--json").output().unwrap();
            loud(&output, &[4]);
            let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(report["missing"], serde_json::json!([key]), "{report}");
            let repaired = json(&mut about("verify", &run, "--repair --json"));
            assert_eq!(repaired["repaired"]["kept"], whole.planned as u64 - 1, "{repaired}");
            let before = rows(&run);
            succeed(&mut sweep(&run, FLAGS));
            assert_eq!(redone(&before, &rows(&run)), 1);
            assert!(dump(&run) == whole.expected);
        });
    }
    family.end();
}
