//! Index and energy of critical points beside the semicircle's index fraction.

use crate::Result;
use crate::analysis::bands::{IndexAndEnergy, SizeSample, index_deviation, index_scale};
use crate::theory::HessianBulk;

/// Points of the curve.
const SAMPLES: usize = 401;

/// Critical points of several sizes in energy and index fraction.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexVsEnergy {
    /// H.
    pub spins: u32,
    /// E_∞, energy per spin.
    pub e_inf: f64,
    /// Energies per spin, rising, and α there.
    pub curve: [Vec<f64>; 2],
    /// By size, rising in Λ.
    pub clouds: Vec<Cloud>,
}

/// Critical points of one size.
#[derive(Debug, Clone, PartialEq)]
pub struct Cloud {
    /// Λ.
    pub dim: u32,
    /// (u, k/(Λ−1), k − (Λ−1) α(u)).
    pub points: Vec<[f64; 3]>,
    /// √(ln Λ)/π, the scatter of the index to expect.
    pub scale: f64,
    /// Root mean square of the last column; none without points.
    pub rms: Option<f64>,
}

impl IndexVsEnergy {
    /// The table of samples of one order; descents, which end at minima, have no place in it.
    ///
    /// # Errors
    /// Bad input if H < 2.
    pub fn new(spins: u32, samples: &[SizeSample]) -> Result<Self> {
        let bulk = HessianBulk::new(spins)?;
        let e_inf = bulk.e_inf();
        let half = (SAMPLES / 2) as f64;
        let us: Vec<f64> = (0..SAMPLES).map(|i| e_inf * 1.12 * (i as f64 / half - 1.0)).collect();
        let alpha = us.iter().map(|&u| bulk.index_fraction(u)).collect();
        let cloud = |sample: &SizeSample| match sample {
            SizeSample::Census(census) => Some(cloud(&bulk, census.dim, census.surfaces.iter().flatten())),
            SizeSample::Saddles(saddles) => Some(cloud(&bulk, saddles.dim, saddles.points.iter())),
            SizeSample::Minima(_) => None,
        };
        Ok(Self { spins, e_inf, curve: [us, alpha], clouds: samples.iter().filter_map(cloud).collect() })
    }
}

fn cloud<'a>(bulk: &HessianBulk, dim: u32, places: impl Iterator<Item = &'a IndexAndEnergy>) -> Cloud {
    let all = f64::from(dim - 1);
    let point = |place: &IndexAndEnergy| {
        [place.energy_per_spin, f64::from(place.index) / all, index_deviation(bulk, dim, place)]
    };
    let points: Vec<[f64; 3]> = places.map(point).collect();
    let squares: f64 = points.iter().map(|point| point[2] * point[2]).sum();
    let rms = (!points.is_empty()).then(|| (squares / points.len() as f64).sqrt());
    Cloud { dim, points, scale: index_scale(dim), rms }
}
