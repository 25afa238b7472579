//! `hspin show`: a run at a glance.

use std::path::PathBuf;

use super::shared::kinds::kind_of;
use crate::error::Result;

const HELP: &str = "Example:
  hspin show paper.run

An index is counted where no eigenvalue is too near 0 to have a sign.
The other points are counted as undecided.

JSON, beside the counts:
  unconverged_mean_shift       how far starts that did not converge
                               could move the mean at most
  unconverged_could_move_mean  whether that is more than its standard error
  spike_overlap                of the overlap with the spike: mean,
                               standard_error, max, at_min (at the lowest
                               energy); |m| where its order is even
  radial_slope                 of w·∇L/Λ: mean, standard_error, where it is
                               no multiple of the energy";

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
    kind_of(&args.run)?.show(&args.run, args.json)
}
