//! Laws of the sources that are about trust: dependencies are pinned, every unsafe block has its twin's test.

use std::fs;
use std::path::{Path, PathBuf};

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn every_cargo_command_of_ours_is_locked() {
    let verbs = ["build", "test", "clippy", "doc", "bench", "run", "check", "metadata", "install"];
    for name in [
        ".ci/run",
        "CONTRIBUTING.md",
        "scripts/trust.sh",
        "scripts/sabotage.sh",
        "scripts/asan.sh",
        "scripts/fuzz.sh",
    ] {
        for line in read(name).lines() {
            let called = verbs.iter().any(|verb| line.contains(&format!("cargo {verb} ")));
            let asks = line.contains("--version");
            assert!(!called || asks || line.contains("--locked"), "{name}: {line}");
        }
    }
}

/// Every file below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Names in backticks that look like a test's: small letters, digits and at least three underscores.
fn named_tests(text: &str) -> Vec<&str> {
    let quoted = text.split('`').skip(1).step_by(2);
    let is_name = |name: &&str| {
        name.matches('_').count() >= 3
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    quoted.filter(is_name).collect()
}

/// What a promise says keeps it and `sources` lack: tests, modules of tests, files.
fn missing_keepers(promises: &str, sources: &[(String, String)]) -> Vec<String> {
    let is_test = |name: &str| {
        let begins = [format!("fn {name}()"), format!("mod {name} {{")];
        sources.iter().any(|(_, code)| {
            code.contains("#[test]") && begins.iter().any(|begin| code.contains(begin.as_str()))
        })
    };
    let mut missing: Vec<String> =
        named_tests(promises).into_iter().filter(|name| !is_test(name)).map(str::to_owned).collect();
    let places = promises.split(|c: char| c.is_whitespace() || "`,;()[]|:".contains(c));
    for place in places.filter(|word| word.starts_with("tests/") || word.starts_with("scripts/")) {
        let place = place.trim_end_matches('.');
        if !sources.iter().any(|(name, _)| name == place || name.starts_with(&format!("{place}/"))) {
            missing.push(place.to_owned());
        }
    }
    // "tests/faults: disks, limits" names modules.
    for cell in promises.split(['|', ';']) {
        let Some((suite, modules)) = cell.trim().split_once(": ") else { continue };
        if !suite.starts_with("tests/") || suite.contains(' ') {
            continue;
        }
        for module in modules.trim().split(", ") {
            let file = format!("{suite}/{module}.rs");
            if !sources.iter().any(|(name, _)| *name == file) {
                missing.push(file);
            }
        }
    }
    missing
}

/// What rows of ARCHITECTURE's laws name and `sources` lack: after a place in backticks, its tests and modules.
fn missing_laws(laws: &str, sources: &[(String, String)]) -> Vec<String> {
    let mut missing = Vec::new();
    for clause in laws.split(['|', ';', ':']) {
        let Some((place, names)) = clause.trim().strip_prefix('`').and_then(|rest| rest.split_once('`'))
        else {
            continue;
        };
        let of_place: Vec<_> = sources.iter().filter(|(name, _)| name.starts_with(place)).collect();
        if of_place.is_empty() && place.contains('/') && !place.starts_with('.') {
            missing.push(place.to_owned());
        }
        let is_name = |name: &&str| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        };
        for name in names.split(',').map(str::trim).filter(is_name) {
            let (file, test) = (format!("{place}/{name}.rs"), format!("fn {name}()"));
            let is_there = |(path, code): &&(String, String)| *path == file || code.contains(&test);
            if !of_place.iter().any(is_there) {
                missing.push(format!("{place} {name}"));
            }
        }
    }
    missing
}

#[test]
fn what_keeps_a_promise_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in ["tests", "scripts", "src"] {
        files(&root.join(folder), &mut found);
    }
    let sources: Vec<(String, String)> = found
        .iter()
        .map(|path| {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            (name, String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned())
        })
        .collect();
    let promises = read("docs/guarantees.md");
    let promises = promises.as_str();
    assert!(named_tests(promises).len() >= 10, "the page names no tests");
    assert_eq!(missing_keepers(promises, &sources), Vec::<String>::new());
    // Every row of its tables says what keeps it.
    let rows = promises.lines().filter(|line| line.starts_with("| ") && !line.contains("kept by"));
    for row in rows {
        assert!(row.contains("tests/") || row.contains("scripts/"), "kept by nothing: {row}");
    }
    let architecture = read("ARCHITECTURE.md");
    let laws = architecture.split("## Laws and the tests that keep them").nth(1).unwrap();
    let laws = laws.split("\n## ").next().unwrap();
    assert!(laws.lines().filter(|line| line.starts_with("| ")).count() > 8, "the laws are gone");
    assert_eq!(missing_keepers(laws, &sources), Vec::<String>::new());
    assert_eq!(missing_laws(laws, &sources), Vec::<String>::new());
    // Negative controls.
    let lies = "| a | `tests/faults` kills, nowhere; `tests/runs/store.rs` no_such_test, with words; x: `src/no.rs` |";
    assert_eq!(
        missing_laws(lies, &sources),
        ["tests/faults nowhere", "tests/runs/store.rs no_such_test", "src/no.rs"]
    );
    let lies = "| a | `no_such_test_at_all` in tests/nowhere.rs |\n| b | tests/faults: disks, nowhere |";
    let named = ["no_such_test_at_all", "tests/nowhere.rs", "tests/faults/nowhere.rs"];
    assert_eq!(missing_keepers(lies, &sources), named);
}

/// Modules that read what others wrote.
const READERS: [&str; 29] = [
    "numeric/npy/mod.rs",
    "networks/data/idx.rs",
    "files/mod.rs",
    "files/lock.rs",
    "study/columns/mod.rs",
    "study/export/mod.rs",
    "study/formats.rs",
    "study/listed.rs",
    "study/merge.rs",
    "study/plan.rs",
    "study/rows.rs",
    "study/spec.rs",
    "study/store/mod.rs",
    "study/verify/mod.rs",
    "study/verify/verdict.rs",
    "studies/networks/mod.rs",
    "studies/surfaces/census/facts.rs",
    "studies/surfaces/census/request.rs",
    "studies/surfaces/couplings.rs",
    "studies/surfaces/kind.rs",
    "studies/surfaces/limits.rs",
    "studies/surfaces/plan.rs",
    "studies/surfaces/reading.rs",
    "studies/surfaces/record.rs",
    "studies/surfaces/request.rs",
    "studies/surfaces/spec.rs",
    "studies/surfaces/stored.rs",
    "studies/surfaces/unit.rs",
    "cli/mod.rs",
];

#[test]
fn readers_deny_what_panics() {
    for name in READERS {
        // What a folder's module denies, all files below it do.
        let folders = Path::new(name)
            .ancestors()
            .skip(1)
            .map(|folder| format!("src/{}", folder.join("mod.rs").display()));
        let above = folders.filter(|file| Path::new(env!("CARGO_MANIFEST_DIR")).join(file).exists());
        let source: String = above.chain([format!("src/{name}")]).map(|file| read(&file)).collect();
        for lint in ["unwrap_used", "expect_used", "panic", "indexing_slicing"] {
            assert!(source.contains(&format!("clippy::{lint}")), "{name} does not deny {lint}");
        }
        assert!(
            !source.contains("allow(clippy::unwrap") && !source.contains("allow(clippy::indexing"),
            "{name}"
        );
    }
}
