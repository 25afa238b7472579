//! Where the command line meets kernels and executor.

use std::path::{Path, PathBuf};

use super::caller::caller;
use super::own;
use super::progress::Progress;
use super::ranks::{self, OtherRanks};
use super::signals;
use crate::analysis::mixture_of;
use crate::error::{Error, Result};
use crate::hamiltonian::{PlantedSpike, Recipe, Surface};
use crate::numeric::npy::{self, Array, Wanted};
use crate::studies::surfaces::{self, Given, GivenPoints, Kind, Spec, SurfaceId, SurfaceStore};
use crate::study::command::{self, Estimate};
use crate::study::memory::available_bytes;
use crate::study::{Job, Resources, Stop, Store, Study};
use crate::theory::MixtureCounts;

/// Works, with other processes if there are any, until all of a run is stored.
///
/// # Errors
/// [`Error::Interrupted`] after a signal; whatever else ends the work.
pub fn finish<S: Study>(
    store: &mut Store<S>,
    (given, resources): (&S::Given, &Resources),
    (progress, stop): (&Progress, &Stop),
    others: Option<&OtherRanks>,
) -> Result<()> {
    let spec = store.spec().clone();
    let job = Job { spec: &spec, given, resources, observer: progress, stop };
    ranks::carry_out(others, store, &job)?;
    store.check_complete()
}

/// A request to stop that signals make, or the program that calls this one.
///
/// # Errors
/// Where signals cannot be waited for.
pub fn stop_by_signal() -> Result<Stop> {
    if let Some(caller) = caller() {
        return Ok(caller.stop);
    }
    let stop = Stop::default();
    signals::install(&stop)?;
    Ok(stop)
}

/// Estimates what is still to do of a run on surfaces, which may have to keep the user's couplings; of a census with the disk
/// that its mean number of points needs.
///
/// # Errors
/// As [`command::estimate`].
pub fn estimate_surfaces(
    (spec, keeps): (&Spec, bool),
    done: Option<&SurfaceStore>,
    with: (&Given, &Resources),
) -> Result<Estimate> {
    let estimate = command::estimate(spec, done, with)?;
    let disk_bytes = match spec.kind() {
        Kind::Sweep => estimate.disk_bytes,
        Kind::Census => surfaces::sweep::census_disk_bytes(spec, mean_points(spec)?),
    };
    let keeps = keeps || done.map(SurfaceStore::keeps).transpose()?.unwrap_or(false);
    Ok(Estimate { disk_bytes: disk_bytes.saturating_add(own::kept_bytes(spec, keeps)), ..estimate })
}

/// Mean number of critical points of a random surface: a guess for the user's own.
fn mean_points(spec: &Spec) -> Result<f64> {
    let Some(&dim) = spec.dims.first() else { return Ok(0.0) };
    let counts = MixtureCounts::new(&mixture_of(spec)?, dim)?.total(&[f64::INFINITY])?;
    Ok(counts.iter().map(|count| count.value()).sum())
}

/// Reads points that starts begin from.
///
/// # Errors
/// [`Error::BadInput`] where the file holds no points of the sphere; [`Error::Refused`] where they do not fit in memory.
pub fn starting_points(path: &Path) -> Result<GivenPoints> {
    let shape = npy::shape_of(path, Wanted::Points)?;
    let needed = shape.iter().try_fold(16_u64, |product, &side| product.checked_mul(side.into()));
    let (needed, available) = (needed.unwrap_or(u64::MAX), available_bytes());
    if needed > available {
        return Err(Error::Refused(format!(
            "points {} need {needed} bytes of memory, {available} are available",
            path.display()
        )));
    }
    GivenPoints::new(&npy::read(path, Wanted::Points)?)
}

/// Writes the couplings of a surface as full symmetric arrays, one for each order.
///
/// # Errors
/// Those of [`couplings_of`] and of [`surfaces::write_couplings`].
pub fn export_couplings(
    store: &SurfaceStore,
    surface: SurfaceId,
    path_of: impl Fn(u32) -> PathBuf,
) -> Result<Vec<PathBuf>> {
    let write = |(order, values): (u32, Vec<f64>)| {
        let path = path_of(order);
        surfaces::write_couplings(order, surface.dim, values, &path)?;
        Ok(path)
    };
    couplings_of(store, surface)?.into_iter().map(write).collect()
}

/// The couplings of a surface, `L = Σ_P Λ^{−(P−1)/2} A_P[w, …, w]` but for a spike: each order P with its full symmetric array
/// A_P in C order.
///
/// # Errors
/// [`Error::Refused`] above 2 GiB, with the size, and for a run on the user's own couplings that does not keep them.
pub fn couplings_of(store: &SurfaceStore, surface: SurfaceId) -> Result<Vec<(u32, Vec<f64>)>> {
    let spec = store.spec();
    surfaces::couplings_bytes(spec.spins, surface.dim)?;
    if let Some(arrays) = own::kept_arrays(store)? {
        let of_order = |array: Array| Ok((array.shape.len() as u32, own::symmetric(array)?.values));
        return arrays.into_iter().map(of_order).collect();
    }
    let surface = surfaces::random_surface(spec, surface)?;
    Ok(surface.dense_orders().map(|(order, values)| (order as u32, values)).collect())
}

/// The surface of a stored run: drawn again, or made of the user's arrays that the run keeps.
///
/// # Errors
/// [`Error::Refused`] for a run on the user's own couplings that does not keep them; those of the store.
pub fn stored_surface(store: &SurfaceStore, surface: SurfaceId) -> Result<Surface> {
    let kept = own::kept_by(store)?;
    match kept.and_then(|given| given.couplings) {
        Some(couplings) => {
            let key = store.spec().surface_key(surface.dim, surface.instance);
            Ok(Recipe::own(key, &couplings, 0).carry_out(&|n, job| (0..n).map(job).collect()))
        }
        None => surfaces::random_surface(store.spec(), surface),
    }
}

/// The hidden vector of a surface's spike.
///
/// # Errors
/// [`Error::BadInput`] if the run has no spike.
pub fn hidden_vector(store: &SurfaceStore, surface: SurfaceId) -> Result<Vec<f64>> {
    let spec = store.spec();
    let spike = spec.model().spike.ok_or_else(|| Error::bad_input("spike", "none", "a run with a spike"))?;
    let key = spec.surface_key(surface.dim, surface.instance);
    Ok(PlantedSpike::draw(&key, spike).vector().to_vec())
}
