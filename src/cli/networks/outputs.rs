//! Everything that a run of networks shows, as files.

use std::path::{Path, PathBuf};

use super::text;
use crate::analysis::EnergyHistogram;
use crate::analysis::Units;
use crate::analysis::networks::{
    AnnealingTable, Comparison, Context, Digits, IndexTable, LossBoxes, LossMoments, LossTable, Report,
    Sample, TrainTest,
};
use crate::cli::output;
use crate::figures::networks::{NetworkFigure, NetworkTable};
use crate::figures::{Figure, Format};
use crate::files;
use crate::studies::networks::{NetworkRecord, NetworksSpec, NetworksStore};
use crate::{Error, Result};

/// Networks by descent and, beside them, by annealing.
#[derive(Debug, Clone, PartialEq)]
pub struct Networks {
    /// By descent.
    pub descent: Vec<NetworkRecord>,
    /// What their run knows beside them.
    pub context: Context,
    /// Annealed ones beside others.
    pub comparison: Option<Comparison>,
}

/// Runs to compare a run of networks with.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Beside {
    /// Run of annealed networks to set beside RUN, a run of networks by sgd
    #[arg(long, value_name = "RUN")]
    pub annealed: Option<PathBuf>,
    /// Run by sgd on the digits of the annealed run, where RUN has others
    #[arg(long, value_name = "RUN", requires = "annealed")]
    pub beside: Option<PathBuf>,
}

/// Names of files beside the figures: Table 1 twice, the report twice.
pub const TABLES: [&str; 4] = ["table-1.csv", "table-1.txt", "networks.txt", "networks.json"];

/// What the figures of networks show, where that is not every run of networks.
const NEEDS: [(&str, &str); 5] = [
    ("network-losses", "scaled losses: it takes a fit, of four sizes of which errors are known"),
    ("glass-and-networks", "a spin glass beside networks: name its run by --glass"),
    ("network-index", "networks whose index was computed"),
    ("network-index-vs-loss", "networks whose index was computed"),
    ("network-annealing", "annealed networks beside others: name their run by --annealed"),
];

/// What a figure of networks shows.
pub fn shows(name: &str) -> &'static str {
    NEEDS.iter().find(|(known, _)| *known == name).map_or("trained networks", |(_, what)| what)
}

impl Networks {
    /// From stored runs, also while they grow.
    ///
    /// # Errors
    /// Bad input where one is no run of networks, not of the method that its place asks for, or trained on other digits
    /// than what it is compared with; those of the store.
    pub fn load(run: &Path, beside: &Beside) -> Result<Self> {
        let Loaded { records: descent, spec, units } = read("RUN", run, "sgd")?;
        let comparison = match &beside.annealed {
            None => None,
            Some(annealed) => Some(match &beside.beside {
                None => compare(annealed, Loaded { records: descent.clone(), spec: spec.clone(), units })?,
                Some(path) => compare(annealed, read("--beside", path, "sgd")?)?,
            }),
        };
        let context = Context {
            digits: digits(&spec),
            seed: spec.seed,
            group: spec.protocol.group(),
            epochs: spec.protocol.descent().map_or(0, |protocol| protocol.epochs),
            units,
        };
        Ok(Self { descent, context, comparison })
    }

    /// Statistics and verdicts.
    pub fn report(&self) -> Report {
        Report::new(&self.descent, &self.context, self.comparison.as_ref())
    }

    /// All figures that have something to show.
    pub fn figures(&self, report: &Report, glass: Option<EnergyHistogram>) -> Vec<NetworkFigure> {
        let samples = Sample::by_size(&self.descent, self.context.group);
        let losses = LossTable::new(&samples, report.scaling);
        let mut tables = Vec::new();
        if report.scaling.is_some() {
            tables.push(NetworkTable::Losses(losses.clone()));
        }
        tables.push(NetworkTable::UnscaledLosses(LossTable::new(&samples, None)));
        tables.extend(glass.map(|glass| NetworkTable::GlassAndNetworks(glass, losses)));
        let index = IndexTable::new(&samples);
        if !index.sets.is_empty() {
            tables.push(NetworkTable::Index(index.clone()));
            tables.push(NetworkTable::IndexVsLoss(index));
        }
        if let Some(comparison) = &self.comparison {
            let [descent, annealed] = comparison.samples();
            tables.push(NetworkTable::Annealing(AnnealingTable::new(&descent, &annealed)));
        }
        tables.push(NetworkTable::TrainTest(TrainTest::new(&samples)));
        tables.push(NetworkTable::BoxPlots(LossBoxes::new(&samples)));
        tables.push(NetworkTable::MeanVariance(LossMoments::new(&samples, report.scaling)));
        let figure = |table: NetworkTable| {
            let compared = self.comparison.as_ref().map(|comparison| comparison.units);
            let units = match (&table, compared) {
                (NetworkTable::Annealing(_), Some(units)) => units.to_vec(),
                _ => vec![self.context.units],
            };
            NetworkFigure { table, units }
        };
        tables.into_iter().map(figure).collect()
    }

    /// Writes all figures to `DIR/figures`, and Table 1 and the report to `DIR`; returns the paths.
    ///
    /// # Errors
    /// Refused or I/O, naming the path.
    pub fn write_all(
        &self,
        glass: Option<EnergyHistogram>,
        dir: &Path,
        formats: &[Format],
    ) -> Result<Vec<PathBuf>> {
        files::create_folder(dir)?;
        let report = self.report();
        let mut written = Vec::new();
        for figure in self.figures(&report, glass) {
            written.extend(Figure::Network(figure).save(&dir.join("figures"), formats)?);
        }
        let texts = [
            text::table_1_csv(&report),
            text::table_1_text(&report),
            text::text(&report),
            output::json(&report)?,
        ];
        for (name, text) in TABLES.into_iter().zip(texts) {
            let path = dir.join(name);
            files::write_whole(&path, |file| files::put(file, &path, text.as_bytes()))?;
            written.push(path);
        }
        Ok(written)
    }
}

/// What a stored run holds.
struct Loaded {
    records: Vec<NetworkRecord>,
    spec: NetworksSpec,
    units: Units,
}

fn read(key: &str, path: &Path, method: &str) -> Result<Loaded> {
    let store = NetworksStore::open_read(path)?;
    let found = store.spec().protocol.name();
    if found != method {
        let allowed = format!("a run of networks by {method}; this one is by {found}");
        return Err(Error::bad_input(key, path.display(), allowed));
    }
    Ok(Loaded { records: store.networks()?, spec: store.spec().clone(), units: Units::of(&store) })
}

fn compare(path: &Path, descent: Loaded) -> Result<Comparison> {
    let annealed = read("--annealed", path, "anneal")?;
    if annealed.spec.digits != descent.spec.digits {
        let allowed = "annealed on the digits of the run that it is compared with; name another by --beside";
        return Err(Error::bad_input("--annealed", path.display(), allowed));
    }
    Ok(Comparison {
        digits: digits(&descent.spec),
        group: descent.spec.protocol.group(),
        units: [descent.units, annealed.units],
        descent: descent.records,
        annealed: annealed.records,
    })
}

fn digits(spec: &NetworksSpec) -> Digits {
    Digits { train: spec.digits.train.count, test: spec.digits.test.count }
}
