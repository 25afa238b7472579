//! `hspin census`: every critical point of random surfaces, or of the user's own tensor.

use std::path::{Path, PathBuf};

use super::shared::env::resources;
use super::shared::model::ModelFlags;
use super::shared::own::{self, KeptFlags, Own};
use super::shared::progress::Progress;
use super::shared::ranks::{self, OtherRanks};
use super::shared::sweep::serve;
use super::shared::{census_table, engine, estimate, output, values};
use crate::analysis::{CensusInstance, CensusTable, tabulate_census};
use crate::error::{Error, Result};
use crate::studies::surfaces::{CensusRequest, Given, ModelRequest, Spec, SurfaceStore, Surfaces};
use crate::study::work::compute;
use crate::study::{Attached, Job, Resources, Study, command};

/// Find every critical point of random surfaces, or of your own symmetric tensor, with proof that none is missing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hspin census --spins 3 --dim 8 --instances 20 --out census.run")]
pub struct Args {
    /// Order H of the interaction, at most 16 [default: 3]
    #[arg(long, value_name = "H", value_parser = values::within(values::SPINS), allow_negative_numbers = true)]
    pub spins: Option<u32>,
    #[command(flatten)]
    pub model: ModelFlags,
    /// Dimension Λ; there are ((H−1)^Λ − 1)/(H−2) paths to follow, at most 10 million
    #[arg(long, value_name = "N", value_parser = values::within(values::DIM), allow_negative_numbers = true)]
    pub dim: Option<u32>,
    /// Random surfaces, at most 1000000; may grow [default: 1]
    #[arg(long, value_name = "M", value_parser = values::within(values::INSTANCES), allow_negative_numbers = true)]
    pub instances: Option<u32>,
    /// Root of all random streams [default: 1]
    #[arg(long, value_parser = values::seed, allow_negative_numbers = true)]
    pub seed: Option<u64>,
    #[command(flatten)]
    pub own: KeptFlags,
    /// Store the points: a new file, or an existing census to continue
    #[arg(long, value_name = "RUN")]
    pub out: Option<PathBuf>,
    /// Worker threads, at most 1024; changes nothing but the time [default: all cores]
    #[arg(long, value_name = "N", value_parser = values::within(values::THREADS), allow_negative_numbers = true)]
    pub threads: Option<u32>,
    /// Print memory, disk and time that it would take, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}

/// A census, decided.
struct Census {
    run: Option<PathBuf>,
    request: CensusRequest,
    given: Given,
    attached: Vec<Attached>,
    keeps: bool,
    resources: Resources,
}

/// Runs the command. That a census is not certified is a finding, no error.
///
/// # Errors
/// Whatever ends the census; what was stored before stays.
pub fn run(args: Args) -> Result<()> {
    let (json, is_dry) = (args.json, args.dry_run);
    let first = |census: Census, others: Option<&OtherRanks>| {
        if is_dry {
            return census.dry_run(others, json);
        }
        let table = match (&census.run, others) {
            (Some(run), _) => tabulate_census(&census.stored(run, others)?)?,
            (None, None) => census.computed()?,
            (None, Some(_)) => {
                let several = "a census by several processes is stored; give it a RUN (--out)";
                return Err(Error::Refused(several.into()));
            }
        };
        if json { output::print_json(&table) } else { output::print(&census_table::render(&table)) }
    };
    ranks::share(
        1,
        |others| decide(args, others),
        first,
        |world, decided, stop| {
            let given = decided.as_ref().map(|census| (&census.given, census.resources));
            serve(world, given.map_err(|error| Error::Refused(error.to_string())), stop)
        },
    )
}

/// Begins a stored census, or opens it to go on with it, for a program that shares out the work itself.
///
/// # Errors
/// Those of [`run`] before any work.
pub fn begin(args: Args) -> Result<SurfaceStore> {
    let census = decide(args, None)?;
    let Some(run) = &census.run else {
        return Err(Error::bad_input(
            "out",
            "(missing)",
            "a census by several processes is stored: give it a RUN",
        ));
    };
    census.open(run)
}

fn decide(args: Args, others: Option<&OtherRanks>) -> Result<Census> {
    let resources = ranks::per_process(resources(args.threads)?, 1, others);
    let Own { given, attached } = args.own.own(args.out.as_deref())?;
    let request = CensusRequest {
        model: ModelRequest { spins: args.spins, ..args.model.request() },
        dim: args.dim,
        instances: args.instances,
        seed: args.seed,
        couplings: given.known(),
    };
    let keeps = args.own.keep_couplings;
    Ok(Census { run: args.out, request, given, attached, keeps, resources })
}

impl Census {
    /// Begins a run, or opens it.
    fn open(&self, run: &Path) -> Result<SurfaceStore> {
        let spec = |stored: Option<&Spec>| self.spec(run, stored);
        command::open_keeping(run, &self.resources, &self.attached, spec)
    }

    /// Begins or resumes a run and works until all of it is stored.
    fn stored(&self, run: &Path, others: Option<&OtherRanks>) -> Result<SurfaceStore> {
        let stop = engine::stop_by_signal()?;
        let mut store = self.open(run)?;
        let progress = Progress::new(["instance", "instances"]);
        engine::finish(&mut store, (&self.given, &self.resources), (&progress, &stop), others)?;
        Ok(store)
    }

    /// The spec of a new run, or the stored one enlarged.
    fn spec(&self, run: &Path, stored: Option<&Spec>) -> Result<Spec> {
        let Some(stored) = stored else { return self.request.new_run() };
        let spec = self.request.grow(stored)?;
        own::need_couplings(run, &spec, &self.given)?;
        Ok(spec)
    }

    /// Keeps counts and energies only.
    fn computed(&self) -> Result<CensusTable> {
        let stop = engine::stop_by_signal()?;
        let spec = self.request.new_run()?;
        Surfaces::admit(&spec, &self.resources)?;
        let progress = Progress::new(["instance", "instances"]);
        let (given, resources) = (&self.given, &self.resources);
        let job = Job { spec: &spec, given, resources, observer: &progress, stop: &stop };
        let mut instances = Vec::new();
        let planned: Vec<_> = Surfaces::plan(&spec).collect();
        compute::<Surfaces>(&job, &planned, &mut |unit| {
            let facts = unit.census.ok_or_else(|| Error::Internal("a census without its facts".into()))?;
            instances.push(CensusInstance::new(&facts, unit.starts.iter().map(|start| &start.record)));
            Ok(())
        })?;
        CensusTable::new(&spec, instances)
    }

    fn dry_run(&self, others: Option<&OtherRanks>, json: bool) -> Result<()> {
        let store = self.run.as_deref().map(command::stored::<Surfaces>).transpose()?.flatten();
        let run = self.run.as_deref().unwrap_or(Path::new(""));
        let spec = self.spec(run, store.as_ref().map(SurfaceStore::spec))?;
        let with = (&self.given, &self.resources);
        let estimate = engine::estimate_surfaces((&spec, self.keeps), store.as_ref(), with)?;
        let estimate = ranks::shared(estimate, others);
        if json { output::print_json(&estimate) } else { output::print(&estimate::text(&estimate)) }
    }
}
