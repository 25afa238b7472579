//! Damage is found, mended by the same sweep, and a consistent lie is found by computing again.

use std::fs;
use std::path::Path;

use hspin::run::{StartResult, Store, UnitKey, UnitResult};

use crate::harness::{Place, about, complaint, dump, json, refused, succeed, sweep};

const FLAGS: &str = "--dims 4,9 --starts 45 --instances 2";

/// Writes a unit again with one energy moved, checksums and all, as a bug before the store would.
fn lie(run: &Path) {
    let mut store = Store::open(run).unwrap();
    let key = UnitKey { spins: 3, dim: 9, instance: 0, block: 0 };
    let points = store.points(9, 0).unwrap();
    let records = store.surface_records(9, 0).unwrap();
    let mut starts: Vec<StartResult> = records[..20]
        .iter()
        .map(|record| StartResult {
            record: record.clone(),
            point: points.of(record.start).to_vec(),
            trace: Vec::new(),
        })
        .collect();
    starts[0].record.energy += 1e-6;
    store.write_unit(&UnitResult { key, starts, census: None }).unwrap();
}

#[test]
fn a_wrong_energy_with_the_right_checksum_is_found_by_computing_it_again() {
    let place = Place::quick();
    for (name, more) in [("points", ""), ("none", "--no-points"), ("gd", "--protocol gd")] {
        let run = place.path(name);
        succeed(&mut sweep(&run, &format!("{FLAGS} {more}")));
        let honest = json(&mut about("verify", &run, "--deep --json"));
        assert_eq!((&honest["ok"], &honest["deep"]["tried"]), (&true.into(), &12.into()), "{honest}");
        lie(&run);
        assert_eq!(json(&mut about("verify", &run, "--json"))["ok"], true);
        let found = about("verify", &run, "--deep --json").output().unwrap();
        complaint(&found, 4);
        let found: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
        assert_eq!(found["ok"], false);
        assert_eq!(found["deep"]["wrong"], serde_json::json!(["dim 9 instance 0 start 0"]), "{name}");
    }
}

#[test]
fn a_changed_spec_and_a_vanished_unit_are_found() {
    let place = Place::quick();
    let (whole, run) = (place.path("whole.run"), place.path("a.run"));
    succeed(&mut sweep(&whole, FLAGS));
    let change = |statement: &str| {
        fs::copy(&whole, &run).unwrap();
        assert!(rusqlite::Connection::open(&run).unwrap().execute(statement, []).unwrap() > 0);
    };
    change("UPDATE spec SET json = replace(json, '\"seed\":1', '\"seed\":2')");
    for mut verb in [about("verify", &run, "--json"), about("show", &run, ""), sweep(&run, FLAGS)] {
        assert!(refused(&mut verb, 4).contains("the spec was changed"));
    }
    for statement in ["DELETE FROM units WHERE dim = 9 AND block = 1", "DELETE FROM records WHERE dim = 9"] {
        change(statement);
        let found = about("verify", &run, "").output().unwrap();
        assert_eq!(found.status.code(), Some(4), "{statement}");
        succeed(&mut about("verify", &run, "--repair"));
        succeed(&mut sweep(&run, FLAGS));
        assert!(dump(&run) == dump(&whole), "{statement}");
    }
}

#[test]
fn starts_that_ended_in_infinity_come_out_again() {
    let place = Place::new();
    let (run, config) = (place.path("a.run"), place.path("wild.toml"));
    fs::write(&config, "points = false\ndims = [6]\nstarts = 5\n[descent]\nfull_rate = 1e300\n").unwrap();
    succeed(sweep(&run, "--config").arg(&config));
    assert_eq!(json(&mut about("show", &run, "--json"))["dims"][0]["outcomes"]["non_finite"], 5);
    let found = json(&mut about("verify", &run, "--deep --json"));
    assert_eq!((&found["ok"], &found["deep"]["wrong"]), (&true.into(), &serde_json::json!([])));
}
