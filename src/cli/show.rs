//! `hspin show`: a run at a glance.

use std::path::PathBuf;

use super::shared::progress::duration;
use super::shared::summary::{render, state};
use super::shared::{census_table, kinds, networks, output};
use crate::analysis::{self, RunSummary, summarize, tabulate_census};
use crate::error::Result;
use crate::studies::networks::NetworksStore;
use crate::studies::surfaces::SurfaceStore;

const HELP: &str = "Example:
  hspin show paper.run

An index is counted where no eigenvalue is too near 0 to have a sign; the other points are counted as undecided.
JSON: \"index_counts\" and, beside it, \"undecided\"; \"unconverged_mean_shift\" is how far starts that did not converge
could move the mean at most, \"unconverged_could_move_mean\" whether that is more than its standard error.";

/// Progress, outcomes, and one row per size; also while the run is going on.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// The run
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
///
/// # Errors
/// Those of the store.
pub fn run(args: Args) -> Result<()> {
    if kinds::is_networks(&args.run)? {
        return show_networks(&args);
    }
    let store = SurfaceStore::open_read(&args.run)?;
    let summary = summarize(&store)?;
    if args.json {
        return output::print_json(&summary);
    }
    if store.spec().is_census() {
        return output::print(&census_text(&store, &summary)?);
    }
    output::print(&render(&store, &summary))
}

fn show_networks(args: &Args) -> Result<()> {
    let store = NetworksStore::open_read(&args.run)?;
    let summary = analysis::networks::summarize(&store)?;
    if args.json {
        return output::print_json(&summary);
    }
    output::print(&networks::summary::render(&store, &summary))
}

/// A census: how far it is, then its table.
fn census_text(store: &SurfaceStore, summary: &RunSummary) -> Result<String> {
    let path = store.path().display();
    let spent: f64 = summary.dims.iter().map(|dim| dim.seconds.total_s()).sum();
    let mut text = format!("{path}: {}, {} processor time\n", state(summary), duration(spent));
    text.push_str(&census_table::render(&tabulate_census(store)?));
    Ok(text)
}
