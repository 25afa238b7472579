//! A run of release 0.1, whose networks share the order of the digits by sixteen, keeps its meaning.

use std::fs;
use std::path::PathBuf;

use rusqlite::Connection;

use crate::harness::{Place, about, hspin, json, succeed};
use crate::sweep;

/// Made by release 0.1: `networks sweep --hidden 3 --networks 20 --epochs 2 --digits 100 --index 3 --index-hidden 3`.
const RUN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/networks-0.1.run");
/// Its content hash there, and after `networks sweep --hidden 4 --networks 40 --index 18`, there too.
const HASH: &str = "493e50ad70713183615e1369a04abe6916823e2dcaf736e536ab439cb2aa0c9e";
const GROWN: &str = "265060d552aa6d4108b647d351d785b3878ae13dc502bfdf13f8d3d9f448e217";

fn copied(place: &Place) -> PathBuf {
    let run = place.path("old.run");
    fs::copy(RUN, &run).unwrap();
    run
}

#[test]
fn it_verifies_and_trains_again_to_the_same_bits() {
    let place = Place::quick();
    let run = copied(&place);
    let found = json(about("verify", &run, "--deep").arg("--json"));
    assert_eq!((&found["ok"], &found["content_hash"]), (&true.into(), &HASH.into()));
    let text = succeed(&mut about("show", &run, ""));
    assert!(text.contains("sixteen networks in one order of the digits"), "{text}");
    let text = succeed(hspin("networks report").arg(&run));
    assert!(
        text.contains("Errors are over groups of 16 networks that share the order of the digits"),
        "{text}"
    );
}

#[test]
fn it_resumes_and_grows_to_the_records_that_it_would_have_had() {
    let place = Place::quick();
    let run = copied(&place);
    let damage = "UPDATE networks SET test_errors = 0 WHERE network = 3";
    assert_eq!(Connection::open(&run).unwrap().execute(damage, []).unwrap(), 1);
    assert_eq!(json(&mut about("verify", &run, "--repair --json"))["repaired"]["kept"], 1);
    // A report of what is left says that it is not all.
    let report = json(hspin("networks report --json").arg(&run));
    assert_eq!((&report["complete"], &report["units"]["done"]), (&false.into(), &1.into()));
    let text = succeed(hspin("networks report").arg(&run));
    assert!(text.starts_with("UNFINISHED (this run: 1 of 2 units done)"), "{text}");
    succeed(&mut sweep(&run, ""));
    assert_eq!(json(&mut about("verify", &run, "--json"))["content_hash"], HASH);
    succeed(&mut sweep(&run, "--hidden 4 --networks 40 --index 18"));
    assert_eq!(json(&mut about("verify", &run, "--json"))["content_hash"], GROWN);
}

#[test]
fn a_new_run_gives_every_network_its_own_order() {
    let place = Place::quick();
    let run = place.path("new.run");
    let flags = "--hidden 3 --networks 20 --epochs 2 --digits 100 --index 3 --index-hidden 3";
    let made = json(sweep(&run, flags).arg("--json"));
    assert_eq!(made["protocol"]["sgd"]["order"], "own");
    assert_ne!(made["content_hash"], HASH);
    let old = json(&mut about("show", &copied(&place), "--json"));
    assert_eq!(old["protocol"]["sgd"]["order"], serde_json::Value::Null);
}
