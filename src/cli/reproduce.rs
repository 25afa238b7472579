//! `hspin reproduce`: the paper's spin-glass part, and its networks, from one command.

use std::path::PathBuf;

use super::sweep::{Sweep, means};
use super::{figure, networks, output, over_surfaces, show, values};
use crate::analysis::{RunSummary, summarize};
use crate::error::Result;
use crate::run::export::{surfaces, write_csv};
use crate::run::files;
use crate::run::{Means, Preset, Request, Store};

/// Sweep, draw every figure and sum up; the same command resumes
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hspin reproduce --quick --out first-look")]
pub struct Args {
    /// Smaller sizes and fewer starts: a first look
    #[arg(long)]
    pub quick: bool,
    /// Also the paper's other half: networks trained and annealed, their figures, Table 1 and verdicts
    #[arg(long)]
    pub networks: bool,
    /// Folder for the run, the figures and the tables
    #[arg(long, value_name = "DIR", default_value = "reproduction")]
    pub out: PathBuf,
    /// Worker threads; changes nothing but the time [default: all cores]
    #[arg(long, value_name = "N", value_parser = values::threads, allow_negative_numbers = true)]
    pub threads: Option<u32>,
}

/// Runs the command.
///
/// # Errors
/// Whatever ends a sweep or cannot be written; what was stored before stays.
pub fn run(args: Args) -> Result<()> {
    let means = means(args.threads)?;
    files::create_folder(&args.out)?;
    let glass = glass(&args, means)?;
    output::print(&glass.text)?;
    if args.networks {
        output::print(&networks::reproduce::run(&args.out, args.quick, &glass.run, &means)?)?;
    }
    Ok(())
}

/// The paper's run, and beside it many surfaces of the small sizes.
#[derive(serde::Serialize)]
struct WithSurfaces {
    #[serde(flatten)]
    one_surface: RunSummary,
    over_surfaces: RunSummary,
}

impl WithSurfaces {
    fn text(&self, store: &Store) -> String {
        let table = over_surfaces::table(&self.over_surfaces).unwrap_or_default();
        format!(
            "{}
{table}",
            show::render(store, &self.one_surface)
        )
    }
}

/// The spin-glass half, done.
struct Glass {
    /// Its run.
    run: PathBuf,
    /// What `hspin show` prints.
    text: String,
}

fn glass(args: &Args, means: Means) -> Result<Glass> {
    let (preset, name) = if args.quick { (Preset::Quick, "quick.run") } else { (Preset::Paper, "paper.run") };
    let request = Request { preset: Some(preset), ..Request::default() };
    let sweep = Sweep { run: args.out.join(name), request, couplings: None, means };
    let store = sweep.carry_out(None)?;
    let summary = WithSurfaces {
        over_surfaces: over_surfaces::sweep(&args.out, args.quick, means)?,
        one_surface: summarize(&store)?,
    };
    let text = summary.text(&store);
    let table = args.out.join("summary.txt");
    files::write_whole(&table, |file| files::put(file, &table, text.as_bytes()))?;
    let document = args.out.join("summary.json");
    let json = output::json(&summary)?;
    files::write_whole(&document, |file| files::put(file, &document, json.as_bytes()))?;
    write_csv(&store, &surfaces(&store), &args.out.join("records.csv"))?;
    // Figures open the run themselves.
    drop(store);
    // The paper's Λ takes some seconds: a first look shows its own.
    let dim = (!args.quick).then_some(figure::DEFAULT_DIM);
    figure::draw_all(&sweep.run, &args.out.join("figures"), dim)?;
    Ok(Glass { run: sweep.run, text })
}
