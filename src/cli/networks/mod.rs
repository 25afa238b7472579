//! `hspin networks`: the other half of the paper.

mod map;
pub mod outputs;
pub mod report;
mod words;

use clap::Subcommand;

use super::output;
use crate::Result;

/// Neural networks beside the spin glass
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hspin networks map --layers 100,50,1")]
pub struct Args {
    #[command(subcommand)]
    command: NetworksCommand,
}

#[derive(Debug, Subcommand)]
enum NetworksCommand {
    Map(map::Args),
    Report(report::Args),
}

/// Runs the command.
///
/// # Errors
/// Bad input; a closed standard output.
pub fn run(args: &Args) -> Result<()> {
    match &args.command {
        NetworksCommand::Map(args) => output::print(&map::text(args)?),
        NetworksCommand::Report(args) => report::run(args),
    }
}
