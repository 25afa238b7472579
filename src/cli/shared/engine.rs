//! Where the command line meets kernels and executor.

use std::path::Path;

use super::estimate::Estimate;
use super::memory::available_bytes;
use crate::descent::{DeviceClass, cuda};
use crate::error::{Error, Result};
use crate::hamiltonian::{CHUNKS, Layout, Surface, SurfaceKey, SymmetricTensor};
use crate::numeric::npy::{self, Array};
use crate::run::export::{self, SurfaceId};
use crate::run::{Couplings, Expected, Kind, Means, Spec, Store, cost, todo};
use crate::theory::MeanCounts;

/// Refuses a sweep that cannot fit in memory, or needs a device that is not there, before anything is written.
///
/// # Errors
/// [`Error::Refused`] with the bytes needed and available, or with what the device lacks.
pub fn admit(spec: &Spec, means: &Means) -> Result<()> {
    if spec.descent.is_some_and(|descent| descent.device == DeviceClass::Cuda) {
        if means.shard > 1 {
            return Err(Error::bad_input("shard", means.shard, "1 with device cuda"));
        }
        cuda::open()?;
    }
    let (needed, available) = (cost::memory_bytes(spec, means), means.memory);
    if needed <= available {
        return Ok(());
    }
    let dim = spec.dims.iter().max().copied().unwrap_or(0);
    let less = if spec.is_census() { "a smaller dim or fewer" } else { "fewer dims, samples or" };
    let each = if means.shard > 1 { " for each process" } else { "" };
    Err(Error::Refused(format!(
        "spins {} dim {dim} needs {needed} bytes of memory{each}, {available} are available; {less} threads need less{}",
        spec.spins,
        by_shards(spec, means)
    )))
}

/// What to add where more processes that hold surfaces together would have room: the fewest.
fn by_shards(spec: &Spec, means: &Means) -> String {
    if spec.descent.is_none_or(|descent| descent.device == DeviceClass::Cuda) {
        return String::new();
    }
    let needed = |&shard: &usize| cost::memory_bytes(spec, &Means { shard, ..*means });
    match (means.shard + 1..=CHUNKS).find(|shard| needed(shard) <= means.memory) {
        Some(shard) => format!("; so does --shard {shard}: {} for each of its processes", needed(&shard)),
        None => String::new(),
    }
}

/// Estimates what is still to do of a spec; `done` is the store so far, if there is one.
///
/// # Errors
/// [`Error::Refused`] as [`admit`].
pub fn estimate(spec: &Spec, done: Option<&Store>, means: &Means) -> Result<Estimate> {
    admit(spec, means)?;
    let disk_bytes = match spec.kind() {
        Kind::Sweep => cost::disk_bytes(spec),
        Kind::Census => cost::census_disk_bytes(spec, mean_points(spec)?),
    };
    let left = todo(spec, &done.map(Store::done).unwrap_or_default());
    let Expected { seconds, processor_share } = crate::run::expected(spec, &left, means)?;
    Ok(Estimate {
        memory_bytes: cost::memory_bytes(spec, means),
        available_bytes: means.memory,
        disk_bytes,
        seconds,
        processor_share,
        shard: means.shard,
    })
}

/// Mean number of critical points of a random surface: a guess for the user's own.
fn mean_points(spec: &Spec) -> Result<f64> {
    let Some(&dim) = spec.dims.first() else { return Ok(0.0) };
    let counts = MeanCounts::new(spec.spins, dim)?.total(&[f64::INFINITY])?;
    Ok(counts.iter().map(|count| count.value()).sum())
}

/// The user's own tensor, if there is one.
#[derive(Debug, Default)]
pub struct OwnCouplings {
    /// What a spec knows it by.
    pub known_as: Option<Couplings>,
    /// The tensor as it was given.
    pub couplings: Option<SymmetricTensor<f64>>,
}

/// Reads the user's own tensor from a file, if one is named.
///
/// # Errors
/// [`Error::Refused`] where it does not fit in memory; [`Error::BadInput`] where the file holds no symmetric tensor.
pub fn own(path: Option<&Path>) -> Result<OwnCouplings> {
    let Some(path) = path else { return Ok(OwnCouplings::default()) };
    let array = read_array(path)?;
    let tensor = tensor(&array, path)?;
    Ok(OwnCouplings { known_as: Some(Couplings::of(&array, &tensor)), couplings: Some(tensor) })
}

/// Reads the user's array.
///
/// # Errors
/// [`Error::Refused`] where it and its layout do not fit in memory; those of [`npy::read_tensor`].
fn read_array(path: &Path) -> Result<Array> {
    let shape = npy::read_shape(path)?;
    let array = shape.iter().try_fold(1_u64, |product, &side| product.checked_mul(side.into()));
    let side = shape.first().map_or(0, |&side| side as usize);
    let values = array.zip(Layout::new(shape.len(), side).values());
    let needed = values.and_then(|(array, layout)| array.checked_add(layout)?.checked_mul(8));
    let (needed, available) = (needed.unwrap_or(u64::MAX), available_bytes());
    if needed <= available {
        return npy::read_tensor(path);
    }
    Err(Error::Refused(format!(
        "couplings {} of shape {shape:?} need {needed} bytes of memory, {available} are available",
        path.display()
    )))
}

/// The user's array, read from `path`, as a tensor.
///
/// # Errors
/// [`Error::BadInput`] where it is not symmetric.
fn tensor(array: &Array, path: &Path) -> Result<SymmetricTensor<f64>> {
    let shape: Vec<u64> = array.shape.iter().map(|&side| u64::from(side)).collect();
    SymmetricTensor::from_dense(&shape, &array.values).map_err(|error| match error {
        Error::BadInput { key, value, allowed } => {
            Error::bad_input(key, path.display(), format!("{allowed} (at {value})"))
        }
        other => other,
    })
}

/// Refuses to go on with a run on the user's own couplings without them: the store has only their checksum.
///
/// # Errors
/// [`Error::Refused`].
pub fn need_couplings(store: &Store, couplings: Option<&SymmetricTensor<f64>>) -> Result<()> {
    if store.spec().couplings == Couplings::Random || couplings.is_some() {
        return Ok(());
    }
    let path = store.path().display();
    Err(Error::Refused(format!("{path} has couplings of your own: give them again (--couplings)")))
}

/// Writes the couplings of a surface as a full symmetric tensor.
///
/// # Errors
/// Those of [`export::write_couplings`]; [`Error::Refused`] for a run on the user's own couplings.
pub fn export_couplings(store: &Store, surface: SurfaceId, path: &Path) -> Result<()> {
    let spec = store.spec();
    export::couplings_bytes(spec.spins, surface.dim)?;
    if spec.couplings != Couplings::Random {
        return Err(Error::Refused(
            "the run's couplings are your own file; the store has only their checksum".into(),
        ));
    }
    let layout = Layout::new(spec.spins as usize, surface.dim as usize);
    let key = SurfaceKey { seed: spec.seed, layout, instance: u64::from(surface.instance) };
    let drawn = Surface::draw(&key, 0, &|n, job| (0..n).map(job).collect());
    export::write_couplings(spec.spins, surface.dim, drawn.to_dense(), path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::shared::means::means;
    use crate::run::Request;

    #[test]
    fn where_one_process_has_no_room_the_smallest_group_that_has_is_named() {
        let spec = |dim| Spec::new(&Request { dims: Some(vec![dim]), ..Request::default() }).unwrap();
        let with = |memory, shard| Means { memory, shard, ..means(Some(1)).unwrap() };
        let told = |dim, means: &Means| admit(&spec(dim), means).unwrap_err().to_string();
        let needed = |shard| cost::memory_bytes(&spec(1000), &with(u64::MAX, shard));
        for shard in [2, 3, 4, 5, 6, 9, 16] {
            let smaller = (1..shard).rev().find(|&smaller| needed(smaller) > needed(shard)).unwrap();
            let room = (needed(shard) + needed(smaller)) / 2;
            let told = told(1000, &with(room, 1));
            assert!(told.contains(&format!("so does --shard {shard}: {} for each", needed(shard))), "{told}");
            assert!(admit(&spec(1000), &with(room, shard)).is_ok());
        }
        assert!(!told(1000, &with(needed(16) / 2, 1)).contains("--shard"));
        assert!(told(1000, &with(needed(3), 2)).contains("for each process, "));
    }
}
