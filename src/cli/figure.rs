//! `hspin figure`: draws what a run and the theory show.

use std::path::{Path, PathBuf};

use super::networks::outputs::{self, Beside, Networks};
use super::{kinds, output, run_figures, values};
use crate::analysis::{ComplexityCurves, EnergyHistogram, MeanCountCurves, Units, energy_histogram_from_run};
use crate::figures::{Figure, Format, NAMES, networks, paths};
use crate::files;
use crate::studies::surfaces::SurfaceStore;
use crate::{Error, Result};

/// H of figures that need no run, where neither `--spins` nor a run says otherwise: the paper's.
const DEFAULT_SPINS: u32 = 3;
/// Λ of mean numbers, where neither `--dim` nor a run says otherwise: the paper's. It is also the most there is.
pub const DEFAULT_DIM: u32 = 1000;
/// The paper draws Θ_{k,H} and mean numbers up to here.
const MAX_INDEX: u32 = 5;
const ALL: &str = "all";
const MEAN_COUNTS: &str = "mean-counts";
const HISTOGRAM: &str = "energy-histogram";

/// Draw a figure of the paper, or all of them
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hspin figure all --run sweep.hspin --out figures --format svg")]
pub struct Args {
    /// complexity, energy-histogram, mean-counts, census-bands, mean-count-check, index-vs-energy, hessian-spectrum,
    /// histogram-and-complexity, or all; of a run of networks network-losses, network-losses-unscaled, glass-and-networks, network-index,
    /// network-index-vs-loss, network-annealing, network-train-test, network-box-plots, network-mean-variance, or all
    name: String,
    /// Directory to write NAME.FORMAT to; made if it is missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Run to draw; complexity and mean-counts need none
    #[arg(long, value_name = "RUN")]
    run: Option<PathBuf>,
    #[command(flatten)]
    beside: Beside,
    /// Run of a spin glass to set beside RUN, a run of networks
    #[arg(long, value_name = "RUN")]
    glass: Option<PathBuf>,
    /// File formats, comma-separated: svg, png
    #[arg(long, value_delimiter = ',', default_value = "svg,png")]
    format: Vec<String>,
    /// Order H of figures that need no run [default: that of RUN, else 3]
    #[arg(long, value_name = "H", value_parser = values::theory_spins, allow_negative_numbers = true)]
    spins: Option<u32>,
    /// Λ of mean-counts, at most 1000 [default: largest of RUN, else 1000, some seconds]
    #[arg(long, value_name = "N", value_parser = values::counted_dim, allow_negative_numbers = true)]
    dim: Option<u32>,
    /// Overwrite files that hspin did not write
    #[arg(long)]
    force: bool,
}

/// What `hspin figure` did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Files written.
    pub files: Vec<PathBuf>,
    /// Figures left out of `all`, because they show a run and there is none, or not such a one.
    pub skipped: Vec<&'static str>,
    /// How much there is of a run that is not finished: figures of it say so.
    pub unfinished: Option<String>,
}

impl Drawn {
    /// What goes to standard output: one path a line.
    pub fn text(&self) -> String {
        self.files.iter().map(|path| format!("{}\n", path.display())).collect()
    }

    /// What goes to standard error, line by line.
    pub fn warnings(&self) -> impl Iterator<Item = String> + '_ {
        let shows = |name: &str| match networks::NAMES.contains(&name) {
            true => outputs::shows(name),
            false => run_figures::shows(name),
        };
        let skipped =
            self.skipped.iter().map(move |name| format!("skipped {name}: it shows {}", shows(name)));
        self.unfinished.iter().cloned().chain(skipped)
    }
}

/// Draws every figure of a run into a directory, in every format, and returns the files. `dim` is Λ of mean numbers, in
/// place of the run's largest.
///
/// # Errors
/// Whatever reading the run meets; refused or I/O where a file cannot be written.
pub fn draw_all(run: &Path, dir: &Path, dim: Option<u32>) -> Result<Vec<PathBuf>> {
    let args = Args {
        name: ALL.to_owned(),
        out: dir.to_owned(),
        run: Some(run.to_owned()),
        beside: Beside::default(),
        glass: None,
        format: Format::ALL.map(|format| format.name().to_owned()).to_vec(),
        spins: None,
        dim,
        force: false,
    };
    Ok(draw(&args)?.files)
}

/// Runs the command.
///
/// # Errors
/// Those of [`draw`].
pub fn run(args: &Args) -> Result<()> {
    let drawn = draw(args)?;
    drawn.warnings().for_each(|line| output::log(&format!("hspin: {line}")));
    output::print(&drawn.text())
}

/// Does what `hspin figure …` asks.
///
/// # Errors
/// Bad input; whatever reading the run meets; refused or I/O where a file cannot be written.
pub fn draw(args: &Args) -> Result<Drawn> {
    if let Some(run) = run_of_networks(args)? {
        return draw_networks(args, run);
    }
    let names = chosen_names(&args.name)?;
    let formats = chosen_formats(&args.format)?;
    files::claim(&paths(&args.out, &names, &formats), args.force)?;
    if let Some(dim) = args.dim.filter(|_| !names.contains(&MEAN_COUNTS)) {
        return Err(Error::bad_input("--dim", dim, format!("only {MEAN_COUNTS} takes it")));
    }
    match (&args.run, &names[..]) {
        (Some(run), [name]) => run_figures::refuse_unfit(name, run)?,
        // Before the first is drawn: figures of a damaged run would be left behind.
        (Some(run), _) => SurfaceStore::open_read(run)?.check_units()?,
        _ => {}
    }
    // Of a census all figures are those that need no sweep; asked for by name, the others say why they cannot be.
    let census = match &args.run {
        Some(run) if args.name != HISTOGRAM => spins_of_census(run)?,
        _ => None,
    };
    let run = args.run.as_deref().filter(|_| census.is_none());
    let histogram = run.map(energy_histogram_from_run).transpose()?;
    if args.run.is_none() && args.name != ALL && names.iter().any(|&name| needs_run(name)) {
        let allowed = format!("figure {} shows a run: name its path", args.name);
        return Err(Error::bad_input("--run", "(missing)", allowed));
    }
    let unfinished = args.run.as_deref().map(unfinished).transpose()?.flatten();
    let mut drawn = Drawn { unfinished, ..Drawn::default() };
    for name in names {
        let note = drawn.unfinished.as_deref().filter(|_| needs_run(name));
        let of_run = args.run.as_deref().map(|run| run_figures::figure(name, run)).transpose()?.flatten();
        let figure = match of_run {
            None if !run_figures::is_one(name) => {
                figure(name, args, args.spins.or(census), histogram.as_ref())?
            }
            of_run => of_run,
        };
        match figure {
            Some(figure) => drawn.files.extend(figure.save_noted(&args.out, &formats, note)?),
            None => drawn.skipped.push(name),
        }
    }
    Ok(drawn)
}

/// The run of networks that is to be drawn, if it is one.
fn run_of_networks(args: &Args) -> Result<Option<&Path>> {
    let by_name = networks::NAMES.contains(&args.name.as_str());
    // Whatever else is wrong with a run is said by who opens it next.
    let run = args.run.as_deref().filter(|run| by_name || kinds::is_networks(run).unwrap_or(false));
    if run.is_some() {
        return Ok(run);
    }
    if by_name {
        let allowed = format!("figure {} shows a run of networks: name its path", args.name);
        return Err(Error::bad_input("--run", "(missing)", allowed));
    }
    for (key, path) in [("--annealed", &args.beside.annealed), ("--glass", &args.glass)] {
        if let Some(path) = path {
            return Err(Error::bad_input(key, path.display(), "only with a --run of networks"));
        }
    }
    Ok(None)
}

fn draw_networks(args: &Args, run: &Path) -> Result<Drawn> {
    if args.name != ALL && !networks::NAMES.contains(&args.name.as_str()) {
        let allowed = format!("of a run of networks one of {}, {ALL}", networks::NAMES.join(", "));
        return Err(Error::bad_input("NAME", &args.name, allowed));
    }
    for (key, value) in [("--spins", args.spins), ("--dim", args.dim)] {
        if let Some(value) = value {
            return Err(Error::bad_input(key, value, "only without a run of networks"));
        }
    }
    let formats = chosen_formats(&args.format)?;
    let names = networks::NAMES.into_iter().filter(|&name| args.name == ALL || name == args.name);
    let names: Vec<&'static str> = names.collect();
    files::claim(&paths(&args.out, &names, &formats), args.force)?;
    let loaded = Networks::load(run, &args.beside)?;
    let glass = args.glass.as_deref().map(energy_histogram_from_run).transpose()?;
    let figures = loaded.figures(&loaded.report(), glass);
    let mut drawn = Drawn::default();
    for name in names {
        match figures.iter().find(|figure| figure.name() == name) {
            Some(figure) => drawn.files.extend(Figure::Network(figure.clone()).save(&args.out, &formats)?),
            None if args.name == ALL => drawn.skipped.push(name),
            None => {
                let allowed = format!("figure {name} shows {}", outputs::shows(name));
                return Err(Error::bad_input("--run", run.display(), allowed));
            }
        }
    }
    Ok(drawn)
}

fn chosen_names(name: &str) -> Result<Vec<&'static str>> {
    let chosen: Vec<_> = NAMES.into_iter().filter(|&known| name == ALL || name == known).collect();
    if chosen.is_empty() {
        let of_networks = networks::NAMES.join(", ");
        let allowed =
            format!("one of {}, {ALL}; of a run of networks one of {of_networks}", NAMES.join(", "));
        return Err(Error::bad_input("NAME", name, allowed));
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

fn unfinished(run: &Path) -> Result<Option<String>> {
    Ok(Units::of(&SurfaceStore::open_read(run)?).note())
}

fn spins_of_census(run: &Path) -> Result<Option<u32>> {
    let store = SurfaceStore::open_read(run)?;
    Ok(store.spec().is_census().then(|| store.spec().spins))
}

fn needs_run(name: &str) -> bool {
    name == HISTOGRAM || run_figures::is_one(name)
}

/// The figure of this name; none if it needs a run and there is none.
fn figure(
    name: &str,
    args: &Args,
    spins: Option<u32>,
    histogram: Option<&EnergyHistogram>,
) -> Result<Option<Figure>> {
    if needs_run(name) {
        return Ok(histogram.cloned().map(Figure::EnergyHistogram));
    }
    let spins = spins.or(histogram.map(|table| table.spins)).unwrap_or(DEFAULT_SPINS);
    if name == MEAN_COUNTS {
        let largest = histogram.and_then(|table| table.sets.iter().map(|set| set.dim).max());
        let dim = args.dim.or(largest).unwrap_or(DEFAULT_DIM).min(DEFAULT_DIM);
        return Ok(Some(Figure::MeanCounts(MeanCountCurves::new(spins, dim, MAX_INDEX)?)));
    }
    Ok(Some(Figure::Complexity(ComplexityCurves::new(spins, MAX_INDEX)?)))
}
