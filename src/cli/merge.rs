//! `hspin merge`: runs of one spec put together.

use std::path::PathBuf;

use serde::Serialize;

use super::shared::kinds::{Merged, kind_of};
use super::shared::output;
use super::shared::table::counted;
use crate::error::{Error, Result};

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
    let kind = kind_of(first)?;
    for run in rest {
        if kind_of(run)?.formats() != kind.formats() {
            let [first, run] = [first, run].map(|run| run.display());
            return Err(Error::Refused(format!("{first} and {run} are not of one kind")));
        }
    }
    let Merged { units, left, content_hash } = kind.merge(&args.runs, &args.out)?;
    let report = Report { units, complete: left == 0, content_hash };
    if args.json {
        return output::print_json(&report);
    }
    let rest = match left {
        0 => "complete".to_owned(),
        left => format!(
            "{} missing: the command of a run of all of them computes the rest",
            counted(left as u64, "unit is", "units are")
        ),
    };
    let units = counted(report.units as u64, "unit", "units");
    output::print(&format!("{units}, {rest}\ncontent {}\n", report.content_hash))
}
