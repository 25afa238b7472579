//! Runs that keep couplings, with a table of another content: it is found, or means what was written.

use std::fs;
use std::path::Path;

use hspin::studies::surfaces::{SurfaceStore, Surfaces};
use hspin::study::Study as _;
use rusqlite::Connection;

use crate::cases::{asked, hold};
use crate::harness::{Place, about, refused, succeed, sweep};
use crate::mutate::Mutator;
use crate::readers;

/// A run on the matrix with these entries, which it keeps.
fn kept(place: &Place) -> std::path::PathBuf {
    let (file, run) = (place.path("own.npy"), place.path("kept.run"));
    let mut bytes = Vec::new();
    hspin::numeric::npy::write(&mut bytes, &[2, 2], [1.0, 0.5, 0.5, -2.0]).unwrap();
    fs::write(&file, bytes).unwrap();
    succeed(sweep(&run, "--starts 3 --threads 1 --keep-couplings --couplings").arg(&file));
    run
}

#[test]
fn a_forged_table_of_what_is_kept_is_damage() {
    let place = Place::quick();
    let honest = kept(&place);
    let forgeries = [
        "DELETE FROM attachments",
        "UPDATE attachments SET name = 'couplings-3'",
        "UPDATE attachments SET part = 1",
        "UPDATE attachments SET part = -1",
        "UPDATE attachments SET bytes = x''",
        "UPDATE attachments SET bytes = zeroblob(32)",
        "UPDATE attachments SET bytes = zeroblob(40000000)",
        "INSERT INTO attachments VALUES ('couplings-2', 1, x'')",
        "INSERT INTO attachments VALUES ('couplings-2', 7, zeroblob(8))",
        "INSERT INTO attachments VALUES ('', 0, zeroblob(8))",
        "DROP TABLE attachments; CREATE TABLE attachments (name TEXT, part INTEGER, bytes BLOB)",
        "DROP TABLE attachments; CREATE VIEW attachments AS SELECT 'couplings-2' AS name, 0 AS part, x'00' AS bytes",
    ];
    for forgery in forgeries {
        let run = place.path("forged.run");
        fs::copy(&honest, &run).unwrap();
        Connection::open(&run).unwrap().execute_batch(forgery).unwrap();
        let output = about("verify", &run, "--json").output().unwrap();
        assert_eq!(output.status.code(), Some(4), "{forgery}");
        refused(&mut sweep(&run, "--starts 4"), 4);
    }
    // Random couplings cannot be kept.
    let random = place.path("random.run");
    succeed(&mut sweep(&random, "--dims 2 --starts 3"));
    let create: String = Connection::open(&honest)
        .unwrap()
        .query_row("SELECT sql FROM sqlite_schema WHERE name = 'attachments'", [], |row| row.get(0))
        .unwrap();
    Connection::open(&random).unwrap().execute_batch(&create).unwrap();
    assert_eq!(about("verify", &random, "").output().unwrap().status.code(), Some(4));
    refused(&mut sweep(&random, "--starts 4"), 4);
}

/// What a run keeps, if it keeps anything.
fn content(path: &Path) -> hspin::Result<Option<Vec<u8>>> {
    let store = SurfaceStore::open_read(path)?;
    if !store.keeps()? {
        return Ok(None);
    }
    let wanted = Surfaces::attachments(store.spec());
    wanted.first().map(|wanted| store.attachment(wanted)).transpose()
}

#[test]
fn mutated_runs_that_keep_couplings() {
    let place = Place::quick();
    let run = kept(&place);
    Connection::open(&run).unwrap().execute_batch("PRAGMA page_size = 512; VACUUM").unwrap();
    let (bytes, written) = (fs::read(&run).unwrap(), content(&run).unwrap());
    assert_eq!(written.as_ref().map(Vec::len), Some(32));
    let places = [Place::quick(), Place::quick()];
    hold("hostile-kept", asked().div_ceil(8), |thread, case| {
        let mutated =
            Mutator::of(case).mutated(std::slice::from_ref(&bytes), &[b"attachments", b"couplings-2"]);
        let path = places[thread as usize].path("a.run");
        fs::write(&path, &mutated).unwrap();
        // Read or refused; what is read is what was written.
        match content(&path) {
            Ok(Some(found)) => assert_eq!(Some(found), written),
            Ok(None) => {}
            Err(error) => readers::refused(&error, &[2, 3, 4]),
        }
        if case % 8 == 0 {
            match readers::repair(&path) {
                Ok(()) => assert!(readers::verify(&path).unwrap().ok),
                Err(error) => readers::refused(&error, &[2, 3, 4]),
            }
        }
        mutated.len()
    });
}
