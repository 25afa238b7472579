//! Laws of the sources that are about trust: dependencies are pinned, every unsafe block has its twin's test.

use std::fs;
use std::path::Path;

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn every_cargo_command_of_ours_is_locked() {
    let verbs = ["build", "test", "clippy", "doc", "bench", "run", "check", "metadata", "install"];
    for name in [".ci/run", "CONTRIBUTING.md", "scripts/trust.sh", "scripts/sabotage.sh", "scripts/asan.sh"] {
        for line in read(name).lines() {
            let called = verbs.iter().any(|verb| line.contains(&format!("cargo {verb} ")));
            let asks = line.contains("--version");
            assert!(!called || asks || line.contains("--locked"), "{name}: {line}");
        }
    }
}

/// Modules that read what others wrote, with those below them.
const READERS: [&str; 15] = [
    "numeric/npy.rs",
    "run/store/mod.rs",
    "run/spec.rs",
    "run/request.rs",
    "run/files.rs",
    "run/limits.rs",
    "run/lock.rs",
    "run/plan.rs",
    "run/unit.rs",
    "run/record.rs",
    "run/verify.rs",
    "run/export/mod.rs",
    "run/census/request.rs",
    "run/census/facts.rs",
    "cli/mod.rs",
];

#[test]
fn readers_deny_what_panics() {
    for name in READERS {
        let source = read(&format!("src/{name}"));
        for lint in ["unwrap_used", "expect_used", "panic", "indexing_slicing"] {
            assert!(source.contains(&format!("clippy::{lint}")), "{name} does not deny {lint}");
        }
        assert!(
            !source.contains("allow(clippy::unwrap") && !source.contains("allow(clippy::indexing"),
            "{name}"
        );
    }
}
