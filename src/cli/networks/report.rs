//! `hspin networks report`: statistics and verdicts as a person reads them, and Table 1 as CSV.

use std::path::PathBuf;

use crate::Result;
use crate::analysis::networks::NetworksData;
use crate::cli::shared::networks::beside::ComparedRuns;
use crate::cli::shared::networks::text::text;
use crate::cli::shared::output;

/// Statistics of trained networks, the paper's Table 1, and a verdict on each of its claims
///
/// A verdict is data: the exit status is 0 whatever it says.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// The run, by sgd
    #[arg(value_name = "RUN")]
    run: PathBuf,
    #[command(flatten)]
    beside: ComparedRuns,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

const HELP: &str = "Example:
  hspin networks report networks.hspin --annealed annealed.hspin

JSON:
  {\"complete\", \"units\": {done, planned}, \"compared_units\": [units, units], \"digits\": [train, test], \"epochs\", \"group\",
    \"sizes\", \"compared_on\": [train, test], \"annealed\": [size], \"table_1\": [{hidden, networks, correlation:
    {value, low, high, pairs}, paper}], \"scaling\": {log_constant, alpha, beta, alpha_error, beta_error, chi_squared,
    degrees}, \"scaling_p\", \"annealing\": [{hidden, networks, train_loss, test_loss, test_accuracy: [sgd, anneal],
    loss_lead, accuracy_lead: [value, low, high]}], \"claims\": [{claim, verdict: agrees | disagrees | undecided |
    not_critical, tests, beside: [{quantity, hidden, estimate, standard_error, interval, gradient_norm: [least, greatest],
    p_for, p_against, verdict}]}]}
  size: hidden, networks, lost, groups, losses: {train, test: spread, train_accuracy, test_accuracy: number},
    normalised_index: spread, indices, gradient_norm: spread
  group: networks that errors take together; 1 where each has its own order of the digits
  spread: mean, variance, deviation: number, least, quartiles, greatest
  number: {value, standard_error, degrees}. What is not known, or not finite, is null.";

/// Runs the command.
///
/// # Errors
/// Those of the store; bad input for runs that are not such ones.
pub fn run(args: &Args) -> Result<()> {
    let report = NetworksData::load(args.beside.to(&args.run))?.report();
    if args.json { output::print_json(&report) } else { output::print(&text(&report)) }
}
