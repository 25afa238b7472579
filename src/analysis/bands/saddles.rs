//! Critical points of every index against the shifted semicircle.

use serde::Serialize;

use super::census::IndexAndEnergy;
use super::point::{self, ModelPoint};
use crate::Result;
use crate::analysis::model::mixture_of;
use crate::studies::surfaces::{SurfaceStore, surfaces};
use crate::theory::{HessianBulk, Semicircle};

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

/// Index against energy: deviation of the index k from (Λ − 1) α(u), in eigenvalues; of a mixture from (Λ − 1) α(r/√ξ″).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SaddleCheck {
    /// What α is taken at: `energy_per_spin`, of a mixture `radial_slope`.
    pub variable: &'static str,
    /// Surfaces.
    pub surfaces: u64,
    /// Critical points.
    pub points: u64,
    /// Searches that ended elsewhere, or at a point of undecided index.
    pub elsewhere: u64,
    /// Mean of k − (Λ − 1) α.
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
        Ok(SaddleCheck::of(self.dim, (self.surfaces, self.elsewhere), &deviations, "energy_per_spin"))
    }
}

/// Saddle searches of one size on a mixture, where the bulk of the Hessian is shifted by the radial slope r.
#[derive(Debug, Clone, PartialEq)]
pub struct MixtureSaddles {
    /// ξ″(1).
    pub second: f64,
    /// Λ.
    pub dim: u32,
    /// Surfaces.
    pub surfaces: u64,
    /// Where searches converged, with nothing undecided.
    pub points: Vec<ModelPoint>,
    /// Searches that ended elsewhere.
    pub elsewhere: u64,
}

impl MixtureSaddles {
    /// What is stored of one size.
    ///
    /// # Errors
    /// Those of the store; bad input for a mixture that theory does not take.
    pub fn of_size(store: &SurfaceStore, dim: u32) -> Result<Self> {
        let on_size = surfaces(store).into_iter().filter(|surface| surface.dim == dim);
        let each = on_size.map(|surface| store.surface_starts(dim, surface.instance));
        let each = each.collect::<Result<Vec<_>>>()?;
        let starts = || each.iter().flatten();
        let points: Vec<ModelPoint> =
            starts().filter(|start| start.record.converged()).filter_map(point::point).collect();
        Ok(Self {
            second: mixture_of(store.spec())?.derivative(2, 1.0),
            dim,
            surfaces: each.len() as u64,
            elsewhere: starts().count().saturating_sub(points.len()) as u64,
            points,
        })
    }

    /// Holds the points against the share α of negative eigenvalues of a semicircle on `−r ± 2√ξ″`.
    pub fn check(&self) -> SaddleCheck {
        let edge = 2.0 * self.second.sqrt();
        let bulk = Semicircle { lowest: -edge, radius: edge };
        // Of a field alone all eigenvalues are −r.
        let share = |r: f64| if edge > 0.0 { bulk.cumulative(r) } else { f64::from(u8::from(r > 0.0)) };
        let deviation =
            |point: &ModelPoint| f64::from(point.index) - f64::from(self.dim - 1) * share(point.radial_slope);
        let deviations: Vec<f64> = self.points.iter().map(deviation).collect();
        SaddleCheck::of(self.dim, (self.surfaces, self.elsewhere), &deviations, "radial_slope")
    }
}

impl SaddleCheck {
    /// Of the deviations of the index at points of some surfaces; so many searches ended elsewhere.
    fn of(dim: u32, (surfaces, elsewhere): (u64, u64), deviations: &[f64], variable: &'static str) -> Self {
        let n = deviations.len() as f64;
        let some = |x: f64| (!deviations.is_empty()).then_some(x);
        let mean = some(deviations.iter().sum::<f64>() / n);
        let rms = some((deviations.iter().map(|d| d * d).sum::<f64>() / n).sqrt());
        let scale = index_scale(dim);
        let testable = dim >= LEAST_DIM && deviations.len() >= LEAST_POINTS;
        let small = |mean: f64, rms: f64| mean.abs() <= MOST_MEAN && rms <= MOST_RMS * scale;
        Self {
            variable,
            surfaces,
            points: deviations.len() as u64,
            elsewhere,
            mean,
            rms,
            largest: some(deviations.iter().fold(0.0, |top: f64, d| top.max(d.abs()))),
            scale,
            rms_fraction: rms.map(|rms| rms / f64::from(dim - 1)),
            holds: mean.zip(rms).filter(|_| testable).map(|(mean, rms)| small(mean, rms)),
        }
    }
}
