//! Everything that a run of networks shows, as files.

use std::path::{Path, PathBuf};

use super::report;
use crate::analysis::EnergyHistogram;
use crate::analysis::networks::{
    AnnealingTable, Comparison, Context, Digits, IndexTable, LossBoxes, LossMoments, LossTable, Report,
    Sample, TrainTest,
};
use crate::cli::output;
use crate::figures::networks::NetworkFigure;
use crate::figures::{Figure, Format};
use crate::networks::GROUP;
use crate::run::files;
use crate::run::networks::{NetworkRecord, NetworksSpec, NetworksStore};
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
    ("network-losses", "scaled losses: it takes a fit, of four sizes of 17 networks or more"),
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
        let (descent, spec) = read("RUN", run, "sgd")?;
        let comparison = match &beside.annealed {
            None => None,
            Some(annealed) => Some(match &beside.beside {
                None => compare(annealed, (descent.clone(), spec.clone()))?,
                Some(path) => compare(annealed, read("--beside", path, "sgd")?)?,
            }),
        };
        Ok(Self { descent, context: Context { digits: digits(&spec), seed: spec.seed }, comparison })
    }

    /// Statistics and verdicts.
    pub fn report(&self) -> Report {
        Report::new(&self.descent, &self.context, self.comparison.as_ref())
    }

    /// All figures that have something to show.
    pub fn figures(&self, report: &Report, glass: Option<EnergyHistogram>) -> Vec<NetworkFigure> {
        let samples = Sample::by_size(&self.descent, GROUP as u32);
        let losses = LossTable::new(&samples, report.scaling);
        let mut figures = Vec::new();
        if report.scaling.is_some() {
            figures.push(NetworkFigure::Losses(losses.clone()));
        }
        figures.push(NetworkFigure::UnscaledLosses(LossTable::new(&samples, None)));
        figures.extend(glass.map(|glass| NetworkFigure::GlassAndNetworks(glass, losses)));
        let index = IndexTable::new(&samples);
        if !index.sets.is_empty() {
            figures.push(NetworkFigure::Index(index.clone()));
            figures.push(NetworkFigure::IndexVsLoss(index));
        }
        if let Some(comparison) = &self.comparison {
            let [descent, annealed] = comparison.samples();
            figures.push(NetworkFigure::Annealing(AnnealingTable::new(&descent, &annealed)));
        }
        figures.push(NetworkFigure::TrainTest(TrainTest::new(&samples)));
        figures.push(NetworkFigure::BoxPlots(LossBoxes::new(&samples)));
        figures.push(NetworkFigure::MeanVariance(LossMoments::new(&samples, report.scaling)));
        figures
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
            report::table_1_csv(&report),
            report::table_1_text(&report),
            report::text(&report),
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

fn read(key: &str, path: &Path, method: &str) -> Result<(Vec<NetworkRecord>, NetworksSpec)> {
    let store = NetworksStore::open_read(path)?;
    let found = store.spec().protocol.name();
    if found != method {
        let allowed = format!("a run of networks by {method}; this one is by {found}");
        return Err(Error::bad_input(key, path.display(), allowed));
    }
    Ok((store.networks()?, store.spec().clone()))
}

fn compare(annealed: &Path, (descent, spec): (Vec<NetworkRecord>, NetworksSpec)) -> Result<Comparison> {
    let (records, other) = read("--annealed", annealed, "anneal")?;
    if other.digits != spec.digits {
        let allowed = "annealed on the digits of the run that it is compared with; name another by --beside";
        return Err(Error::bad_input("--annealed", annealed.display(), allowed));
    }
    Ok(Comparison { descent, annealed: records, digits: digits(&spec) })
}

fn digits(spec: &NetworksSpec) -> Digits {
    Digits { train: spec.digits.train.count, test: spec.digits.test.count }
}
