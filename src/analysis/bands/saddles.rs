//! Critical points of every index against the shifted semicircle.

use serde::Serialize;

use super::census::IndexAndEnergy;
use crate::Result;
use crate::theory::HessianBulk;

/// Below this Λ a semicircle is no prediction of a few eigenvalues.
const LEAST_DIM: u32 = 20;
/// Most root mean square deviation of the index, in units of [`index_scale`].
const MOST_RMS: f64 = 2.0;
/// Most mean deviation, in eigenvalues: corrections to a count of eigenvalues are of order one.
const MOST_MEAN: f64 = 1.0;
/// Points that a statement needs.
const LEAST_POINTS: usize = 20;

/// Saddle searches of one size.
#[derive(Debug, Clone, PartialEq)]
pub struct SaddleSample {
    /// H.
    pub spins: u32,
    /// Λ.
    pub dim: u32,
    /// Surfaces.
    pub surfaces: u64,
    /// Where searches converged, with nothing undecided.
    pub points: Vec<IndexAndEnergy>,
    /// Searches that ended elsewhere.
    pub elsewhere: u64,
}

/// Index against energy: deviation of the index k from (Λ − 1) α(u), in eigenvalues.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SaddleCheck {
    /// Surfaces.
    pub surfaces: u64,
    /// Critical points.
    pub points: u64,
    /// Searches that ended elsewhere, or at a point of undecided index.
    pub elsewhere: u64,
    /// Mean of k − (Λ − 1) α(u).
    pub mean: Option<f64>,
    /// Its root mean square.
    pub rms: Option<f64>,
    /// Its largest absolute value.
    pub largest: Option<f64>,
    /// Standard deviation √(ln Λ)/π of the number of negative eigenvalues of a random matrix: what to expect.
    pub scale: f64,
    /// The root mean square as a share of Λ − 1.
    pub rms_fraction: Option<f64>,
    /// Whether mean and root mean square are of the expected size; none where Λ is too small or points are too few.
    pub holds: Option<bool>,
}

/// Standard deviation of the number of eigenvalues of a GOE matrix of size Λ below a point of its bulk, to leading
/// order.
///
/// # Reference
/// O'Rourke (2010), *Gaussian fluctuations of eigenvalues in Wigner random matrices*, J. Stat. Phys. 138.
pub fn index_scale(dim: u32) -> f64 {
    f64::from(dim).ln().sqrt() / std::f64::consts::PI
}

/// k − (Λ − 1) α(u).
pub fn index_deviation(bulk: &HessianBulk, dim: u32, place: &IndexAndEnergy) -> f64 {
    f64::from(place.index) - f64::from(dim - 1) * bulk.index_fraction(place.energy_per_spin)
}

impl SaddleSample {
    /// Holds the points against α(u).
    ///
    /// # Errors
    /// Bad input if H < 2.
    pub fn check(&self) -> Result<SaddleCheck> {
        let bulk = HessianBulk::new(self.spins)?;
        let deviations: Vec<f64> =
            self.points.iter().map(|place| index_deviation(&bulk, self.dim, place)).collect();
        let n = deviations.len() as f64;
        let some = |x: f64| (!deviations.is_empty()).then_some(x);
        let mean = some(deviations.iter().sum::<f64>() / n);
        let rms = some((deviations.iter().map(|d| d * d).sum::<f64>() / n).sqrt());
        let scale = index_scale(self.dim);
        let testable = self.dim >= LEAST_DIM && deviations.len() >= LEAST_POINTS;
        let small = |mean: f64, rms: f64| mean.abs() <= MOST_MEAN && rms <= MOST_RMS * scale;
        Ok(SaddleCheck {
            surfaces: self.surfaces,
            points: deviations.len() as u64,
            elsewhere: self.elsewhere,
            mean,
            rms,
            largest: some(deviations.iter().fold(0.0, |top: f64, d| top.max(d.abs()))),
            scale,
            rms_fraction: rms.map(|rms| rms / f64::from(self.dim - 1)),
            holds: mean.zip(rms).filter(|_| testable).map(|(mean, rms)| small(mean, rms)),
        })
    }
}
