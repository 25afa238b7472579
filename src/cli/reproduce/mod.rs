//! `hspin reproduce`: the paper's spin-glass part, and its networks, from one command.

mod networks;
mod over_surfaces;

use std::path::{Path, PathBuf};

use super::shared::env::resources;
use super::shared::figures::draw_all;
use super::shared::networks::outputs::TABLES;
use super::shared::sweep::Sweep;
use super::shared::{output, summary, values};
use crate::analysis::{GlassInputs, RunSummary, summarize};
use crate::error::Result;
use crate::figures::{self, FigureFormat};
use crate::files;
use crate::studies::surfaces::{Given, surfaces, write_csv};
use crate::studies::surfaces::{Preset, Request, SurfaceStore};
use crate::study::Resources;

/// Run the paper's sweep, draw every figure and print a summary; the same command resumes
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
    /// Worker threads, at most 1024; changes nothing but the time [default: all cores]
    #[arg(long, value_name = "N", value_parser = values::within(values::THREADS), allow_negative_numbers = true)]
    pub threads: Option<u32>,
    /// Overwrite files that hspin did not write
    #[arg(long)]
    pub force: bool,
}

/// Runs the command.
///
/// # Errors
/// Whatever ends a sweep or cannot be written; what was stored before stays.
pub fn run(args: Args) -> Result<()> {
    let resources = resources(args.threads)?;
    files::create_folder(&args.out)?;
    files::claim(&outputs(&args), args.force)?;
    let glass = glass(&args, resources)?;
    output::print(&glass.text)?;
    if args.networks {
        let outputs = networks_folder(&args);
        let places = networks::Places { runs: &args.out, outputs: &outputs, glass: &glass.run };
        output::print(&networks::run(&places, args.quick, &resources)?)?;
    }
    Ok(())
}

/// Files that may be written, so that none is in the way after hours of work.
fn outputs(args: &Args) -> Vec<PathBuf> {
    let place = |name: &str| args.out.join(format!("{}{name}", prefix(args.quick)));
    let tables = ["summary.txt", "summary.json", "records.csv", "manifest.json"];
    let mut paths: Vec<PathBuf> = tables.into_iter().map(place).collect();
    paths.extend(figures::paths(
        &place("figures"),
        figures::of_glass().map(|figure| figure.name),
        &FigureFormat::ALL,
    ));
    if args.networks {
        let folder = networks_folder(args);
        paths.extend(TABLES.into_iter().map(|name| folder.join(name)));
        paths.extend(figures::paths(
            &folder.join("figures"),
            figures::of_networks().map(|figure| figure.name),
            &FigureFormat::ALL,
        ));
    }
    paths
}

/// Of a first look everything has names of its own.
fn prefix(quick: bool) -> &'static str {
    if quick { "quick-" } else { "" }
}

fn networks_folder(args: &Args) -> PathBuf {
    if args.quick { args.out.join("quick-networks") } else { args.out.clone() }
}

/// The paper's run, and beside it many surfaces of the small sizes.
#[derive(serde::Serialize)]
struct WithSurfaces {
    #[serde(flatten)]
    one_surface: RunSummary,
    over_surfaces: RunSummary,
}

impl WithSurfaces {
    fn text(&self, store: &SurfaceStore) -> String {
        let table = summary::over_surfaces(&self.over_surfaces).unwrap_or_default();
        format!("{}\n{table}", summary::render(store, &self.one_surface))
    }
}

/// The spin-glass half, done.
struct Glass {
    /// Its run.
    run: PathBuf,
    /// What `hspin show` prints.
    text: String,
}

fn glass(args: &Args, resources: Resources) -> Result<Glass> {
    let (preset, name) = if args.quick { (Preset::Quick, "quick.run") } else { (Preset::Paper, "paper.run") };
    let request = Request { preset: Some(preset), ..Request::default() };
    let sweep = Sweep {
        run: args.out.join(name),
        request,
        given: Given::default(),
        attached: Vec::new(),
        keeps: false,
        resources,
    };
    let store = sweep.carry_out(None)?;
    let summary = WithSurfaces {
        over_surfaces: over_surfaces::sweep(&args.out, args.quick, resources)?,
        one_surface: summarize(&store)?,
    };
    let text = summary.text(&store);
    let place = |name: &str| args.out.join(format!("{}{name}", prefix(args.quick)));
    let write = |path: PathBuf, text: &str| {
        files::write_whole(&path, |file| files::put(file, &path, text.as_bytes())).map(|()| path)
    };
    let mut written = vec![
        write(place("summary.txt"), &text)?,
        write(place("summary.json"), &output::json(&summary)?)?,
        place("records.csv"),
    ];
    write_csv(&store, &surfaces(&store), &place("records.csv"))?;
    // Figures open the run themselves.
    drop(store);
    // The paper's Λ takes some seconds: a first look shows its own.
    let dim = (!args.quick).then_some(GlassInputs::DEFAULT_DIM);
    written.extend(draw_all(&sweep.run, &place("figures"), dim)?);
    // Last of all: what it names was made from the run as it was then.
    write(place("manifest.json"), &manifest(&args.out, name, &summary.one_surface, &written)?)?;
    Ok(Glass { run: sweep.run, text })
}

/// From which state of which run files were made.
fn manifest(folder: &Path, run: &str, summary: &RunSummary, written: &[PathBuf]) -> Result<String> {
    let name = |path: &PathBuf| path.strip_prefix(folder).unwrap_or(path).display().to_string();
    output::json(&serde_json::json!({
        "run": run,
        "content_hash": summary.content_hash,
        "complete": summary.complete,
        "files": written.iter().map(name).collect::<Vec<_>>(),
    }))
}
