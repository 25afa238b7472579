//! Spectra of the Hessian at minima, beside the shifted semicircle.

use super::energy_histogram::{EnergySet, Histogram};
use crate::critical::spectra;
use crate::hamiltonian::{Isa, Layout, Surface, SurfaceKey};
use crate::studies::surfaces::{Couplings, Record, SurfaceStore};
use crate::studies::surfaces::{CriticalPointRow, SurfaceId, rows, surfaces};
use crate::theory::HessianBulk;
use crate::{Error, Result};

/// Most minima of a size: enough for a smooth histogram, few enough to take seconds.
const MOST_MINIMA: usize = 40;
/// Eigenvalues of a size that suffice.
const ENOUGH: usize = 8000;
/// Largest Λ whose couplings are drawn again.
const MOST_DIM: u32 = 500;
/// Most sizes, the largest.
const MOST_SIZES: usize = 3;
/// Points of a curve.
const SAMPLES: usize = 1601;
/// Bins of the whole and of its edge, as shares of the width for independent numbers: eigenvalues repel each
/// other, so that their histogram is smoother.
const FINER: [f64; 2] = [0.5, 0.25];

/// Spectra at minima, by size.
#[derive(Debug, Clone, PartialEq)]
pub struct HessianSpectrum {
    /// H.
    pub spins: u32,
    /// By size, rising in Λ.
    pub sets: Vec<SpectrumSet>,
}

/// Spectra at minima of one size.
#[derive(Debug, Clone, PartialEq)]
pub struct SpectrumSet {
    /// Λ.
    pub dim: u32,
    /// Minima.
    pub minima: usize,
    /// Their mean energy per spin.
    pub mean_energy: f64,
    /// Smallest eigenvalue of all.
    pub smallest: f64,
    /// Of all eigenvalues of all minima together; and with finer bins.
    pub histograms: [Histogram; 2],
    /// Eigenvalues, rising, and the mean density of the semicircles that belong to the minima's energies.
    pub semicircles: [Vec<f64>; 2],
}

impl SpectrumSet {
    /// From the eigenvalues at each minimum, with its energy per spin; none without any.
    ///
    /// # Errors
    /// Bad input if H < 2.
    pub fn new(spins: u32, dim: u32, minima: &[(f64, Vec<f64>)]) -> Result<Option<Self>> {
        let bulk = HessianBulk::new(spins)?;
        let values: Vec<f64> = minima.iter().flat_map(|(_, values)| values.iter().copied()).collect();
        let smallest = values.iter().copied().fold(f64::INFINITY, f64::min);
        let set = EnergySet { dim, starts: minima.len() as u64, energies_per_spin: values };
        let Some(width) = set.density(0.1).map(|density| density.width) else { return Ok(None) };
        let histograms = FINER.map(|share| binned(&set.energies_per_spin, share * width));
        let count = minima.len() as f64;
        let mean_energy = minima.iter().map(|(energy, _)| energy).sum::<f64>() / count;
        let (lowest, highest) = bulk.at(mean_energy).edges();
        let margin = 0.1 * (highest - lowest);
        let step = (highest - lowest + 2.0 * margin) / (SAMPLES - 1) as f64;
        let xs: Vec<f64> = (0..SAMPLES).map(|i| lowest - margin + step * i as f64).collect();
        let mean = |x: &f64| minima.iter().map(|&(u, _)| bulk.at(u).density(*x)).sum::<f64>() / count;
        let ys = xs.iter().map(mean).collect();
        Ok(Some(Self { dim, minima: minima.len(), mean_energy, smallest, histograms, semicircles: [xs, ys] }))
    }
}

/// A histogram of mass 1 with bins of this width.
fn binned(values: &[f64], width: f64) -> Histogram {
    let bin = |x: f64| (x / width).floor();
    let ends =
        values.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], &x| [low.min(x), high.max(x)]);
    let first = bin(ends[0]);
    let mut heights = vec![0.0; (bin(ends[1]) - first) as usize + 1];
    values.iter().for_each(|&x| heights[(bin(x) - first) as usize] += 1.0 / (width * values.len() as f64));
    Histogram { low: first * width, width, heights }
}

impl HessianSpectrum {
    /// The table of a stored run of descents: spectra are computed anew from its points and couplings.
    ///
    /// # Errors
    /// Refused for a run without points or on the user's own couplings; those of the store.
    pub fn of_run(store: &SurfaceStore) -> Result<Self> {
        let spec = store.spec();
        if !spec.points || spec.couplings != Couplings::Random {
            let path = store.path().display();
            return Err(Error::Refused(format!(
                "{path}: spectra need points that were kept, and random couplings"
            )));
        }
        let dims: Vec<u32> = spec.dims.iter().copied().filter(|&dim| dim <= MOST_DIM).collect();
        let largest = &dims[dims.len().saturating_sub(MOST_SIZES)..];
        let sets = largest.iter().map(|&dim| set_of(store, dim)).collect::<Result<Vec<_>>>()?;
        Ok(Self { spins: spec.spins, sets: sets.into_iter().flatten().collect() })
    }
}

fn set_of(store: &SurfaceStore, dim: u32) -> Result<Option<SpectrumSet>> {
    let spins = store.spec().spins;
    let wanted = MOST_MINIMA.min(ENOUGH.div_ceil(dim as usize).max(8));
    let mut minima: Vec<(f64, Vec<f64>)> = Vec::new();
    for surface in surfaces(store).into_iter().filter(|surface| surface.dim == dim) {
        if minima.len() >= wanted {
            break;
        }
        minima.extend(on_surface(store, surface, wanted - minima.len())?);
    }
    SpectrumSet::new(spins, dim, &minima)
}

/// Spectra at the first distinct minima of a surface.
fn on_surface(store: &SurfaceStore, surface: SurfaceId, most: usize) -> Result<Vec<(f64, Vec<f64>)>> {
    let spec = store.spec();
    let rows = rows(store, surface)?;
    let minima = first_of_each(&rows, most);
    if minima.is_empty() {
        return Ok(Vec::new());
    }
    let points = store.points(surface.dim, surface.instance)?;
    let layout = Layout::new(spec.spins as usize, surface.dim as usize);
    let key = SurfaceKey { seed: spec.seed, layout, instance: u64::from(surface.instance) };
    let couplings = Surface::draw(&key, 0, &|n, job| (0..n).map(job).collect());
    let places: Vec<&[f64]> = minima.iter().map(|record| points.of(record.start)).collect();
    let found = spectra(&couplings, Isa::best(), &places);
    let energies = minima.iter().map(|record| record.energy_per_spin);
    Ok(energies.zip(found).filter_map(|(energy, values)| Some((energy, values?))).collect())
}

fn first_of_each(rows: &[CriticalPointRow], most: usize) -> Vec<&Record> {
    let mut seen = std::collections::BTreeSet::new();
    let minima = rows.iter().filter(|row| row.record.converged() && row.record.decided_index() == Some(0));
    minima
        .filter(|row| row.distinct.is_some_and(|id| seen.insert(id)))
        .map(|row| &row.record)
        .take(most)
        .collect()
}
