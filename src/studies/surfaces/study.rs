//! The study of runs on surfaces; what it says to the engine is in `kind`.

use crate::study::Store;

/// Sweeps of descents or searches from many starts, and censuses of all critical points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surfaces;

/// A run on surfaces.
pub type SurfaceStore = Store<Surfaces>;
