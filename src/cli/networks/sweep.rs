//! `hspin networks sweep`: begin a run of networks, or go on with it.

use std::path::PathBuf;

use crate::analysis::networks::summarize;
use crate::cli::shared::env::resources;
use crate::cli::shared::lists::{self, Part};
use crate::cli::shared::networks::summary;
use crate::cli::shared::networks::sweep::{NetworksSweep, read_set};
use crate::cli::shared::ranks::{self, OtherRanks};
use crate::cli::shared::{estimate, output, values};
use crate::error::{Error, Result};
use crate::studies::networks::{Networks, NetworksMethod, NetworksRequest, NetworksStore, Samples, limits};
use crate::study::cluster::{RankInputs, serve};
use crate::study::command;

/// Train many networks 100 → n₁ → 10 on 10×10 digits from independent starts; the same command on an existing RUN
/// resumes it
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  hspin networks sweep --out nets.run --hidden 25,50,100 --networks 200 --index 32"
)]
pub struct Args {
    /// The run: a new file, or an existing one to continue
    #[arg(long, value_name = "RUN")]
    out: PathBuf,
    /// Hidden units n₁, such as 25,50 or 25:500:25 (start:stop:step); more may be added to an existing run [default: 25,50,100,250,500]
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = values::list_within(limits::HIDDEN), allow_hyphen_values = true)]
    hidden: Option<Vec<Part<u32>>>,
    /// Networks per size; may grow [default: 1000]
    #[arg(long, value_name = "N", value_parser = values::within(limits::NETWORKS), allow_negative_numbers = true)]
    networks: Option<u32>,
    /// Gradient descent, or simulated annealing of three-valued weights [default: sgd]
    #[arg(long, value_enum)]
    protocol: Option<NetworksMethod>,
    /// Folder with the four IDX files of MNIST or of your own, plain or .gz [default: 5000 + 1000 bundled digits]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Train on the first N digits only [default: all]
    #[arg(long, value_name = "N", value_parser = values::within(limits::DIGITS), allow_negative_numbers = true)]
    digits: Option<u32>,
    /// sgd: passes over the digits [default: 200]
    #[arg(long, value_name = "N", value_parser = values::within(limits::EPOCHS), allow_negative_numbers = true)]
    epochs: Option<u32>,
    /// sgd: examples of a mini-batch [default: 100]
    #[arg(long, value_name = "N", value_parser = values::within(limits::BATCH), allow_negative_numbers = true)]
    batch: Option<u32>,
    /// sgd: learning rate at the start [default: 0.1]
    #[arg(long, value_name = "X", value_parser = values::number, allow_negative_numbers = true)]
    rate: Option<f64>,
    /// sgd: the rate in epoch e is rate/(1 + decay e) [default: 0.02]
    #[arg(long, value_name = "X", value_parser = values::number, allow_negative_numbers = true)]
    decay: Option<f64>,
    /// anneal: moves per free weight [default: 40]
    #[arg(long, value_name = "N", value_parser = values::within(limits::EPOCHS), allow_negative_numbers = true)]
    sweeps: Option<u32>,
    /// anneal: temperature of the first sweep, of the mean loss [default: 0.003]
    #[arg(long, value_name = "T", value_parser = values::number, allow_negative_numbers = true)]
    hot: Option<f64>,
    /// anneal: temperature of the last sweep [default: 0.00001]
    #[arg(long, value_name = "T", value_parser = values::number, allow_negative_numbers = true)]
    cold: Option<f64>,
    /// anneal: free values as a share of the weights; the others are copies [default: 1]
    #[arg(long, value_name = "X", value_parser = values::number, allow_negative_numbers = true)]
    kept: Option<f64>,
    /// anneal: factor of the outputs [default: 8]
    #[arg(long, value_name = "X", value_parser = values::number, allow_negative_numbers = true)]
    gain: Option<f64>,
    /// sgd: Hessian index of the first M networks of each size; may grow [default: 16]
    #[arg(long, value_name = "M", value_parser = values::within(limits::INDEX), allow_negative_numbers = true)]
    index: Option<u32>,
    /// sgd: largest n₁ with indices, 8 N² bytes each at once; may grow [default: 50]
    #[arg(long, value_name = "N", value_parser = values::within(limits::INDEX_HIDDEN), allow_negative_numbers = true)]
    index_hidden: Option<u32>,
    /// Root of all random streams [default: 1]
    #[arg(long, value_parser = values::seed, allow_negative_numbers = true)]
    seed: Option<u64>,
    /// Worker threads; changes nothing but the time [default: all cores]
    #[arg(long, value_name = "N", value_parser = values::within(values::THREADS), allow_negative_numbers = true)]
    threads: Option<u32>,
    /// Print memory, disk and time that it would take, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

impl Args {
    fn request(&self) -> NetworksRequest {
        NetworksRequest {
            hidden: self.hidden.clone().map(lists::flat),
            networks: self.networks,
            method: self.protocol,
            epochs: self.epochs,
            batch: self.batch,
            rate: self.rate,
            decay: self.decay,
            sweeps: self.sweeps,
            hot: self.hot,
            cold: self.cold,
            kept: self.kept,
            gain: self.gain,
            index: self.index,
            index_hidden: self.index_hidden,
            seed: self.seed,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// Whatever ends the sweep; what was stored before stays.
pub fn run(args: Args) -> Result<()> {
    let (json, is_dry) = (args.json, args.dry_run);
    let decide = |others: Option<&OtherRanks>| decide(args, others);
    let first = |sweep: NetworksSweep, others: Option<&OtherRanks>| {
        if is_dry {
            return dry_run(sweep, others, json);
        }
        let store = sweep.carry_out(others)?;
        let table = summarize(&store)?;
        if json { output::print_json(&table) } else { output::print(&summary::render(&store, &table)) }
    };
    ranks::share(1, decide, first, |world, decided, stop| {
        let decided = decided.map(|NetworksSweep { set, resources, .. }| (Samples::new(set), resources));
        let inputs = match &decided {
            Ok((given, resources)) => Ok(RankInputs { given, resources: *resources }),
            Err(error) => Err(Error::Refused(error.to_string())),
        };
        serve::<Networks>(world, inputs, stop)
    })
}

/// Begins a run, or opens it to go on with it, for a program that shares out the work itself.
///
/// # Errors
/// Those of [`run`] before any work.
pub fn begin(args: Args) -> Result<NetworksStore> {
    let sweep = decide(args, None)?;
    let (run, resources) = (sweep.run.clone(), sweep.resources);
    command::open(&run, &resources, |stored| sweep.decided(stored).map(|(spec, _)| spec))
}

fn decide(args: Args, others: Option<&OtherRanks>) -> Result<NetworksSweep> {
    let resources = ranks::per_process(resources(args.threads)?, 1, others);
    let request = args.request();
    let set = read_set(args.data.as_deref())?;
    Ok(NetworksSweep { run: args.out, request, set, digits: args.digits, resources })
}

fn dry_run(sweep: NetworksSweep, others: Option<&OtherRanks>, json: bool) -> Result<()> {
    let (store, resources) = (command::stored::<Networks>(&sweep.run)?, sweep.resources);
    let (spec, samples) = sweep.decided(store.as_ref().map(NetworksStore::spec))?;
    let estimate = command::estimate(&spec, store.as_ref(), (&samples, &resources))?;
    let estimate = ranks::shared(estimate, others);
    if json { output::print_json(&estimate) } else { output::print(&estimate::text(&estimate)) }
}
