//! The laws of ARCHITECTURE.md that can be read off the sources: who imports whom, where `unsafe` lives, who talks.

mod circles;
mod size;
mod tables_only;
mod verbs;

use std::fs;
use std::path::{Path, PathBuf};

/// What one room may do. `error` is open to all.
struct Room {
    name: &'static str,
    /// Rooms to its left.
    imports: &'static [&'static str],
}

const ROOMS: [Room; 20] = [
    Room { name: "numeric", imports: &[] },
    Room { name: "rng", imports: &[] },
    Room { name: "files", imports: &["numeric"] },
    Room { name: "study", imports: &["numeric", "rng", "files"] },
    Room { name: "theory", imports: &["numeric"] },
    Room { name: "hamiltonian", imports: &["numeric", "rng"] },
    Room { name: "networks", imports: &["numeric", "rng"] },
    Room { name: "sphere", imports: &["numeric", "rng"] },
    Room { name: "descent", imports: &["numeric", "rng", "hamiltonian", "sphere"] },
    Room { name: "critical", imports: &["numeric", "rng", "hamiltonian", "sphere", "descent"] },
    Room { name: "sampling", imports: &["numeric", "rng", "hamiltonian", "sphere"] },
    Room { name: "geometry", imports: &["numeric", "rng", "hamiltonian", "sphere", "descent", "critical"] },
    Room { name: "explore", imports: &["numeric", "rng", "hamiltonian", "sphere", "descent", "critical"] },
    Room { name: "prelude", imports: &["rng", "hamiltonian", "descent", "critical", "explore"] },
    Room {
        name: "studies",
        imports: &[
            "numeric",
            "rng",
            "hamiltonian",
            "networks",
            "sphere",
            "descent",
            "critical",
            "sampling",
            "geometry",
            "files",
            "study",
        ],
    },
    Room { name: "measure", imports: &["numeric", "rng", "hamiltonian", "sphere", "study"] },
    Room {
        name: "analysis",
        imports: &[
            "numeric",
            "rng",
            "hamiltonian",
            "networks",
            "sphere",
            "descent",
            "critical",
            "explore",
            "geometry",
            "files",
            "study",
            "studies",
            "theory",
        ],
    },
    Room { name: "figures", imports: &["files", "analysis"] },
    Room {
        name: "report",
        imports: &["numeric", "networks", "descent", "study", "studies", "analysis", "figures"],
    },
    Room {
        name: "cli",
        imports: &[
            "numeric",
            "rng",
            "hamiltonian",
            "networks",
            "sphere",
            "descent",
            "critical",
            "geometry",
            "files",
            "study",
            "studies",
            "measure",
            "theory",
            "analysis",
            "figures",
            "report",
        ],
    },
];

/// Words with the one room that may use them, beside those named.
const WORDS: [(&[&str], &[&str]); 4] = [
    (&["print!(", "println!(", "dbg!(", "stdout()", "stderr()"], &["cli"]),
    (&["clap::", "std::env", "env::var"], &["cli"]),
    (&["Instant", "SystemTime"], &["study", "studies", "measure", "cli"]),
    (&["rayon::"], &["study", "studies"]),
];

/// What a file does that its room may not; `place` is its path below src/.
fn violations(place: &str, source: &str) -> Vec<String> {
    let code = without_comments_and_strings(source);
    let room_name = place.split(['/', '.']).next().unwrap_or_default();
    let Some(room) = ROOMS.iter().find(|room| room.name == room_name) else {
        return vec![format!("{place}: src/ has no room {room_name}")];
    };
    let mut found: Vec<String> = imported_rooms(&code)
        .into_iter()
        .filter(|import| !["error", "named", room.name].contains(&import.as_str()))
        .filter(|import| !room.imports.contains(&import.as_str()))
        .map(|import| format!("{place} imports {import}"))
        .collect();
    // The last one launches kernels on a GPU: what a driver is told cannot be checked by the compiler.
    let kernels = ["hamiltonian/kernel/", "networks/kernel/", "numeric/simd", "descent/cuda/enabled.rs"];
    let at_kernel = kernels.iter().any(|kernel| place.starts_with(kernel));
    if !at_kernel && words(&code).any(|word| word == "unsafe") {
        found.push(format!("{place} is unsafe"));
    }
    // A test module may look at a clock.
    let shipped = code.split("#[cfg(test)]").next().unwrap_or_default();
    for (forbidden, allowed) in WORDS {
        for word in forbidden.iter().filter(|word| shipped.contains(**word)) {
            if !allowed.contains(&room.name) {
                found.push(format!("{place} uses {word}"));
            }
        }
    }
    found
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// Modules named after `crate::` or inside `crate::{…}`; items of the crate's root start with a capital.
fn imported_rooms(code: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for (at, root) in code.match_indices("crate::") {
        let rest = &code[at + root.len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let end = group.find(|c| {
                depth += i32::from(c == '{') - i32::from(c == '}');
                depth < 0
            });
            let mut depth = 0;
            let parts = group[..end.unwrap_or(group.len())].split(|c| {
                depth += i32::from(c == '{') - i32::from(c == '}');
                c == ',' && depth == 0
            });
            rooms.extend(parts.filter_map(|part| words(part).next().map(str::to_owned)));
        } else {
            // A macro of the crate's root is no room.
            let is_macro = |name: &&str| rest[name.len()..].starts_with('!');
            rooms.extend(words(rest).next().filter(|name| !is_macro(name)).map(str::to_owned));
        }
    }
    rooms.retain(|name| name.starts_with(|c: char| c.is_lowercase()));
    rooms
}

/// The code with comments, strings and characters left out.
fn without_comments_and_strings(source: &str) -> String {
    let mut code = String::new();
    let mut rest = source;
    while let Some(next) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(raw) = rest.strip_prefix("r#\"") {
            raw.find("\"#").map_or(rest.len(), |end| end + 5)
        } else if next == '"' {
            closing(rest, '"')
        } else if rest.starts_with("'\\") || rest.chars().nth(2) == Some('\'') && next == '\'' {
            closing(rest, '\'')
        } else {
            code.push(next);
            rest = &rest[next.len_utf8()..];
            continue;
        };
        code.push(' ');
        rest = &rest[skipped..];
    }
    code
}

/// Bytes of a literal up to and with its closing quote.
fn closing(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found
}

#[test]
fn rooms_import_only_rooms_to_their_left_and_only_the_edge_talks() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let doors = ["lib.rs", "main.rs", "error.rs", "named.rs", "sabotage.rs"];
    let mut found = Vec::new();
    let mut read = 0;
    for path in sources(&src) {
        let place = path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
        if !doors.contains(&place.as_str()) {
            found.extend(violations(&place, &fs::read_to_string(&path).unwrap()));
            read += 1;
        }
    }
    assert!(read > 50, "only {read} files were read");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn what_the_laws_forbid_is_found() {
    let forbidden = [
        ("descent/x.rs", "use crate::studies::Store;", "descent/x.rs imports studies"),
        ("descent/x.rs", "use crate::{Result, run::{Spec, Store}};", "descent/x.rs imports run"),
        ("studies/x.rs", "fn f() { crate::theory::e(3) }", "studies/x.rs imports theory"),
        ("theory/x.rs", "use crate::hamiltonian::Surface;", "theory/x.rs imports hamiltonian"),
        ("sphere/x.rs", "use crate::hamiltonian::Surface;", "sphere/x.rs imports hamiltonian"),
        ("networks/x.rs", "use crate::theory::Thresholds;", "networks/x.rs imports theory"),
        ("networks/x.rs", "use crate::hamiltonian::Isa;", "networks/x.rs imports hamiltonian"),
        ("hamiltonian/x.rs", "use crate::networks::Shape;", "hamiltonian/x.rs imports networks"),
        ("networks/training.rs", "unsafe fn f() {}", "networks/training.rs is unsafe"),
        ("rng.rs", "use crate::numeric::roots;", "rng.rs imports numeric"),
        ("descent/x.rs", "fn f() { unsafe { g() } }", "descent/x.rs is unsafe"),
        ("descent/device/x.rs", "unsafe fn f() {}", "descent/device/x.rs is unsafe"),
        ("hamiltonian/draw.rs", "unsafe fn f() {}", "hamiltonian/draw.rs is unsafe"),
        ("studies/x.rs", "fn f() { println!(\"x\"); }", "studies/x.rs uses println!("),
        ("theory/x.rs", "fn f() { eprint!(\"x\"); }", "theory/x.rs uses print!("),
        ("studies/x.rs", "use clap::Parser;", "studies/x.rs uses clap::"),
        ("critical/x.rs", "let n = std::env::var(\"N\");", "critical/x.rs uses std::env"),
        ("descent/x.rs", "use std::time::Instant;", "descent/x.rs uses Instant"),
        ("descent/x.rs", "use rayon::prelude::*;", "descent/x.rs uses rayon::"),
        ("study/x.rs", "use crate::studies::Record;", "study/x.rs imports studies"),
        ("study/x.rs", "use crate::descent::Outcome;", "study/x.rs imports descent"),
        ("descent/x.rs", "use crate::study::columns;", "descent/x.rs imports study"),
        ("critical/x.rs", "use crate::study::columns;", "critical/x.rs imports study"),
        ("network/x.rs", "", "network/x.rs: src/ has no room network"),
    ];
    for (place, source, expected) in forbidden {
        let found = violations(place, source);
        assert!(found.iter().any(|line| line == expected), "{place} {source}: {found:?}");
    }
    let allowed = [
        ("descent/x.rs", "use crate::{Error, Result, hamiltonian::{Surface, draw}, sphere};"),
        ("descent/x.rs", "//! Never unsafe: crate::studies and println!(…) are for others."),
        ("figures/x.rs", "const NAME: &str = \"http://x \\\" println!( unsafe\"; const C: char = '\"';"),
        ("hamiltonian/kernel/x.rs", "unsafe fn f() {}"),
        ("critical/x.rs", "fn f() {}\n#[cfg(test)]\nmod tests { use std::time::Instant; }"),
        ("studies/x.rs", "use rayon::prelude::*; use std::time::Instant; use crate::error::Result;"),
    ];
    for (place, source) in allowed {
        assert_eq!(violations(place, source), Vec::<String>::new(), "{place} {source}");
    }
}
