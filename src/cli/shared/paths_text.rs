//! Runs of paths as a person reads them.

use std::path::Path;

use super::table::{TextTable, counted, number};
use crate::analysis::{PathSummary, PathsCheck, PathsTable};

/// Merges of a tree that are printed.
const MERGES: usize = 20;

/// The table of pairs, and the tree.
pub fn table(run: &Path, table: &PathsTable) -> String {
    let PathsTable { spins, seed, dim, instance, minima, .. } = table;
    let state = table.units.note().unwrap_or_else(|| "complete".to_owned());
    let source = if table.exact { "a certified census" } else { "descents" };
    let mut text = format!(
        "{}: {state}\nH = {spins}, Λ = {dim}, seed {seed}, instance {instance}: {minima} minima of {source}\n\n",
        run.display()
    );
    let mut rows = TextTable::new([
        "a", "b", "overlap", "u(a)", "u(b)", "barrier", "height", "circle", "minimax", "passes", "outcome",
    ]);
    for path in &table.paths {
        rows.row([
            path.a.to_string(),
            path.b.to_string(),
            number(Some(path.overlap), 3),
            number(Some(path.energy_a), 5),
            number(Some(path.energy_b), 5),
            number(path.barrier, 5),
            number(path.height, 5),
            number(path.great_circle, 5),
            number(path.minimax, 5),
            if path.certified { (path.via.len() + 1).to_string() } else { "–".to_owned() },
            outcome(path),
        ]);
    }
    text.push_str(&rows.text());
    text.push_str(
        "Energies are per spin. barrier: of the highest pass of the chain; height: above the higher of both minima;\n\
         circle: the highest on the great circle; minimax: exact, from a certified census.\n\n",
    );
    text.push_str(&tree(table));
    text
}

fn outcome(path: &PathSummary) -> String {
    let via = path.via.iter().map(|via| via.minimum.map_or("?".to_owned(), |minimum| minimum.to_string()));
    let via: Vec<String> = via.collect();
    if via.is_empty() { path.outcome.to_owned() } else { format!("{} via {}", path.outcome, via.join(", ")) }
}

/// Where components become one.
fn tree(table: &PathsTable) -> String {
    let graph = &table.graph;
    let kind = if graph.exact {
        "The exact graph"
    } else {
        "The graph of the bands (its energies are upper bounds)"
    };
    let whole = if graph.connected { "all joined at the top" } else { "not all joined" };
    let minima = counted(graph.minima.len() as u64, "minimum", "minima");
    let mut text = format!("{kind}: {minima}, {whole}. Components of {{u ≤ c}} that become one:\n");
    let mut rows = TextTable::new(["c", "of minimum", "joins that of"]);
    for merge in graph.merges.iter().take(MERGES) {
        rows.row([number(Some(merge.energy), 5), merge.absorbed.to_string(), merge.kept.to_string()]);
    }
    text.push_str(&rows.text());
    if graph.merges.len() > MERGES {
        text.push_str(&format!("… and {} more (--json names all)\n", graph.merges.len() - MERGES));
    }
    text
}

/// Barriers beside the exact graph.
pub fn check(check: &PathsCheck) -> String {
    let mut text = String::new();
    if let Some(note) = check.units.note() {
        text.push_str(&format!("{note}\n"));
    }
    text.push_str(&format!(
        "Barriers, H = {}, Λ = {}: {} of {} joined by certified passes, {} by one\n",
        check.spins,
        check.dim,
        check.certified,
        counted(check.pairs, "pair", "pairs"),
        check.direct
    ));
    if check.compared > 0 {
        text.push_str(&format!(
            "beside the exact graph: {} compared, {} equal, {} below it (there can be none), {} above on average\n",
            check.compared,
            check.equal,
            check.below,
            number(check.mean_excess, 5)
        ));
    }
    text.push_str(&format!(
        "beside great circles: {} above (there can be none), {} below on average\n",
        check.above_great_circle,
        number(check.mean_gain, 5)
    ));
    if !check.lines.is_empty() {
        let mut rows = TextTable::new(["k", "−E_k", "barriers below"]);
        for line in &check.lines {
            rows.row([line.index.to_string(), number(Some(line.energy), 5), number(line.barriers_below, 3)]);
        }
        text.push_str("Lines of Λ → ∞, guides and no test:\n");
        text.push_str(&rows.text());
    }
    text.push_str(&format!("verdict: {}\n", check.verdict.name()));
    text
}
