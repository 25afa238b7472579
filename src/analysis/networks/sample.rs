//! Networks of one size, by groups that are independent of each other.

use crate::studies::networks::{NetworkRecord, Training};
use itertools::Itertools;

/// How many digits losses and errors are over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DigitCounts {
    /// Digits that networks were trained on.
    pub train: u32,
    /// Digits that they were tested on.
    pub test: u32,
}

/// All networks of one size.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworksSample {
    /// n₁.
    pub hidden: u32,
    /// Those that finished with finite losses, by number.
    pub networks: Vec<NetworkRecord>,
    /// The others: they enter nothing but this count.
    pub lost: u64,
    /// Networks of a group.
    group: u32,
}

impl NetworksSample {
    /// One sample for each size, rising. Network k belongs to group k / `group`: one where every network goes through the
    /// digits in its own order, sixteen where a group shares it.
    ///
    /// # Panics
    /// If `group` is 0.
    pub fn by_size(records: &[NetworkRecord], group: u32) -> Vec<Self> {
        assert!(group > 0, "a group has networks");
        let is_good = |record: &&NetworkRecord| {
            record.outcome == Training::Finished
                && record.train_loss.is_finite()
                && record.test_loss.is_finite()
        };
        let of_size = |hidden: u32| {
            let all = || records.iter().filter(move |record| record.hidden == hidden);
            let mut networks: Vec<NetworkRecord> = all().filter(is_good).cloned().collect();
            networks.sort_by_key(|record| record.network);
            let lost = (all().count() - networks.len()) as u64;
            Self { hidden, networks, lost, group }
        };
        records.iter().map(|record| record.hidden).sorted_unstable().dedup().map(of_size).collect()
    }

    /// One value for each network.
    pub fn values(&self, of: impl Fn(&NetworkRecord) -> f64) -> Vec<f64> {
        self.networks.iter().map(of).collect()
    }

    /// Values by group; networks without a value are left out, and groups without any.
    pub fn groups<T>(&self, of: impl Fn(&NetworkRecord) -> Option<T>) -> Vec<Vec<T>> {
        self.networks
            .chunk_by(|a, b| a.network / self.group == b.network / self.group)
            .map(|group| group.iter().filter_map(&of).collect::<Vec<T>>())
            .filter(|group| !group.is_empty())
            .collect()
    }

    /// N = 110 n₁, the number of weights.
    pub fn parameters(&self) -> f64 {
        crate::networks::Shape::digits(self.hidden as usize).parameters() as f64
    }

    /// Least and greatest ‖∇L‖ of the networks whose index is known.
    pub fn index_gradient_norms(&self) -> Option<[f64; 2]> {
        let indexed = self.networks.iter().filter(|record| record.index.is_some());
        let norms = indexed.map(|record| [record.gradient_norm; 2]);
        norms.reduce(|[low, high], [norm, _]| [low.min(norm), high.max(norm)])
    }

    /// Index of a network as a share of its weights, where it is known.
    pub fn normalised_index(&self, record: &NetworkRecord) -> Option<f64> {
        record.index.map(|index| f64::from(index) / self.parameters())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A network with these losses, one hundred digits of a thousand taken for others.
    pub fn record(hidden: u32, network: u32, [train_loss, test_loss]: [f64; 2]) -> NetworkRecord {
        NetworkRecord {
            hidden,
            network,
            train_loss,
            test_loss,
            train_errors: 100,
            test_errors: 100,
            gradient_norm: 0.01,
            index: None,
            outcome: Training::Finished,
        }
    }

    #[test]
    fn networks_that_did_not_finish_are_counted_and_enter_nothing() {
        let mut records: Vec<NetworkRecord> = (0..40).rev().map(|k| record(25, k, [0.1, 0.2])).collect();
        records[3].outcome = Training::NonFinite;
        records[7].test_loss = f64::NAN;
        records.push(record(10, 0, [0.3, 0.4]));
        let samples = NetworksSample::by_size(&records, 16);
        assert_eq!(samples.iter().map(|s| (s.hidden, s.lost)).collect::<Vec<_>>(), [(10, 0), (25, 2)]);
        // 36 and 32 are gone.
        let numbers = samples[1].groups(|record| Some(record.network));
        assert_eq!(numbers[0], (0..16).collect::<Vec<_>>());
        assert_eq!(numbers[2], [33, 34, 35, 37, 38, 39]);
        assert_eq!(samples[1].groups(|record| (record.network < 20).then_some(())).len(), 2);
        assert_eq!(NetworksSample::by_size(&records, 1)[1].groups(|_| Some(())).len(), 38);
        assert_eq!(samples[0].parameters(), 1100.0);
    }
}
