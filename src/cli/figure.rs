//! `hspin figure`: draws what a run and the theory show.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use serde::Serialize;

use super::shared::figures::{self, ALL, Drawn, FigureRequest};
use super::shared::networks::beside::ComparedRuns;
use super::shared::{output, values};
use crate::Result;
use crate::figures::{Beside, FIGURES, Figure, RunInputs, Source};
use crate::theory::Mixture;

/// Draw a figure of the paper, or all of them
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hspin figure all --run sweep.hspin --out figures --format svg")]
pub struct Args {
    /// The figure, or all that the run has
    #[arg(value_parser = FigureName, required_unless_present = "list")]
    name: Option<String>,
    /// Directory to write NAME.FORMAT to; made if it is missing
    #[arg(long, value_name = "DIR", required_unless_present = "list")]
    out: Option<PathBuf>,
    /// Run to draw; figures of theory alone need none, figures of several runs take it repeatedly
    #[arg(long, value_name = "RUN")]
    run: Vec<PathBuf>,
    #[command(flatten)]
    beside: ComparedRuns,
    /// Run of a spin glass to set beside RUN, a run of networks
    #[arg(long, value_name = "RUN")]
    glass: Option<PathBuf>,
    /// File formats, comma-separated: svg, png
    #[arg(long, value_delimiter = ',', default_value = "svg,png")]
    format: Vec<String>,
    /// Order H of figures that need no run [default: that of RUN, else 3]
    #[arg(long, value_name = "H", value_parser = values::within(values::THEORY_SPINS), allow_negative_numbers = true)]
    spins: Option<u32>,
    /// Orders with their variances of figures that need no run, in place of H
    #[arg(long, value_name = "P:V,P:V,…", value_parser = values::mixture, allow_hyphen_values = true, conflicts_with = "spins")]
    mixture: Option<Mixture>,
    /// Λ of mean-counts, at most 1000 [default: largest of RUN, else 1000, some seconds]
    #[arg(long, value_name = "N", value_parser = values::within(values::COUNTED_DIM), allow_negative_numbers = true)]
    dim: Option<u32>,
    /// Overwrite files that hspin did not write
    #[arg(long)]
    force: bool,
    /// List all figures and what they show, and draw none
    #[arg(long, conflicts_with_all = ["name", "out", "run", "glass", "spins", "mixture", "dim", "force"])]
    list: bool,
    /// With --list: print one JSON document
    #[arg(long, requires = "list", conflicts_with = "name")]
    json: bool,
}

/// A name from the list of figures. Any text passes, since what is allowed depends on the run; help and completions have the
/// list.
#[derive(Debug, Clone, Copy)]
struct FigureName;

impl TypedValueParser for FigureName {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> std::result::Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let figures = FIGURES.iter().map(|figure| PossibleValue::new(figure.name).help(figure.title));
        Some(Box::new(figures.chain([PossibleValue::new(ALL).help("every figure that the run has")])))
    }
}

/// Runs the command.
///
/// # Errors
/// Those of [`draw`]; a closed standard output.
pub fn run(args: &Args) -> Result<()> {
    if args.list {
        return print_list(args.json);
    }
    let drawn = draw(args)?;
    drawn.warnings().for_each(|line| output::log(&format!("hspin: {line}")));
    output::print(&drawn.text())
}

/// Draws what `hspin figure …` asks for.
///
/// # Errors
/// Bad input; whatever reading the run meets; refused or I/O where a file cannot be written.
pub fn draw(args: &Args) -> Result<Drawn> {
    let Args { name: Some(name), out: Some(out), .. } = args else { return Ok(Drawn::default()) };
    figures::draw(&FigureRequest {
        name,
        out,
        runs: &args.run,
        beside: args.beside.clone(),
        glass: args.glass.as_deref(),
        formats: args.format.clone(),
        spins: args.spins,
        mixture: args.mixture.clone(),
        dim: args.dim,
        force: args.force,
    })
}

/// The list of figures as JSON.
#[derive(Serialize)]
struct List {
    figures: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    name: &'static str,
    title: &'static str,
    shows: &'static str,
    #[serde(flatten)]
    needs: Needs,
}

/// The run that a figure needs.
#[derive(Serialize)]
#[serde(tag = "run", rename_all = "snake_case")]
enum Needs {
    None,
    Several,
    Paths,
    Glass(RunInputs),
    Sample,
    Networks { beside: Beside },
}

impl From<&Figure> for Entry {
    fn from(&Figure { name, title, shows, source }: &Figure) -> Self {
        let needs = match source {
            Source::Theory(_) | Source::Mixture(_) => Needs::None,
            Source::Several(_) => Needs::Several,
            Source::Paths(_) => Needs::Paths,
            Source::Glass(runs, _) => Needs::Glass(runs),
            Source::Sampling(_) => Needs::Sample,
            Source::Networks(beside, _) => Needs::Networks { beside },
        };
        Self { name, title, shows, needs }
    }
}

fn print_list(json: bool) -> Result<()> {
    if json {
        return output::print_json(&List { figures: FIGURES.iter().map(Entry::from).collect() });
    }
    let widest = FIGURES.iter().map(|figure| figure.name.len()).max().unwrap_or(0);
    let line =
        |&Figure { name, title, shows, .. }: &Figure| format!("{name:widest$}  {title}; it shows {shows}\n");
    output::print(&FIGURES.iter().map(line).collect::<String>())
}
