//! `hspin merge`: runs of one spec put together.

use std::path::PathBuf;

use serde::Serialize;

use super::shared::table::counted;
use super::shared::{kinds, output};
use crate::error::{Error, Result};
use crate::studies::networks::Networks;
use crate::studies::surfaces::Surfaces;
use crate::study::{Study, merge};

/// Put runs of one spec together that hold other sizes, surfaces, starts or networks.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hspin merge a.run b.run --out both.run")]
pub struct Args {
    /// The runs; they stay as they are
    #[arg(value_name = "RUN", required = true)]
    pub runs: Vec<PathBuf>,
    /// The new run
    #[arg(long, value_name = "RUN")]
    pub out: PathBuf,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// What is told of the new run.
#[derive(Serialize)]
struct Report {
    units: usize,
    complete: bool,
    content_hash: String,
}

/// Runs the command.
///
/// # Errors
/// [`Error::Refused`] where the runs are not of one spec, or the new one is there already; [`Error::Damaged`]; those of the
/// store.
pub fn run(args: &Args) -> Result<()> {
    let Some((first, rest)) = args.runs.split_first() else { return Ok(()) };
    let of_networks = kinds::is_networks(first)?;
    for run in rest {
        if kinds::is_networks(run)? != of_networks {
            let [first, run] = [first, run].map(|run| run.display());
            return Err(Error::Refused(format!("{first} and {run} are not of one kind")));
        }
    }
    if of_networks { put_together::<Networks>(args) } else { put_together::<Surfaces>(args) }
}

fn put_together<S: Study>(args: &Args) -> Result<()> {
    let merged = merge::<S>(&args.runs, &args.out)?;
    let report = Report {
        units: merged.done().len(),
        complete: merged.left().is_empty(),
        content_hash: merged.content_hash(),
    };
    if args.json {
        return output::print_json(&report);
    }
    let rest = match merged.left().len() {
        0 => "complete".to_owned(),
        left => format!(
            "{} missing: the command of a run of all of them computes the rest",
            counted(left as u64, "unit is", "units are")
        ),
    };
    let units = counted(report.units as u64, "unit", "units");
    output::print(&format!("{units}, {rest}\ncontent {}\n", report.content_hash))
}
