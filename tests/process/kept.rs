//! Runs that keep the user's own couplings: they need no file, and are in all else the runs that have only their checksum.

use hspin::studies::surfaces::SurfaceStore;
use rusqlite::{Connection, params};
use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::{Place, about, dump, hspin, json, refused, succeed, sweep};
use crate::own_orders::array;
use crate::scale::entry;

/// A tensor of H = 3, Λ = 6.
fn tensor(place: &Place) -> PathBuf {
    array(place, "own.npy", [3, 6], entry)
}

/// A run of 25 starts that keeps its tensor, whose file is gone, and one of 45 with the file.
fn kept_and_whole(place: &Place) -> (PathBuf, PathBuf) {
    let (file, run, whole) = (tensor(place), place.path("kept.run"), place.path("whole.run"));
    succeed(sweep(&whole, "--starts 45 --couplings").arg(&file));
    succeed(sweep(&run, "--starts 25 --keep-couplings --couplings").arg(&file));
    fs::remove_file(file).unwrap();
    (run, whole)
}

/// Changes one byte of what a run keeps.
fn flip(run: &Path) {
    let conn = Connection::open(run).unwrap();
    let read = |row: &rusqlite::Row<'_>| row.get::<_, Vec<u8>>(0);
    let mut bytes = conn.query_row("SELECT bytes FROM attachments WHERE part = 0", [], read).unwrap();
    bytes[100] ^= 1;
    conn.execute("UPDATE attachments SET bytes = ?1 WHERE part = 0", params![bytes]).unwrap();
}

#[test]
fn a_run_that_keeps_its_tensor_goes_on_and_is_computed_again_without_the_file() {
    let place = Place::quick();
    let (run, whole) = kept_and_whole(&place);
    let shown = json(&mut about("show", &run, "--json"));
    assert_eq!(shown["keeps_couplings"], true, "{shown}");
    assert!(succeed(&mut about("show", &run, "")).contains("couplings of your own (kept in the run)"));
    let grown = json(&mut sweep(&run, "--starts 45 --json"));
    assert!(dump(&run) == dump(&whole));
    let other = json(&mut about("show", &whole, "--json"));
    assert_eq!(grown["content_hash"], other["content_hash"]);
    assert!(other.get("keeps_couplings").is_none(), "{other}");
    let found = json(&mut about("verify", &run, "--deep --all --json"));
    assert_eq!((&found["ok"], &found["deep"]["rerun"]), (&true.into(), &45.into()), "{found}");
    // The command that began it goes on with it, too.
    let file = tensor(&place);
    succeed(sweep(&run, "--starts 60 --keep-couplings --couplings").arg(&file));
    succeed(&mut sweep(&run, "--starts 61 --keep-couplings"));
}

#[test]
fn what_is_kept_comes_out_of_an_export_bit_by_bit() {
    let place = Place::quick();
    let (run, whole) = kept_and_whole(&place);
    let out = place.path("out");
    succeed(about("export", &run, "--dim 6 --instance 0 --couplings --out").arg(&out));
    let exported = fs::read(out.join("couplings.npy")).unwrap();
    let values: Vec<u8> =
        crate::scale::dense(3, 6, entry).iter().flat_map(|value| value.to_le_bytes()).collect();
    assert!(exported.ends_with(&values) && exported.len() < values.len() + 200);
    let line =
        refused(about("export", &whole, "--dim 6 --instance 0 --couplings --out").arg(place.path("none")), 3);
    assert!(line.contains("only their checksum") && line.contains("--keep-couplings"), "{line}");
}

#[test]
fn several_orders_and_symmetric_parts_are_kept_as_they_are_used() {
    let place = Place::quick();
    let lopsided = |indices: &[usize]| entry(indices) + indices[0] as f64;
    let [h, a] = [array(&place, "h.npy", [1, 5], entry), array(&place, "a.npy", [2, 5], lopsided)];
    let files = format!("--symmetrize --couplings {} --couplings {}", h.display(), a.display());
    let (run, whole) = (place.path("a.run"), place.path("whole.run"));
    succeed(&mut sweep(&run, &format!("--starts 20 --keep-couplings {files}")));
    succeed(&mut sweep(&whole, &format!("--starts 45 {files}")));
    succeed(&mut sweep(&run, "--starts 45"));
    assert!(dump(&run) == dump(&whole));
    let out = place.path("out");
    succeed(about("export", &run, "--dim 5 --instance 0 --couplings --out").arg(&out));
    let [h, a] = ["couplings-1.npy", "couplings-2.npy"].map(|name| out.join(name));
    let again = place.path("again.run");
    let flags = format!("--starts 45 --couplings {},{}", h.display(), a.display());
    succeed(&mut sweep(&again, &flags));
    assert!(dump(&again) == dump(&whole));
}

#[test]
fn a_census_keeps_its_tensor_too() {
    let place = Place::quick();
    let (file, run) = (array(&place, "own.npy", [3, 4], entry), place.path("census.run"));
    let made = json(hspin("census --json --keep-couplings --out").arg(&run).arg("--couplings").arg(&file));
    fs::remove_file(&file).unwrap();
    assert_eq!(json(hspin("census --json --out").arg(&run)), made);
    let found = json(&mut about("verify", &run, "--deep --json"));
    assert_eq!((&found["ok"], &found["deep"]["censuses"]), (&true.into(), &1.into()), "{found}");
    assert!(succeed(&mut about("show", &run, "")).contains("couplings kept"));
}

#[test]
fn a_changed_byte_of_what_is_kept_is_found_and_a_repair_keeps_the_units() {
    let place = Place::quick();
    let (run, whole) = kept_and_whole(&place);
    flip(&run);
    let report = about("verify", &run, "--json").output().unwrap();
    assert_eq!(report.status.code(), Some(4));
    let report: serde_json::Value = serde_json::from_slice(&report.stdout).unwrap();
    assert_eq!(report["problems"][0], "attachments: couplings-3 is not what was written", "{report}");
    let before = fs::read(&run).unwrap();
    let file = tensor(&place);
    for line in [
        refused(&mut sweep(&run, "--starts 45"), 4),
        refused(sweep(&run, "--starts 45 --couplings").arg(&file), 4),
        refused(about("export", &run, "--dim 6 --instance 0 --couplings --out").arg(place.path("x")), 4),
        refused(hspin("merge").arg(&run).arg("--out").arg(place.path("m.run")), 4),
    ] {
        assert!(line.contains("couplings-3 is not what was written"), "{line}");
    }
    assert!(fs::read(&run).unwrap() == before && !place.path("m.run").exists());
    let text = succeed(&mut about("verify", &run, "--repair"));
    assert!(
        text.contains("2 units kept") && text.contains("kept no longer: attachments: couplings-3"),
        "{text}"
    );
    assert!(refused(&mut sweep(&run, "--starts 45"), 3).contains("--couplings"));
    succeed(sweep(&run, "--starts 45 --couplings").arg(&file));
    assert!(dump(&run) == dump(&whole));
}

#[test]
fn a_repair_of_units_keeps_what_is_kept() {
    let place = Place::quick();
    let (run, whole) = kept_and_whole(&place);
    let conn = Connection::open(&run).unwrap();
    conn.execute("UPDATE records SET energy = energy + 1 WHERE start = 3", []).unwrap();
    drop(conn);
    succeed(&mut about("verify", &run, "--repair"));
    succeed(&mut sweep(&run, "--starts 45"));
    assert!(dump(&run) == dump(&whole));
    // A file that is cut off behind what is kept, and one that is cut off within.
    for (name, cut) in [("late.run", 4096), ("early.run", fs::metadata(&run).unwrap().len() - 3 * 4096)] {
        let damaged = place.path(name);
        let bytes = fs::read(&run).unwrap();
        fs::write(&damaged, &bytes[..bytes.len() - cut as usize]).unwrap();
        let output = about("verify", &damaged, "--repair").output().unwrap();
        assert!(matches!(output.status.code(), Some(0 | 4)), "{output:?}");
        if output.status.code() == Some(0) {
            let file = tensor(&place);
            succeed(sweep(&damaged, "--starts 45 --couplings").arg(&file));
            assert!(dump(&damaged) == dump(&whole));
        }
    }
}

#[test]
fn a_merged_run_keeps_what_one_of_the_runs_kept() {
    let place = Place::quick();
    let (run, whole) = kept_and_whole(&place);
    for (number, runs) in [[&run, &whole], [&whole, &run]].into_iter().enumerate() {
        let merged = place.path(&format!("{number}.run"));
        succeed(hspin("merge").args(runs).arg("--out").arg(&merged));
        assert!(dump(&merged) == dump(&whole));
        succeed(&mut sweep(&merged, "--starts 46"));
        assert_eq!(json(&mut about("verify", &merged, "--json"))["ok"], true);
    }
}

#[test]
fn couplings_are_kept_where_there_are_any_and_from_the_beginning() {
    let place = Place::quick();
    let (file, run) = (tensor(&place), place.path("a.run"));
    let line = refused(&mut sweep(&run, "--starts 20 --dims 6 --keep-couplings"), 2);
    assert!(line.contains("keep-couplings = true: nothing without couplings of your own"), "{line}");
    let line = refused(hspin("census --keep-couplings --couplings").arg(&file), 2);
    assert!(line.contains("--out"), "{line}");
    assert!(!run.exists());
    succeed(sweep(&run, "--starts 20 --couplings").arg(&file));
    let before = fs::read(&run).unwrap();
    let line = refused(sweep(&run, "--starts 45 --keep-couplings --couplings").arg(&file), 3);
    assert!(line.contains("keep-couplings: ") && line.contains("only a new run"), "{line}");
    assert!(refused(&mut sweep(&run, "--starts 45 --keep-couplings"), 2).contains("keep-couplings"));
    assert!(fs::read(&run).unwrap() == before);
}

/// What is kept is in rows of a mebibyte.
#[test]
fn a_large_tensor_is_kept_in_parts() {
    let place = Place::quick();
    let (file, run) = (array(&place, "large.npy", [2, 600], entry), place.path("a.run"));
    succeed(sweep(&run, "--starts 1 --protocol gd --keep-couplings --couplings").arg(&file));
    let longest = "SELECT max(length(bytes)), count(*) FROM attachments";
    let conn = Connection::open(&run).unwrap();
    let found = conn.query_row(longest, [], |row| Ok((row.get(0)?, row.get(1)?)));
    assert_eq!(found.unwrap(), (1_i64 << 20, 3_i64));
    drop(conn);
    assert!(SurfaceStore::open_read(&run).unwrap().keeps().unwrap());
    assert_eq!(json(&mut about("verify", &run, "--deep --json"))["ok"], true);
}
