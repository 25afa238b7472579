//! One size at a glance.

use serde::Serialize;

use super::estimate::{Estimated, jackknife, mean, variance};
use super::sample::{DigitCounts, NetworksSample};
use crate::analysis::energy_histogram::quantile;
use crate::studies::networks::NetworkRecord;

/// Networks of one size.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// n₁.
    pub hidden: u32,
    /// Networks that finished: all numbers below are over these.
    pub networks: u64,
    /// Networks that did not.
    pub lost: u64,
    /// Groups that errors are over.
    pub groups: u64,
    /// Losses and accuracies; none where no network finished.
    pub losses: Option<Losses>,
    /// Index over the number of weights, of those whose index is known.
    pub normalised_index: Option<Spread>,
    /// How many those are.
    pub indices: u64,
    /// ‖∇L‖ of the train loss where training stopped: 0 at a critical point.
    pub gradient_norm: Option<Spread>,
}

/// Losses and accuracies of one size.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Losses {
    /// On the digits trained on.
    pub train: Spread,
    /// On the digits kept for testing.
    pub test: Spread,
    /// Mean share of the digits trained on that are classified correctly.
    pub train_accuracy: Estimated,
    /// The same of those kept for testing.
    pub test_accuracy: Estimated,
}

/// How a number is spread over networks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// Mean.
    pub mean: Estimated,
    /// Variance; none of one network.
    pub variance: Option<Estimated>,
    /// Standard deviation.
    pub deviation: Option<Estimated>,
    /// Least.
    pub least: f64,
    /// Lower quartile, median, upper quartile; linear between values.
    pub quartiles: [f64; 3],
    /// Greatest.
    pub greatest: f64,
}

impl Spread {
    /// Of values by group; `None` of nothing.
    pub fn of(groups: &[Vec<f64>]) -> Option<Self> {
        let mut sorted = groups.concat();
        sorted.sort_by(f64::total_cmp);
        let mean = jackknife(groups, mean)?;
        Some(Self {
            mean,
            variance: jackknife(groups, variance),
            deviation: jackknife(groups, |values| variance(values).map(f64::sqrt)),
            least: *sorted.first()?,
            quartiles: [0.25, 0.5, 0.75].map(|share| quantile(&sorted, share)),
            greatest: *sorted.last()?,
        })
    }
}

impl Summary {
    /// Of a sample.
    pub fn of(sample: &NetworksSample, digits: DigitCounts) -> Self {
        let indices = sample.groups(|record| sample.normalised_index(record));
        Self {
            hidden: sample.hidden,
            networks: sample.networks.len() as u64,
            lost: sample.lost,
            groups: sample.groups(|_| Some(())).len() as u64,
            losses: losses(sample, digits),
            normalised_index: Spread::of(&indices),
            indices: indices.iter().map(|group| group.len() as u64).sum(),
            gradient_norm: Spread::of(&sample.groups(|record| Some(record.gradient_norm))),
        }
    }
}

fn losses(sample: &NetworksSample, digits: DigitCounts) -> Option<Losses> {
    let spread = |of: fn(&NetworkRecord) -> f64| Spread::of(&sample.groups(|record| Some(of(record))));
    let accuracy = |errors: fn(&NetworkRecord) -> u32, digits: u32| {
        let share = |record: &NetworkRecord| Some(1.0 - f64::from(errors(record)) / f64::from(digits.max(1)));
        jackknife(&sample.groups(share), mean)
    };
    Some(Losses {
        train: spread(|record| record.train_loss)?,
        test: spread(|record| record.test_loss)?,
        train_accuracy: accuracy(|record| record.train_errors, digits.train)?,
        test_accuracy: accuracy(|record| record.test_errors, digits.test)?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample::tests::record;
    use super::*;

    #[test]
    fn numbers_by_hand() {
        let mut records: Vec<NetworkRecord> =
            (0..5).map(|k| record(10, k, [0.1, 0.1 * f64::from(k)])).collect();
        records.iter_mut().for_each(|record| record.index = Some(11 * record.network));
        let sample = &NetworksSample::by_size(&records, 1)[0];
        let summary = Summary::of(sample, DigitCounts { train: 1000, test: 400 });
        assert_eq!((summary.networks, summary.lost, summary.groups, summary.indices), (5, 0, 5, 5));
        let losses = summary.losses.unwrap();
        assert!((losses.test_accuracy.value - 0.75).abs() < 1e-15);
        assert!((losses.train_accuracy.value - 0.9).abs() < 1e-15);
        let test = losses.test;
        assert!((test.mean.value - 0.2).abs() < 1e-15);
        // Variance of 0, …, 4 tenths: 10/4 hundredths; error of the mean √(0.025/5).
        assert!((test.variance.unwrap().value - 0.025).abs() < 1e-15);
        assert!((test.mean.standard_error.unwrap() - 0.005f64.sqrt()).abs() < 1e-14);
        assert_eq!((test.least, test.greatest), (0.0, 0.4));
        assert!(test.quartiles.iter().zip([0.1, 0.2, 0.3]).all(|(a, b)| (a - b).abs() < 1e-15));
        assert!((summary.gradient_norm.unwrap().mean.value - 0.01).abs() < 1e-15);
        // Indices 0, 11, …, 44 of 1100.
        assert!((summary.normalised_index.unwrap().mean.value - 0.02).abs() < 1e-15);
    }
}
