//! Scatter between surfaces: the table of it, and the run of `hspin reproduce` that shows it where surfaces are cheap.

use std::path::Path;

use super::sweep::Sweep;
use super::table::{Table, number};
use crate::analysis::{DimSummary, ErrorOver, RunSummary, summarize};
use crate::error::Result;
use crate::run::{Means, Preset, Request};

/// Λ, surfaces and starts on each, of `hspin reproduce` and of `--quick`; a few per cent of the whole.
const PAPER: (&[u32], u32, u32) = (&[25, 50, 100, 200], 50, 20);
const QUICK: (&[u32], u32, u32) = (&[25, 50], 10, 20);

/// Descends on many surfaces of the small sizes into DIR/surfaces.run, or with `quick` into DIR/quick-surfaces.run; what
/// is there is gone on with.
///
/// # Errors
/// Whatever ends a sweep; what was stored before stays.
pub fn sweep(dir: &Path, quick: bool, means: Means) -> Result<RunSummary> {
    let (preset, name) =
        if quick { (Preset::Quick, "quick-surfaces.run") } else { (Preset::Paper, "surfaces.run") };
    let (dims, instances, starts) = if quick { QUICK } else { PAPER };
    let run = dir.join(name);
    let request = Request {
        // What the preset asks of sizes and starts is for one surface.
        preset: Some(preset),
        dims: Some(dims.to_vec()),
        instances: Some(instances),
        starts: Some(starts),
        points: Some(false),
        ..Request::default()
    };
    summarize(&Sweep { run, request, couplings: None, means }.carry_out(None)?)
}

/// Means over surfaces with both scatters; `None` of a run that has one surface per size.
pub fn table(summary: &RunSummary) -> Option<String> {
    let several = |dim: &&DimSummary| dim.error_over == ErrorOver::Instances;
    let dims: Vec<&DimSummary> = summary.dims.iter().filter(several).collect();
    if dims.is_empty() {
        return None;
    }
    let headings = ["Λ", "surfaces", "mean u", "± s.e.", "sd between surfaces", "sd on one surface"];
    let mut table = Table::new(headings);
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
