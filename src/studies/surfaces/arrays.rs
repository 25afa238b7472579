//! NumPy arrays: final points of a surface, and its couplings.

use std::path::Path;

use super::reading::Points;
use super::study::SurfaceStore;
use super::table::{SurfaceId, surfaces};
use crate::error::{Error, Result};
use crate::files;
use crate::numeric::npy;

/// Largest array of couplings that is written.
const MOST_BYTES: u64 = 2 << 30;

/// Writes the final points of a surface: shape (starts, Λ), row s the point of start s.
///
/// # Errors
/// Those of [`whole_points`]; [`Error::Io`].
pub fn write_points(store: &SurfaceStore, surface: SurfaceId, path: &Path) -> Result<()> {
    let points = whole_points(store, surface)?;
    let shape = [points.starts.len() as u64, u64::from(surface.dim)];
    files::write_whole(path, |file| npy::write(file, &shape, points.values.iter().copied()))
}

/// The final points of a surface, those of all its starts.
///
/// # Errors
/// [`Error::BadInput`] where the run keeps no points, [`Error::Refused`] while some are still missing; those of the store.
pub fn whole_points(store: &SurfaceStore, surface: SurfaceId) -> Result<Points> {
    if !store.spec().points {
        return Err(Error::bad_input("points", "not kept", "a run swept without --no-points"));
    }
    let points = store.points(surface.dim, surface.instance)?;
    let missing = store.spec().is_census() && !surfaces(store).contains(&surface);
    if missing || !points.starts.iter().copied().eq(0..points.starts.len() as u32) {
        return Err(Error::Refused(format!(
            "dim {} instance {} is not finished: go on with it to the end first",
            surface.dim, surface.instance
        )));
    }
    Ok(points)
}

/// Writes a tensor of shape `(N,) * H`; `values` are its N^H values, last index fastest.
///
/// # Errors
/// [`Error::Refused`] above 2 GiB, with the size; [`Error::Io`].
pub fn write_couplings(
    spins: u32,
    dim: u32,
    values: impl IntoIterator<Item = f64>,
    path: &Path,
) -> Result<()> {
    couplings_bytes(spins, dim)?;
    let shape = vec![u64::from(dim); spins as usize];
    files::write_whole(path, |file| npy::write(file, &shape, values))
}

/// Writes a vector of shape `(N,)`.
///
/// # Errors
/// [`Error::Io`].
pub fn write_vector(values: &[f64], path: &Path) -> Result<()> {
    files::write_whole(path, |file| npy::write(file, &[values.len() as u64], values.iter().copied()))
}

/// Bytes of the full tensor.
///
/// # Errors
/// [`Error::Refused`] above 2 GiB, with the size.
pub fn couplings_bytes(spins: u32, dim: u32) -> Result<u64> {
    let bytes = u128::from(dim).checked_pow(spins).and_then(|values| values.checked_mul(8));
    let size = match bytes {
        Some(bytes) if bytes <= u128::from(MOST_BYTES) => return Ok(bytes as u64),
        Some(bytes) => format!("{bytes} bytes"),
        None => "more than 2^128 bytes".to_owned(),
    };
    Err(Error::Refused(format!(
        "the couplings of dim {dim} at spins {spins} take {size} as a full array; at most {MOST_BYTES} are written"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_full_tensor_is_bounded_by_two_gib() {
        assert_eq!(couplings_bytes(3, 500).unwrap(), 1_000_000_000);
        for (spins, dim) in [(3, 646), (16, 65_535), (4, 200)] {
            let error = couplings_bytes(spins, dim).unwrap_err();
            assert_eq!(error.exit_code(), 3);
            assert!(error.to_string().contains("bytes"), "{error}");
        }
    }
}
