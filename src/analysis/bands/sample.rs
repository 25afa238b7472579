//! What a stored run says of one size, in the form that theory is asked in.

use serde::Serialize;

use super::census::{CensusSample, IndexAndEnergy};
use super::descents::{DescentSample, Descents, Minimum};
use super::levels::FEW_SURFACES;
use super::saddles::SaddleSample;
use crate::Result;
use crate::critical::mean_eigenvalues;
use crate::descent::Sought;
use crate::hamiltonian::{Isa, Layout, Surface, SurfaceKey};
use crate::studies::surfaces::{Couplings, Record, Spec, SurfaceStore};
use crate::studies::surfaces::{CriticalPointRow, SurfaceId, rows, surfaces};

/// Distinct minima of a surface whose curvature is worked out: the first that starts met.
const CURVED: usize = 64;
/// Couplings that are drawn again for it, in all surfaces of a size.
const COUPLINGS: f64 = 3e7;

/// What a run looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SoughtPoints {
    /// All critical points.
    Census,
    /// Minima, by descent.
    Descent,
    /// Critical points of any index near chosen energies.
    Saddle,
}

impl SoughtPoints {
    /// Of a run with this spec.
    pub fn of(spec: &Spec) -> Self {
        match spec.descent.map(|descent| descent.method().sought()) {
            None => Self::Census,
            Some(Sought::Minima) => Self::Descent,
            Some(Sought::AnyIndex) => Self::Saddle,
        }
    }
}

/// One size of a run.
#[derive(Debug, Clone, PartialEq)]
pub enum SizeSample {
    /// All critical points.
    Census(CensusSample),
    /// Minima.
    Minima(DescentSample),
    /// Critical points of any index.
    Saddles(SaddleSample),
}

impl SizeSample {
    /// H and Λ.
    pub fn size(&self) -> (u32, u32) {
        match self {
            Self::Census(sample) => (sample.spins, sample.dim),
            Self::Minima(sample) => (sample.spins, sample.dim),
            Self::Saddles(sample) => (sample.spins, sample.dim),
        }
    }
}

impl SizeSample {
    /// Energies per spin on each surface: of starts that ended at minima, of the minima of a census, of saddles (all of
    /// them together).
    pub fn energies(&self) -> Vec<Vec<f64>> {
        let minima = |points: &Vec<IndexAndEnergy>| {
            points.iter().filter(|place| place.index == 0).map(|place| place.energy_per_spin).collect()
        };
        match self {
            Self::Census(sample) => sample.surfaces.iter().map(minima).collect(),
            Self::Minima(sample) => sample.surfaces.iter().map(|surface| surface.energies.clone()).collect(),
            Self::Saddles(sample) => vec![sample.points.iter().map(|place| place.energy_per_spin).collect()],
        }
    }
}

/// What is stored of one size.
///
/// # Errors
/// Those of the store.
pub fn sample(store: &SurfaceStore, dim: u32) -> Result<SizeSample> {
    let spins = store.spec().spins;
    let kind = SoughtPoints::of(store.spec());
    if kind == SoughtPoints::Census {
        return census(store, dim).map(SizeSample::Census);
    }
    let surfaces: Vec<SurfaceId> = surfaces(store).into_iter().filter(|surface| surface.dim == dim).collect();
    if kind == SoughtPoints::Descent {
        let most = curved_surfaces(spins, dim);
        let each = surfaces.iter().enumerate().map(|(i, &surface)| {
            let on_surface = OnSurface { store, surface, curved: if i < most { CURVED } else { 0 } };
            on_surface.descents(&rows(store, surface)?)
        });
        return Ok(SizeSample::Minima(DescentSample { spins, dim, surfaces: each.collect::<Result<_>>()? }));
    }
    let each = surfaces.iter().map(|&surface| rows(store, surface)).collect::<Result<Vec<_>>>()?;
    let found: Vec<Option<IndexAndEnergy>> = each.iter().flatten().map(|row| place(&row.record)).collect();
    let points: Vec<IndexAndEnergy> = found.iter().copied().flatten().collect();
    let elsewhere = (found.len() - points.len()) as u64;
    Ok(SizeSample::Saddles(SaddleSample { spins, dim, surfaces: surfaces.len() as u64, points, elsewhere }))
}

/// The certified surfaces of a census. What certification asks, a store can lose: each point must still be there and
/// have an index.
fn census(store: &SurfaceStore, dim: u32) -> Result<CensusSample> {
    let mut sample = CensusSample { spins: store.spec().spins, dim, surfaces: Vec::new(), left_out: 0 };
    for facts in store.census_facts()?.iter().filter(|facts| facts.dim == dim) {
        let records = store.surface_records(dim, facts.instance)?;
        let places: Vec<IndexAndEnergy> = records.iter().filter_map(certain_place).collect();
        if facts.certified && places.len() as u64 == facts.real {
            sample.surfaces.push(places);
        } else {
            sample.left_out += 1;
        }
    }
    Ok(sample)
}

/// Where a search ended, if that is a critical point of decided index.
fn place(record: &Record) -> Option<IndexAndEnergy> {
    certain_place(record).filter(|_| record.converged())
}

/// A point's energy and index, if both are certain. In a census every point is proved to be critical, whatever its
/// gradient in double precision.
fn certain_place(record: &Record) -> Option<IndexAndEnergy> {
    let certain = record.undecided == Some(0) && record.energy_per_spin.is_finite();
    let place = |index| IndexAndEnergy { index, energy_per_spin: record.energy_per_spin };
    record.index.filter(|_| certain).map(place)
}

/// Minima of a surface, with curvatures.
struct OnSurface<'a> {
    store: &'a SurfaceStore,
    surface: SurfaceId,
    /// Distinct minima whose curvature is to be worked out.
    curved: usize,
}

impl OnSurface<'_> {
    fn descents(&self, rows: &[CriticalPointRow]) -> Result<Descents> {
        let minima: Vec<&CriticalPointRow> =
            rows.iter().filter(|row| place(&row.record).is_some_and(|p| p.index == 0)).collect();
        // Row of the first start, and the minimum.
        let mut known: Vec<(&CriticalPointRow, Minimum)> = Vec::new();
        for &row in &minima {
            match known.iter_mut().find(|(first, _)| first.distinct == row.distinct) {
                Some((_, minimum)) => minimum.starts += 1,
                None => {
                    let energy_per_spin = row.record.energy_per_spin;
                    known.push((row, Minimum { energy_per_spin, starts: 1, mean_eigenvalue: None }));
                }
            }
        }
        let kept = minima.iter().all(|row| row.distinct.is_some());
        if kept {
            self.add_curvatures(&mut known)?;
        }
        Ok(Descents {
            energies: minima.iter().map(|row| row.record.energy_per_spin).collect(),
            minima: kept.then(|| known.into_iter().map(|(_, minimum)| minimum).collect()),
            elsewhere: (rows.len() - minima.len()) as u64,
        })
    }

    /// Couplings are drawn again: energies that are stored do not enter.
    fn add_curvatures(&self, known: &mut [(&CriticalPointRow, Minimum)]) -> Result<()> {
        let SurfaceId { dim, instance } = self.surface;
        let curved = known.len().min(self.curved);
        if curved == 0 || self.store.spec().couplings != Couplings::Random {
            return Ok(());
        }
        let spec = self.store.spec();
        let points = self.store.points(dim, instance)?;
        let layout = Layout::new(spec.spins as usize, dim as usize);
        let key = SurfaceKey { seed: spec.seed, layout, instance: u64::from(instance) };
        let couplings = Surface::draw(&key, 0, &|n, job| (0..n).map(job).collect());
        let places: Vec<&[f64]> =
            known[..curved].iter().map(|(row, _)| points.of(row.record.start)).collect();
        let means = mean_eigenvalues(&couplings, Isa::best(), &places);
        for ((_, minimum), mean) in known.iter_mut().zip(means) {
            minimum.mean_eigenvalue = Some(mean).filter(|mean| mean.is_finite());
        }
        Ok(())
    }
}

/// Surfaces whose couplings are drawn again: all where that takes moments, never fewer than twenty.
fn curved_surfaces(spins: u32, dim: u32) -> usize {
    let couplings: f64 = (0..spins).map(|i| f64::from(dim + i) / f64::from(i + 1)).product();
    ((COUPLINGS / couplings) as usize).max(FEW_SURFACES as usize)
}
