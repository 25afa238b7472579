//! `hspin verify`: is the run what was written?

use std::fmt::Display;
use std::path::PathBuf;

use serde::Serialize;

use super::{networks, output, sweep};
use crate::error::{Error, Result};
use crate::run::networks::is_networks;
use crate::run::{self, Repaired, Store, Verdict};

/// Units named in a text report; JSON has all of them.
const NAMED: usize = 10;

/// Check structure, checksums and completeness of a run.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hspin verify paper.run --deep")]
pub struct Args {
    /// The run
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    /// Recompute a sample of records by a second path
    #[arg(long)]
    pub deep: bool,
    /// IDX files of a run of networks, for --deep [default: the bundled digits]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Drop damaged units, so that the same command redoes them; the damaged file is kept as RUN.damaged
    #[arg(long)]
    pub repair: bool,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// What is told of a run; `K` names its units.
#[derive(Serialize)]
pub struct Report<K> {
    #[serde(flatten)]
    pub verdict: Verdict<K>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deep: Option<Deep>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repaired: Option<Repaired<K>>,
}

/// What came of computing again.
#[derive(Serialize)]
pub struct Deep {
    pub tried: usize,
    pub wrong: Vec<String>,
    /// Surfaces whose census was taken again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub censuses: Option<usize>,
    /// Sizes of networks of which nothing was computed again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<u32>,
}

/// Runs the command.
///
/// # Errors
/// [`Error::Damaged`] where damage was found that is still there; those of the store.
pub fn run(args: Args) -> Result<()> {
    if is_networks(&args.run)? {
        return networks::verify::run(&args);
    }
    if let Some(data) = &args.data {
        return Err(Error::bad_input("data", data.display(), "nothing: not a run of networks"));
    }
    let (mut verdict, repaired) =
        with_repair(args.repair, || run::verify(&args.run), || run::repair(&args.run))?;
    let deep = if args.deep && verdict.ok { Some(deep(&args)?) } else { None };
    if deep.as_ref().is_some_and(|deep| !deep.wrong.is_empty()) {
        verdict.ok = false;
    }
    tell(&args, &Report { verdict, deep, repaired })
}

/// What a check finds, after a repair where one is asked for and needed; and what the repair did.
///
/// # Errors
/// Those of `verify` and `repair`.
pub fn with_repair<K>(
    asked: bool,
    verify: impl Fn() -> Result<Verdict<K>>,
    repair: impl Fn() -> Result<Repaired<K>>,
) -> Result<(Verdict<K>, Option<Repaired<K>>)> {
    match verify() {
        // Where not even a list of the damage can be had, something may still be kept.
        Ok(Verdict { ok: false, .. }) | Err(Error::Damaged(_)) if asked => {
            let repaired = repair()?;
            Ok((verify()?, Some(repaired)))
        }
        verdict => Ok((verdict?, None)),
    }
}

/// Prints what was found; damage is an error, too.
///
/// # Errors
/// [`Error::Damaged`]; a closed standard output is none.
pub fn tell<K: Serialize + Display>(args: &Args, report: &Report<K>) -> Result<()> {
    if args.json {
        output::print_json(report)?
    } else {
        output::print(&render(report))?
    }
    if report.verdict.ok {
        return Ok(());
    }
    let path = args.run.display();
    Err(Error::Damaged(match &report.deep {
        Some(_) => format!("{path} holds records that do not come out again; its checksums are right"),
        None => format!("{path} is damaged; hspin verify {path} --repair, then the same command, mends it"),
    }))
}

fn deep(args: &Args) -> Result<Deep> {
    let store = Store::open_read(&args.run)?;
    let spec = store.spec().clone();
    let means = sweep::means(None)?;
    let recheck = run::Recheck::new(&spec, &means)?;
    let (tried, wrong) = run::recompute_sample(&store, &|record, point| recheck.holds(record, point))?;
    let name = |record: &run::Record| {
        format!("dim {} instance {} start {}", record.dim, record.instance, record.start)
    };
    let mut wrong: Vec<String> = wrong.iter().map(name).collect();
    let again = if spec.is_census() { run::recount(&store, &means)? } else { None };
    if let Some(again) = again.filter(|again| !again.holds) {
        wrong.push(format!("instance {}: another census finds other points", again.instance));
    }
    let censuses = spec.is_census().then_some(usize::from(again.is_some()));
    Ok(Deep { tried, wrong, censuses, skipped: Vec::new() })
}

fn render<K: Display>(report: &Report<K>) -> String {
    let verdict = &report.verdict;
    let mut lines = Vec::new();
    if let Some(Repaired { kept, dropped, original }) = &report.repaired {
        lines.push(format!("repaired: {kept} units kept, {} dropped", dropped.len()));
        lines.push(format!("the damaged file is kept: {}", original.display()));
    }
    lines.push(format!("{}: {} whole units", if verdict.ok { "intact" } else { "DAMAGED" }, verdict.units));
    lines.extend(verdict.problems.iter().cloned());
    lines.extend(verdict.damaged.iter().take(NAMED).map(|key| format!("damaged: {key}")));
    if verdict.damaged.len() > NAMED {
        lines.push(format!("damaged: {} units in all", verdict.damaged.len()));
    }
    lines.push(match verdict.missing.len() {
        0 => "complete: no unit is missing".to_owned(),
        n => format!("incomplete: {n} units are not there; the same command makes them"),
    });
    if let Some(deep) = &report.deep {
        let censuses = match deep.censuses {
            Some(1) => " and one census",
            Some(_) => " and no census (none certified, no paths, or too many)",
            None => "",
        };
        lines.push(format!("recomputed: {} records{censuses}, {} differ", deep.tried, deep.wrong.len()));
        lines.extend(
            deep.skipped.iter().map(|hidden| format!("not recomputed: n₁ = {hidden}, it takes minutes")),
        );
        lines.extend(deep.wrong.iter().map(|name| format!("differs: {name}")));
    }
    lines.push(format!("content {}", verdict.content_hash));
    lines.join("\n") + "\n"
}
