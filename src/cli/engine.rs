//! Where the command line meets kernels and executor.

use std::path::Path;

use serde::Serialize;

use super::env::Settings;
use crate::error::{Error, Result};
use crate::numeric::npy::Array;
use crate::run::export::SurfaceId;
use crate::run::{Observer, Record, Spec, Stop, Store};

/// How a sweep is to be carried out; none of it changes what comes out.
#[derive(Debug, Clone, Copy)]
pub struct Means {
    /// Worker threads.
    pub threads: usize,
    /// From the environment.
    pub settings: Settings,
}

/// What a sweep will need.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Estimate {
    /// Peak memory.
    pub memory_bytes: u64,
    /// Memory that is free now.
    pub available_bytes: u64,
    /// Size of the finished run file.
    pub disk_bytes: u64,
    /// Wall time for what is still to do.
    pub seconds: f64,
}

fn not_wired() -> Error {
    Error::Internal("executor not wired".into())
}

/// Refuses a sweep that cannot fit in memory, before anything is written.
///
/// # Errors
/// [`Error::Refused`] with the bytes needed and available.
pub fn admit(_spec: &Spec, _means: Means) -> Result<()> {
    Ok(())
}

/// Estimates what is still to do of a spec; `done` is the store so far, if there is one.
///
/// # Errors
/// [`Error::Refused`] as [`admit`].
pub fn estimate(_spec: &Spec, _done: Option<&Store>, _means: Means) -> Result<Estimate> {
    Err(not_wired())
}

/// Carries out what is left of a run.
///
/// # Errors
/// [`Error::Interrupted`] once `stop` is requested; those of the store.
pub fn execute(
    _couplings: Option<&Array>,
    _store: &mut Store,
    _means: Means,
    _observer: &dyn Observer,
    _stop: &Stop,
) -> Result<()> {
    Err(not_wired())
}

/// Recomputes one record by a second path.
///
/// # Errors
/// [`Error::Refused`] where memory does not suffice.
pub fn recompute(_spec: &Spec, _record: &Record, _point: &[f64]) -> Result<bool> {
    Err(not_wired())
}

/// Writes the couplings of a surface as a full symmetric tensor.
///
/// # Errors
/// Those of [`crate::run::export::write_couplings`].
pub fn export_couplings(store: &Store, surface: SurfaceId, _path: &Path) -> Result<()> {
    crate::run::export::couplings_bytes(store.spec().spins, surface.dim)?;
    Err(not_wired())
}

/// Draws every figure that a run gives.
///
/// # Errors
/// [`Error::Io`].
pub fn draw_figures(_run: &Path, _out: &Path) -> Result<()> {
    Err(not_wired())
}
