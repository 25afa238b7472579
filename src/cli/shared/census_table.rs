//! The table of a census as a person reads it.

use super::table::{TextTable, number};
use crate::analysis::{CensusInstance, CensusTable, Compared};
use crate::report::words::sweep::scale;

/// Surfaces that are not certified and get a line of their own.
const NAMED: usize = 5;

/// The table as a person reads it.
pub fn render(table: &CensusTable) -> String {
    let CensusTable { spins, dim, seed, instances, .. } = table;
    let surfaces = match (is_own(table), instances.len()) {
        (true, _) => format!("couplings of your own{}", scale(table.scale)),
        (false, n) => format!("{}, seed {seed}", self::instances(n as u64)),
    };
    let model = table.model.clone().unwrap_or_else(|| format!("H = {spins}"));
    let mut parts = vec![
        format!("Critical points, {model}, Λ = {dim}, {surfaces}\n"),
        counts(table),
        certificates(table),
    ];
    parts.extend(table.eigenvalues.as_deref().map(eigenvalues));
    parts.join("\n")
}

/// Whether it is of the user's own couplings.
fn is_own(table: &CensusTable) -> bool {
    table.scale.is_some() || table.eigenvalues.is_some()
}

fn counts(table: &CensusTable) -> String {
    let rows: Vec<(String, Compared, Range)> = (0..table.dim as usize)
        .map(|k| (k.to_string(), table.of_index(k), Range::of(table, Some(k))))
        .chain([("all".to_owned(), table.total, Range::of(table, None))])
        .collect();
    if is_own(table) {
        return format!("{}{}", own_counts(table, rows), undecided(table));
    }
    let mut text = TextTable::new(["index", "mean", "± s.e.", "expected", "z", "lowest u", "highest u"]);
    for (name, Compared { mean, standard_error, expected, z }, Range { low, high }) in rows {
        let [mean, error, expected] = [mean, standard_error, expected].map(|x| number(x, 3));
        text.row([name, mean, error, expected, number(z, 2), number(low, 4), number(high, 4)]);
    }
    format!(
        "{}Numbers count points on the sphere, w and −w both; u = L/Λ. s.e. is over instances; expected is the exact mean at this Λ.\n{}",
        text.text(),
        undecided(table)
    )
}

/// Points that no row of an index counts, if there are any.
fn undecided(table: &CensusTable) -> String {
    match table.instances.iter().map(|one| one.undecided).sum::<u64>() {
        0 => String::new(),
        count => format!("Of undecided index, and in no row but the last: {count}.\n"),
    }
}

/// Of the user's own tensor, which no mean is about; energies also in units of its scale, if that is known.
fn own_counts(table: &CensusTable, rows: Vec<(String, Compared, Range)>) -> String {
    let Some(s) = table.scale else {
        let mut text = TextTable::new(["index", "count", "lowest u", "highest u"]);
        for (name, Compared { mean, .. }, Range { low, high }) in rows {
            text.row([name, number(mean, 0), number(low, 4), number(high, 4)]);
        }
        return format!("{}Numbers count points on the sphere, w and −w both; u = L/Λ.\n", text.text());
    };
    let mut text = TextTable::new(["index", "count", "lowest u", "highest u", "lowest u/s", "highest u/s"]);
    for (name, Compared { mean, .. }, Range { low, high }) in rows {
        let [low_over, high_over] = [low, high].map(|u| u.map(|u| u / s));
        let [low, high, low_over, high_over] = [low, high, low_over, high_over].map(|u| number(u, 4));
        text.row([name, number(mean, 0), low, high, low_over, high_over]);
    }
    let unit = match table.orders {
        None => "s² = Σ A² / C(Λ+H−1, H) over the entries A",
        Some(_) => "s² is the sum of Σ A² / C(Λ+p−1, p) over the orders p, with the entries A of each",
    };
    format!("{}Numbers count points on the sphere, w and −w both; u = L/Λ; {unit}.\n", text.text())
}

/// Energies per spin from the lowest to the highest, where there are any.
struct Range {
    low: Option<f64>,
    high: Option<f64>,
}

impl Range {
    /// Over all instances, of one index, or of all points with those of undecided index.
    fn of(table: &CensusTable, index: Option<usize>) -> Self {
        let each = table.instances.iter().flat_map(|one| one.energies_per_spin.iter().enumerate());
        let wanted = each.filter(|(k, _)| index.is_none_or(|index| index == *k));
        let mut all: Vec<f64> = wanted.flat_map(|(_, energies)| energies).copied().collect();
        if index.is_none() {
            all.extend(table.instances.iter().flat_map(|one| &one.undecided_energies_per_spin));
        }
        Self { low: all.iter().copied().reduce(f64::min), high: all.iter().copied().reduce(f64::max) }
    }
}

/// What is proved, and which surfaces it is not proved of.
fn certificates(table: &CensusTable) -> String {
    let all = table.instances.len();
    let classes = table.instances.first().map_or(0, |one| one.expected_complex);
    let what = if table.has_several_orders { "critical points" } else { "eigenvectors" };
    let mut lines = vec![
        format!("Certified: {} of {all}.\n", instances(table.certified)),
        format!(
            "Certified is where all {classes} complex {what} were found, each proved to exist and to differ \
             from the others.\n"
        ),
    ];
    let open: Vec<&CensusInstance> = table.instances.iter().filter(|one| !one.certified).collect();
    for one in open.iter().take(NAMED) {
        lines.push(format!("Not certified: instance {}: {}.\n", one.instance, reasons(one, table)));
    }
    if open.len() > NAMED {
        lines.push(format!("Not certified: {} in all.\n", instances(open.len() as u64)));
    }
    if !open.is_empty() {
        lines.push(
            "Where that is so, counts are lower bounds: each point that is listed is proved to exist and to differ from the \
             others.\n"
                .to_owned(),
        );
    }
    if open.iter().any(|one| one.singular > 0) {
        let what = match table.has_several_orders {
            false => "Multiple eigenvectors and families of them are not among the points.\n",
            true => {
                "A singular end is a multiple critical point, which is not among the points, or a solution at infinity, which is \
                 no point of the sphere: there are families of these where the array of the highest order is degenerate or next to 0. \
                 Which of the two it is is not decided.\n"
            }
        };
        lines.push(what.to_owned());
    }
    lines.concat()
}

fn instances(count: u64) -> String {
    if count == 1 { "1 instance".to_owned() } else { format!("{count} instances") }
}

fn reasons(one: &CensusInstance, table: &CensusTable) -> String {
    let mut reasons = vec![format!("{} of {} classes proved", one.complex, one.expected_complex)];
    let singular = match table.has_several_orders {
        true => "paths ended at singular solutions",
        false => "paths ended at multiple eigenvectors or families of them",
    };
    for (count, what) in [
        (one.singular, singular),
        (one.lost, "paths lost"),
        (one.duplicates, "paths ended where another did"),
        (one.undecided, "points of undecided index"),
    ] {
        if count > 0 {
            reasons.push(format!("{count} {what}"));
        }
    }
    reasons.extend((one.undecided == 0).then(|| morse(one.morse_sum, table.dim)));
    reasons.join(", ")
}

/// What the indices of the points that were found say: of all points, if all are simple, the sum is the Euler characteristic.
fn morse(sum: i64, dim: u32) -> String {
    let expected = if dim.is_multiple_of(2) { 0 } else { 2 };
    match sum == expected {
        true => format!("Σ(−1)^k C_k = {sum} as of a complete list, which alone does not prove it complete"),
        false => format!("Σ(−1)^k C_k = {sum} and not {expected}: the list is not complete"),
    }
}

fn eigenvalues(values: &[f64]) -> String {
    if values.is_empty() {
        return "No real eigenvalue that is simple.\n".to_owned();
    }
    let lines: String = values.iter().map(|value| format!("{}\n", number(Some(*value), 12))).collect();
    format!("Real eigenvalues λ, A x^(H−1) = λ x with |x| = 1, one of each pair ±x:\n{lines}")
}
