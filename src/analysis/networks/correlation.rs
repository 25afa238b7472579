//! Correlation of train and test loss.

use rand::Rng;
use serde::Serialize;

/// Pearson's correlation with an interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Correlation {
    /// r.
    pub value: f64,
    /// Lower end of the 95 % interval of the bootstrap.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Pairs.
    pub pairs: usize,
}

/// Resamples of a bootstrap.
pub const RESAMPLES: usize = 2000;

/// Pearson's correlation; `None` for fewer than three pairs, values that are not finite, or no scatter.
///
/// # Panics
/// If there are not as many of one as of the other.
pub fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    assert_eq!(x.len(), y.len(), "pairs");
    if x.len() < 3 {
        return None;
    }
    let n = x.len() as f64;
    let (mean_x, mean_y) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let (mut across, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        across += (x - mean_x) * (y - mean_y);
        xx += (x - mean_x).powi(2);
        yy += (y - mean_y).powi(2);
    }
    let value = across / (xx * yy).sqrt();
    value.is_finite().then(|| value.clamp(-1.0, 1.0))
}

impl Correlation {
    /// r of pairs, and the central 95 % of r over [`RESAMPLES`] resamples of the pairs. `None` as for [`pearson`].
    ///
    /// # Reference
    /// Efron, Tibshirani (1993), *An Introduction to the Bootstrap*, chapter 13 (percentile interval).
    pub fn of(x: &[f64], y: &[f64], random: &mut impl Rng) -> Option<Self> {
        let value = pearson(x, y)?;
        let pairs = x.len();
        let mut found: Vec<f64> = (0..RESAMPLES)
            .filter_map(|_| {
                let chosen: Vec<usize> = (0..pairs)
                    .map(|_| ((u128::from(random.next_u64()) * pairs as u128) >> 64) as usize)
                    .collect();
                let of = |values: &[f64]| chosen.iter().map(|&at| values[at]).collect::<Vec<f64>>();
                pearson(&of(x), &of(y))
            })
            .collect();
        found.sort_by(f64::total_cmp);
        let quantile = |part: f64| found[(part * (found.len() - 1) as f64).round() as usize];
        (!found.is_empty()).then(|| Self { value, low: quantile(0.025), high: quantile(0.975), pairs })
    }

    /// Fisher's z = artanh r, whose standard error is close to 1/√(n − 3) whatever r is; `None` for |r| = 1 or fewer
    /// than four pairs.
    ///
    /// # Reference
    /// Fisher (1921), *On the "probable error" of a coefficient of correlation*, Metron 1.
    pub fn fisher(&self) -> Option<[f64; 2]> {
        let z = self.value.atanh();
        (z.is_finite() && self.pairs > 3).then(|| [z, 1.0 / ((self.pairs - 3) as f64).sqrt()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Role, stream};
    use rand_distr::{Distribution, StandardNormal};

    #[test]
    fn known_correlations() {
        assert_eq!(pearson(&[1.0, 2.0, 3.0], &[2.0, 4.0, 6.0]), Some(1.0));
        assert_eq!(pearson(&[1.0, 2.0, 3.0], &[6.0, 4.0, 2.0]), Some(-1.0));
        // Sums by hand: 6 / √(10 · 10).
        assert!(
            (pearson(&[1.0, 2.0, 3.0, 4.0, 5.0], &[1.0, 3.0, 2.0, 5.0, 3.0 + 1.0]).unwrap() - 0.8).abs()
                < 1e-15
        );
        assert_eq!(pearson(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), None);
        assert_eq!(pearson(&[1.0, 2.0], &[1.0, 2.0]), None);
        assert_eq!(pearson(&[1.0, f64::NAN, 3.0], &[1.0, 2.0, 3.0]), None);
    }

    /// The interval holds the truth in about 95 of 100 samples, and z is normal with its error.
    #[test]
    fn intervals_cover_the_truth() {
        let mut random = stream(1, Role::Probe, &[78]);
        let (truth, trials) = (0.6f64, 200);
        let (mut covered, mut square) = (0, 0.0);
        for _ in 0..trials {
            let mut normal = || -> f64 { StandardNormal.sample(&mut random) };
            let pairs: Vec<[f64; 2]> = (0..100)
                .map(|_| {
                    let x = normal();
                    [x, truth * x + (1.0 - truth * truth).sqrt() * normal()]
                })
                .collect();
            let (x, y): (Vec<f64>, Vec<f64>) = pairs.iter().map(|&[x, y]| (x, y)).unzip();
            let found = Correlation::of(&x, &y, &mut random).unwrap();
            covered += usize::from(found.low <= truth && truth <= found.high);
            let [z, error] = found.fisher().unwrap();
            square += ((z - truth.atanh()) / error).powi(2) / f64::from(trials);
        }
        // Binomial of 200 at 0.95: 190 ± 3.1; percentile intervals cover a little less. Outside by chance below 1e-4.
        assert!((174..=200).contains(&covered), "{covered} of {trials}");
        assert!((square - 1.0).abs() < 0.5, "{square}");
    }
}
