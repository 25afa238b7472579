//! `hspin report`: runs as one page.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::shared::env::resources;
use super::shared::kinds::kind_of;
use super::shared::networks::beside::ComparedRuns;
use super::shared::output;
use crate::error::{Error, Result};
use crate::files;
use crate::report::{self, Maker, NetworksAsked, RunAsked};

/// In place of a path: standard output.
const STANDARD_OUTPUT: &str = "-";

/// Make one page of runs: tables, figures, verdicts and files to save, in one HTML file that asks for nothing outside of it
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hspin report sweep.hspin --out page.html")]
pub struct Args {
    /// The runs, of any kind
    #[arg(value_name = "RUN", required = true)]
    runs: Vec<PathBuf>,
    /// The page, or - for standard output; folders above it are made if they are missing
    #[arg(long, value_name = "FILE.html")]
    out: PathBuf,
    #[command(flatten)]
    beside: ComparedRuns,
    /// Overwrite a file that hspin did not write
    #[arg(long)]
    force: bool,
}

/// Runs the command.
///
/// # Errors
/// Those of the store; bad input for runs that are given twice or do not belong together; refused or I/O where the page cannot
/// be written.
pub fn run(args: &Args) -> Result<()> {
    let to_output = args.out.as_os_str() == STANDARD_OUTPUT;
    each_once(&args.runs)?;
    if !to_output {
        files::create_folder(files::folder_of(&args.out))?;
        files::claim(std::slice::from_ref(&args.out), args.force)?;
    }
    let maker = Maker {
        version: env!("CARGO_PKG_VERSION"),
        // Whoever builds a package says so; cargo alone does not know.
        commit: option_env!("HSPIN_BUILD_COMMIT"),
        instruction_set: resources(None)?.isa.name(),
    };
    let page = report::page(&asked(args)?, &maker)?;
    if to_output {
        return output::print(&page);
    }
    files::write_whole(&args.out, |file| files::put(file, &args.out, page.as_bytes()))?;
    output::print(&format!("{}\n", args.out.display()))
}

/// Refuses a run that is named twice, by whatever path.
fn each_once(runs: &[PathBuf]) -> Result<()> {
    let mut known = BTreeSet::new();
    let place = |run: &Path| fs::canonicalize(run).unwrap_or_else(|_| run.to_owned());
    match runs.iter().find(|run| !known.insert(place(run))) {
        Some(twice) => Err(Error::bad_input("RUN", twice.display(), "each run once")),
        None => Ok(()),
    }
}

/// The runs by their kinds; annealed networks go beside the one run of networks.
fn asked(args: &Args) -> Result<Vec<RunAsked<'_>>> {
    let mut networks = 0;
    let one = |run: &'_ PathBuf| -> Result<bool> { Ok(kind_of(run)?.is_networks()) };
    let kinds = args.runs.iter().map(one).collect::<Result<Vec<bool>>>()?;
    let ComparedRuns { annealed, beside } = &args.beside;
    let runs = args.runs.iter().zip(kinds).map(|(run, is_networks)| {
        networks += usize::from(is_networks);
        match is_networks {
            true => RunAsked::Networks(NetworksAsked {
                run,
                annealed: annealed.as_deref(),
                beside: beside.as_deref(),
            }),
            false => RunAsked::Surfaces(run),
        }
    });
    let runs = runs.collect();
    match annealed {
        Some(path) if networks != 1 => {
            let allowed = format!("one run of networks to set it beside; there are {networks}");
            Err(Error::bad_input("--annealed", path.display(), allowed))
        }
        _ => Ok(runs),
    }
}
