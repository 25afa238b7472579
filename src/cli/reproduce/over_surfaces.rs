//! Scatter between surfaces: the run of `hspin reproduce` that shows it where surfaces are cheap.

use std::path::Path;

use crate::analysis::{RunSummary, summarize};
use crate::cli::shared::sweep::Sweep;
use crate::error::Result;
use crate::studies::surfaces::{Given, Preset, Request};
use crate::study::Resources;

/// Λ, surfaces and starts on each, of `hspin reproduce` and of `--quick`; a few per cent of the whole.
const PAPER: (&[u32], u32, u32) = (&[25, 50, 100, 200], 50, 20);
const QUICK: (&[u32], u32, u32) = (&[25, 50], 10, 20);

/// Descends on many surfaces of the small sizes into DIR/surfaces.run, or with `quick` into DIR/quick-surfaces.run; what
/// is there is gone on with.
///
/// # Errors
/// Whatever ends a sweep; what was stored before stays.
pub fn sweep(dir: &Path, quick: bool, resources: Resources) -> Result<RunSummary> {
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
    summarize(
        &Sweep { run, request, given: Given::default(), attached: Vec::new(), keeps: false, resources }
            .carry_out(None)?,
    )
}
