//! What is stored is believed only where it is what was written and the spec can have it.

use hspin::studies::networks::{BlockKey, NetworksStore};
use rusqlite::Connection;

use crate::harness::{Place, about, complaint, json, succeed};
use crate::{SMALL, dump, sweep};

#[test]
fn damage_is_found_named_and_mended() {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(&mut sweep(&run, SMALL));
    let whole = dump(&run);
    for (sql, unit) in [
        (
            "UPDATE networks SET train_loss = train_loss + 1e-9 WHERE hidden = 3 AND network = 20",
            "hidden 3 block 1",
        ),
        ("UPDATE networks SET \"index\" = 1 WHERE hidden = 8 AND network = 0", "hidden 8 block 0"),
        ("UPDATE networks SET test_errors = 0 WHERE hidden = 8 AND network = 39", "hidden 8 block 2"),
        ("UPDATE networks SET outcome = 'lost' WHERE hidden = 3 AND network = 0", "hidden 3 block 0"),
        ("DELETE FROM networks WHERE hidden = 3 AND network = 33", "hidden 3 block 2"),
        ("UPDATE network_units SET indexed = 0 WHERE hidden = 3 AND block = 0", "hidden 3 block 0"),
        (
            "UPDATE network_units SET checksum = zeroblob(32) WHERE hidden = 8 AND block = 1",
            "hidden 8 block 1",
        ),
    ] {
        let conn = Connection::open(&run).unwrap();
        assert_eq!(conn.execute(sql, []).unwrap(), 1, "{sql}");
        drop(conn);
        let output = about("verify", &run, "").output().unwrap();
        assert!(complaint(&output, 4).contains("is damaged"), "{sql}");
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(&format!("damaged: {unit}")), "{sql}: {text}");
        let mended = json(&mut about("verify", &run, "--repair --json"));
        assert_eq!(mended["repaired"]["kept"], 5, "{sql}");
        succeed(&mut sweep(&run, SMALL));
        assert!(dump(&run) == whole, "{sql}");
    }
}

#[test]
fn times_that_mean_nothing_stop_nobody() {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(&mut sweep(&run, SMALL));
    let whole = dump(&run);
    for sql in [
        "UPDATE network_times SET hidden = -3 WHERE hidden = 3",
        "UPDATE network_times SET training_s = 9e999 WHERE hidden = 8",
    ] {
        assert_eq!(Connection::open(&run).unwrap().execute(sql, []).unwrap(), 1, "{sql}");
        succeed(&mut about("verify", &run, ""));
        succeed(&mut about("show", &run, ""));
        succeed(&mut sweep(&run, SMALL));
        assert!(dump(&run) == whole, "{sql}");
    }
}

#[test]
fn rows_that_no_spec_has_are_not_read() {
    let place = Place::quick();
    for (name, sql) in [
        ("number", "UPDATE networks SET network = 4000000000 WHERE hidden = 3 AND network = 39"),
        ("size", "UPDATE networks SET hidden = 4000000000 WHERE hidden = 3 AND network = 39"),
        ("index", "UPDATE networks SET \"index\" = 4000000000 WHERE hidden = 3 AND network = 0"),
        ("not asked", "UPDATE networks SET \"index\" = 0 WHERE hidden = 3 AND network = 39"),
        ("errors", "UPDATE networks SET test_errors = 1001 WHERE hidden = 3 AND network = 39"),
        ("loss", "UPDATE networks SET test_loss = -1.0 WHERE hidden = 3 AND network = 39"),
        ("no loss", "UPDATE networks SET test_loss = NULL WHERE hidden = 3 AND network = 39"),
        ("negative", "UPDATE networks SET train_errors = -1 WHERE hidden = 3 AND network = 39"),
    ] {
        let run = place.path(name);
        succeed(&mut sweep(&run, SMALL));
        assert_eq!(Connection::open(&run).unwrap().execute(sql, []).unwrap(), 1);
        let store = NetworksStore::open_read(&run).unwrap();
        assert_eq!(store.networks().unwrap_err().exit_code(), 4, "{name}");
        complaint(&about("show", &run, "").output().unwrap(), 4);
    }
}

#[test]
fn strays_specs_and_tables_that_are_not_ours_are_damage() {
    let place = Place::quick();
    let stray = "INSERT INTO networks VALUES (9, 0, 1.0, 1.0, 0, 0, 1.0, NULL, 'finished')";
    for (name, sql, verb) in [
        ("stray", stray, "verify"),
        ("unit", "DELETE FROM network_units WHERE hidden = 3 AND block = 0", "show"),
        ("spec", "UPDATE spec SET json = replace(json, '\"seed\":1', '\"seed\":2')", "show"),
        ("table", "CREATE TABLE more (id INTEGER)", "show"),
        ("trigger", "CREATE TRIGGER t AFTER INSERT ON networks BEGIN DELETE FROM networks; END", "show"),
    ] {
        let run = place.path(name);
        succeed(&mut sweep(&run, "--hidden 3 --networks 5 --epochs 1 --digits 100"));
        Connection::open(&run).unwrap().execute_batch(sql).unwrap();
        complaint(&about(verb, &run, "").output().unwrap(), 4);
    }
}

#[test]
fn training_again_finds_a_record_whose_checksum_is_right() {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(&mut sweep(&run, SMALL));
    let sample = json(&mut about("verify", &run, "--deep --sample-seed 3 --json"));
    assert!(sample["deep"]["tried"].as_u64().unwrap() >= 24, "{sample}");
    assert!(succeed(&mut about("verify", &run, "--deep --all")).contains("recomputed: 80 records, "));
    let mut store = NetworksStore::open(&run).unwrap();
    let key = BlockKey { hidden: 8, block: 0 };
    let mut unit = store.unit(&key).unwrap().unwrap();
    unit.rows[7].test_loss *= 1.0 + f64::EPSILON;
    store.write(&[unit], &[]).unwrap();
    drop(store);
    succeed(&mut about("verify", &run, ""));
    let output = about("verify", &run, "--deep --all").output().unwrap();
    assert!(complaint(&output, 4).contains("are not reproduced"));
    assert!(String::from_utf8(output.stdout).unwrap().contains("differs: hidden 8 network 7"));
}

#[test]
fn a_store_takes_only_what_its_plan_has() {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(&mut sweep(&run, SMALL));
    let before = dump(&run);
    let mut store = NetworksStore::open(&run).unwrap();
    let unit = store.unit(&BlockKey { hidden: 3, block: 2 }).unwrap().unwrap();
    let mut wrongs = vec![unit.clone(), unit.clone(), unit.clone(), unit.clone()];
    wrongs[0].listed.block = 3;
    wrongs[1].listed.hidden = 4;
    wrongs[2].rows.swap(0, 1);
    wrongs[3].listed.indexed = 1;
    for wrong in wrongs {
        assert_eq!(store.write(&[unit.clone(), wrong], &[]).unwrap_err().exit_code(), 1);
    }
    drop(store);
    assert!(dump(&run) == before);
}
