//! Runs of release 0.1, checked in with what its binary made of them (`tests/data/runs-0.1/make.py`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::harness::{Place, about, hspin, json, succeed};

/// A stored run of release 0.1.
#[derive(Deserialize)]
struct Case {
    run: String,
    /// Content hash that the release gave it.
    content: String,
    verb: String,
    /// Flags that bring it to its end or grow it.
    flags: String,
    /// Content hash that the release gave to what comes of that.
    grown: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/runs-0.1")
}

fn cases() -> Vec<Case> {
    serde_json::from_slice(&fs::read(folder().join("cases.json")).unwrap()).unwrap()
}

fn content(run: &Path) -> String {
    let told = json(&mut about("verify", run, "--json"));
    assert_eq!(told["ok"], true, "{told}");
    told["content_hash"].as_str().unwrap().to_owned()
}

fn carried_on(case: &Case, run: &Path) -> Command {
    let mut command = hspin(&case.verb);
    command.arg("--out").arg(run).args(case.flags.split_whitespace()).current_dir(folder());
    command
}

#[test]
fn runs_of_release_0_1_keep_their_hashes_and_grow_to_the_records_they_would_have_had() {
    let place = Place::quick();
    let cases = cases();
    assert_eq!(cases.len(), 12);
    for case in &cases {
        let run = place.path(&case.run);
        fs::copy(folder().join(&case.run), &run).unwrap();
        assert_eq!(content(&run), case.content, "{}", case.run);
        succeed(&mut about("show", &run, ""));
        succeed(&mut carried_on(case, &run));
        assert_eq!(content(&run), case.grown, "{} {}", case.run, case.flags);
        assert_ne!(case.content, case.grown, "{}", case.run);
    }
}

/// Release 0.1 reads formats 1 to 3 and calls for a newer release above; a spec that it does not know would be damage.
#[test]
fn new_runs_have_formats_that_release_0_1_does_not_take_for_damage() {
    let place = Place::quick();
    for (verb, format) in [
        ("sweep --dims 4 --starts 3", 4_u32),
        ("census --dim 3", 5),
        ("networks sweep --hidden 3 --networks 2 --epochs 1 --digits 20 --index 0", 6),
    ] {
        let run = place.path(&format!("{format}.run"));
        succeed(hspin(verb).arg("--out").arg(&run));
        let bytes = fs::read(&run).unwrap();
        assert_eq!(bytes[60..64], format.to_be_bytes(), "{verb}");
    }
}
