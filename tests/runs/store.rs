//! The store keeps what it was given, tells when it did not, and refuses what is not its own.

use std::fs;
use std::path::{Path, PathBuf};

use crate::fake::{dump, request, work};
use hspin::analysis::summarize;
use hspin::studies::surfaces::{Request, Spec, SurfaceStore, SurfaceTimings, Surfaces, Timings};
use hspin::study::{Study, repair, verify};
use rusqlite::Connection;

struct Place {
    _folder: tempfile::TempDir,
    run: PathBuf,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("a.run");
    Place { _folder: folder, run }
}

fn finished(request: &Request) -> (Place, String) {
    let place = place();
    let mut store = SurfaceStore::create(&place.run, &Spec::new(request).unwrap()).unwrap();
    work(&mut store, usize::MAX).unwrap();
    let text = dump(&store).unwrap();
    (place, text)
}

fn sql(run: &Path, statement: &str) {
    let changed = Connection::open(run).unwrap().execute(statement, []).unwrap();
    assert!(changed > 0, "{statement} changed nothing");
}

#[test]
fn whole_equals_half_plus_resume() {
    let (_whole, expected) = finished(&request());
    let half = place();
    let mut store = SurfaceStore::create(&half.run, &Spec::new(&request()).unwrap()).unwrap();
    assert_eq!(work(&mut store, 5).unwrap(), 5);
    drop(store);
    let mut store = SurfaceStore::open(&half.run).unwrap();
    assert_eq!(work(&mut store, usize::MAX).unwrap(), 7);
    assert_eq!(dump(&store).unwrap(), expected);
}

#[test]
fn a_grown_run_equals_one_asked_at_once() {
    let (_whole, expected) = finished(&request());
    let small = Request {
        dims: Some(vec![5]),
        starts: Some(25),
        instances: Some(1),
        trace: Some(true),
        ..Request::default()
    };
    let (place, _) = finished(&small);
    let mut store = SurfaceStore::open(&place.run).unwrap();
    let grown = store.spec().grown(&request()).unwrap();
    store.grow(&grown).unwrap();
    drop(store);
    let mut store = SurfaceStore::open(&place.run).unwrap();
    assert!(!verify::<Surfaces>(&place.run).unwrap().complete);
    work(&mut store, usize::MAX).unwrap();
    assert_eq!(dump(&store).unwrap(), expected);
    assert!(verify::<Surfaces>(&place.run).unwrap().complete);
}

#[test]
fn what_is_read_is_what_was_written() {
    let (place, _) = finished(&request());
    let store = SurfaceStore::open_read(&place.run).unwrap();
    let records = store.records(None).unwrap();
    assert_eq!(records.len(), 2 * 2 * 45);
    assert!(records.is_sorted_by_key(|record| (record.dim, record.instance, record.start)));
    let lost = &records[5];
    assert!(lost.energy.is_nan() && lost.gradient_norm.is_nan() && lost.index.is_none());
    assert_eq!(store.records(Some(5)).unwrap().len(), 90);
    let points = store.points(5, 1).unwrap();
    assert_eq!((points.starts.len(), points.values.len()), (45, 225));
    let length: f64 = points.of(44).iter().map(|x| x * x).sum();
    assert!((length - 5.0).abs() < 1e-12);
    assert_eq!(store.trace(3, 0, 0).unwrap().len(), 3);
}

#[test]
fn times_add_up_and_change_no_content() {
    let (place, _) = finished(&request());
    let mut store = SurfaceStore::open(&place.run).unwrap();
    let before = store.content_hash();
    let spent = Timings { draw_s: 1.0, descent_s: 2.0, polish_s: 3.0, index_s: 4.0 };
    let spent = [SurfaceTimings::new(3, 0, &spent)];
    store.write(&[], &spent).unwrap();
    store.write(&[], &spent).unwrap();
    assert_eq!(store.times().unwrap()[0].spent().total_s(), 20.0);
    assert_eq!(store.content_hash(), before);
    assert_eq!(verify::<Surfaces>(&place.run).unwrap().content_hash, before);
}

#[test]
fn times_that_mean_nothing_are_left_out_and_stop_nobody() {
    let (place, expected) = finished(&request());
    for statement in [
        "INSERT INTO timings VALUES (3, 0, 1.0, 2.0, 3.0, 4.0), (5, 0, 1.0, 2.0, 3.0, 4.0)",
        "UPDATE timings SET dim = -123 WHERE dim = 5",
        "INSERT INTO timings VALUES (5, 5000000000, 0, 0, 0, 0), (3, 1, 9e999, 0, 0, 0), (5, 1, -1e300, 0, 0, 0)",
    ] {
        sql(&place.run, statement);
        let store = SurfaceStore::open(&place.run).unwrap();
        let known: Vec<_> = store.times().unwrap().iter().map(|spent| (spent.dim, spent.instance)).collect();
        assert!(
            known.contains(&(3, 0)) && known.iter().all(|&(dim, instance)| dim > 0 && instance == 0),
            "{known:?}"
        );
        summarize(&store).unwrap();
        drop(store);
        assert!(verify::<Surfaces>(&place.run).unwrap().ok, "{statement}");
    }
    assert_eq!(dump(&SurfaceStore::open(&place.run).unwrap()).unwrap(), expected);
}

#[test]
fn every_kind_of_changed_content_is_found_and_only_damaged_units_are_redone() {
    let cases = [
        ("UPDATE records SET energy = energy + 1e-12 WHERE dim = 3 AND instance = 1 AND start = 21", 1),
        ("UPDATE records SET \"index\" = NULL WHERE dim = 5 AND instance = 0 AND start = 0", 1),
        ("UPDATE records SET outcome = 'converged' WHERE dim = 3 AND instance = 0 AND start = 5", 1),
        ("UPDATE records SET outcome = 'perfect' WHERE dim = 3 AND instance = 0 AND start = 5", 1),
        ("DELETE FROM records WHERE dim = 3 AND instance = 0 AND start = 44", 1),
        ("UPDATE points SET point = zeroblob(24) WHERE dim = 3 AND instance = 0 AND start = 1", 1),
        ("UPDATE points SET point = x'00' WHERE dim = 3 AND instance = 0 AND start = 1", 1),
        ("DELETE FROM points WHERE dim = 3", 6),
        ("DELETE FROM traces WHERE dim = 5 AND instance = 1 AND start = 30 AND step = 10", 1),
        ("UPDATE units SET starts = 19 WHERE dim = 3 AND instance = 0 AND block = 0", 1),
        ("UPDATE units SET checksum = zeroblob(32) WHERE dim = 3 AND instance = 0 AND block = 0", 1),
        ("UPDATE units SET checksum = x'00' WHERE dim = 3 AND instance = 0 AND block = 0", 1),
        ("DELETE FROM units WHERE dim = 3 AND instance = 0 AND block = 1", 1),
        ("UPDATE units SET dim = 77 WHERE dim = 3 AND instance = 0 AND block = 1", 1),
        ("INSERT INTO points VALUES (9, 0, 0, x'00')", 0),
        ("UPDATE spec SET root = zeroblob(32)", 0),
    ];
    for (statement, redone) in cases {
        let (place, expected) = finished(&request());
        sql(&place.run, statement);
        let found = verify::<Surfaces>(&place.run).unwrap();
        assert!(!found.ok, "{statement}");
        let repaired = repair::<Surfaces>(&place.run).unwrap();
        assert_eq!(repaired.kept, 12 - redone, "{statement}");
        let mended = verify::<Surfaces>(&place.run).unwrap();
        assert!(mended.ok && mended.complete == (redone == 0), "{statement}: {mended:?}");
        let mut store = SurfaceStore::open(&place.run).unwrap();
        assert_eq!(work(&mut store, usize::MAX).unwrap() as u64, redone, "{statement}");
        assert_eq!(dump(&store).unwrap(), expected, "{statement}");
    }
}

#[test]
fn a_changed_spec_is_damage_that_no_repair_hides() {
    let (place, _) = finished(&request());
    sql(&place.run, "UPDATE spec SET json = replace(json, '\"seed\":1', '\"seed\":2')");
    for error in [
        verify::<Surfaces>(&place.run).unwrap_err(),
        repair::<Surfaces>(&place.run).unwrap_err(),
        SurfaceStore::open(&place.run).unwrap_err(),
        SurfaceStore::open_read(&place.run).unwrap_err(),
    ] {
        assert_eq!(error.exit_code(), 4, "{error}");
        assert!(error.to_string().contains("spec was changed"), "{error}");
    }
}

#[test]
fn a_flipped_byte_anywhere_is_found_or_touches_no_content() {
    let (place, expected) = finished(&request());
    let good = fs::read(&place.run).unwrap();
    let mut found = 0;
    let mut harmless = 0;
    for at in (0..good.len()).step_by(101) {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        fs::write(&place.run, &bad).unwrap();
        match verify::<Surfaces>(&place.run) {
            Ok(verdict) if verdict.ok && verdict.complete => {
                harmless += 1;
                let store = SurfaceStore::open_read(&place.run).unwrap();
                assert_eq!(dump(&store).unwrap(), expected, "byte {at} changed content unseen");
            }
            Ok(_) => found += 1,
            Err(error) => {
                assert!((2..=4).contains(&error.exit_code()), "byte {at}: {error}");
                found += 1;
            }
        }
    }
    assert!(found > 100, "found {found}, harmless {harmless}");
}

#[test]
fn a_truncated_file_is_found() {
    let (place, _) = finished(&request());
    let good = fs::read(&place.run).unwrap();
    for length in
        [0, 1, 50, 99, 100, 4095, 4096, 4097, 8192, good.len() / 2, good.len() - 4096, good.len() - 1]
    {
        fs::write(&place.run, &good[..length]).unwrap();
        match verify::<Surfaces>(&place.run) {
            Ok(verdict) => assert!(!verdict.ok, "{length} of {} bytes pass", good.len()),
            Err(error) => assert!([2, 4].contains(&error.exit_code()), "{length}: {error}"),
        }
    }
}

#[test]
fn one_writes_at_a_time_while_others_read() {
    let (place, expected) = finished(&request());
    let holder = SurfaceStore::open(&place.run).unwrap();
    let refused = SurfaceStore::open(&place.run).unwrap_err();
    assert_eq!(refused.exit_code(), 3);
    assert!(refused.to_string().contains(&std::process::id().to_string()), "{refused}");
    assert_eq!(repair::<Surfaces>(&place.run).unwrap_err().exit_code(), 3);
    assert_eq!(dump(&SurfaceStore::open_read(&place.run).unwrap()).unwrap(), expected);
    assert!(verify::<Surfaces>(&place.run).unwrap().ok);
    drop(holder);
    SurfaceStore::open(&place.run).unwrap();
}

#[test]
fn what_a_killed_creation_leaves_is_not_taken_for_a_run() {
    let place = place();
    let spec = Spec::new(&request()).unwrap();
    let part = place.run.with_file_name(".hspin-0123456789abcdef.part");
    fs::write(&part, b"SQLite format 3\0 half").unwrap();
    fs::write(place.run.with_file_name("a.run.part"), b"somebody's").unwrap();
    fs::write(place.run.with_file_name("a.run.lock"), b"gone 1").unwrap();
    assert_eq!(SurfaceStore::open(&place.run).unwrap_err().exit_code(), 2);
    drop(SurfaceStore::create(&place.run, &spec).unwrap());
    assert!(!part.exists());
    assert_eq!(fs::read(place.run.with_file_name("a.run.part")).unwrap(), b"somebody's");
    assert_eq!(SurfaceStore::create(&place.run, &spec).unwrap_err().exit_code(), 3);
}

#[test]
fn a_unit_outside_the_plan_is_refused() {
    let place = place();
    let mut store = SurfaceStore::create(&place.run, &Spec::new(&request()).unwrap()).unwrap();
    let spec = store.spec().clone();
    let unit = Surfaces::plan(&spec).next().unwrap();
    let good = crate::fake::fake_unit(&spec, &unit);
    let mut short = good.clone();
    short.starts.pop();
    let mut elsewhere = good.clone();
    elsewhere.key.dim = 4;
    let mut swapped = good.clone();
    swapped.starts.swap(0, 1);
    let mut no_point = good;
    no_point.starts[0].point.clear();
    for bad in [short, elsewhere, swapped, no_point] {
        assert_eq!(store.write_unit(&bad).unwrap_err().exit_code(), 1);
    }
    assert!(store.done().is_empty());
}

#[test]
fn foreign_files_are_refused_by_their_first_bytes() {
    let place = place();
    let check = |run: &Path, code: u8, part: &str| {
        for error in [
            SurfaceStore::open(run).unwrap_err(),
            SurfaceStore::open_read(run).unwrap_err(),
            verify::<Surfaces>(run).unwrap_err(),
        ] {
            assert_eq!(error.exit_code(), code, "{error}");
            assert!(error.to_string().contains(part), "{error}");
        }
    };
    check(&place.run, 2, "existing run");
    fs::write(&place.run, b"").unwrap();
    check(&place.run, 2, "not an hspin file (it is empty)");
    fs::write(&place.run, b"spins = 3\n").unwrap();
    check(&place.run, 2, "not an hspin file");
    fs::File::create(&place.run).unwrap().set_len(1 << 40).unwrap();
    check(&place.run, 2, "not an hspin file");
    fs::remove_file(&place.run).unwrap();
    Connection::open(&place.run).unwrap().execute_batch("CREATE TABLE spec (id)").unwrap();
    check(&place.run, 2, "not an hspin file");
    fs::remove_file(&place.run).unwrap();
    fs::create_dir(&place.run).unwrap();
    check(&place.run, 2, "a directory");
    check(Path::new("/dev/null"), 2, "not a regular file");
    #[cfg(unix)]
    {
        let (real, _) = finished(&request());
        let link = place.run.with_file_name("link.run");
        std::os::unix::fs::symlink(&real.run, &link).unwrap();
        check(&link, 2, "a symbolic link");
    }
}

#[test]
fn a_newer_format_is_refused_and_those_of_release_0_1_are_older() {
    let (place, _) = finished(&request());
    sql_pragma(&place.run, "PRAGMA user_version = 99");
    let error = SurfaceStore::open_read(&place.run).unwrap_err();
    assert_eq!(error.exit_code(), 3);
    assert!(error.to_string().contains("format 99"), "{error}");
    sql_pragma(&place.run, "PRAGMA user_version = 1");
    SurfaceStore::open_read(&place.run).unwrap();
    sql_pragma(&place.run, "PRAGMA user_version = 0");
    assert_eq!(SurfaceStore::open_read(&place.run).unwrap_err().exit_code(), 2);
}

fn sql_pragma(run: &Path, statement: &str) {
    Connection::open(run).unwrap().execute_batch(statement).unwrap();
}

#[test]
fn a_run_of_our_header_without_our_tables_is_damaged() {
    let place = place();
    sql_pragma(
        &place.run,
        "PRAGMA application_id = 0x4853504E; PRAGMA user_version = 1; CREATE TABLE x (id)",
    );
    assert_eq!(SurfaceStore::open(&place.run).unwrap_err().exit_code(), 4);
    assert_eq!(verify::<Surfaces>(&place.run).unwrap_err().exit_code(), 4);
}

#[test]
fn a_place_that_cannot_be_written_is_refused() {
    let spec = Spec::new(&request()).unwrap();
    for place in ["/proc/a.run", "/dev/null/a.run", "/nowhere/at/all/a.run"] {
        let error = SurfaceStore::create(Path::new(place), &spec).unwrap_err();
        assert_eq!(error.exit_code(), 3, "{error}");
        assert_eq!(error.to_string().lines().count(), 1);
    }
}

/// The journal of a writer that died in the middle of a transaction on another run.
fn hot_journal() -> Vec<u8> {
    let (other, _) = finished(&Request { starts: Some(400), ..request() });
    let writer = Connection::open(&other.run).unwrap();
    // A cache this small spills changed pages, and before them a synced journal.
    writer
        .execute_batch("PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE records SET energy = energy + 1")
        .unwrap();
    let journal = fs::read(other.run.with_file_name("a.run-journal")).unwrap();
    assert_ne!(journal[8..12], [0; 4], "the journal holds pages to play back");
    journal
}

#[test]
fn a_journal_left_beside_a_removed_run_does_not_touch_the_next_one() {
    let journal = hot_journal();
    let (_whole, expected) = finished(&request());
    let place = place();
    fs::write(place.run.with_file_name("a.run-journal"), journal).unwrap();
    let mut store = SurfaceStore::create(&place.run, &Spec::new(&request()).unwrap()).unwrap();
    work(&mut store, usize::MAX).unwrap();
    assert_eq!(dump(&store).unwrap(), expected);
}

#[test]
fn the_size_on_disk_is_foretold() {
    let (place, _) = finished(&Request { starts: Some(400), ..request() });
    let spec = SurfaceStore::open_read(&place.run).unwrap().spec().clone();
    let (foretold, found) =
        (Surfaces::disk_bytes(&spec) as f64, fs::metadata(&place.run).unwrap().len() as f64);
    assert!(found < foretold, "{found} {foretold}");
}
