//! `hspin theory mean-count`: exact mean numbers of critical points at finite Λ.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::model::{ModelArgs, ModelJson};
use crate::analysis::COUNTED;
use crate::cli::shared::progress::{Progress, duration};
use crate::cli::shared::table::TextTable;
use crate::cli::shared::{output, values};
use crate::study::{Event, Observer};
use crate::theory::{Count, MixtureCounts};
use crate::{Error, Result};

/// Indices shown from either end where not every index can be had.
const FROM_EACH_END: u32 = 11;
/// Progress is shown from here on.
const LONG: Duration = Duration::from_secs(2);
/// Logarithms above this leave no digit of their number.
const DIGITLESS: f64 = 1e12;
/// Most digits that are printed.
const MOST_DIGITS: f64 = 10.0;

/// Exact mean number of critical points below given energies per spin, at finite Λ
///
/// Points on the sphere are counted, w and −w both, also at even H, where they have the same energy and index.
/// By index, counts that are not available (at Λ > 64 those of an index between the ends, or of one far from its
/// typical energies) are null in JSON and a dash in the table. In JSON, by_index, log_by_index and
/// rel_error_by_index run over `indices`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  hspin theory mean-count --spins 3 --dim 100 --index 0 --below -1.65,-1.6,-1.5,inf\n  hspin theory mean-count --mixture 2:0.5,4:0.5 --dim 10 --index all"
)]
pub struct Args {
    #[command(flatten)]
    model: ModelArgs,
    /// Dimension Λ: at most 10000, by index at most 1000
    #[arg(long, value_name = "N", value_parser = values::within(values::THEORY_DIM), allow_negative_numbers = true)]
    dim: u32,
    /// Index k, `all` (every k for Λ ≤ 50, else the 11 lowest and the 11 highest), or `total` alone
    #[arg(long, value_name = "K|all|total", default_value = "total", allow_hyphen_values = true)]
    index: String,
    /// Energies per spin, such as -1.7,-1.6 or -1.7:-1.5:0.01 (start:stop:step); `inf` means no bound
    #[arg(
        long,
        value_name = "U1,U2,…",
        default_value = "inf",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    below: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Json {
    #[serde(flatten)]
    model: ModelJson,
    dim: u32,
    counts: &'static str,
    indices: Vec<u32>,
    values: Vec<Value>,
}

/// Below one energy. A count that f64 does not hold, or whose error is larger than itself, is `null`; its logarithm is
/// given.
#[derive(Serialize)]
struct Value {
    below: Option<f64>,
    total: Option<f64>,
    log_total: Option<f64>,
    rel_error: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    by_index: Vec<Option<f64>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    log_by_index: Vec<Option<f64>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rel_error_by_index: Vec<Option<f64>>,
}

/// What `hspin theory mean-count` prints on standard output.
///
/// # Errors
/// Bad input; an index asked for by itself that cannot be had.
pub fn text(args: &Args) -> Result<String> {
    let energies = values::all(&args.below, values::bounds)?;
    let mut counts = MixtureCounts::new(&args.model.as_mixture()?, args.dim)?;
    let indices = values::indices(&args.index, args.dim)?;
    let totals = counts.total(&energies)?;
    let by_index = of_all(&indices, &mut counts, args.dim, &energies)?;
    if let ([index], [found]) = (&indices[..], &by_index[..]) {
        check_all_known(*index, args, &energies, found)?;
    }
    match args.json {
        true => output::json(&json(args, &energies, indices, &totals, &by_index)),
        false => Ok(table(args, &energies, &indices, &totals, &by_index)),
    }
}

/// Mean numbers of each index, with progress on standard error once they take long.
fn of_all(
    indices: &[u32],
    counts: &mut MixtureCounts,
    dim: u32,
    energies: &[f64],
) -> Result<Vec<Vec<Option<Count>>>> {
    let begin = Instant::now();
    let mut progress: Option<Progress> = None;
    let mut by_index = Vec::new();
    for (&index, done) in indices.iter().zip(0..) {
        if progress.is_none() && begin.elapsed() > LONG {
            let shown = Progress::new(["index", "indices"]);
            if !output::is_terminal() {
                let all = indices.len();
                output::log(&format!(
                    "Λ = {dim}: {done} of {all} indices in {}",
                    duration(LONG.as_secs_f64())
                ));
            }
            shown.event(Event::Started { size: dim, planned: indices.len() as u64, done });
            progress = Some(shown);
        }
        let skipped = indices.len() > 1 && is_between_the_ends(index, dim);
        by_index.push(match skipped {
            true => vec![None; energies.len()],
            false => counts.by_index(index, energies)?,
        });
        if let Some(progress) = &progress {
            progress.event(Event::Stored { size: dim, items: 1 });
        }
    }
    if let Some(progress) = progress {
        progress.event(Event::Finished { size: dim });
    }
    Ok(by_index)
}

fn check_all_known(index: u32, args: &Args, energies: &[f64], found: &[Option<Count>]) -> Result<()> {
    match energies.iter().zip(found).find(|(_, found)| found.is_none()) {
        None => Ok(()),
        Some((energy, _)) => {
            let allowed = format!(
                "at dim = {} its mean number below {energy} cannot be computed: it is too small, or too far from both ends",
                args.dim
            );
            Err(Error::bad_input("--index", index, allowed))
        }
    }
}

fn json(
    args: &Args,
    energies: &[f64],
    indices: Vec<u32>,
    totals: &[Count],
    by_index: &[Vec<Option<Count>>],
) -> Json {
    let value = |(at, (&energy, &total)): (usize, (&f64, &Count))| {
        let here = || by_index.iter().map(move |found| found.get(at).copied().flatten());
        Value {
            below: finite(energy),
            total: normal(total),
            log_total: finite(total.log),
            rel_error: relative_error(total),
            by_index: here().map(|count| count.and_then(normal)).collect(),
            log_by_index: here().map(|count| count.and_then(|count| finite(count.log))).collect(),
            rel_error_by_index: here().map(|count| count.and_then(relative_error)).collect(),
        }
    };
    let values = energies.iter().zip(totals).enumerate().map(value).collect();
    Json { model: args.model.json(), dim: args.dim, counts: COUNTED, indices, values }
}

fn table(
    args: &Args,
    energies: &[f64],
    indices: &[u32],
    totals: &[Count],
    by_index: &[Vec<Option<Count>>],
) -> String {
    let mut table = TextTable::new(["below u", "index", "mean number", "ln", "rel. error"]);
    for (at, (&energy, &total)) in energies.iter().zip(totals).enumerate() {
        let below = match energy {
            f64::INFINITY => "no bound".to_owned(),
            energy if energy.abs() >= 1e7 => format!("{energy:e}"),
            energy => energy.to_string(),
        };
        table.row(row(&below, "all", Some(total)));
        for (index, found) in indices.iter().zip(by_index) {
            // A gap is one line, not hundreds.
            if !(indices.len() > 1 && is_between_the_ends(*index, args.dim)) {
                table.row(row(&below, &index.to_string(), found.get(at).copied().flatten()));
            } else if *index == FROM_EACH_END {
                table.row(row(&below, "…", None));
            }
        }
    }
    let title = "exact mean number of critical points below the energy per spin u";
    let text = table.text().replace('-', "−");
    format!("{}, Λ = {}: {title}\n{text}Numbers count {COUNTED}.\n", args.model.title(), args.dim)
}

fn row(below: &str, index: &str, count: Option<Count>) -> [String; 5] {
    let dash = || "–".to_owned();
    // Below what f64 holds the logarithm is not known either.
    let error = count.and_then(relative_error);
    let known = count.map(|count| count.log).zip(error);
    [
        below.to_owned(),
        index.to_owned(),
        known.and_then(|(log, error)| Some(power_of_ten(log, digits(error)?))).unwrap_or_else(dash),
        known.map_or_else(dash, |(log, error)| logarithm(log, error)),
        error.map_or_else(dash, |error| format!("{error:.0e}")),
    ]
}

/// Significant digits that a relative error leaves, at most ten; none where it is 1 or more.
fn digits(error: f64) -> Option<usize> {
    (error < 1.0).then(|| (-error.log10()).floor().clamp(1.0, MOST_DIGITS) as usize)
}

/// The relative error of a number is the absolute error of its logarithm.
fn logarithm(log: f64, error: f64) -> String {
    match log.abs() > DIGITLESS {
        true => format!("{log:.9e}"),
        false => format!("{log:.*}", digits(error).map_or(0, |digits| digits.min(9))),
    }
}

/// e^log with so many digits, whatever its exponent.
fn power_of_ten(log: f64, digits: usize) -> String {
    let decimal = log / std::f64::consts::LN_10;
    if decimal.abs() > DIGITLESS {
        return format!("10^({decimal:.9e})");
    }
    let exponent = decimal.floor();
    let decimals = digits as f64 - 1.0 - exponent;
    if (-4.0..9.0).contains(&exponent) && decimals >= 0.0 {
        return format!("{:.*}", decimals as usize, log.exp());
    }
    format!("{:.*}e{exponent}", digits - 1, ((decimal - exponent) * std::f64::consts::LN_10).exp())
}

fn is_between_the_ends(index: u32, dim: u32) -> bool {
    dim > 50 && index >= FROM_EACH_END && index < dim - FROM_EACH_END
}

fn finite(x: f64) -> Option<f64> {
    Some(x).filter(|x| x.is_finite())
}

/// The count if f64 holds it to full precision, and it has a digit.
fn normal(count: Count) -> Option<f64> {
    Some(count.value()).filter(|value| value.is_normal() && count.relative_error < 1.0)
}

/// No mean number is 0: where f64 does not even hold its logarithm nothing is known of it.
fn relative_error(count: Count) -> Option<f64> {
    finite(count.relative_error).filter(|_| count.log.is_finite())
}
