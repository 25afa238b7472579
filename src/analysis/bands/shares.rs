//! Shares of energies between the lines of Λ → ∞, beside what the exact law of minima has there.

use serde::Serialize;

use super::expected::ExactMeans;
use super::sample::SizeSample;
use super::statistics::ratio_error;
use crate::Result;
use crate::theory::Thresholds;

/// Shares of the energies that were reached: of starts that ended at minima, of minima of a census, of saddles.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BandShares {
    /// Below −E_0, where there is nothing as Λ → ∞.
    pub below_e_0: BandShare,
    /// Between −E_0 and −E_∞, where nearly all minima are as Λ → ∞.
    pub between: BandShare,
    /// Above −E_∞.
    pub above_e_inf: BandShare,
}

/// A share of energies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BandShare {
    /// Of the energies reached.
    pub observed: Option<f64>,
    /// Its standard error over surfaces; over starts, given this surface, where there is one; none for saddles.
    pub standard_error: Option<f64>,
    /// Of all minima, exactly, at this Λ.
    pub minima: Option<f64>,
}

/// Shares of one size.
///
/// # Errors
/// Bad input outside what theory takes.
pub fn shares(sample: &SizeSample, expected: &mut ExactMeans) -> Result<BandShares> {
    let thresholds = Thresholds::new(sample.size().0)?;
    let [low, high] = [-thresholds.e(0)?, -thresholds.e_inf()];
    let exact = expected.below(0, &[low, high, f64::INFINITY])?.filter(|below| below[2] > 0.0);
    let minima = exact.map(|below| {
        let part = |count: f64| count / below[2];
        [part(below[0]), part(below[1] - below[0]), part(below[2] - below[1])]
    });
    let energies = sample.energies();
    let share = |place: usize, such: &dyn Fn(f64) -> bool| {
        let counts: Vec<[f64; 2]> = energies
            .iter()
            .map(|surface| [surface.iter().filter(|&&u| such(u)).count() as f64, surface.len() as f64])
            .collect();
        let [of, all] = counts.iter().fold([0.0; 2], |[of, all], [c, n]| [of + c, all + n]);
        let observed = (all > 0.0).then(|| of / all);
        let spread = matches!(sample, SizeSample::Saddles(_));
        BandShare {
            observed,
            standard_error: ratio_error(&counts).filter(|_| !spread),
            minima: minima.map(|minima| minima[place]),
        }
    };
    Ok(BandShares {
        below_e_0: share(0, &|u| u < low),
        between: share(1, &|u| (low..high).contains(&u)),
        above_e_inf: share(2, &|u| u >= high),
    })
}
