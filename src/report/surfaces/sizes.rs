//! One row per size.

use super::loaded::Loaded;
use crate::analysis::{DimSummary, ErrorOver, RunSummary};
use crate::error::Result;
use crate::report::html::{Html, paragraphs};
use crate::report::section::{Download, Ids, Section};
use crate::report::table::{Cell, Table};
use crate::report::words::sweep;

/// The section; its table is a file, too.
///
/// # Errors
/// None.
pub fn section(ids: Ids, run: &Loaded, files: &mut Vec<Download>) -> Result<Option<Section>> {
    let summary = &run.summary;
    let table = energies(ids, summary);
    files.push(Download::csv("sizes.csv", "the table of sizes, with all digits", table.csv().into_bytes()));
    let others = [over_surfaces(ids, summary), over_scale(ids, summary), slopes(ids, summary)];
    let mut parts = vec![table.html()];
    parts.extend(others.iter().map(Table::html));
    if !run.store.spec().is_census() {
        parts.push(paragraphs(&sweep::notes(&run.store, summary)));
        parts.extend(sweep::lost(summary).map(|text| paragraphs(&text)));
    }
    Ok(Section::new("sizes", "Sizes", Html::all(parts)))
}

fn energies(ids: Ids, summary: &RunSummary) -> Table {
    let threshold = match summary.dims.iter().any(|dim| dim.thresholds.e_alg.is_some()) {
        true => "below −E_th",
        false => "below −E_∞",
    };
    let mut table = Table::new(
        ids.of("sizes-table"),
        "energies per spin u = L/Λ by size, over converged starts",
        &[
            ("Λ", "dimension"),
            ("starts", "starts stored; of a census, critical points"),
            ("converged", "starts that ended at a critical point"),
            ("mean u", "mean energy per spin"),
            ("± s.e.", "standard error of the mean"),
            ("sd", "standard deviation over starts"),
            ("min u", "lowest energy per spin"),
            ("max u", "highest energy per spin"),
            ("distinct", "distinct points, summed over surfaces"),
            (threshold, "share of the starts below the threshold of Λ → ∞"),
            ("undecided", "points with an eigenvalue too near 0 to have a sign"),
        ],
    );
    for dim in &summary.dims {
        let starts = if dim.starts == dim.planned {
            Cell::count(dim.starts)
        } else {
            Cell::shown_as(Some(dim.starts as f64), |_| format!("{} of {}", dim.starts, dim.planned))
        };
        table.row(
            dim.dim.to_string(),
            vec![
                Cell::count(dim.dim.into()).keyed("dim"),
                starts.keyed("starts"),
                Cell::count(dim.converged).keyed("converged"),
                Cell::number(dim.mean, 4).keyed("mean"),
                Cell::number(dim.standard_error, 4).keyed("standard_error"),
                Cell::number(dim.sd, 4).keyed("sd"),
                Cell::number(dim.min, 4).keyed("min"),
                Cell::number(dim.max, 4).keyed("max"),
                Cell::maybe_count(dim.distinct).keyed("distinct"),
                Cell::percent(dim.below_e_inf, 1).keyed("below_e_inf"),
                Cell::count(dim.undecided).keyed("undecided"),
            ],
        );
    }
    table
}

fn over_surfaces(ids: Ids, summary: &RunSummary) -> Table {
    let mut table = Table::new(
        ids.of("between-table"),
        "means over surfaces, with both scatters; “between” is of the mean over all starts of a surface",
        &[
            ("Λ", "dimension"),
            ("surfaces", "surfaces of which any start converged"),
            ("mean u", ""),
            ("± s.e.", "over surfaces"),
            ("sd between surfaces", "the scatter that few starts add is taken out"),
            ("sd on one surface", ""),
        ],
    );
    for dim in summary.dims.iter().filter(|dim| dim.error_over == ErrorOver::Instances) {
        table.row(
            dim.dim.to_string(),
            vec![
                Cell::count(dim.dim.into()).keyed("dim"),
                Cell::count(dim.instances).keyed("instances"),
                Cell::number(dim.mean, 4).keyed("mean"),
                Cell::number(dim.standard_error, 4).keyed("standard_error"),
                Cell::number(dim.sd_between, 4).keyed("sd_between"),
                Cell::number(dim.sd_within, 4).keyed("sd_within"),
            ],
        );
    }
    table
}

fn over_scale(ids: Ids, summary: &RunSummary) -> Table {
    let mut table = Table::new(
        ids.of("scale-table"),
        "energies in units of the scale s of the couplings, which compare with random couplings",
        &[("Λ", ""), ("mean u/s", ""), ("± s.e.", ""), ("sd", ""), ("min u/s", ""), ("max u/s", "")],
    );
    for (dim, over) in summary.dims.iter().filter_map(|dim| Some((dim, dim.over_scale?))) {
        table.row(
            dim.dim.to_string(),
            vec![
                Cell::count(dim.dim.into()).keyed("dim"),
                Cell::number(over.mean_over_s, 4).keyed("mean_over_s"),
                Cell::number(over.standard_error_over_s, 4).keyed("standard_error_over_s"),
                Cell::number(over.sd_over_s, 4).keyed("sd_over_s"),
                Cell::number(over.min_over_s, 4).keyed("min_over_s"),
                Cell::number(over.max_over_s, 4).keyed("max_over_s"),
            ],
        );
    }
    table
}

/// Overlaps with a spike and radial slopes.
fn slopes(ids: Ids, summary: &RunSummary) -> Table {
    let has_overlap = |dim: &DimSummary| dim.slopes.spike_overlap.is_some();
    let has_slope = |dim: &DimSummary| dim.slopes.radial_slope.is_some();
    let overlaps = summary.dims.iter().any(has_overlap);
    let radial = summary.dims.iter().any(has_slope);
    let m = if summary.spike.is_some_and(|(_, order)| order % 2 == 0) { "|m|" } else { "m" };
    let mut table = Table::new(
        ids.of("slopes-table"),
        match (overlaps, radial) {
            (true, _) => "overlap m with the spike, and radial slopes w·∇L/Λ",
            _ => "radial slopes w·∇L/Λ",
        },
        &[("Λ", "dimension")],
    );
    if overlaps {
        for what in ["mean", "± s.e. of", "max", "at min u:"] {
            table.heading(format!("{what} {m}"), "over converged starts");
        }
    }
    if radial {
        table.heading("mean radial slope", "w·∇L/Λ");
        table.heading("± s.e.", "of the mean radial slope");
    }
    for dim in summary.dims.iter().filter(|_| overlaps || radial) {
        let mut cells = vec![Cell::count(dim.dim.into()).keyed("dim")];
        if overlaps {
            let found = dim.slopes.spike_overlap;
            cells.push(Cell::number(found.and_then(|m| m.mean), 4).keyed("spike_overlap.mean"));
            cells.push(
                Cell::number(found.and_then(|m| m.standard_error), 4).keyed("spike_overlap.standard_error"),
            );
            cells.push(Cell::number(found.and_then(|m| m.max), 4).keyed("spike_overlap.max"));
            cells.push(Cell::number(found.and_then(|m| m.at_min), 4).keyed("spike_overlap.at_min"));
        }
        if radial {
            let found = dim.slopes.radial_slope;
            cells.push(Cell::number(found.and_then(|r| r.mean), 4).keyed("radial_slope.mean"));
            cells.push(
                Cell::number(found.and_then(|r| r.standard_error), 4).keyed("radial_slope.standard_error"),
            );
        }
        table.row(dim.dim.to_string(), cells);
    }
    table
}
