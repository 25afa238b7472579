//! `hspin figure`: draws what a run and the theory show.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::analysis::{ComplexityCurves, EnergyHistogram, energy_histogram_from_run};
use crate::figures::{Figure, Format, NAMES};
use crate::{Error, Result};

/// H of figures that need no run, where neither `--spins` nor a run says otherwise: the paper's.
const DEFAULT_SPINS: u32 = 3;
/// The paper draws Θ_{k,H} up to here.
const MAX_INDEX: u32 = 5;
const ALL: &str = "all";

/// Draw a figure of the paper, or all of them
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  hspin figure all --run sweep.hspin --out figures --format svg")]
pub struct FigureArgs {
    /// complexity, energy-histogram, or all
    name: String,
    /// Directory to write NAME.FORMAT to; made if it is missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Run to draw; complexity needs none
    #[arg(long, value_name = "RUN")]
    run: Option<PathBuf>,
    /// File formats, comma-separated: svg, png
    #[arg(long, value_delimiter = ',', default_value = "svg,png")]
    format: Vec<String>,
    /// Order H of figures that need no run [default: that of RUN, else 3]
    #[arg(long, value_name = "H")]
    spins: Option<u32>,
}

/// Runs `hspin figure …`: prints the path of each file to `out`, and on stderr what was skipped.
///
/// # Errors
/// Bad input; whatever reading the run meets; I/O where a file cannot be written.
pub fn run(args: &FigureArgs, out: &mut dyn Write) -> Result<()> {
    let names = chosen_names(&args.name)?;
    let formats = chosen_formats(&args.format)?;
    let histogram = args.run.as_deref().map(energy_histogram_from_run).transpose()?;
    if histogram.is_none() && args.name != ALL && names.iter().any(|&name| needs_run(name)) {
        let allowed = format!("figure {} shows a run: name its path", args.name);
        return Err(Error::bad_input("--run", "(missing)", allowed));
    }
    for name in names {
        match figure(name, args.spins, histogram.as_ref())? {
            Some(figure) => save(&figure, &args.out, &formats, out)?,
            // A closed stderr is no reason to stop.
            None => drop(writeln!(io::stderr(), "skipped {name}: it shows a run, and there is no --run")),
        }
    }
    Ok(())
}

fn chosen_names(name: &str) -> Result<Vec<&'static str>> {
    let chosen: Vec<_> = NAMES.into_iter().filter(|&known| name == ALL || name == known).collect();
    if chosen.is_empty() {
        return Err(Error::bad_input("NAME", name, format!("one of {}, {ALL}", NAMES.join(", "))));
    }
    Ok(chosen)
}

fn chosen_formats(texts: &[String]) -> Result<Vec<Format>> {
    let parse = |text: &String| {
        let names = Format::ALL.map(Format::name).join(", ");
        Format::from_name(text)
            .ok_or_else(|| Error::bad_input("--format", text, format!("a list of {names}")))
    };
    texts.iter().map(parse).collect()
}

fn needs_run(name: &str) -> bool {
    name == "energy-histogram"
}

/// The figure of this name; none if it needs a run and there is none.
fn figure(name: &str, spins: Option<u32>, histogram: Option<&EnergyHistogram>) -> Result<Option<Figure>> {
    if needs_run(name) {
        return Ok(histogram.cloned().map(Figure::EnergyHistogram));
    }
    let spins = spins.or(histogram.map(|table| table.spins)).unwrap_or(DEFAULT_SPINS);
    Ok(Some(Figure::Complexity(ComplexityCurves::new(spins, MAX_INDEX)?)))
}

fn save(figure: &Figure, dir: &Path, formats: &[Format], out: &mut dyn Write) -> Result<()> {
    for path in figure.save(dir, formats)? {
        writeln!(out, "{}", path.display()).map_err(|e| Error::io("cannot write to stdout", e))?;
    }
    Ok(())
}
