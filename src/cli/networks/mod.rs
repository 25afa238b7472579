//! `hspin networks`: the half of the paper that is about networks.

mod map;
mod report;
mod sweep;

use clap::Subcommand;

use super::shared::output;
use crate::Result;
use crate::studies::networks::NetworksStore;

/// Neural networks beside the spin glass
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hspin networks sweep --hidden 25,50 --networks 100 --out nets.run")]
pub struct Args {
    #[command(subcommand)]
    command: NetworksCommand,
}

#[derive(Debug, Subcommand)]
enum NetworksCommand {
    Sweep(Box<sweep::Args>),
    Map(map::Args),
    Report(report::Args),
}

impl Args {
    /// Whether processes share the work of this command.
    pub fn is_shared(&self) -> bool {
        matches!(self.command, NetworksCommand::Sweep(_))
    }
}

/// Begins a run of networks for a program that shares out the work itself; `None` if the command begins none.
///
/// # Errors
/// Those of [`run`] before any work.
pub fn begin(args: Args) -> Result<Option<NetworksStore>> {
    match args.command {
        NetworksCommand::Sweep(args) => sweep::begin(*args).map(Some),
        NetworksCommand::Map(_) | NetworksCommand::Report(_) => Ok(None),
    }
}

/// Runs the command.
///
/// # Errors
/// Bad input; whatever ends a sweep; a closed standard output.
pub fn run(args: Args) -> Result<()> {
    match args.command {
        NetworksCommand::Sweep(args) => sweep::run(*args),
        NetworksCommand::Map(args) => output::print(&map::text(&args)?),
        NetworksCommand::Report(args) => report::run(&args),
    }
}
