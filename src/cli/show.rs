//! `hspin show`: a run at a glance.

use std::path::PathBuf;

use super::progress::duration;
use super::table::{Table, number};
use super::{census, networks, output, over_surfaces};
use crate::analysis::{DimSummary, ErrorOver, RunSummary, Thresholds, Units, summarize, tabulate_census};
use crate::descent::{Cooling, Method, Outcome};
use crate::error::Result;
use crate::run::networks::is_networks;
use crate::run::{Couplings, Preset, Spec, Store};

/// Indices that get a number of their own.
const INDICES: usize = 4;

/// Progress, outcomes, and one row per size; also while the run is going on.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hspin show paper.run")]
pub struct Args {
    /// The run
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// Runs the command.
///
/// # Errors
/// Those of the store.
pub fn run(args: Args) -> Result<()> {
    if is_networks(&args.run)? {
        return networks::show::run(&args.run, args.json);
    }
    let store = Store::open_read(&args.run)?;
    let summary = summarize(&store)?;
    if args.json {
        return output::print_json(&summary);
    }
    if store.spec().is_census() {
        return output::print(&census_text(&store, &summary)?);
    }
    output::print(&render(&store, &summary))
}

/// The summary as a person reads it.
pub fn render(store: &Store, summary: &RunSummary) -> String {
    let mut parts = vec![heading(store, summary), energies(summary), notes(summary)];
    parts.extend(lost(summary));
    parts.extend(over_surfaces::table(summary));
    parts.extend(times(summary));
    parts.join("\n")
}

/// A census: how far it is, then its table.
fn census_text(store: &Store, summary: &RunSummary) -> Result<String> {
    let path = store.path().display();
    let spent: f64 = summary.dims.iter().map(|dim| dim.seconds.total_s()).sum();
    let mut text = format!("{path}: {}, {} processor time\n", state(summary), duration(spent));
    text.push_str(&census::render(&tabulate_census(store)?));
    Ok(text)
}

fn heading(store: &Store, summary: &RunSummary) -> String {
    let spec = store.spec();
    let RunSummary { spins, seed, instances, starts, .. } = summary;
    let surfaces = if *instances == 1 { "1 surface".to_owned() } else { format!("{instances} surfaces") };
    let couplings = match spec.couplings {
        Couplings::Random => format!("seed {seed}"),
        Couplings::File { .. } => format!("couplings of your own, seed {seed}"),
    };
    let state = state(summary);
    let path = store.path().display();
    let descent = descent(spec);
    format!(
        "{path}: {state}\nH = {spins}, {couplings}, {surfaces} per size, {starts} starts each, {descent}\n"
    )
}

fn state(summary: &RunSummary) -> String {
    let Units { done, planned } = summary.units;
    let verb = if summary.protocol == "census" { "census" } else { "sweep" };
    match summary.complete {
        true => "complete".to_owned(),
        false => format!("{done} of {planned} units done, the same {verb} resumes"),
    }
}

fn descent(spec: &Spec) -> String {
    let Some(descent) = &spec.descent else { return "census".to_owned() };
    // paper and quick share a descent; the first that matches names it.
    let named = Preset::ALL.into_iter().find(|preset| preset.descent(spec.spins, spec.rules) == *descent);
    let name = named.map(|preset| format!(" ({})", preset.name())).unwrap_or_default();
    match descent.method {
        Method::Sgd => format!(
            "sgd{name}: P = {}, {} sample steps, up to {} full",
            descent.samples,
            descent.sample_steps(),
            descent.full_steps
        ),
        Method::Anneal => {
            let Cooling { sweeps, hot, cold, .. } = descent.cooling.unwrap_or_default();
            let full = descent.full_steps;
            format!("annealing from T = {hot:.4} to {cold:.4} in {sweeps} sweeps, up to {full} full steps")
        }
        Method::Gd => format!("gd: up to {} steps", descent.full_steps),
        Method::Saddle => {
            let [low, high] = descent.targets.unwrap_or_default();
            format!("saddle search from u = {low:.4} to {high:.4}")
        }
    }
}

fn energies(summary: &RunSummary) -> String {
    let mut table = Table::new([
        "Λ",
        "starts",
        "converged",
        "mean u",
        "± s.e.",
        "sd",
        "min u",
        "distinct",
        "u < −E_∞",
        "index",
    ]);
    for dim in &summary.dims {
        table.row([
            dim.dim.to_string(),
            progress(dim),
            dim.converged.to_string(),
            number(dim.mean, 4),
            number(dim.standard_error, 4),
            number(dim.sd, 4),
            number(dim.min, 4),
            dim.distinct.map_or("–".to_owned(), |n| n.to_string()),
            dim.below_e_inf.map_or("–".to_owned(), |share| format!("{:.1} %", 100.0 * share)),
            indices(dim),
        ]);
    }
    table.text()
}

fn progress(dim: &DimSummary) -> String {
    if dim.starts == dim.planned {
        dim.starts.to_string()
    } else {
        format!("{} of {}", dim.starts, dim.planned)
    }
}

fn indices(dim: &DimSummary) -> String {
    let mut parts: Vec<String> =
        dim.index_counts.iter().take(INDICES).map(|(index, count)| format!("{index}: {count}")).collect();
    let more: u64 = dim.index_counts.values().skip(INDICES).sum();
    if more > 0 {
        parts.push(format!("higher: {more}"));
    }
    parts.join("  ")
}

fn notes(summary: &RunSummary) -> String {
    let mut text = "u = L/Λ is the energy per spin, over converged starts. ".to_owned();
    if let Some(Thresholds { e_0, e_inf }) = summary.dims.first().map(|dim| dim.thresholds) {
        let ground = e_0.map(|e_0| format!("−E_0 = −{e_0:.4} (ground state), ")).unwrap_or_default();
        text.push_str(&format!("As Λ → ∞: {ground}−E_∞ = −{e_inf:.4} (threshold).\n"));
    }
    text.push_str(if summary.dims.iter().any(|dim| dim.error_over == ErrorOver::Instances) {
        "s.e. is over surfaces.\n"
    } else {
        "s.e. is over starts, given this surface: another surface has another mean.\n"
    });
    text
}

/// Starts that did not converge, if any.
fn lost(summary: &RunSummary) -> Option<String> {
    let others = Outcome::ALL.into_iter().filter(|outcome| *outcome != Outcome::Converged);
    let counts: Vec<String> = others
        .filter_map(|outcome| {
            let count: u64 = summary.dims.iter().filter_map(|dim| dim.outcomes.get(outcome.name())).sum();
            (count > 0).then(|| format!("{} {count}", outcome.name()))
        })
        .collect();
    (!counts.is_empty()).then(|| format!("Not converged: {}.\n", counts.join(", ")))
}

fn times(summary: &RunSummary) -> Option<String> {
    let total: f64 = summary.dims.iter().map(|dim| dim.seconds.total_s()).sum();
    if total <= 0.0 {
        return None;
    }
    let mut table = Table::new(["Λ", "draw", "descent", "polish", "index", "total processor time"]);
    for dim in &summary.dims {
        let spent = dim.seconds;
        let [draw, descent, polish, index, all] =
            [spent.draw_s, spent.descent_s, spent.polish_s, spent.index_s, spent.total_s()].map(duration);
        table.row([dim.dim.to_string(), draw, descent, polish, index, all]);
    }
    Some(format!("{}{} in all\n", table.text(), duration(total)))
}
