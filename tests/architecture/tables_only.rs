//! Figures know tables, and files to write: neither the store nor what tables are computed by.

use super::circles::{Edges, crate_sources, edges};

const KNOWN: [&str; 4] = ["figures/", "analysis/", "files/", "error.rs"];

fn violations(edges: &Edges) -> Vec<String> {
    let of_figures = edges.iter().filter(|(from, _)| from.starts_with("figures/"));
    let named = of_figures.flat_map(|(from, to)| to.keys().map(move |to| (from, to)));
    let unknown = named.filter(|(_, to)| !KNOWN.iter().any(|known| to.starts_with(known)));
    unknown.map(|(from, to)| format!("{from} imports {to}")).collect()
}

#[test]
fn figures_know_tables_and_not_what_computes_them() {
    let found = violations(&edges(&crate_sources()));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_figure_that_computes_or_reads_is_found() {
    let found = |source: &str| {
        let sources = [
            ("figures/x.rs", source),
            ("analysis/mod.rs", "use crate::theory::Thresholds; use crate::studies::Store;"),
            ("studies/mod.rs", ""),
            ("files/mod.rs", ""),
            ("theory/mod.rs", ""),
        ];
        violations(&edges(&sources.map(|(place, source)| (place.to_owned(), source.to_owned()))))
    };
    assert_eq!(found("use crate::studies::Store;"), ["figures/x.rs imports studies/mod.rs"]);
    assert_eq!(found("fn f() { crate::theory::e(3) }"), ["figures/x.rs imports theory/mod.rs"]);
    assert_eq!(found("use crate::analysis::Table; use crate::files;"), Vec::<String>::new());
}
