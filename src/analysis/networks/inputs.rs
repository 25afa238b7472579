//! What the report and the figures of networks are computed from.

use std::path::Path;

use super::annealing::Comparison;
use super::report::{Context, Report};
use super::sample::{DigitCounts, NetworksSample};
use crate::analysis::energy_histogram::EnergyHistogram;
use crate::analysis::units::UnitCount;
use crate::studies::networks::{NetworkRecord, NetworksSpec, NetworksStore};
use crate::{Error, Result};

/// Networks by descent and, beside them, by annealing.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworksData {
    /// By descent.
    pub descent: Vec<NetworkRecord>,
    /// What their run knows beside them.
    pub context: Context,
    /// Annealed ones beside others.
    pub comparison: Option<Comparison>,
}

/// Runs by their paths.
#[derive(Debug, Clone, Copy)]
pub struct NetworkRuns<'a> {
    /// By descent.
    pub descent: &'a Path,
    /// By annealing, to be compared.
    pub annealed: Option<&'a Path>,
    /// By descent on the digits of the annealed run, where the first has others.
    pub beside: Option<&'a Path>,
}

/// Networks with what is computed from them, and a spin glass beside them if there is one.
#[derive(Debug, Clone)]
pub struct NetworksInputs {
    /// Statistics and verdicts.
    pub report: Report,
    /// By descent, by size.
    pub samples: Vec<NetworksSample>,
    /// By descent and by annealing on the same digits, by size.
    pub compared: Option<[Vec<NetworksSample>; 2]>,
    /// Energies of a spin glass.
    pub glass: Option<EnergyHistogram>,
}

impl NetworksData {
    /// From stored runs, also while they grow.
    ///
    /// # Errors
    /// Bad input where one is no run of networks, not of the method that its place asks for, or trained on other digits
    /// than what it is compared with; those of the store.
    pub fn load(runs: NetworkRuns) -> Result<Self> {
        let Loaded { records: descent, spec, units } = read("RUN", runs.descent, "sgd")?;
        let comparison = match runs.annealed {
            None => None,
            Some(annealed) => Some(match runs.beside {
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

    /// What figures are computed from.
    pub fn inputs(&self, glass: Option<EnergyHistogram>) -> NetworksInputs {
        NetworksInputs {
            report: self.report(),
            samples: NetworksSample::by_size(&self.descent, self.context.group),
            compared: self.comparison.as_ref().map(Comparison::samples),
            glass,
        }
    }
}

/// What a stored run holds.
struct Loaded {
    records: Vec<NetworkRecord>,
    spec: NetworksSpec,
    units: UnitCount,
}

fn read(key: &str, path: &Path, method: &str) -> Result<Loaded> {
    let store = NetworksStore::open_read(path)?;
    let found = store.spec().protocol.name();
    if found != method {
        let allowed = format!("a run of networks by {method}; this one is by {found}");
        return Err(Error::bad_input(key, path.display(), allowed));
    }
    Ok(Loaded { records: store.networks()?, spec: store.spec().clone(), units: UnitCount::of(&store) })
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

fn digits(spec: &NetworksSpec) -> DigitCounts {
    DigitCounts { train: spec.digits.train.count, test: spec.digits.test.count }
}
