//! A run of networks at a glance.

use serde::Serialize;

use crate::analysis::units::UnitCount;
use crate::error::Result;
use crate::studies::networks::{
    NetworkRecord, NetworkTimes, NetworksProtocol, NetworksSpec, NetworksStore, Training,
};

/// A run of networks, with one row per size.
#[derive(Debug, Clone, Serialize)]
pub struct NetworksSummary {
    /// Always "networks".
    pub kind: &'static str,
    /// Root of all random streams.
    pub seed: u64,
    /// How they are trained.
    pub protocol: NetworksProtocol,
    /// Digits to train on.
    pub train_digits: u32,
    /// Digits to test on.
    pub test_digits: u32,
    /// Networks asked for per size.
    pub networks: u32,
    /// Units that are stored whole.
    pub units_done: u64,
    /// Units in all.
    pub units_planned: u64,
    /// Whether all are.
    pub complete: bool,
    /// By n₁.
    pub sizes: Vec<SizeSummary>,
    /// SHA-256 of spec and networks.
    pub content_hash: String,
}

/// Mean and standard deviation of what is known; `None` of too few.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MeanAndSd {
    /// Mean.
    pub mean: Option<f64>,
    /// Standard deviation over networks.
    pub sd: Option<f64>,
}

/// Networks of one size.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SizeSummary {
    /// n₁.
    pub hidden: u32,
    /// N, weights of a network.
    pub parameters: u64,
    /// Networks stored.
    pub networks: u64,
    /// Those without finite weights; they are left out below.
    pub non_finite: u64,
    /// Loss on the digits to train on, nats.
    pub train_loss: MeanAndSd,
    /// Loss on the digits to test on, nats.
    pub test_loss: MeanAndSd,
    /// Mean share of the digits to train on that are taken for others.
    pub train_error: Option<f64>,
    /// Mean share of the digits to test on that are taken for others.
    pub test_error: Option<f64>,
    /// Networks with an index.
    pub indexed: u64,
    /// Index over N.
    pub index_fraction: MeanAndSd,
    /// ‖∇L‖ of the train loss where training stopped: 0 at a critical point.
    pub gradient_norm: MeanAndSd,
    /// Time of all threads.
    pub seconds: SizeSeconds,
}

/// Processor time spent on the networks of one size.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct SizeSeconds {
    /// Training or annealing.
    pub training_s: f64,
    /// Losses and gradients at the end.
    pub evaluation_s: f64,
    /// Hessians and their indices.
    pub index_s: f64,
}

impl SizeSeconds {
    fn of(times: &NetworkTimes) -> Self {
        let [training_s, evaluation_s, index_s] =
            [times.training_s, times.evaluation_s, times.index_s].map(|seconds| seconds.0);
        Self { training_s, evaluation_s, index_s }
    }

    /// All of it.
    pub fn total_s(&self) -> f64 {
        self.training_s + self.evaluation_s + self.index_s
    }
}

/// Sums up what a run holds by now.
///
/// # Errors
/// Those of the store.
pub fn summarize(store: &NetworksStore) -> Result<NetworksSummary> {
    let spec = store.spec();
    let times = store.times()?;
    let units = UnitCount::of(store);
    let networks = store.networks()?;
    let size = |&hidden: &u32| {
        let records: Vec<&NetworkRecord> = networks.iter().filter(|record| record.hidden == hidden).collect();
        size(
            spec,
            hidden,
            &records,
            times.iter().find(|times| times.hidden == hidden).map(SizeSeconds::of).unwrap_or_default(),
        )
    };
    Ok(NetworksSummary {
        kind: "networks",
        seed: spec.seed,
        protocol: spec.protocol,
        train_digits: spec.digits.train.count,
        test_digits: spec.digits.test.count,
        networks: spec.networks,
        units_done: units.done,
        units_planned: units.planned,
        complete: units.are_complete(),
        sizes: spec.hidden.iter().map(size).collect(),
        content_hash: store.content_hash(),
    })
}

fn size(spec: &NetworksSpec, hidden: u32, records: &[&NetworkRecord], seconds: SizeSeconds) -> SizeSummary {
    let finished: Vec<&NetworkRecord> =
        records.iter().copied().filter(|record| record.outcome == Training::Finished).collect();
    let parameters = NetworksSpec::shape(hidden).parameters() as u64;
    let of =
        |read: &dyn Fn(&NetworkRecord) -> f64| moments(finished.iter().map(|record| read(record)).collect());
    let fractions: Vec<f64> =
        finished.iter().filter_map(|r| r.index).map(|index| f64::from(index) / parameters as f64).collect();
    let (train, test) = (f64::from(spec.digits.train.count), f64::from(spec.digits.test.count));
    SizeSummary {
        hidden,
        parameters,
        networks: records.len() as u64,
        non_finite: (records.len() - finished.len()) as u64,
        train_loss: of(&|record| record.train_loss),
        test_loss: of(&|record| record.test_loss),
        train_error: of(&|record| f64::from(record.train_errors) / train).mean,
        test_error: of(&|record| f64::from(record.test_errors) / test).mean,
        indexed: fractions.len() as u64,
        index_fraction: moments(fractions),
        gradient_norm: of(&|record| record.gradient_norm),
        seconds,
    }
}

fn moments(values: Vec<f64>) -> MeanAndSd {
    let count = values.len() as f64;
    let mean = (!values.is_empty()).then(|| values.iter().sum::<f64>() / count);
    let sd = mean.filter(|_| values.len() > 1).map(|mean| {
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        (squares / (count - 1.0)).sqrt()
    });
    MeanAndSd { mean, sd }
}
