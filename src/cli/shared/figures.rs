//! Figures of a run or of theory, chosen by name from the list of figures, as files.

use std::path::{Path, PathBuf};

use itertools::Itertools;

use super::kinds::kind_of;
use super::networks::beside::ComparedRuns;
use crate::analysis::networks::NetworksData;
use crate::analysis::{
    EnergyHistogram, EnergyVsTemperature, GlassInputs, MinimaTree, SeveralRuns, StoredRun, TheoryAsked,
    UnitCount,
};
use crate::figures::{self, Figure, FigureFormat, Source, paths};
use crate::files;
use crate::studies::paths::{Paths, PathsStore};
use crate::studies::surfaces::SurfaceStore;
use crate::study::Study as _;
use crate::theory::Mixture;
use crate::{Error, Result};

/// In place of a name: every figure that a run has.
pub const ALL: &str = "all";
/// The figure that takes a Λ.
const MEAN_COUNTS: &str = figures::mean_counts::FIGURE.name;

/// What is to be drawn, and to where.
#[derive(Debug, Clone)]
pub struct FigureRequest<'a> {
    /// A figure, or [`ALL`].
    pub name: &'a str,
    /// Folder of the files.
    pub out: &'a Path,
    /// The run to draw, or several.
    pub runs: &'a [PathBuf],
    /// Runs of networks beside a run of networks.
    pub beside: ComparedRuns,
    /// A run of the spin glass beside a run of networks.
    pub glass: Option<&'a Path>,
    /// Names of file formats.
    pub formats: Vec<String>,
    /// H of figures of theory.
    pub spins: Option<u32>,
    /// A mixture of orders of figures of theory.
    pub mixture: Option<Mixture>,
    /// Λ of mean numbers.
    pub dim: Option<u32>,
    /// Whether files that hspin did not write are overwritten.
    pub force: bool,
}

/// What was drawn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Files written.
    pub files: Vec<PathBuf>,
    /// Names of figures left out of [`ALL`], because they show a run and there is none, or not such a one.
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
        let skipped = figures::FIGURES.iter().filter(|figure| self.skipped.contains(&figure.name));
        let skipped = skipped.map(|figure| format!("skipped {}: it shows {}", figure.name, figure.shows));
        self.unfinished.iter().cloned().chain(skipped)
    }
}

/// Draws every figure of a run into a directory, in every format, and returns the files. `dim` is Λ of mean numbers, in
/// place of the run's largest.
///
/// # Errors
/// Whatever reading the run meets; refused or I/O where a file cannot be written.
pub fn draw_all(run: &Path, dir: &Path, dim: Option<u32>) -> Result<Vec<PathBuf>> {
    let wanted = FigureRequest {
        name: ALL,
        out: dir,
        runs: &[run.to_owned()],
        beside: ComparedRuns::default(),
        glass: None,
        formats: FigureFormat::ALL.map(|format| format.name().to_owned()).to_vec(),
        spins: None,
        mixture: None,
        dim,
        force: false,
    };
    Ok(draw(&wanted)?.files)
}

/// Draws what is wanted.
///
/// # Errors
/// Bad input; whatever reading the run meets; refused or I/O where a file cannot be written.
pub fn draw(wanted: &FigureRequest) -> Result<Drawn> {
    if let Some(run) = run_of_sampling(wanted)? {
        return draw_sampling(wanted, run);
    }
    if let Some(run) = run_of_paths(wanted)? {
        return draw_paths(wanted, run);
    }
    match run_of_networks(wanted)? {
        Some(run) => draw_networks(wanted, run),
        None => draw_glass(wanted),
    }
}

/// The run of paths that is to be drawn, if it is one.
fn run_of_paths<'a>(wanted: &FigureRequest<'a>) -> Result<Option<&'a Path>> {
    let by_name = figures::of_paths().any(|figure| figure.name == wanted.name);
    let is_of_paths = |run: &&Path| kind_of(run).is_ok_and(|kind| kind.formats() == Paths::FORMATS);
    let run = wanted.run().filter(|run| by_name || is_of_paths(run));
    match (run, wanted.runs) {
        (None, _) if by_name => {
            let allowed = format!("figure {} shows a run of paths: name it", wanted.name);
            Err(Error::bad_input("--run", "(missing)", allowed))
        }
        (Some(_), [_, more, ..]) => Err(Error::bad_input("--run", more.display(), "one run of paths")),
        _ => Ok(run),
    }
}

fn draw_paths(wanted: &FigureRequest, run: &Path) -> Result<Drawn> {
    let chosen = chosen(wanted.name, figures::of_paths());
    if chosen.is_empty() {
        let allowed = format!("of a run of paths one of {}, {ALL}", names(figures::of_paths()));
        return Err(Error::bad_input("NAME", wanted.name, allowed));
    }
    if !kind_of(run)?.formats().iter().any(|format| Paths::FORMATS.contains(format)) {
        return Err(unfit(chosen.first().copied().unwrap_or(&figures::disconnectivity::FIGURE), run));
    }
    for (key, value) in [("--spins", wanted.spins), ("--dim", wanted.dim)] {
        if let Some(value) = value {
            return Err(Error::bad_input(key, value, "nothing: a run of paths is on one surface"));
        }
    }
    let formats = claimed_formats(wanted, &chosen)?;
    let store = PathsStore::open_read(run)?;
    let (tree, units) = (MinimaTree::of_run(&store)?, UnitCount::of(&store));
    let mut drawn = Drawn { unfinished: units.note(), ..Drawn::default() };
    for figure in chosen {
        if let Some(drawing) = figure.draw_paths(&tree, &units) {
            drawn.files.extend(figures::save(&drawing, wanted.out, figure.name, &formats)?);
        }
    }
    Ok(drawn)
}

/// The run of networks that is to be drawn, if it is one.
fn run_of_networks<'a>(wanted: &FigureRequest<'a>) -> Result<Option<&'a Path>> {
    let by_name = figures::of_networks().any(|figure| figure.name == wanted.name);
    // Any other fault of a run is reported where it is opened next.
    let run = wanted.run().filter(|run| by_name || kind_of(run).is_ok_and(|kind| kind.is_networks()));
    if let (Some(_), [_, more, ..]) = (run, wanted.runs) {
        return Err(Error::bad_input("--run", more.display(), "one run of networks"));
    }
    if run.is_some() {
        return Ok(run);
    }
    if by_name {
        let allowed = format!("figure {} shows a run of networks: name its path", wanted.name);
        return Err(Error::bad_input("--run", "(missing)", allowed));
    }
    for (key, path) in [("--annealed", wanted.beside.annealed.as_deref()), ("--glass", wanted.glass)] {
        if let Some(path) = path {
            return Err(Error::bad_input(key, path.display(), "only with a --run of networks"));
        }
    }
    Ok(None)
}

/// The run of sampling that is to be drawn, if it is one.
fn run_of_sampling<'a>(wanted: &FigureRequest<'a>) -> Result<Option<&'a Path>> {
    let figure = figures::of_sampling().find(|figure| figure.name == wanted.name);
    let is_of_it = |run: &&Path| kind_of(run).is_ok_and(|kind| kind.is_sampling());
    let run = wanted.run().filter(is_of_it);
    if let (Some(_), [_, more, ..]) = (run, wanted.runs) {
        return Err(Error::bad_input("--run", more.display(), "one run of sampling"));
    }
    match (figure, wanted.run(), run) {
        (Some(figure), None, _) => {
            let allowed = format!("figure {} shows a run: name its path", figure.name);
            Err(Error::bad_input("--run", "(missing)", allowed))
        }
        (Some(figure), Some(path), None) => {
            // What keeps it from being read is told first.
            kind_of(path)?;
            Err(unfit(figure, path))
        }
        (_, _, run) => Ok(run),
    }
}

fn draw_sampling(wanted: &FigureRequest, run: &Path) -> Result<Drawn> {
    let chosen = chosen(wanted.name, figures::of_sampling());
    if chosen.is_empty() {
        let allowed = format!("of a run of sampling one of {}, {ALL}", names(figures::of_sampling()));
        return Err(Error::bad_input("NAME", wanted.name, allowed));
    }
    for (key, value) in [("--spins", wanted.spins), ("--dim", wanted.dim)] {
        if let Some(value) = value {
            return Err(Error::bad_input(key, value, "only without a run of sampling"));
        }
    }
    let formats = claimed_formats(wanted, &chosen)?;
    let table = EnergyVsTemperature::at(run)?;
    let mut drawn = Drawn { unfinished: table.units.note(), ..Drawn::default() };
    for figure in chosen {
        let drawing = figure.draw_sampling(&table);
        let saved = drawing.map(|drawing| figures::save(&drawing, wanted.out, figure.name, &formats));
        drawn.files.extend(saved.transpose()?.unwrap_or_default());
    }
    Ok(drawn)
}

fn draw_networks(wanted: &FigureRequest, run: &Path) -> Result<Drawn> {
    let chosen = chosen(wanted.name, figures::of_networks());
    if chosen.is_empty() {
        let allowed = format!("of a run of networks one of {}, {ALL}", names(figures::of_networks()));
        return Err(Error::bad_input("NAME", wanted.name, allowed));
    }
    for (key, value) in [("--spins", wanted.spins), ("--dim", wanted.dim)] {
        if let Some(value) = value {
            return Err(Error::bad_input(key, value, "only without a run of networks"));
        }
    }
    let formats = claimed_formats(wanted, &chosen)?;
    let networks = NetworksData::load(wanted.beside.to(run))?;
    let inputs = networks.inputs(wanted.glass.map(EnergyHistogram::at).transpose()?);
    let starts = wanted.glass.map(StoredRun::open).transpose()?.and_then(|glass| glass.starts);
    let mut drawn = Drawn::default();
    for figure in chosen {
        match figure.draw_networks(&inputs) {
            Some(mut drawing) => {
                if let Some(starts) = starts.as_ref().filter(|_| figure.shows_glass()) {
                    drawing = drawing.headed(&format!("spin glass: {starts}"));
                }
                drawn.files.extend(figures::save(&drawing, wanted.out, figure.name, &formats)?);
            }
            None if wanted.name == ALL => drawn.skipped.push(figure.name),
            None => return Err(unfit(figure, run)),
        }
    }
    Ok(drawn)
}

fn draw_glass(wanted: &FigureRequest) -> Result<Drawn> {
    let chosen = chosen(wanted.name, figures::of_glass());
    if chosen.is_empty() {
        let [glass, networks] = [names(figures::of_glass()), names(figures::of_networks())];
        let allowed = format!("one of {glass}, {ALL}; of a run of networks one of {networks}");
        return Err(Error::bad_input("NAME", wanted.name, allowed));
    }
    let formats = claimed_formats(wanted, &chosen)?;
    if let Some(dim) = wanted.dim.filter(|_| chosen.iter().all(|figure| figure.name != MEAN_COUNTS)) {
        return Err(Error::bad_input("--dim", dim, format!("only {MEAN_COUNTS} takes it")));
    }
    if wanted.runs.is_empty() && wanted.name != ALL && chosen.iter().any(|figure| figure.is_of_run()) {
        let allowed = format!("figure {} shows a run: name its path", wanted.name);
        return Err(Error::bad_input("--run", "(missing)", allowed));
    }
    if let ([figure], true) = (chosen.as_slice(), wanted.name != ALL)
        && figure.is_of_several()
    {
        return draw_several(wanted, figure, &formats);
    }
    if let [_, more, ..] = wanted.runs {
        return Err(Error::bad_input(
            "--run",
            more.display(),
            format!("one run: figure {} shows one", wanted.name),
        ));
    }
    let run = wanted.run().map(|run| read(wanted, run, &chosen)).transpose()?;
    let unfinished = run.as_ref().and_then(|run| run.units.note());
    let starts = run.as_ref().and_then(|run| run.starts.clone());
    let asked = TheoryAsked { spins: wanted.spins, mixture: wanted.mixture.clone(), dim: wanted.dim };
    let inputs = GlassInputs::new(run, asked)?;
    let mut drawn = Drawn { unfinished, ..Drawn::default() };
    for figure in chosen {
        let Some(mut drawing) = figure.draw_glass(&inputs)? else {
            if wanted.name != ALL && matches!(figure.source, Source::Mixture(_)) {
                let allowed = format!("figure {} shows {}", figure.name, figure.shows);
                return Err(Error::bad_input("--mixture", "(missing)", allowed));
            }
            if wanted.name != ALL && matches!(figure.source, Source::Theory(_)) {
                let allowed = format!(
                    "nothing: figure {} shows one order; mixture-complexity shows mixtures",
                    figure.name
                );
                return Err(Error::bad_input("--mixture", "given", allowed));
            }
            // That a run is on one order is no shortcoming.
            if !matches!(figure.source, Source::Mixture(_)) {
                drawn.skipped.push(figure.name);
            }
            continue;
        };
        let notes = drawn.unfinished.iter().chain(&starts).join("; ");
        if figure.is_of_run() && !notes.is_empty() {
            drawing = drawing.headed(&notes);
        }
        drawn.files.extend(figures::save(&drawing, wanted.out, figure.name, &formats)?);
    }
    Ok(drawn)
}

/// Several runs in one figure.
fn draw_several(wanted: &FigureRequest, figure: &Figure, formats: &[FigureFormat]) -> Result<Drawn> {
    let runs = SeveralRuns::open(wanted.runs)?;
    let mut drawn = Drawn { unfinished: runs.note(), ..Drawn::default() };
    if let Some(mut drawing) = figure.draw_several(&runs)? {
        if let Some(note) = &drawn.unfinished {
            drawing = drawing.headed(note);
        }
        drawn.files.extend(figures::save(&drawing, wanted.out, figure.name, formats)?);
    }
    Ok(drawn)
}

impl<'a> FigureRequest<'a> {
    /// The run to draw, or the first of several.
    fn run(&self) -> Option<&'a Path> {
        self.runs.first().map(PathBuf::as_path)
    }
}

fn read(wanted: &FigureRequest, path: &Path, chosen: &[&Figure]) -> Result<StoredRun> {
    let run = StoredRun::open(path)?;
    if wanted.name == ALL {
        // Before the first is drawn: figures of a damaged run would be left behind.
        SurfaceStore::open_read(path)?.check_units()?;
    } else if let Some(figure) = chosen.iter().find(|figure| !figure.fits(&run)) {
        return Err(unfit(figure, path));
    }
    Ok(run)
}

fn unfit(figure: &Figure, run: &Path) -> Error {
    let allowed = format!("figure {} shows {}", figure.name, figure.shows);
    Error::bad_input("--run", run.display(), allowed)
}

fn chosen(name: &str, all: impl Iterator<Item = &'static Figure>) -> Vec<&'static Figure> {
    // Figures of several runs are drawn where they are asked for.
    all.filter(|figure| (name == ALL && !figure.is_of_several()) || name == figure.name).collect()
}

fn names(figures: impl Iterator<Item = &'static Figure>) -> String {
    figures.map(|figure| figure.name).join(", ")
}

/// The formats, once nothing is in the way of the files.
fn claimed_formats(wanted: &FigureRequest, chosen: &[&Figure]) -> Result<Vec<FigureFormat>> {
    let parse = |text: &String| {
        let allowed = || format!("a list of {}", FigureFormat::ALL.map(FigureFormat::name).join(", "));
        FigureFormat::from_name(text).ok_or_else(|| Error::bad_input("--format", text, allowed()))
    };
    let formats = wanted.formats.iter().map(parse).collect::<Result<Vec<_>>>()?;
    let names = chosen.iter().map(|figure| figure.name);
    files::claim(&paths(wanted.out, names, &formats), wanted.force)?;
    Ok(formats)
}
