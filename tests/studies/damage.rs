//! Damage is found and mended, or touches no content.

use std::fs;

use hspin::rng::{Role, stream};
use rand::RngExt;

use crate::harness::{Place, errors, json, succeed};
use crate::list::LIST;

/// Bytes that are flipped in a run of each study.
const FLIPS: u64 = 40;

#[test]
fn a_flipped_byte_is_found_and_mended_or_touches_no_content() {
    for entry in &LIST {
        let whole = entry.whole();
        let place = Place::quick();
        let (mut found, mut mended) = (0, 0);
        for flip in 0..FLIPS {
            let mut rng = stream(11, Role::Probe, &[flip]);
            let mut bytes = whole.bytes.clone();
            // Every other one where something is written: much of a small file is empty.
            let written: Vec<usize> =
                (0..bytes.len()).filter(|&at| flip % 2 == 0 || bytes[at] != 0).collect();
            let at = written[rng.random_range(0..written.len())];
            bytes[at] ^= rng.random_range(1..=255_u8);
            let run = place.path(&format!("{flip}.run"));
            fs::write(&run, bytes).unwrap();
            let output = entry.about("verify", &run, "--json").output().unwrap();
            let what = format!("{}: byte {at}: {}", entry.command, errors(&output));
            match output.status.code() {
                Some(0) => {
                    assert_eq!(entry.hash(&run), whole.hash, "{what}");
                    continue;
                }
                Some(2..=4) => found += 1,
                _ => panic!("{what}"),
            }
            // The spec cannot be mended, nor a file that is none of ours any more.
            let repaired = entry.about("verify", &run, "--repair --json").output().unwrap();
            if repaired.status.code() == Some(0) {
                succeed(&mut entry.sweep(&run, entry.whole));
                assert_eq!(entry.hash(&run), whole.hash, "{what}");
                mended += 1;
            } else {
                assert!(matches!(repaired.status.code(), Some(2..=4)), "{what}: {}", errors(&repaired));
            }
        }
        println!("{}: {found} of {FLIPS} flips were found, {mended} mended", entry.command);
        assert!(mended > 0 && found > FLIPS / 8, "{}: {found} found, {mended} mended", entry.command);
    }
}

#[test]
fn a_changed_number_whose_checksum_is_right_is_found_by_computing_again() {
    for entry in &LIST {
        let place = Place::quick();
        let run = entry.copy_to(&place, "a.run");
        let sound = json(&mut entry.about("verify", &run, &format!("{} --json", entry.deep)));
        assert_eq!(sound["deep"]["wrong"], serde_json::json!([]), "{}", entry.command);
        assert!(sound["deep"]["tried"].as_u64().unwrap() > 0, "{}: {sound}", entry.command);
        (entry.inside.forge)(&run);
        assert_ne!(entry.hash(&run), entry.whole().hash, "{}", entry.command);
        let output = entry.about("verify", &run, &format!("{} --json", entry.deep)).output().unwrap();
        assert_eq!(output.status.code(), Some(4), "{}: {}", entry.command, errors(&output));
        assert!(errors(&output).contains("not reproduced"), "{}: {}", entry.command, errors(&output));
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(!found["deep"]["wrong"].as_array().unwrap().is_empty(), "{}: {found}", entry.command);
    }
}
