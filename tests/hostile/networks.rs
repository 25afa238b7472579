//! Runs of networks with values that no training gives, under the right checksums.

use std::fs;
use std::path::Path;

use hspin::analysis::networks::summarize;
use hspin::studies::networks::{Networks, NetworksStore};
use hspin::study::{repair, verify};
use rusqlite::Connection;

use crate::cases::{asked, hold};
use crate::harness::{Place, about, complaint, hspin, succeed};
use crate::mutate::Mutator;
use crate::readers::{self, dump, refused};
use crate::sealed::seal_networks;

/// Two sizes, two units of each; the larger has indices in its first.
fn run(path: &Path) {
    let flags = "--hidden 2,3 --networks 22 --epochs 1 --digits 20 --index 3 --index-hidden 3 --threads 1";
    succeed(hspin("networks sweep --out").arg(path).args(flags.split_whitespace()));
}

fn forge(path: &Path, statement: &str) {
    Connection::open(path).unwrap().execute(statement, []).unwrap();
    seal_networks(path).unwrap();
}

#[test]
fn checksums_of_networks_can_be_worked_out_from_the_tables_alone() {
    let place = Place::quick();
    let path = place.path("n.run");
    run(&path);
    let before = (verify::<Networks>(&path).unwrap().content_hash, dump(&path).unwrap());
    seal_networks(&path).unwrap();
    let verdict = verify::<Networks>(&path).unwrap();
    assert!(verdict.ok && verdict.complete);
    assert_eq!((verdict.content_hash, dump(&path).unwrap()), before);
}

#[test]
fn networks_that_cannot_be_are_found_though_their_checksums_are_right() {
    let place = Place::quick();
    let (seed, path) = (place.path("n.run"), place.path("a.run"));
    run(&seed);
    let digits = NetworksStore::open_read(&seed).unwrap().spec().digits.clone();
    let (train, test) = (digits.train.count, digits.test.count);
    // What a record alone shows; every reader refuses it.
    let records = [
        format!("train_errors = {} WHERE network = 4", train + 1),
        format!("test_errors = {} WHERE network = 4", test + 1),
        "train_errors = 4294967295".to_owned(),
        "train_errors = -1 WHERE network = 4".to_owned(),
        "train_loss = NULL WHERE network = 4".to_owned(),
        "test_loss = NULL WHERE network = 21".to_owned(),
        "gradient_norm = NULL WHERE hidden = 3".to_owned(),
        "train_loss = -1e-300 WHERE network = 0".to_owned(),
        "test_loss = 9e999 WHERE network = 0".to_owned(),
        "outcome = 'non_finite' WHERE network = 4".to_owned(),
        "outcome = 'converged' WHERE network = 4".to_owned(),
        "\"index\" = 331 WHERE hidden = 3 AND network = 0".to_owned(),
        "\"index\" = 4294967295 WHERE hidden = 3 AND network = 0".to_owned(),
        "\"index\" = 221 WHERE hidden = 2 AND network = 0".to_owned(),
        "\"index\" = 0 WHERE hidden = 3 AND network = 3".to_owned(),
        "network = 22 WHERE network = 21".to_owned(),
        "hidden = 7 WHERE hidden = 3".to_owned(),
    ];
    let records = records.map(|change| format!("UPDATE networks SET {change}"));
    // What only the whole unit shows.
    let units = [
        "DELETE FROM networks WHERE network = 5",
        "DELETE FROM networks WHERE network = 21",
        "DELETE FROM networks WHERE hidden = 2",
        "UPDATE networks SET \"index\" = NULL WHERE network = 1",
        "UPDATE network_units SET networks = 15 WHERE networks = 16",
        "UPDATE network_units SET networks = 4294967295",
        "UPDATE network_units SET indexed = 0",
        "UPDATE network_units SET indexed = 4 WHERE indexed = 3",
        "UPDATE network_units SET hidden = 7 WHERE hidden = 2",
        "UPDATE network_units SET block = 9 WHERE block = 1",
        "DELETE FROM network_units WHERE block = 1",
    ];
    let all = records.iter().map(|record| (record.as_str(), true)).chain(units.map(|unit| (unit, false)));
    let mut tried = 0;
    for (statement, by_record) in all {
        fs::copy(&seed, &path).unwrap();
        forge(&path, statement);
        match verify::<Networks>(&path) {
            Ok(verdict) => assert!(!verdict.ok, "{statement}: {verdict:?}"),
            Err(error) => refused(&error, &[4]),
        }
        if by_record {
            complaint(&about("show", &path, "").output().unwrap(), 4);
            complaint(&about("export", &path, "--out new").current_dir(place.folder()).output().unwrap(), 4);
        }
        // What is repaired is what was written.
        match repair::<Networks>(&path) {
            Ok(_) => {
                assert!(verify::<Networks>(&path).unwrap().ok, "{statement}");
                let content = dump(&seed).unwrap();
                assert!(dump(&path).unwrap().lines().all(|line| content.contains(line)), "{statement}");
            }
            Err(error) => refused(&error, &[4]),
        }
        tried += 1;
    }
    println!("trust: hostile-forged-networks: tried {tried}, failed 0");
}

const INTEGERS: [&str; 8] =
    ["0", "1", "-1", "15", "21", "4294967295", "9223372036854775807", "-9223372036854775808"];
const REALS: [&str; 8] = ["0.0", "-0.0", "1e308", "-1e308", "9e999", "NULL", "5e-324", "2.3"];

/// One statement that puts something absurd into a table.
fn forgery(mutator: &mut Mutator) -> String {
    let (integer, real) = (mutator.one_of(&INTEGERS), mutator.one_of(&REALS));
    let some = mutator.one_of(&["", " WHERE hidden = 3", " WHERE hidden = 2"]);
    match mutator.below(5) {
        0 => {
            let columns = ["train_errors", "test_errors", "\"index\"", "hidden", "network"];
            format!("UPDATE OR IGNORE networks SET {} = {integer}{some}", mutator.one_of(&columns))
        }
        1 => {
            let columns = ["train_loss", "test_loss", "gradient_norm"];
            format!("UPDATE networks SET {} = {real}{some}", mutator.one_of(&columns))
        }
        2 => {
            let columns = ["networks", "indexed", "hidden", "block"];
            format!("UPDATE OR IGNORE network_units SET {} = {integer}{some}", mutator.one_of(&columns))
        }
        3 => {
            let columns = ["training_s", "evaluation_s", "index_s"];
            format!("UPDATE OR IGNORE network_times SET {} = {real}{some}", mutator.one_of(&columns))
        }
        _ => format!("DELETE FROM {}{some}", mutator.one_of(&["networks", "network_units", "network_times"])),
    }
}

#[test]
fn forged_networks_are_refused_or_read_as_what_they_say() {
    let places = [Place::quick(), Place::quick()];
    let seed = places[0].path("n.run");
    run(&seed);
    let bytes = fs::read(&seed).unwrap();
    hold("hostile-forged-networks-at-random", asked().div_ceil(1000), |thread, case| {
        let path = places[thread as usize].path("a.run");
        fs::write(&path, &bytes).unwrap();
        let mut mutator = Mutator::of(case);
        let conn = Connection::open(&path).unwrap();
        for _ in 0..=mutator.below(2) {
            // What the tables' own constraints refuse cannot be forged by SQL.
            let _ = conn.execute(&forgery(&mut mutator), []);
        }
        drop(conn);
        let _ = seal_networks(&path);
        let mut errors = Vec::new();
        errors.extend(readers::verify(&path).err());
        errors.extend(dump(&path).err());
        errors.extend(NetworksStore::open_read(&path).and_then(|store| summarize(&store)).err());
        errors.extend(readers::repair(&path).err());
        errors.iter().for_each(|error| refused(error, &[2, 3, 4]));
        2 * bytes.len()
    });
}
