//! `hspin census`: every critical point of random surfaces, or of the user's own tensor.

use std::path::{Path, PathBuf};

use super::progress::Progress;
use super::ranks::{self, Together};
use super::table::{Table, number};
use super::{engine, output, show, signals, sweep, values};
use crate::analysis::{CensusInstance, CensusTable, Compared, tabulate_census};
use crate::error::{Error, Result};
use crate::hamiltonian::SymmetricTensor;
use crate::run::{CensusJob, CensusRequest, Couplings, Means, Spec, Stop, Store, World};

/// Surfaces that are not certified and get a line of their own.
const NAMED: usize = 5;

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

impl Together for Census {
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
        if self.json { output::print_json(&table) } else { output::print(&render(&table)) }
    }
}

fn decide(args: Args, world: Option<&World>) -> Result<Census> {
    let means = ranks::share_of(sweep::means(args.threads)?, 1, world);
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
        let progress = Progress::new("instances");
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
        let progress = Progress::new("instances");
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
        if self.json { output::print_json(&estimate) } else { output::print(&sweep::render(&estimate)) }
    }
}

/// The table as a person reads it.
pub fn render(table: &CensusTable) -> String {
    let CensusTable { spins, dim, seed, instances, .. } = table;
    let surfaces = match (&table.eigenvalues, instances.len()) {
        (Some(_), _) => format!("couplings of your own{}", show::scale(table.scale)),
        (None, n) => format!("{}, seed {seed}", self::instances(n as u64)),
    };
    let mut parts = vec![
        format!("Critical points, H = {spins}, Λ = {dim}, {surfaces}\n"),
        counts(table),
        certificates(table),
    ];
    parts.extend(table.eigenvalues.as_deref().map(eigenvalues));
    parts.join("\n")
}

fn counts(table: &CensusTable) -> String {
    let rows: Vec<(String, Compared, Range)> = (0..table.dim as usize)
        .map(|k| (k.to_string(), table.of_index(k), Range::of(table, Some(k))))
        .chain([("all".to_owned(), table.total, Range::of(table, None))])
        .collect();
    if table.eigenvalues.is_some() {
        return format!("{}{}", own_counts(table.scale, rows), undecided(table));
    }
    let mut text = Table::new(["index", "mean", "± s.e.", "expected", "z", "lowest u", "highest u"]);
    for (name, Compared { mean, standard_error, expected, z }, Range { low, high }) in rows {
        let [mean, error, expected] = [mean, standard_error, expected].map(|x| number(x, 3));
        text.row([name, mean, error, expected, number(z, 2), number(low, 4), number(high, 4)]);
    }
    format!(
        "{}Numbers count points on the sphere, w and −w both; u = L/Λ. s.e. is over instances; expected is the exact mean at this Λ.\n{}",
        text.text(),
        undecided(table)
    )
}

/// Points that no row of an index counts, if there are any.
fn undecided(table: &CensusTable) -> String {
    match table.instances.iter().map(|one| one.undecided).sum::<u64>() {
        0 => String::new(),
        count => format!("Of undecided index, and in no row but the last: {count}.\n"),
    }
}

/// Of the user's own tensor, which no mean is about; energies also in units of its scale, if that is known.
fn own_counts(scale: Option<f64>, rows: Vec<(String, Compared, Range)>) -> String {
    let Some(s) = scale else {
        let mut text = Table::new(["index", "count", "lowest u", "highest u"]);
        for (name, Compared { mean, .. }, Range { low, high }) in rows {
            text.row([name, number(mean, 0), number(low, 4), number(high, 4)]);
        }
        return format!("{}Numbers count points on the sphere, w and −w both; u = L/Λ.\n", text.text());
    };
    let mut text = Table::new(["index", "count", "lowest u", "highest u", "lowest u/s", "highest u/s"]);
    for (name, Compared { mean, .. }, Range { low, high }) in rows {
        let [low_over, high_over] = [low, high].map(|u| u.map(|u| u / s));
        let [low, high, low_over, high_over] = [low, high, low_over, high_over].map(|u| number(u, 4));
        text.row([name, number(mean, 0), low, high, low_over, high_over]);
    }
    format!(
        "{}Numbers count points on the sphere, w and −w both; u = L/Λ; s² = Σ A² / C(Λ+H−1, H) over the entries A.\n",
        text.text()
    )
}

/// Energies per spin from the lowest to the highest, where there are any.
struct Range {
    low: Option<f64>,
    high: Option<f64>,
}

impl Range {
    /// Over all instances, of one index, or of all points with those of undecided index.
    fn of(table: &CensusTable, index: Option<usize>) -> Self {
        let each = table.instances.iter().flat_map(|one| one.energies_per_spin.iter().enumerate());
        let wanted = each.filter(|(k, _)| index.is_none_or(|index| index == *k));
        let mut all: Vec<f64> = wanted.flat_map(|(_, energies)| energies).copied().collect();
        if index.is_none() {
            all.extend(table.instances.iter().flat_map(|one| &one.undecided_energies_per_spin));
        }
        Self { low: all.iter().copied().reduce(f64::min), high: all.iter().copied().reduce(f64::max) }
    }
}

/// What is proved, and which surfaces it is not proved of.
fn certificates(table: &CensusTable) -> String {
    let all = table.instances.len();
    let classes = table.instances.first().map_or(0, |one| one.expected_complex);
    let mut lines = vec![
        format!("Certified: {} of {all}.\n", instances(table.certified)),
        format!(
            "Certified is where all {classes} complex eigenvectors were found, each proved to exist and to differ \
             from the others.\n"
        ),
    ];
    let open: Vec<&CensusInstance> = table.instances.iter().filter(|one| !one.certified).collect();
    for one in open.iter().take(NAMED) {
        lines.push(format!("Not certified: instance {}: {}.\n", one.instance, reasons(one)));
    }
    if open.len() > NAMED {
        lines.push(format!("Not certified: {} in all.\n", instances(open.len() as u64)));
    }
    if !open.is_empty() {
        lines.push("Where that is so, counts are lower bounds.\n".to_owned());
    }
    if open.iter().any(|one| one.singular > 0) {
        lines.push("Multiple eigenvectors and families of them are not among the points.\n".to_owned());
    }
    lines.concat()
}

fn instances(count: u64) -> String {
    if count == 1 { "1 instance".to_owned() } else { format!("{count} instances") }
}

fn reasons(one: &CensusInstance) -> String {
    let mut reasons = vec![format!("{} of {} classes proved", one.complex, one.expected_complex)];
    for (count, what) in [
        (one.singular, "paths ended at multiple eigenvectors or families of them"),
        (one.lost, "paths lost"),
        (one.duplicates, "paths ended where another did"),
        (one.undecided, "points of undecided index"),
    ] {
        if count > 0 {
            reasons.push(format!("{count} {what}"));
        }
    }
    reasons.join(", ")
}

fn eigenvalues(values: &[f64]) -> String {
    if values.is_empty() {
        return "No real eigenvalue that is simple.\n".to_owned();
    }
    let lines: String = values.iter().map(|value| format!("{}\n", number(Some(*value), 12))).collect();
    format!("Real eigenvalues λ, A x^(H−1) = λ x with |x| = 1, one of each pair ±x:\n{lines}")
}
