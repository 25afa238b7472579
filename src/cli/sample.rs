//! `hspin sample`: begin a run of sampling at temperature, or go on with it.

use std::path::PathBuf;

use super::shared::env::resources;
use super::shared::lists::{self, Part};
use super::shared::model::ModelFlags;
use super::shared::ranks::{self, OtherRanks};
use super::shared::sampling::{self, SamplingRun};
use super::shared::{estimate, output, values};
use crate::error::{Error, Result};
use crate::studies::sampling::bounds::{BURN_IN, REPLICAS, STEPS, SWEEPS};
use crate::studies::sampling::{ExactSampling, SamplingRequest, SamplingStore};
use crate::studies::surfaces::ModelRequest;
use crate::study::cluster::{RankInputs, serve};
use crate::study::command;

/// Sample e^{−L/T} on the sphere exactly, at several temperatures with replica exchange; the same command on an existing RUN
/// resumes it.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  hspin sample --out t.run --spins 3 --dims 50 --temperatures 0.7:1.5:0.1 --sweeps 2000 --instances 10"
)]
pub struct Args {
    /// The run: a new file, or an existing one to continue
    #[arg(long, value_name = "RUN")]
    pub out: PathBuf,
    /// Order H of the interaction, at most 16 [default: 3]
    #[arg(long, value_name = "H", value_parser = values::within(values::SPINS), allow_negative_numbers = true)]
    pub spins: Option<u32>,
    #[command(flatten)]
    pub model: ModelFlags,
    /// Dimensions Λ, at most 65535, such as 25,50 or 25:500:25 (start:stop:step); more may be added to an existing run
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = values::list_within(values::DIM), allow_hyphen_values = true)]
    pub dims: Option<Vec<Part<u32>>>,
    /// Temperatures T in any order, such as 0.7,0.9 or 0.7:1.5:0.1; L has variance Λ ξ(1)
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = values::list_of_numbers, allow_hyphen_values = true)]
    pub temperatures: Option<Vec<Part<f64>>>,
    /// Sweeps that count, one trajectory of each replica to a sweep
    #[arg(long, value_name = "S", value_parser = values::within(SWEEPS), allow_negative_numbers = true)]
    pub sweeps: Option<u32>,
    /// Sweeps before them, in which step lengths are adapted [default: half of --sweeps]
    #[arg(long, value_name = "B", value_parser = values::within(BURN_IN), allow_negative_numbers = true)]
    pub burn_in: Option<u32>,
    /// Leapfrog steps of a trajectory, one gradient each [default: 8]
    #[arg(long, value_name = "N", value_parser = values::within(STEPS), allow_negative_numbers = true)]
    pub steps: Option<u32>,
    /// Independent sets of replicas, each with one replica at each temperature [default: 2]
    #[arg(long, value_name = "R", value_parser = values::within(REPLICAS), allow_negative_numbers = true)]
    pub replicas: Option<u32>,
    /// Keep energies of every so many sweeps [default: about a hundred in all]
    #[arg(long, value_name = "K", value_parser = values::within(SWEEPS), allow_negative_numbers = true)]
    pub thin: Option<u32>,
    /// Do not exchange replicas between temperatures
    #[arg(long)]
    pub no_exchange: bool,
    /// Surfaces per size, at most 1000000; may grow [default: 1]
    #[arg(long, value_name = "M", value_parser = values::within(values::INSTANCES), allow_negative_numbers = true)]
    pub instances: Option<u32>,
    /// Root of all random streams [default: 1]
    #[arg(long, value_parser = values::seed, allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Worker threads, at most 1024, a surface to each; changes nothing but the time [default: all cores]
    #[arg(long, value_name = "N", value_parser = values::within(values::THREADS), allow_negative_numbers = true)]
    pub threads: Option<u32>,
    /// Print memory, disk and time that it would take, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// Runs the command. That chains have not mixed is a finding with a warning, no error.
///
/// # Errors
/// Whatever ends the run; what was stored before stays.
pub fn run(args: Args) -> Result<()> {
    let (json, is_dry) = (args.json, args.dry_run);
    let first = |run: SamplingRun, others: Option<&OtherRanks>| {
        if is_dry {
            return dry_run(&run, others, json);
        }
        sampling::show(&run.carry_out(others)?, json)
    };
    ranks::share(
        1,
        |others| decide(args, others),
        first,
        |world, decided, stop| {
            let inputs = match &decided {
                Ok(run) => Ok(RankInputs { given: &(), resources: run.resources }),
                Err(error) => Err(Error::Refused(error.to_string())),
            };
            serve::<ExactSampling>(world, inputs, stop)
        },
    )
}

/// Begins a run, or opens it to go on with it, for a program that shares out the work itself.
///
/// # Errors
/// Those of [`run`] before any work.
pub fn begin(args: Args) -> Result<SamplingStore> {
    decide(args, None)?.open()
}

fn decide(args: Args, others: Option<&OtherRanks>) -> Result<SamplingRun> {
    let resources = ranks::per_process(resources(args.threads)?, 1, others);
    let request = SamplingRequest {
        model: ModelRequest { spins: args.spins, ..args.model.request() },
        seed: args.seed,
        temperatures: args.temperatures.map(lists::flat),
        sweeps: args.sweeps,
        burn_in: args.burn_in,
        steps: args.steps,
        replicas: args.replicas,
        exchange: args.no_exchange.then_some(false),
        thin: args.thin,
        dims: args.dims.map(lists::flat),
        instances: args.instances,
    };
    Ok(SamplingRun { run: args.out, request, resources })
}

fn dry_run(run: &SamplingRun, others: Option<&OtherRanks>, json: bool) -> Result<()> {
    let store = command::stored::<ExactSampling>(&run.run)?;
    let spec = run.spec(store.as_ref().map(SamplingStore::spec))?;
    let estimate = command::estimate(&spec, store.as_ref(), (&(), &run.resources))?;
    let estimate = ranks::shared(estimate, others);
    if json { output::print_json(&estimate) } else { output::print(&estimate::text(&estimate)) }
}
