//! The summary of a sweep as a person reads it.

use super::progress::duration;
use super::table::{TextTable, number};
use crate::analysis::{DimSummary, ErrorOver, RunSummary};
use crate::report::words::sweep::{heading, lost, notes};
use crate::studies::surfaces::SurfaceStore;

/// Indices that get a number of their own.
const INDICES: usize = 4;

/// The summary as a person reads it.
pub fn render(store: &SurfaceStore, summary: &RunSummary) -> String {
    let mut parts = vec![heading(store, summary), energies(summary)];
    parts.extend(energies_over_scale(summary));
    parts.extend(spike_overlaps(summary));
    parts.extend(radial_slopes(summary));
    parts.push(notes(store, summary));
    parts.extend(lost(summary));
    parts.extend(over_surfaces(summary));
    parts.extend(times(summary));
    parts.join("\n")
}

fn energies(summary: &RunSummary) -> String {
    let is_mixture = summary.dims.iter().any(|dim| dim.thresholds.e_alg.is_some());
    let threshold = if is_mixture { "E_th" } else { "E_∞" };
    let below = format!("{} < −{threshold}", if summary.scale.is_some() { "u/s" } else { "u" });
    let mut table = TextTable::new([
        "Λ",
        "starts",
        "converged",
        "mean u",
        "± s.e.",
        "sd",
        "min u",
        "distinct",
        &below,
        "index",
    ]);
    for dim in &summary.dims {
        table.row([
            dim.dim.to_string(),
            progress(dim),
            dim.converged.to_string(),
            number(dim.mean, 4),
            number(dim.standard_error, 4),
            number(dim.sd, 4),
            number(dim.min, 4),
            dim.distinct.map_or("–".to_owned(), |n| n.to_string()),
            dim.below_e_inf.map_or("–".to_owned(), |share| format!("{:.1} %", 100.0 * share)),
            indices(dim),
        ]);
    }
    table.text()
}

/// The energies of the user's own tensor in units of its scale.
fn energies_over_scale(summary: &RunSummary) -> Option<String> {
    let mut table = TextTable::new(["Λ", "mean u/s", "± s.e.", "sd", "min u/s", "max u/s"]);
    for dim in &summary.dims {
        let over = dim.over_scale?;
        table.row([
            dim.dim.to_string(),
            number(over.mean_over_s, 4),
            number(over.standard_error_over_s, 4),
            number(over.sd_over_s, 4),
            number(over.min_over_s, 4),
            number(over.max_over_s, 4),
        ]);
    }
    Some(table.text())
}

/// Overlaps with the hidden vector of a spike.
fn spike_overlaps(summary: &RunSummary) -> Option<String> {
    let (_, order) = summary.spike?;
    let m = if order.is_multiple_of(2) { "|m|" } else { "m" };
    let mut table = TextTable::new([
        "Λ",
        &format!("mean {m}"),
        "± s.e.",
        &format!("max {m}"),
        &format!("{m} at min u  (overlap with the spike)"),
    ]);
    for dim in &summary.dims {
        let overlap = dim.slopes.spike_overlap?;
        table.row([
            dim.dim.to_string(),
            number(overlap.mean, 4),
            number(overlap.standard_error, 4),
            number(overlap.max, 4),
            number(overlap.at_min, 4),
        ]);
    }
    Some(table.text())
}

/// Radial slopes, where they are no multiple of the energy.
fn radial_slopes(summary: &RunSummary) -> Option<String> {
    let mut table = TextTable::new(["Λ", "mean r", "± s.e.  (radial slope r = w·∇L/Λ)"]);
    for dim in &summary.dims {
        let slope = dim.slopes.radial_slope?;
        table.row([dim.dim.to_string(), number(slope.mean, 4), number(slope.standard_error, 4)]);
    }
    Some(table.text())
}

fn progress(dim: &DimSummary) -> String {
    if dim.starts == dim.planned {
        dim.starts.to_string()
    } else {
        format!("{} of {}", dim.starts, dim.planned)
    }
}

fn indices(dim: &DimSummary) -> String {
    let mut parts: Vec<String> =
        dim.index_counts.iter().take(INDICES).map(|(index, count)| format!("{index}: {count}")).collect();
    let more: u64 = dim.index_counts.values().skip(INDICES).sum();
    if more > 0 {
        parts.push(format!("higher: {more}"));
    }
    if dim.undecided > 0 {
        parts.push(format!("undecided: {}", dim.undecided));
    }
    parts.join("  ")
}

fn times(summary: &RunSummary) -> Option<String> {
    let total: f64 = summary.dims.iter().map(|dim| dim.seconds.total_s()).sum();
    if total <= 0.0 {
        return None;
    }
    let mut table = TextTable::new(["Λ", "draw", "descent", "polish", "index", "total processor time"]);
    for dim in &summary.dims {
        let spent = dim.seconds;
        let [draw, descent, polish, index, all] =
            [spent.draw_s, spent.descent_s, spent.polish_s, spent.index_s, spent.total_s()].map(duration);
        table.row([dim.dim.to_string(), draw, descent, polish, index, all]);
    }
    Some(format!("{}{} in all\n", table.text(), duration(total)))
}

/// Means over surfaces with both scatters; `None` of a run that has one surface per size.
pub fn over_surfaces(summary: &RunSummary) -> Option<String> {
    let several = |dim: &&DimSummary| dim.error_over == ErrorOver::Instances;
    let dims: Vec<&DimSummary> = summary.dims.iter().filter(several).collect();
    if dims.is_empty() {
        return None;
    }
    let headings = ["Λ", "surfaces", "mean u", "± s.e.", "sd between surfaces", "sd on one surface"];
    let mut table = TextTable::new(headings);
    for dim in dims {
        table.row([
            dim.dim.to_string(),
            dim.instances.to_string(),
            number(dim.mean, 4),
            number(dim.standard_error, 4),
            number(dim.sd_between, 4),
            // The last column is aligned to the left.
            format!("{:>17}", number(dim.sd_within, 4)),
        ]);
    }
    let starts = summary.starts;
    let notes = "\"Between\" is of the mean over all starts of a surface: the scatter that few starts add is taken out.";
    Some(format!("Over surfaces, {starts} starts each:\n{}{notes}\n", table.text()))
}
