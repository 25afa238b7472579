//! `hspin bands`: a run against the exact theory, in words and numbers.

mod model;
mod phases;
mod tables;

use std::path::PathBuf;

use super::shared::kinds::kind_of;
use super::shared::{output, paths_text};
use crate::analysis::bands::{Bands, Caveat, Check, DimBands, bands};
use crate::analysis::{PathsCheck, SpikePhases};
use crate::error::Result;
use crate::report::words::bands as words;
use crate::studies::paths::{Paths, PathsStore};
use crate::study::Study as _;

/// Compare a run with the exact theory of its order and sizes, with a verdict
///
/// A census is tested by index and by band of energy; descents by bounds that hold however they choose among minima, and
/// by the law of minima where next to none is missing; saddle searches by the index fraction α(u), on mixtures α(r/√ξ″).
/// Barriers of a run of paths are held against the exact graph of minima. Numbers count points
/// on the sphere, w and −w both. A verdict is data: the exit status is 0 whatever it says.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// The run: a census, descents, or saddle searches. Several runs with spikes of several strengths give the phase table of
    /// the overlap
    #[arg(value_name = "RUN", required = true)]
    runs: Vec<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

const HELP: &str = "Example:
  hspin bands census.hspin

JSON:
  {\"spins\", \"starts_from\": {overlap} | {points: {sha256, count, dim}}, absent for random starts, \"kind\": census | descent | saddle, \"counts\": what numbers count, \"complete\", \"units\": {done, planned},
   \"verdict\": agrees | consistent (with bounds; weaker) | borderline | disagrees | untested, \"dims\": [
    {\"dim\", \"verdict\", \"p\", \"caveats\": […], one of \"census\", \"minima\", \"saddles\", \"shares\", \"lines\": […],
     \"undecided\": points of undecided index, \"unconverged_mean_shift\", \"unconverged_could_move_mean\"}]}
  A mean is {\"observed\", \"standard_error\", \"expected\", \"z\", \"p\"}, over surfaces.
  census: surfaces, left_out, by_index: [mean], bands: [{from, to, by_index: [mean]}],
    layers: [{index: k, energy: −E_k, higher: mean number of points of index above k below it}],
    tests: {numbers, energies, spreads: {numbers, surfaces, t_squared, p}, bands_p, p}
  minima: surfaces, starts, elsewhere, law: [mean, deviation], expected_minima, found, unseen_share, missing,
    all, distinct: {mean, standard_error, deviation, shift, distance, z},
    surplus: [{below, found: mean, missing, p}], surplus_p (one-sided),
    curvature: {surfaces, minima, deviation, mean, standard_error, allowed, p, caught: [low, high], beyond which the verdict disagrees},
    complete: {numbers, surfaces, t_squared, p} (two-sided; null where minima are missing), p
  saddles: variable: energy_per_spin | radial_slope (of mixtures), surfaces, points, elsewhere,
    mean, rms, largest (of index − (Λ−1)α(u), of mixtures α(r/√ξ″)), scale, rms_fraction, holds
  model (mixtures, laws, spikes, own arrays): surfaces, left_out, is_exact, numbers, reached: {mean, lowest: mean}, spike, limits,
    scale: s of your own array, the unit of its energies,
    gaussian (other laws and own arrays; no verdict): [{quantity: minima | energy_of_minima | lowest, is_limit: whether the
     Gaussian number is of Λ → ∞, observed, gaussian, difference, standard_error}]
  shares: {below_e_0, between, above_e_inf: {observed, standard_error, minima: exact}}, of energies that were reached
  model (of mixtures, laws and spikes): surfaces, reached: {mean, lowest}, numbers of a census, e_0, …, spike: SPIKE
  lines: [{index: k, energy: −E_k, higher, own, share_below_e_inf, mean_energy}], exact at this Λ
  Of several runs with spikes, which differ in the strength λ only:
   {\"model\", \"starts_from\", \"order\": r, \"signed\": whether overlaps have a sign (odd r; else they are |m|), \"complete\", \"lambda_s\",
    \"lambda_ml\", \"phases\": [{\"run\", \"dim\", and the keys of SPIKE}], by Λ, then λ}
  SPIKE: strength, order, surfaces, ends, mean_overlap: mean (of all ends of a surface), lowest_overlap: mean (of the lowest
    end of each surface), overlap_of_lowest (its |m|), met_above: half of the overlap m* of the good minimum, met: mean (share
    of the ends of a surface with an overlap above met_above), lowest_met: mean (share of the surfaces whose lowest end has),
    overlap: m*, energy: u*, lambda_s, lambda_ml, as Λ → ∞
  Of a run of paths:
   {\"spins\", \"kind\": paths, \"dim\", \"complete\", \"units\", \"verdict\": agrees | disagrees | untested (no exact graph), \"pairs\",
    \"certified\", \"direct\", \"compared\" (with exact minimax energies), \"equal\", \"below\", \"above_great_circle\", \"mean_excess\",
    \"mean_gain\" (of great circles over barriers), \"lines\": [{index: k, energy: −E_k, barriers_below: share}]}
  Energies are per spin. What is not known, or not finite, is null.";

/// Runs the command.
///
/// # Errors
/// Those of the store; bad input for couplings of the user's own, and for several runs that do not belong together.
pub fn run(args: &Args) -> Result<()> {
    let [run] = args.runs.as_slice() else {
        let found = SpikePhases::at(&args.runs)?;
        return if args.json { output::print_json(&found) } else { output::print(&phases::render(&found)) };
    };
    // What else is wrong with a run is said by who opens it.
    if kind_of(run).is_ok_and(|kind| kind.formats() == Paths::FORMATS) {
        let found = PathsCheck::of_run(&PathsStore::open_read(run)?)?;
        return if args.json {
            output::print_json(&found)
        } else {
            output::print(&paths_text::check(&found))
        };
    }
    let found = bands(run)?;
    for dim in found.dims.iter().filter(|dim| dim.caveats.contains(&Caveat::LeftOut)) {
        output::log(&format!("hspin: {}", words::left_out(dim)));
    }
    if args.json { output::print_json(&found) } else { output::print(&render(&found)) }
}

/// The whole as a person reads it.
pub fn render(bands: &Bands) -> String {
    let mut parts: Vec<String> = words::unfinished(bands).into_iter().collect();
    parts.extend(bands.dims.iter().map(|dim| of_dim(bands, dim)));
    parts.push(words::verdict(bands));
    parts.join("\n")
}

fn of_dim(bands: &Bands, dim: &DimBands) -> String {
    let numbers = match &dim.check {
        Check::Model(check) => model::tables(check),
        _ => tables::numbers(bands, dim),
    };
    let mut parts = vec![words::heading(bands, dim), numbers, tables::shares(dim)];
    parts.extend(words::findings(dim));
    parts.extend(words::lines(dim));
    parts.extend(dim.caveats.iter().map(|&caveat| words::caveat(caveat, dim)));
    parts.iter().filter(|part| !part.is_empty()).map(|part| format!("{}\n", part.trim_end())).collect()
}
