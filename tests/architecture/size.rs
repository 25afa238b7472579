//! No room holds so much, and no function is so long, that nobody knows it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Most lines of a room, in per cent of those of src/.
const MOST: usize = 15;
/// Rooms whose lines, in per cent rounded up, are more than what is allowed.
fn violations(lines: &BTreeMap<String, usize>) -> Vec<String> {
    let all: usize = lines.values().sum();
    let share = |lines: usize| (100 * lines).div_ceil(all);
    let large = lines.iter().filter(|&(_, &lines)| share(lines) > MOST);
    large
        .map(|(room, &lines)| format!("{room} holds {} % of the lines, more than {MOST}", share(lines)))
        .collect()
}

fn lines_by_room() -> BTreeMap<String, usize> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut lines = BTreeMap::new();
    for path in super::sources(&src) {
        let place = path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
        let room = place.split(['/', '.']).next().unwrap_or_default().to_owned();
        *lines.entry(room).or_default() += fs::read_to_string(&path).unwrap().lines().count();
    }
    lines
}

/// Most lines of a function, from `fn` to its closing brace.
const MOST_OF_FUNCTION: usize = 60;

/// Functions of a source that are longer, with their lines. Sources are formatted: a function ends with a brace below the
/// start of its first line.
fn long_functions(source: &str) -> Vec<String> {
    let lines: Vec<&str> = source.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let Some((before, after)) = code.split_once("fn ") else { continue };
        let is_head = before
            .split_whitespace()
            .all(|word| word.chars().all(|c| c.is_alphanumeric() || "():_".contains(c)));
        if !is_head || code.ends_with(';') || code.ends_with('}') {
            continue;
        }
        let end = format!("{}}}", &line[..line.len() - code.len()]);
        let length = lines[start..].iter().position(|line| *line == end).map_or(1, |length| length + 1);
        if length > MOST_OF_FUNCTION {
            let name = after.split(['(', '<']).next().unwrap_or_default();
            found.push(format!("{name}: {length} lines"));
        }
    }
    found
}

#[test]
fn no_function_is_longer_than_a_screen() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for path in super::sources(&src) {
        let long = long_functions(&fs::read_to_string(&path).unwrap());
        found.extend(long.iter().map(|function| format!("{}: {function}", path.display())));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_function_that_is_too_long_is_named() {
    let body = |lines: usize| "        x();\n".repeat(lines);
    let of = |lines| format!("impl A {{\n    pub(super) unsafe fn long<T>(\n{}    }}\n}}\n", body(lines));
    assert_eq!(long_functions(&of(59)), ["long: 61 lines"]);
    assert_eq!(long_functions(&of(58)), Vec::<String>::new());
}

#[test]
fn no_room_holds_more_than_its_share_of_the_lines() {
    let lines = lines_by_room();
    let all: usize = lines.values().sum();
    for (room, lines) in &lines {
        println!("{room}: {lines} lines, {:.1} %", 100.0 * *lines as f64 / all as f64);
    }
    let found = violations(&lines);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_room_that_is_too_large_is_named() {
    let lines: BTreeMap<String, usize> =
        [("a", 151), ("b", 150), ("c", 699)].map(|(room, n)| (room.to_owned(), n)).into();
    let found = violations(&lines);
    assert_eq!(found, ["a holds 16 % of the lines, more than 15", "c holds 70 % of the lines, more than 15"]);
}
