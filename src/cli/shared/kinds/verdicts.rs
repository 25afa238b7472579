//! What `hspin verify` says of a run, and what it is asked.

use std::fmt::Display;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::cli::shared::own::OwnFlags;
use crate::cli::shared::table::counted;
use crate::cli::shared::{output, values};
use crate::error::Result;
use crate::study::command::{damaged, not_reproduced};
use crate::study::verify::verify_or_repair;
use crate::study::{Recomputed, Repaired, Sampling, Store, Study, Verdict};

/// Units named in a text report; JSON has all of them.
const NAMED: usize = 10;

/// Check structure, checksums and completeness of a run.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hspin verify paper.run --deep")]
pub struct Args {
    /// The run
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    /// Recompute a random sample: records at their points by a second path, and starts, censuses or trainings from their
    /// beginning, bit by bit
    #[arg(long)]
    pub deep: bool,
    /// Recompute everything, not a sample: it takes longer than the run did
    #[arg(long, requires = "deep")]
    pub all: bool,
    /// Which sample is recomputed [default: another one each time; it is printed]
    #[arg(long, value_name = "S", requires = "deep", value_parser = values::seed, allow_negative_numbers = true)]
    pub sample_seed: Option<u64>,
    /// Your own tensor that the run is on, for --deep: the run has only its checksum. Several orders are a list
    #[arg(long, value_name = "FILE.npy", requires = "deep")]
    pub couplings: Vec<PathBuf>,
    /// Take the symmetric part of each array of --couplings
    #[arg(long, requires = "couplings")]
    pub symmetrize: bool,
    /// Points that the starts of the run begin from, for --deep: the run has only their checksum
    #[arg(long, value_name = "FILE.npy", requires = "deep")]
    pub starts_from: Option<PathBuf>,
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

impl Args {
    /// The user's own couplings.
    pub fn own(&self) -> OwnFlags {
        OwnFlags { couplings: self.couplings.clone(), symmetrize: self.symmetrize }
    }

    /// What is to be recomputed; without a seed that was asked for, another sample each time.
    pub fn sampling(&self) -> Sampling {
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.subsec_nanos());
        let seed = self.sample_seed.unwrap_or_else(|| u64::from(now() ^ std::process::id().rotate_left(16)));
        Sampling { seed, all: self.all }
    }
}

/// The report on a run; `K` names its units.
#[derive(Serialize)]
struct Report<K> {
    #[serde(flatten)]
    verdict: Verdict<K>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deep: Option<Recomputed>,
    /// Why nothing was recomputed, though it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_recomputed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repaired: Option<Repaired<K>>,
}

/// Checks a run, repairs it and computes some of it again by `deep` where that is asked for, and prints what was found; damage
/// is an error, too, and so is what kept `deep` from computing.
///
/// # Errors
/// [`Error::Damaged`](crate::Error::Damaged); those of the store and of `deep`; a closed standard output is none.
pub fn verify<S: Study>(
    args: &Args,
    deep: impl FnOnce(&Store<S>, &Sampling) -> Result<Recomputed>,
) -> Result<()> {
    let (mut verdict, repaired) = verify_or_repair::<S>(&args.run, args.repair)?;
    let again = || deep(&Store::open_read(&args.run)?, &args.sampling());
    let (deep, failed) = match (args.deep && verdict.ok).then(again).transpose() {
        Ok(deep) => (deep, None),
        Err(error) => (None, Some(error)),
    };
    verdict.ok &= deep.as_ref().is_none_or(|deep| deep.wrong.is_empty());
    let not_recomputed = failed.as_ref().map(ToString::to_string);
    let report = Report { verdict, deep, not_recomputed, repaired };
    if args.json {
        output::print_json(&report)?
    } else {
        output::print(&render(&report))?
    }
    if let Some(error) = failed {
        return Err(error);
    }
    if report.verdict.ok {
        return Ok(());
    }
    Err(if report.deep.is_some() { not_reproduced(&args.run) } else { damaged(&args.run) })
}

fn render<K: Display>(report: &Report<K>) -> String {
    let verdict = &report.verdict;
    let mut lines = Vec::new();
    if let Some(Repaired { kept, dropped, lost, original }) = &report.repaired {
        lines.push(format!("repaired: {} kept, {} dropped", counted(*kept, "unit", "units"), dropped.len()));
        lines.extend(lost.iter().map(|lost| format!("kept no longer: {lost}")));
        lines.push(format!("the damaged file is kept: {}", original.display()));
    }
    lines.push(format!(
        "{}: {}",
        if verdict.ok { "intact" } else { "DAMAGED" },
        counted(verdict.units, "whole unit", "whole units")
    ));
    lines.extend(verdict.problems.iter().cloned());
    lines.extend(verdict.damaged.iter().take(NAMED).map(|key| format!("damaged: {key}")));
    if verdict.damaged.len() > NAMED {
        lines.push(format!("damaged: {} units in all", verdict.damaged.len()));
    }
    lines.push(match verdict.missing.len() {
        0 => "complete: no unit is missing".to_owned(),
        1 => "incomplete: 1 unit is missing; the same command computes it".to_owned(),
        n => format!("incomplete: {n} units are missing; the same command computes them"),
    });
    lines.extend(report.deep.iter().flat_map(recomputed));
    lines.extend(report.not_recomputed.iter().map(|reason| format!("not recomputed: {reason}")));
    lines.push(format!("content hash {}", verdict.content_hash));
    lines.join("\n") + "\n"
}

/// What was recomputed, and what of it differs.
fn recomputed(deep: &Recomputed) -> Vec<String> {
    let which = match deep.sample_seed {
        Some(seed) => format!("a sample (--sample-seed {seed} takes the same sample)"),
        None => "all of it".to_owned(),
    };
    let mut lines = vec![format!("recomputed: {which}")];
    let censuses = match (deep.units, deep.otherwise) {
        (Some(0), _) => ", no census (too many paths; --all takes them)".to_owned(),
        (Some(again), Some(recounted)) => {
            format!(
                ", {} again bit by bit, {recounted} also along other paths",
                counted(again as u64, "census", "censuses")
            )
        }
        _ => format!(", {} run again bit by bit", deep.rerun),
    };
    lines.push(format!(
        "recomputed: {}{censuses}, {} differ",
        counted(deep.tried as u64, "record", "records"),
        deep.wrong.len()
    ));
    if deep.rounded > 0 {
        lines.push(format!(
            "{} to rounding, not to the bit: made on another processor, or changed in the last digits",
            counted(deep.rounded as u64, "start is reproduced", "starts are reproduced")
        ));
    }
    lines.extend(deep.not_rerun.iter().map(|reason| format!("not run again: {reason}")));
    lines
        .extend(deep.skipped.iter().map(|hidden| format!("not recomputed: n₁ = {hidden}, it takes minutes")));
    lines.extend(deep.wrong.iter().take(NAMED).map(|name| format!("differs: {name}")));
    if deep.wrong.len() > NAMED {
        lines.push(format!("… and {} more (--json names all)", deep.wrong.len() - NAMED));
    }
    lines
}
