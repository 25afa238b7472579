//! Tables and arrays of a run of sampling.

use std::path::Path;

use super::kind::SamplingStore;
use super::rows::SeriesRow;
use super::unit::SurfaceKey;
use crate::error::{Error, Result};
use crate::files;
use crate::numeric::npy;
use crate::study::columns::values;
use crate::study::export::{self, heads};

/// Writes energies along the way, of all surfaces.
///
/// # Errors
/// Those of the store; [`Error::Io`], [`Error::Refused`] where the file cannot be written.
pub fn write_series(store: &SamplingStore, path: &Path) -> Result<()> {
    export::write_csv(path, &heads::<SeriesRow>(), |put| {
        store.units().try_for_each(|unit| {
            unit?.series.iter().try_for_each(|row| put(&values(row).collect::<Vec<_>>()))
        })
    })
}

/// Writes the last points of one surface, shape (temperatures · replicas, Λ): temperature after temperature.
///
/// # Errors
/// As [`write_series`]; [`Error::BadInput`] for a surface that is not stored.
pub fn write_points(store: &SamplingStore, key: SurfaceKey, path: &Path) -> Result<()> {
    let unit = store.unit(&key)?;
    let unit =
        unit.ok_or_else(|| Error::bad_input("dim and instance", key, "a surface that the run holds"))?;
    let shape = [unit.point_count() as u64, u64::from(key.dim)];
    files::write_whole(path, |file| npy::write(file, &shape, unit.points.iter().copied()))
}
