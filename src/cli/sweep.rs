//! `hspin sweep`: begin a run, or go on with it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValue;
use clap::{ArgAction, ValueEnum};

use super::engine::{self, Estimate};
use super::env::Settings;
use super::memory::available_bytes;
use super::progress::{Progress, duration};
use super::ranks::{self, Others};
use super::{output, summary, values};
use crate::analysis::summarize;
use crate::descent::{CoolingRequest, DescentRequest, DeviceClass, MethodName, cuda};
use crate::error::{Error, Result};
use crate::numeric::isa::Isa;
use crate::studies::surfaces::shard::serve_shard;
use crate::studies::surfaces::{Given, Preset, Request, Spec, SurfaceStore, Surfaces};
use crate::study::cluster::{self, Hand, World, check_groups};
use crate::study::{Resources, Stop, store};

/// Starts that a worker descends at once: one block of lanes.
const DEFAULT_BATCH: usize = 48;
/// Share of a processor below which a machine is said to be busy: the system itself takes some per cent.
pub const BUSY: f64 = 0.9;
/// Most bytes of a configuration file.
const LONGEST_CONFIG: u64 = 1 << 20;

/// Descend from many starts at many sizes; the same command on an existing RUN resumes it.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  hspin sweep --out h4.run --spins 4 --dims 20,40,80 --starts 500 --seed 7"
)]
pub struct Args {
    /// The run: a new file, or an existing one to go on with
    #[arg(long, value_name = "RUN")]
    pub out: PathBuf,
    /// Defaults: the paper's sizes, a quick look, or the published constants
    #[arg(long, value_enum)]
    pub preset: Option<Preset>,
    /// TOML file with the same keys; flags win over it
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,
    /// Your own symmetric tensor in place of random couplings: real numbers, shape (N,)*H. All is done in units of its
    /// scale s, s² = Σ A² / C(N+H−1, H) over its entries
    #[arg(long, value_name = "FILE.npy")]
    pub couplings: Option<PathBuf>,
    /// Keep log-spaced (step, energy, gradient norm) of every start
    #[arg(long)]
    pub trace: bool,
    /// Order H of the interaction, at most 16 [default: 3]
    #[arg(long, value_name = "H", value_parser = values::spins, allow_negative_numbers = true)]
    pub spins: Option<u32>,
    /// Dimensions Λ, at most 65535; more may be added to an existing run [default: the preset's]
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = values::dim, allow_hyphen_values = true)]
    pub dims: Option<Vec<u32>>,
    /// Starts per surface, at most 10000000; may grow [default: the preset's]
    #[arg(long, value_name = "N", value_parser = values::starts, allow_negative_numbers = true)]
    pub starts: Option<u32>,
    /// Surfaces per size, at most 1000000; may grow [default: 1]
    #[arg(long, value_name = "M", value_parser = values::instances, allow_negative_numbers = true)]
    pub instances: Option<u32>,
    /// Method of descent [default: sgd]
    #[arg(long, value_enum)]
    pub protocol: Option<MethodName>,
    /// What descends; auto is cuda where there is a GPU [default: cpu, or what the run has]
    #[arg(long, value_enum)]
    pub device: Option<Device>,
    /// Number of sample tensors of sgd, at most 4096 [default: 2]
    #[arg(long, value_name = "P", value_parser = values::samples, allow_negative_numbers = true)]
    pub samples: Option<u32>,
    /// Sweeps of anneal, one gradient each, at most 100000000 [default: 2000]
    #[arg(long, value_name = "S", value_parser = values::sweeps, allow_negative_numbers = true)]
    pub sweeps: Option<u32>,
    /// Root of all random streams [default: 1]
    #[arg(long, value_parser = values::seed, allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Worker threads, at most 1024; changes nothing but the time [default: all cores]
    #[arg(long, value_name = "N", value_parser = values::threads, allow_negative_numbers = true)]
    pub threads: Option<u32>,
    /// Processes that hold each surface together, at most 16, where one has too little memory for it; needs MPI
    #[arg(long, value_name = "G", default_value_t = 1, value_parser = values::shard, allow_negative_numbers = true)]
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
pub enum Device {
    /// Processor cores.
    Cpu,
    /// An NVIDIA GPU.
    Cuda,
    /// A GPU if there is one that knows the sweep.
    Auto,
}

impl ValueEnum for Preset {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

impl ValueEnum for MethodName {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.summary()))
    }
}

/// A sweep, decided.
pub struct Sweep {
    /// Where the run is or will be.
    pub run: PathBuf,
    /// What is asked of it.
    pub request: Request,
    /// The user's own couplings.
    pub given: Given,
    /// How it is carried out.
    pub resources: Resources,
}

/// Runs the command.
///
/// # Errors
/// Whatever ends the sweep; what was stored before stays.
pub fn run(args: Args) -> Result<()> {
    let (json, is_dry) = (args.json, args.dry_run);
    let shard = args.shard as usize;
    let first = |sweep: Sweep, others: Option<&Others>| {
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
    ranks::share(shard, |others| decide(args, others), first, serve)
}

/// Works for rank 0, or for the process that leads this one's group.
pub fn serve_with(world: &World, given: Result<(&Given, Resources)>, stop: &Stop) -> Result<()> {
    let hand = given.map(|(given, resources)| Hand { given, resources });
    match world.served() {
        Some((post, rank)) => serve_shard(post, rank, hand, stop),
        None => cluster::serve::<Surfaces>(world, hand, stop),
    }
}

fn serve(world: &World, decided: Result<Sweep>, stop: &Stop) -> Result<()> {
    // Errors cannot be copied; rank 0 passes this one on as a refusal.
    let given = decided.as_ref().map(|sweep| (&sweep.given, sweep.resources));
    serve_with(world, given.map_err(|error| Error::Refused(error.to_string())), stop)
}

fn decide(args: Args, others: Option<&Others>) -> Result<Sweep> {
    let resources = ranks::share_of(resources(args.threads)?, args.shard as usize, others);
    let file = args.config.as_deref().map(read_config).transpose()?.unwrap_or_default();
    let shards = others.and_then(|others| others.shards.clone());
    let given = engine::given(args.couplings.as_deref())?.held_with(shards);
    let flags = Request {
        preset: args.preset,
        spins: args.spins,
        seed: args.seed,
        dims: args.dims,
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
        couplings: given.known(),
    };
    let request = on_device(args.device, flags.or(file), &args.out)?;
    Ok(Sweep { run: args.out, request, given, resources })
}

/// The request with the device that is asked for. `auto` keeps what an existing run has; a new one falls back to the
/// CPU and says why.
fn on_device(asked: Option<Device>, request: Request, run: &Path) -> Result<Request> {
    let device = match asked {
        None => request.device,
        Some(Device::Cpu) => Some(DeviceClass::Cpu),
        Some(Device::Cuda) => Some(DeviceClass::Cuda),
        Some(Device::Auto) if store::exists(run)? => None,
        Some(Device::Auto) => {
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

/// Threads as asked, or as many as there are cores; the rest from the environment.
///
/// # Errors
/// [`Error::BadInput`] for a variable that is not allowed.
pub fn resources(threads: Option<u32>) -> Result<Resources> {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let settings = Settings::read()?;
    let (isa, batch) = (settings.isa.unwrap_or_else(Isa::best), settings.batch);
    let batch = batch.map_or(DEFAULT_BATCH, |batch| batch as usize);
    let threads = threads.map_or_else(cores, |n| n as usize);
    let (memory, commits) = (available_bytes(), settings.commits.unwrap_or_default());
    Ok(Resources { threads, isa, batch, memory, shard: 1, commits })
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

impl Sweep {
    /// Begins or resumes the run and works, with other processes if there are any, until all of it is stored.
    ///
    /// # Errors
    /// [`Error::Interrupted`] after a signal; whatever else ends the sweep.
    pub fn carry_out(&self, others: Option<&Others>) -> Result<SurfaceStore> {
        let stop = engine::stop_by_signal()?;
        let mut store = engine::open(&self.run, &self.resources, |stored| self.spec(stored))?;
        let progress = Progress::new(["start", "starts"]);
        engine::finish(&mut store, (&self.given, &self.resources), (&progress, &stop), others)?;
        Ok(store)
    }

    /// The spec of a new run, or the stored one enlarged.
    fn spec(&self, stored: Option<&Spec>) -> Result<Spec> {
        let Some(stored) = stored else { return Spec::new(&self.request) };
        let spec = stored.grown(&self.request)?;
        engine::need_couplings(&self.run, &spec, &self.given)?;
        Ok(spec)
    }
}

fn dry_run(sweep: &Sweep, others: Option<&Others>, json: bool) -> Result<()> {
    let store = engine::stored::<Surfaces>(&sweep.run)?;
    let spec = sweep.spec(store.as_ref().map(SurfaceStore::spec))?;
    let with = (&sweep.given, &sweep.resources);
    let estimate = ranks::shared(engine::estimate_surfaces(&spec, store.as_ref(), with)?, others);
    if json { output::print_json(&estimate) } else { output::print(&render(&estimate)) }
}

/// An estimate as a person reads it.
pub fn render(estimate: &Estimate) -> String {
    let Estimate { memory_bytes, available_bytes, disk_bytes, seconds, processor_share, shard } = *estimate;
    let each = if shard > 1 { format!(", for each process of a group of {shard}") } else { String::new() };
    format!(
        "memory  {} of {} available{each}\ndisk    {}\ntime    about {}{}\n",
        bytes(memory_bytes),
        bytes(available_bytes),
        bytes(disk_bytes),
        duration(seconds),
        busy(processor_share, seconds)
    )
}

/// What to add to a time where the machine has other work to do.
fn busy(processor_share: f64, seconds: f64) -> String {
    if processor_share >= BUSY || seconds <= 0.0 {
        return String::new();
    }
    let idle = duration(processor_share * seconds);
    let percent = 100.0 * processor_share;
    format!(" as busy as the machine is (a thread gets {percent:.0} % of a core); {idle} if it were idle")
}

fn bytes(n: u64) -> String {
    match n as f64 {
        b if b < 1e6 => format!("{:.1} kB", b / 1e3),
        b if b < 1e9 => format!("{:.1} MB", b / 1e6),
        b => format!("{:.2} GB", b / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_on_a_busy_machine_says_so() {
        let estimate = Estimate {
            memory_bytes: 1,
            available_bytes: 2,
            disk_bytes: 3,
            seconds: 80.0,
            processor_share: 1.0,
            shard: 1,
        };
        let told = |processor_share| render(&Estimate { processor_share, ..estimate });
        assert!(told(0.97).ends_with("time    about 80 s\n"), "{}", told(0.97));
        let busy = told(0.25);
        assert!(
            busy.contains("a thread gets 25 % of a core") && busy.contains("20 s if it were idle"),
            "{busy}"
        );
    }
}
