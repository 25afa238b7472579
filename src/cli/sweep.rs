//! `hspin sweep`: begin a run, or go on with it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{ArgAction, ValueEnum};

use super::shared::env::resources;
use super::shared::lists::{self, Part};
use super::shared::model::ModelFlags;
use super::shared::own::{KeptFlags, Own};
use super::shared::ranks::{self, OtherRanks};
use super::shared::sweep::{Sweep, serve};
use super::shared::{engine, estimate, output, summary, values};
use crate::analysis::summarize;
use crate::descent::{CoolingRequest, DescentRequest, DeviceClass, MethodName, cuda};
use crate::error::{Error, Result};
use crate::studies::surfaces::{ModelRequest, Preset, Request, Spec, StartsFrom, SurfaceStore, Surfaces};
use crate::study::cluster::check_groups;
use crate::study::{command, store};

/// Most bytes of a configuration file.
const LONGEST_CONFIG: u64 = 1 << 20;

/// Descend from many starts at many sizes; the same command on an existing RUN resumes it.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  hspin sweep --out h4.run --spins 4 --dims 20,40,80 --starts 500 --seed 7"
)]
pub struct Args {
    /// The run: a new file, or an existing one to continue
    #[arg(long, value_name = "RUN")]
    pub out: PathBuf,
    /// Defaults: the paper's sizes, a quick look, or the published constants
    #[arg(long, value_enum)]
    pub preset: Option<Preset>,
    /// TOML file with the same keys; flags on the command line take precedence
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub own: KeptFlags,
    /// Keep log-spaced (step, energy, gradient norm) of every start
    #[arg(long)]
    pub trace: bool,
    /// Order H of the interaction, at most 16 [default: 3]
    #[arg(long, value_name = "H", value_parser = values::within(values::SPINS), allow_negative_numbers = true)]
    pub spins: Option<u32>,
    #[command(flatten)]
    pub model: ModelFlags,
    /// Dimensions Λ, at most 65535, such as 25,50 or 25:500:25 (start:stop:step); more may be added to an existing run [default: the preset's]
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = values::list_within(values::DIM), allow_hyphen_values = true)]
    pub dims: Option<Vec<Part<u32>>>,
    /// Points that starts begin from: shape (n, N), on the sphere, the same on every surface
    #[arg(long, value_name = "FILE.npy", conflicts_with = "start_overlap")]
    pub starts_from: Option<PathBuf>,
    /// Overlap with the hidden vector of the spike that starts begin at, from -1 to 1
    #[arg(long, value_name = "M", value_parser = values::number, allow_negative_numbers = true)]
    pub start_overlap: Option<f64>,
    /// Starts per surface, at most 10000000; may grow [default: the preset's]
    #[arg(long, value_name = "N", value_parser = values::within(values::STARTS), allow_negative_numbers = true)]
    pub starts: Option<u32>,
    /// Surfaces per size, at most 1000000; may grow [default: 1]
    #[arg(long, value_name = "M", value_parser = values::within(values::INSTANCES), allow_negative_numbers = true)]
    pub instances: Option<u32>,
    /// Method of descent [default: sgd]
    #[arg(long, value_enum)]
    pub protocol: Option<MethodName>,
    /// Where descents run; auto is cuda where there is a GPU [default: cpu, or what the run has]
    #[arg(long, value_enum)]
    pub device: Option<DeviceChoice>,
    /// Number of sample tensors of sgd, at most 4096 [default: 2]
    #[arg(long, value_name = "P", value_parser = values::within(values::SAMPLES), allow_negative_numbers = true)]
    pub samples: Option<u32>,
    /// Sweeps of anneal, one gradient each, at most 100000000 [default: 2000]
    #[arg(long, value_name = "S", value_parser = values::within(values::SWEEPS), allow_negative_numbers = true)]
    pub sweeps: Option<u32>,
    /// Root of all random streams [default: 1]
    #[arg(long, value_parser = values::seed, allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Worker threads, at most 1024; changes nothing but the time [default: all cores]
    #[arg(long, value_name = "N", value_parser = values::within(values::THREADS), allow_negative_numbers = true)]
    pub threads: Option<u32>,
    /// Processes that hold each surface together, at most 16, where one has too little memory for it; needs MPI
    #[arg(long, value_name = "G", default_value_t = 1, value_parser = values::within(values::SHARD), allow_negative_numbers = true)]
    pub shard: u32,
    /// Do not keep final points
    #[arg(long, action = ArgAction::SetTrue)]
    pub no_points: bool,
    /// Print memory, disk and time that it would take, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// What is to descend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DeviceChoice {
    /// Processor cores.
    Cpu,
    /// An NVIDIA GPU.
    Cuda,
    /// A GPU if there is one that knows the sweep.
    Auto,
}

/// Runs the command.
///
/// # Errors
/// Whatever ends the sweep; what was stored before stays.
pub fn run(args: Args) -> Result<()> {
    let (json, is_dry) = (args.json, args.dry_run);
    let shard = args.shard as usize;
    let first = |sweep: Sweep, others: Option<&OtherRanks>| {
        if is_dry {
            return dry_run(&sweep, others, json);
        }
        if others.is_none() {
            check_groups(sweep.resources.shard, 1)?;
        }
        let store = sweep.carry_out(others)?;
        let summary = summarize(&store)?;
        if json { output::print_json(&summary) } else { output::print(&summary::render(&store, &summary)) }
    };
    ranks::share(
        shard,
        |others| decide(args, others),
        first,
        |world, decided, stop| {
            // Errors cannot be copied; rank 0 passes this one on as a refusal.
            let given = decided.as_ref().map(|sweep| (&sweep.given, sweep.resources));
            serve(world, given.map_err(|error| Error::Refused(error.to_string())), stop)
        },
    )
}

/// Begins a run, or opens it to go on with it, for a program that shares out the work itself.
///
/// # Errors
/// Those of [`run`] before any work.
pub fn begin(args: Args) -> Result<SurfaceStore> {
    let sweep = decide(args, None)?;
    sweep.open()
}

fn decide(args: Args, others: Option<&OtherRanks>) -> Result<Sweep> {
    let resources = ranks::per_process(resources(args.threads)?, args.shard as usize, others);
    let file = args.config.as_deref().map(read_config).transpose()?.unwrap_or_default();
    let shards = others.and_then(|others| others.shards.clone());
    let points = args.starts_from.as_deref().map(engine::starting_points).transpose()?;
    let Own { given, attached } = args.own.own(Some(&args.out))?;
    let given = given.held_with(shards).starting_from(points);
    let of_points = given.starts.as_ref().map(|points| points.known_as.clone());
    let ModelRequest { mixture, law, spike, .. } = args.model.request();
    let flags = Request {
        preset: args.preset,
        spins: args.spins,
        mixture,
        law,
        spike,
        seed: args.seed,
        dims: args.dims.map(lists::flat),
        starts: args.starts,
        instances: args.instances,
        protocol: args.protocol,
        device: None,
        points: args.no_points.then_some(false),
        trace: args.trace.then_some(true),
        descent: DescentRequest {
            samples: args.samples,
            cooling: CoolingRequest { sweeps: args.sweeps, ..CoolingRequest::default() },
            ..DescentRequest::default()
        },
        starts_from: of_points.or(args.start_overlap.map(StartsFrom::Overlap)),
        couplings: given.known(),
    };
    let request = on_device(args.device, flags.or(file), &args.out)?;
    let keeps = args.own.keep_couplings;
    Ok(Sweep { run: args.out, request, given, attached, keeps, resources })
}

/// The request with the device that is asked for. `auto` keeps what an existing run has; a new one falls back to the
/// CPU and says why.
fn on_device(asked: Option<DeviceChoice>, request: Request, run: &Path) -> Result<Request> {
    let device = match asked {
        None => request.device,
        Some(DeviceChoice::Cpu) => Some(DeviceClass::Cpu),
        Some(DeviceChoice::Cuda) => Some(DeviceClass::Cuda),
        Some(DeviceChoice::Auto) if store::exists(run)? => None,
        Some(DeviceChoice::Auto) => {
            let on_cuda = Request { device: Some(DeviceClass::Cuda), ..request.clone() };
            match cuda::open().map(drop).and_then(|()| Spec::new(&on_cuda).map(drop)) {
                Ok(()) => Some(DeviceClass::Cuda),
                Err(reason) => {
                    output::log(&format!("descending on the CPU: {reason}"));
                    Some(DeviceClass::Cpu)
                }
            }
        }
    };
    Ok(Request { device, ..request })
}

fn read_config(path: &Path) -> Result<Request> {
    let bad = |reason: String| Error::bad_input("config", path.display(), reason);
    let meta = std::fs::metadata(path).map_err(|error| bad(format!("a readable file ({error})")))?;
    if !meta.is_file() || meta.len() > LONGEST_CONFIG {
        return Err(bad(format!("a TOML file of at most {LONGEST_CONFIG} bytes")));
    }
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST_CONFIG).read_to_string(&mut text));
    match read {
        Ok(_) => Request::from_toml(&text),
        Err(error) => Err(bad(format!("a readable text file ({error})"))),
    }
}

fn dry_run(sweep: &Sweep, others: Option<&OtherRanks>, json: bool) -> Result<()> {
    let store = command::stored::<Surfaces>(&sweep.run)?;
    let spec = sweep.spec(store.as_ref().map(SurfaceStore::spec))?;
    let with = (&sweep.given, &sweep.resources);
    let estimate = engine::estimate_surfaces((&spec, sweep.keeps), store.as_ref(), with)?;
    let estimate = ranks::shared(estimate, others);
    if json { output::print_json(&estimate) } else { output::print(&estimate::text(&estimate)) }
}
