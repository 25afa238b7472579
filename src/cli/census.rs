//! `hspin census`: every critical point of random surfaces, or of the user's own tensor.

use std::path::{Path, PathBuf};

use super::shared::means::means;
use super::shared::progress::Progress;
use super::shared::ranks::{self, SharedCommand};
use super::shared::{census_table, engine, output, signals, values};
use crate::analysis::{CensusInstance, CensusTable, tabulate_census};
use crate::error::{Error, Result};
use crate::hamiltonian::SymmetricTensor;
use crate::run::{CensusJob, CensusRequest, Couplings, Means, Spec, Stop, Store, World};

/// Find every critical point of random surfaces, or of your own symmetric tensor, with proof that none is missing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  hspin census --spins 3 --dim 8 --instances 20 --out census.run")]
pub struct Args {
    /// Order H of the interaction, at most 16 [default: 3]
    #[arg(long, value_name = "H", value_parser = values::spins, allow_negative_numbers = true)]
    pub spins: Option<u32>,
    /// Dimension Λ; there are ((H−1)^Λ − 1)/(H−2) paths to follow, at most 10 million
    #[arg(long, value_name = "N", value_parser = values::dim, allow_negative_numbers = true)]
    pub dim: Option<u32>,
    /// Random surfaces, at most 1000000; may grow [default: 1]
    #[arg(long, value_name = "M", value_parser = values::instances, allow_negative_numbers = true)]
    pub instances: Option<u32>,
    /// Root of all random streams [default: 1]
    #[arg(long, value_parser = values::seed, allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Your own symmetric tensor in place of random ones: real numbers, shape (N,)*H. All is done in units of its scale s,
    /// s² = Σ A² / C(N+H−1, H) over its entries
    #[arg(long, value_name = "FILE.npy")]
    pub couplings: Option<PathBuf>,
    /// Store the points: a new file, or an existing census to go on with
    #[arg(long, value_name = "RUN")]
    pub out: Option<PathBuf>,
    /// Worker threads, at most 1024; changes nothing but the time [default: all cores]
    #[arg(long, value_name = "N", value_parser = values::threads, allow_negative_numbers = true)]
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
    couplings: Option<SymmetricTensor<f64>>,
    means: Means,
    json: bool,
    is_dry: bool,
}

/// Runs the command. That a census is not certified is a finding, no error.
///
/// # Errors
/// Whatever ends the census; what was stored before stays.
pub fn run(args: Args) -> Result<()> {
    ranks::share(1, |world| decide(args, world))
}

impl SharedCommand for Census {
    fn couplings(&self) -> Option<&SymmetricTensor<f64>> {
        self.couplings.as_ref()
    }

    fn known_as(&self) -> Option<Couplings> {
        self.request.couplings.clone()
    }

    fn means(&self) -> Means {
        self.means
    }

    fn first(&self, world: Option<&World>) -> Result<()> {
        if self.is_dry {
            return self.dry_run(world);
        }
        let table = match (&self.run, world) {
            (Some(run), _) => tabulate_census(&self.stored(run, world)?)?,
            (None, None) => self.computed()?,
            (None, Some(_)) => {
                let several = "a census by several processes is stored; give it a RUN (--out)";
                return Err(Error::Refused(several.into()));
            }
        };
        if self.json { output::print_json(&table) } else { output::print(&census_table::render(&table)) }
    }
}

fn decide(args: Args, world: Option<&World>) -> Result<Census> {
    let means = ranks::per_process(means(args.threads)?, 1, world);
    let (json, is_dry) = (args.json, args.dry_run);
    let own = engine::own(args.couplings.as_deref())?;
    let request = CensusRequest {
        spins: args.spins,
        dim: args.dim,
        instances: args.instances,
        seed: args.seed,
        couplings: own.known_as,
    };
    Ok(Census { run: args.out, request, couplings: own.couplings, means, json, is_dry })
}

impl Census {
    /// Begins or resumes a run and works until all of it is stored.
    fn stored(&self, run: &Path, world: Option<&World>) -> Result<Store> {
        let stop = Stop::default();
        signals::install(&stop)?;
        let mut store = self.open(run)?;
        let progress = Progress::new(["instance", "instances"]);
        let couplings = self.couplings.as_ref();
        ranks::carry_out(world, couplings, &mut store, &self.means, &progress, &stop)?;
        store.check_complete()?;
        Ok(store)
    }

    fn open(&self, run: &Path) -> Result<Store> {
        if !Store::exists(run)? {
            let spec = self.request.new_run()?;
            engine::admit(&spec, &self.means)?;
            return Store::create(run, &spec);
        }
        let mut store = Store::open(run)?;
        let spec = self.grown(&store)?;
        engine::admit(&spec, &self.means)?;
        store.check_units()?;
        store.grow(&spec)?;
        Ok(store)
    }

    fn grown(&self, store: &Store) -> Result<Spec> {
        let spec = self.request.grow(store.spec())?;
        engine::need_couplings(store, self.couplings.as_ref())?;
        Ok(spec)
    }

    /// Keeps counts and energies only.
    fn computed(&self) -> Result<CensusTable> {
        let stop = Stop::default();
        signals::install(&stop)?;
        let spec = self.request.new_run()?;
        engine::admit(&spec, &self.means)?;
        let progress = Progress::new(["instance", "instances"]);
        let couplings = self.couplings.as_ref();
        let job = CensusJob { spec: &spec, couplings, means: &self.means, observer: &progress, stop: &stop };
        let mut instances = Vec::new();
        job.run((0..spec.instances).collect(), &mut |unit, _| {
            let facts = unit.census.ok_or_else(|| Error::Internal("a census without its facts".into()))?;
            instances.push(CensusInstance::new(&facts, unit.starts.iter().map(|start| &start.record)));
            Ok(())
        })?;
        CensusTable::new(&spec, instances)
    }

    fn dry_run(&self, world: Option<&World>) -> Result<()> {
        let store = match &self.run {
            Some(run) if Store::exists(run)? => Some(Store::open_read(run)?),
            _ => None,
        };
        let spec = store.as_ref().map_or_else(|| self.request.new_run(), |store| self.grown(store))?;
        let estimate = ranks::shared(engine::estimate(&spec, store.as_ref(), &self.means)?, world);
        if self.json { output::print_json(&estimate) } else { output::print(&estimate.text()) }
    }
}
