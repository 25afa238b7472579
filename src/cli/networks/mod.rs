//! `hspin networks`: the half of the paper that is about networks.

mod map;
mod report;
mod sweep;

use clap::Subcommand;

use super::shared::output;
use crate::studies::networks::NetworksStore;
use crate::{Error, Result};

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

/// Begins a run of networks for a program that shares out the work itself.
///
/// # Errors
/// Those of [`run`] before any work; bad input if the command begins none.
pub fn begin(args: Args) -> Result<NetworksStore> {
    match args.command {
        NetworksCommand::Sweep(args) => sweep::begin(*args),
        NetworksCommand::Map(_) | NetworksCommand::Report(_) => {
            Err(Error::bad_input("networks", "no sweep", "a sweep, which makes a run"))
        }
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
