//! Verbs of the command line share `cli/shared`, not each other.

use super::circles::{Edges, crate_sources, edges};

/// What a file of `cli` belongs to: a verb, `shared`, or `mod`, which starts the verbs.
fn part(place: &str) -> Option<&str> {
    place.strip_prefix("cli/")?.split(['/', '.']).next()
}

/// Files of a verb that name a file of another, or of the start; shared files that name a verb's.
fn violations(edges: &Edges) -> Vec<String> {
    let named = edges.iter().flat_map(|(from, to)| to.keys().map(move |to| (from, to)));
    let is_wrong = |(from, to): &(&String, &String)| match (part(from), part(to)) {
        (Some("mod"), _) | (_, Some("shared") | None) | (None, _) => false,
        (Some(from), Some(to)) => from != to,
    };
    named.filter(is_wrong).map(|(from, to)| format!("{from} imports {to}")).collect()
}

#[test]
fn no_verb_imports_another_verbs_file() {
    let found = violations(&edges(&crate_sources()));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_verb_that_imports_another_is_found() {
    let found = |source: &str, place: &str| {
        let sources = [
            (place, source),
            ("cli/mod.rs", "mod a; mod b; mod shared; fn f() { a::run(); b::run() }"),
            ("cli/b/mod.rs", "mod text; use text::line; use super::shared::values;"),
            ("cli/b/text.rs", "use crate::cli::shared::values;"),
            ("cli/shared/mod.rs", "pub mod values;"),
            ("cli/shared/values.rs", "use crate::studies::limits;"),
            ("studies/limits.rs", ""),
        ];
        violations(&edges(&sources.map(|(place, source)| (place.to_owned(), source.to_owned()))))
    };
    for source in ["use super::b;", "use super::{b::line};", "fn f() { crate::cli::b::line() }"] {
        assert_eq!(found(source, "cli/a.rs"), ["cli/a.rs imports cli/b/mod.rs"], "{source}");
    }
    assert_eq!(found("use super::super::b::text;", "cli/a/x.rs"), ["cli/a/x.rs imports cli/b/text.rs"]);
    assert_eq!(found("use super::Said;", "cli/a.rs"), ["cli/a.rs imports cli/mod.rs"]);
    assert_eq!(found("use super::super::b;", "cli/shared/x.rs"), ["cli/shared/x.rs imports cli/b/mod.rs"]);
    assert_eq!(
        found("use super::shared::values; use crate::studies::limits;", "cli/a.rs"),
        Vec::<String>::new()
    );
}
