//! What the figures of networks show.

use super::correlation::pearson;
use super::estimate::{Estimated, jackknife, mean, variance};
use super::sample::NetworksSample;
use super::scaling::Scaling;
use crate::analysis::energy_histogram::{Histogram, quantile};
use crate::studies::networks::NetworkRecord;

/// Test losses by size, scaled or not.
#[derive(Debug, Clone, PartialEq)]
pub struct LossTable {
    /// The law that losses are divided by; none: they are as they are.
    pub scaling: Option<Scaling>,
    /// n₁, networks with those that did not finish, and losses.
    pub sets: Vec<LossSet>,
}

/// Losses of one size.
#[derive(Debug, Clone, PartialEq)]
pub struct LossSet {
    /// n₁.
    pub hidden: u32,
    /// Networks, finished or not.
    pub networks: u64,
    /// Of the finished.
    pub losses: Vec<f64>,
}

impl LossTable {
    /// Test losses, divided by e^{α n₁^β} if a law is given.
    pub fn new(samples: &[NetworksSample], scaling: Option<Scaling>) -> Self {
        let scaled = |hidden: u32, loss: f64| match scaling {
            Some(law) => law.scaled(f64::from(hidden), loss),
            None => loss,
        };
        let set = |sample: &NetworksSample| LossSet {
            hidden: sample.hidden,
            networks: sample.networks.len() as u64 + sample.lost,
            losses: sample.values(|record| scaled(sample.hidden, record.test_loss)),
        };
        Self { scaling, sets: samples.iter().map(set).collect() }
    }
}

/// Points of networks of one size.
#[derive(Debug, Clone, PartialEq)]
pub struct PointCloud {
    /// n₁.
    pub hidden: u32,
    /// One for each network.
    pub points: Vec<[f64; 2]>,
}

/// Train loss and normalised index of the networks whose index is known; sizes without any are left out.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexTable {
    /// By size.
    pub sets: Vec<IndexSet>,
    /// Least and greatest ‖∇L‖ where an index was taken.
    pub gradient_norms: Option<[f64; 2]>,
}

/// Indices of one size.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexSet {
    /// n₁, and train loss and normalised index of each network.
    pub cloud: PointCloud,
    /// Histogram of the normalised index.
    pub density: Histogram,
}

impl IndexTable {
    /// Of samples; none where no index is known.
    pub fn new(samples: &[NetworksSample]) -> Option<Self> {
        let set = |sample: &NetworksSample| {
            let point = |record: &NetworkRecord| Some([record.train_loss, sample.normalised_index(record)?]);
            let points: Vec<[f64; 2]> = sample.networks.iter().filter_map(point).collect();
            let indices = sample.networks.iter().filter_map(|record| record.index).collect();
            let density = index_density(indices, sample.parameters())?;
            Some(IndexSet { cloud: PointCloud { hidden: sample.hidden, points }, density })
        };
        let norms = samples.iter().filter_map(NetworksSample::index_gradient_norms);
        let gradient_norms = norms.reduce(|[a, b], [c, d]| [a.min(c), b.max(d)]);
        let sets: Vec<IndexSet> = samples.iter().filter_map(set).collect();
        (!sets.is_empty()).then_some(Self { sets, gradient_norms })
    }
}

/// Histogram of k/N on bins that hold the same number of values of k, near Freedman–Diaconis' width: bins of any other
/// width hold now more values, now fewer.
fn index_density(mut indices: Vec<u32>, parameters: f64) -> Option<Histogram> {
    indices.sort_unstable();
    let (&least, &greatest) = (indices.first()?, indices.last()?);
    let sorted: Vec<f64> = indices.iter().map(|&k| f64::from(k)).collect();
    let spread = quantile(&sorted, 0.75) - quantile(&sorted, 0.25);
    let most_bins = f64::from(greatest - least) / 200.0;
    let each = (2.0 * spread / (sorted.len() as f64).cbrt()).max(most_bins).round().max(1.0) as u32;
    let bins = (greatest - least) / each + 1;
    let width = f64::from(each) / parameters;
    let mut heights = vec![0.0; bins as usize];
    for k in &indices {
        heights[((k - least) / each) as usize] += 1.0 / (width * sorted.len() as f64);
    }
    Some(Histogram { low: (f64::from(least) - 0.5) / parameters, width, heights })
}

/// Train and test loss of every network.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainTest {
    /// By size, with Pearson's correlation.
    pub sets: Vec<(PointCloud, Option<f64>)>,
}

impl TrainTest {
    /// Of samples; sizes without a finished network are left out.
    pub fn new(samples: &[NetworksSample]) -> Self {
        let set = |sample: &NetworksSample| {
            let (train, test) = (sample.values(|r| r.train_loss), sample.values(|r| r.test_loss));
            let points = train.iter().zip(&test).map(|(&x, &y)| [x, y]).collect();
            (PointCloud { hidden: sample.hidden, points }, pearson(&train, &test))
        };
        Self { sets: samples.iter().filter(|sample| !sample.networks.is_empty()).map(set).collect() }
    }
}

/// Test losses by descent and by annealing, of the sizes that both have.
#[derive(Debug, Clone, PartialEq)]
pub struct AnnealingTable {
    /// By size: n₁, losses by descent, losses by annealing.
    pub sets: Vec<(u32, [Vec<f64>; 2])>,
}

impl AnnealingTable {
    /// Of samples.
    pub fn new(descent: &[NetworksSample], annealed: &[NetworksSample]) -> Self {
        let pair = |one: &NetworksSample| {
            let other = annealed.iter().find(|other| other.hidden == one.hidden)?;
            let losses = [one, other].map(|sample| sample.values(|record| record.test_loss));
            losses.iter().all(|losses| !losses.is_empty()).then_some((one.hidden, losses))
        };
        Self { sets: descent.iter().filter_map(pair).collect() }
    }
}

/// Box plots of test losses.
#[derive(Debug, Clone, PartialEq)]
pub struct LossBoxes {
    /// By size; those without a finished network are left out.
    pub boxes: Vec<LossBox>,
}

/// One box: quartiles, and whiskers to the last loss within 1.5 times their distance.
///
/// # Reference
/// Tukey (1977), *Exploratory Data Analysis*, chapter 2.
#[derive(Debug, Clone, PartialEq)]
pub struct LossBox {
    /// n₁.
    pub hidden: u32,
    /// Lower quartile, median, upper quartile.
    pub quartiles: [f64; 3],
    /// Ends of the whiskers.
    pub whiskers: [f64; 2],
    /// Losses beyond them.
    pub outliers: Vec<f64>,
}

impl LossBoxes {
    /// Of samples.
    pub fn new(samples: &[NetworksSample]) -> Self {
        let of =
            |sample: &NetworksSample| LossBox::of(sample.hidden, sample.values(|record| record.test_loss));
        Self { boxes: samples.iter().filter_map(of).collect() }
    }
}

impl LossBox {
    /// Of losses in any order; `None` of nothing.
    pub fn of(hidden: u32, mut losses: Vec<f64>) -> Option<Self> {
        losses.sort_by(f64::total_cmp);
        if losses.is_empty() {
            return None;
        }
        let quartiles = [0.25, 0.5, 0.75].map(|share| quantile(&losses, share));
        let reach = 1.5 * (quartiles[2] - quartiles[0]);
        let is_inside = |x: f64| (quartiles[0] - reach..=quartiles[2] + reach).contains(&x);
        let inside = || losses.iter().copied().filter(|&x| is_inside(x));
        let whiskers =
            [inside().next().unwrap_or(quartiles[0]), inside().next_back().unwrap_or(quartiles[2])];
        let outliers = losses.iter().copied().filter(|&x| !is_inside(x)).collect();
        Some(Self { hidden, quartiles, whiskers, outliers })
    }
}

/// Mean and variance of the test loss against n₁.
#[derive(Debug, Clone, PartialEq)]
pub struct LossMoments {
    /// By size: n₁, mean, variance.
    pub points: Vec<(u32, Estimated, Option<Estimated>)>,
    /// The law of the mean.
    pub scaling: Option<Scaling>,
}

impl LossMoments {
    /// Of samples; sizes without a finished network are left out.
    pub fn new(samples: &[NetworksSample], scaling: Option<Scaling>) -> Self {
        let point = |sample: &NetworksSample| {
            let losses = sample.groups(|record| Some(record.test_loss));
            Some((sample.hidden, jackknife(&losses, mean)?, jackknife(&losses, variance)))
        };
        Self { points: samples.iter().filter_map(point).collect(), scaling }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_of_an_index_hold_as_many_values_each() {
        let density = index_density((0..1000).map(|i| 40 + i % 50).collect(), 2750.0).unwrap();
        // Evenly spread from 40 to 89 with 2 · 25 / 10 = 5 values a bin: a flat histogram.
        assert_eq!(density.heights.len(), 10);
        assert!((density.low - 39.5 / 2750.0).abs() < 1e-15 && (density.width - 5.0 / 2750.0).abs() < 1e-15);
        assert!(density.heights.iter().all(|height| (height - 0.1 / density.width).abs() < 1e-9));
        let one = index_density(vec![0; 7], 1100.0).unwrap();
        assert_eq!((one.heights.len(), one.heights[0]), (1, 1100.0));
        assert_eq!(index_density(Vec::new(), 1100.0), None);
        let far = index_density(vec![0, 0, 0, 0, 1_000_000], 2e6).unwrap();
        assert!(far.heights.len() < 300);
    }

    #[test]
    fn a_box_is_tukeys() {
        // Quartiles 2, 3, 4: whiskers within −1 … 7.
        let found = LossBox::of(25, vec![1.0, 2.0, 3.0, 4.0, 50.0]).unwrap();
        assert_eq!((found.quartiles, found.whiskers), ([2.0, 3.0, 4.0], [1.0, 4.0]));
        assert_eq!(found.outliers, [50.0]);
        let same = LossBox::of(25, vec![2.0; 5]).unwrap();
        assert_eq!((same.whiskers, same.outliers.len()), ([2.0, 2.0], 0));
        assert_eq!(LossBox::of(25, Vec::new()), None);
    }
}
