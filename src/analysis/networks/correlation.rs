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
    /// r of pairs, and the central 95 % of r over [`RESAMPLES`] resamples of the groups, which are independent; pairs
    /// within a group need not be. `None` as for [`pearson`]. With fewer than about twenty groups the interval is too
    /// narrow, and with one it has no width.
    ///
    /// # Reference
    /// Efron, Tibshirani (1993), *An Introduction to the Bootstrap*, chapter 13 (percentile interval).
    pub fn of(groups: &[Vec<[f64; 2]>], random: &mut impl Rng) -> Option<Self> {
        let pairs = groups.iter().map(Vec::len).sum();
        let value = pearson_of(groups.iter())?;
        let count = groups.len() as u128;
        let mut found: Vec<f64> = (0..RESAMPLES)
            .filter_map(|_| {
                let chosen: Vec<&Vec<[f64; 2]>> = (0..groups.len())
                    .map(|_| &groups[((u128::from(random.next_u64()) * count) >> 64) as usize])
                    .collect();
                pearson_of(chosen.into_iter())
            })
            .collect();
        found.sort_by(f64::total_cmp);
        let quantile = |part: f64| found[(part * (found.len() - 1) as f64).round() as usize];
        (!found.is_empty()).then(|| Self { value, low: quantile(0.025), high: quantile(0.975), pairs })
    }
}

/// Fisher's z = artanh r of pairs, whose spread hardly depends on r; `None` for |r| = 1 and as for [`pearson`].
///
/// # Reference
/// Fisher (1921), *On the "probable error" of a coefficient of correlation*, Metron 1.
pub fn fisher_z(pairs: &[[f64; 2]]) -> Option<f64> {
    let (x, y): (Vec<f64>, Vec<f64>) = pairs.iter().map(|&[x, y]| (x, y)).unzip();
    pearson(&x, &y).map(f64::atanh).filter(|z| z.is_finite())
}

fn pearson_of<'a>(groups: impl Iterator<Item = &'a Vec<[f64; 2]>>) -> Option<f64> {
    let (x, y): (Vec<f64>, Vec<f64>) = groups.flatten().map(|&[x, y]| (x, y)).unzip();
    pearson(&x, &y)
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

    /// The interval holds the truth in about 95 of 100 samples, also where pairs of a group share a shift, which an
    /// interval over pairs would not see; and the error of z is its spread.
    #[test]
    fn intervals_cover_the_truth() {
        let mut random = stream(1, Role::Probe, &[78]);
        let (truth, trials) = (0.6f64, 200);
        let (mut covered, mut narrow, mut square) = (0, 0, 0.0);
        for _ in 0..trials {
            let mut normal = || -> f64 { StandardNormal.sample(&mut random) };
            let mut pair = || {
                let x = normal();
                [x, truth * x + (1.0 - truth * truth).sqrt() * normal()]
            };
            let groups: Vec<Vec<[f64; 2]>> = (0..60)
                .map(|_| {
                    let shift = pair();
                    (0..8)
                        .map(|_| {
                            let own = pair();
                            [shift[0] + own[0], shift[1] + own[1]]
                        })
                        .collect()
                })
                .collect();
            let found = Correlation::of(&groups, &mut random).unwrap();
            covered += usize::from(found.low <= truth && truth <= found.high);
            let alone: Vec<Vec<[f64; 2]>> = groups.iter().flatten().map(|&pair| vec![pair]).collect();
            let found = Correlation::of(&alone, &mut random).unwrap();
            narrow += usize::from(found.low <= truth && truth <= found.high);
            let z = super::super::jackknife(&groups, fisher_z).unwrap();
            square += ((z.value - truth.atanh()) / z.standard_error.unwrap()).powi(2) / trials as f64;
        }
        // Binomial of 200 at 0.95: 190 ± 3.1; percentile intervals cover a little less. Outside by chance below 1e-4.
        assert!((174..=200).contains(&covered), "{covered} of {trials}");
        assert!(narrow < 165, "{narrow} of {trials}");
        assert!((square - 1.0).abs() < 0.5, "{square}");
    }
}
