//! Descent beside annealing.

use serde::Serialize;

use super::estimate::Estimated;
use super::sample::{DigitCounts, NetworksSample};
use super::size::Summary;
use super::student::{Found, quantile};
use crate::analysis::units::UnitCount;
use crate::studies::networks::NetworkRecord;

/// Networks by descent and by annealing, trained on the same digits.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// By descent.
    pub descent: Vec<NetworkRecord>,
    /// By annealing.
    pub annealed: Vec<NetworkRecord>,
    /// The digits of both.
    pub digits: DigitCounts,
    /// Networks by descent that are independent only as a group.
    pub group: u32,
    /// How much there is of the runs, by descent and by annealing.
    pub units: [UnitCount; 2],
}

impl Comparison {
    /// By descent and by annealing, by size.
    pub fn samples(&self) -> [Vec<NetworksSample>; 2] {
        [NetworksSample::by_size(&self.descent, self.group), NetworksSample::by_size(&self.annealed, 1)]
    }
}

/// One size by both.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedSize {
    /// n₁.
    pub hidden: u32,
    /// Networks by descent and by annealing.
    pub networks: [u64; 2],
    /// Mean train loss of both.
    pub train_loss: [Estimated; 2],
    /// Mean test loss of both.
    pub test_loss: [Estimated; 2],
    /// Mean test accuracy of both.
    pub test_accuracy: [Estimated; 2],
    /// Mean test loss of annealing less that of descent, with its central 95 % interval.
    pub loss_lead: Option<[f64; 3]>,
    /// Mean test accuracy of descent less that of annealing, with its central 95 % interval.
    pub accuracy_lead: Option<[f64; 3]>,
}

impl ComparedSize {
    /// The sizes that both have.
    pub(super) fn compare(descent: &[Summary], annealed: &[Summary]) -> Vec<Self> {
        let pair = |one: &Summary| {
            let other = annealed.iter().find(|other| other.hidden == one.hidden)?;
            let (a, b) = (one.losses?, other.losses?);
            let mut found = Self {
                hidden: one.hidden,
                networks: [one.networks, other.networks],
                train_loss: [a.train.mean, b.train.mean],
                test_loss: [a.test.mean, b.test.mean],
                test_accuracy: [a.test_accuracy, b.test_accuracy],
                loss_lead: None,
                accuracy_lead: None,
            };
            [found.loss_lead, found.accuracy_lead] = found.leads().map(|lead| lead.map(interval));
            Some(found)
        };
        descent.iter().filter_map(pair).collect()
    }

    /// How far descent is ahead in test loss and in test accuracy, with Welch's degrees of freedom.
    pub(super) fn leads(&self) -> [Option<Found>; 2] {
        let [descent, annealing] = self.test_loss;
        let [right, right_annealed] = self.test_accuracy;
        [difference(annealing, descent), difference(right, right_annealed)]
    }
}

/// One less the other, which are independent; `None` where neither varies.
fn difference(one: Estimated, other: Estimated) -> Option<Found> {
    if one.degrees == 0 || other.degrees == 0 {
        return None;
    }
    let parts = [one, other].map(|e| (e.standard_error.unwrap_or(0.0).powi(2), f64::from(e.degrees)));
    let square: f64 = parts.iter().map(|(square, _)| square).sum();
    let quartic: f64 = parts.iter().map(|(square, degrees)| square * square / degrees).sum();
    let degrees = square * square / quartic;
    (square > 0.0).then(|| Found {
        estimate: one.value - other.value,
        standard_error: Some(square.sqrt()),
        degrees,
    })
}

fn interval(found: Found) -> [f64; 3] {
    let wide = found.standard_error.unwrap_or(0.0) * quantile(0.975, found.degrees);
    [found.estimate, found.estimate - wide, found.estimate + wide]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_welchs() {
        let estimated = |value, error, degrees| Estimated { value, standard_error: Some(error), degrees };
        let found = difference(estimated(0.5, 0.03, 9), estimated(0.3, 0.04, 19)).unwrap();
        assert!((found.estimate - 0.2).abs() < 1e-15);
        assert!((found.standard_error.unwrap() - 0.05).abs() < 1e-15);
        let degrees = 625e-8 / (81e-8 / 9.0 + 256e-8 / 19.0);
        assert!((found.degrees / degrees - 1.0).abs() < 1e-12);
        assert_eq!(difference(estimated(0.5, 0.03, 0), estimated(0.3, 0.04, 19)), None);
    }
}
