//! Everything about one run of networks: its sizes, Table 1, the fit, annealing, and the claims.

use serde::Serialize;
use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::annealing::{ComparedSize, Comparison};
use super::claims::{Claim, pairs};
use super::correlation::Correlation;
use super::sample::{DigitCounts, NetworksSample};
use super::scaling::{Scaling, SizeMean};
use super::size::Summary;
use crate::analysis::units::UnitCount;
use crate::rng::{Role, stream};
use crate::studies::networks::NetworkRecord;

/// The paper's Table 1: n₁ and the correlation of train and test loss.
pub const PAPER_CORRELATIONS: [(u32, f64); 5] =
    [(25, 0.7616), (50, 0.6861), (100, 0.5983), (250, 0.5302), (500, 0.4081)];

/// What a run knows beside its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    /// Digits behind losses and errors.
    pub digits: DigitCounts,
    /// Root seed, of the bootstrap too.
    pub seed: u64,
    /// Networks that are independent only as a group; 1 where each is.
    pub group: u32,
    /// Passes over the digits.
    pub epochs: u32,
    /// How much of the run there is.
    pub units: UnitCount,
}

/// Statistics of trained networks, by descent and, beside it, by annealing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Whether the run has all that it plans, and those that it is compared with, too.
    pub complete: bool,
    /// How much of the run there is.
    pub units: UnitCount,
    /// How much there is of the runs that are compared, by descent and by annealing.
    pub compared_units: Option<[UnitCount; 2]>,
    /// Digits trained on and tested on.
    pub digits: [u32; 2],
    /// Passes over the digits.
    pub epochs: u32,
    /// Networks of a group that errors are over: 1 where every network has its own order of the digits.
    pub group: u32,
    /// By size, rising.
    pub sizes: Vec<Summary>,
    /// Correlation of train and test loss, beside the paper's: Table 1.
    pub table_1: Vec<TableRow>,
    /// E\[L\] = C e^{α n₁^β} of test losses; none for fewer than four sizes with errors.
    pub scaling: Option<Scaling>,
    /// P(χ² so large) if the law of the fit holds; none without degrees of freedom.
    pub scaling_p: Option<f64>,
    /// Digits that descent and annealing are compared on: to train and to test.
    pub compared_on: Option<[u32; 2]>,
    /// Annealed networks by size.
    pub annealed: Vec<Summary>,
    /// Sizes that were both trained and annealed.
    pub annealing: Vec<ComparedSize>,
    /// The paper's four claims.
    pub claims: Vec<Claim>,
}

/// A row of Table 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TableRow {
    /// n₁.
    pub hidden: u32,
    /// Networks.
    pub networks: u64,
    /// Of this run; none where it is not defined.
    pub correlation: Option<Correlation>,
    /// Of the paper.
    pub paper: Option<f64>,
}

impl Report {
    /// Of networks by descent, and of annealed ones beside others.
    pub fn new(descent: &[NetworkRecord], context: &Context, comparison: Option<&Comparison>) -> Self {
        let samples = NetworksSample::by_size(descent, context.group);
        let summaries = |samples: &[NetworksSample], digits: DigitCounts| -> Vec<Summary> {
            samples.iter().map(|sample| Summary::of(sample, digits)).collect()
        };
        let sizes = summaries(&samples, context.digits);
        let [beside, annealed] = comparison.map_or([Vec::new(), Vec::new()], |comparison| {
            comparison.samples().map(|samples| summaries(&samples, comparison.digits))
        });
        let annealing = ComparedSize::compare(&beside, &annealed);
        let scaling = fit(&sizes);
        let claims = vec![
            Claim::variance_falls(&samples, scaling.as_ref()),
            Claim::correlation_falls(&samples),
            Claim::index_is_small(&samples),
            Claim::descent_is_as_good(&annealing),
        ];
        let compared_units = comparison.map(|found| found.units);
        let units = || compared_units.into_iter().flatten().chain([context.units]);
        Self {
            complete: units().all(|units| units.are_complete()),
            units: context.units,
            compared_units,
            epochs: context.epochs,
            group: context.group,
            digits: [context.digits.train, context.digits.test],
            table_1: samples.iter().map(|sample| row(sample, context.seed)).collect(),
            scaling_p: scaling.and_then(|fit| chance(&fit)),
            sizes,
            scaling,
            compared_on: comparison.map(|found| [found.digits.train, found.digits.test]),
            annealed,
            annealing,
            claims,
        }
    }
}

/// The law of mean test losses.
pub(super) fn fit(sizes: &[Summary]) -> Option<Scaling> {
    let mean = |summary: &Summary| {
        let mean = summary.losses?.test.mean;
        Some(SizeMean {
            hidden: f64::from(summary.hidden),
            mean: mean.value,
            standard_error: mean.standard_error?,
        })
    };
    Scaling::fit(&sizes.iter().filter_map(mean).collect::<Vec<_>>())
}

fn chance(fit: &Scaling) -> Option<f64> {
    ChiSquared::new(fit.degrees as f64).ok().map(|law| law.sf(fit.chi_squared))
}

fn row(sample: &NetworksSample, seed: u64) -> TableRow {
    let mut random = stream(seed, Role::Bootstrap, &[u64::from(sample.hidden)]);
    let paper = PAPER_CORRELATIONS.iter().find(|(hidden, _)| *hidden == sample.hidden);
    TableRow {
        hidden: sample.hidden,
        networks: sample.networks.len() as u64,
        correlation: Correlation::of(&pairs(sample), &mut random),
        paper: paper.map(|(_, value)| *value),
    }
}
