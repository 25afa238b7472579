//! What a census will need.

use std::time::Instant;

use super::executor::{by_thread, surface};
use crate::critical::census::{BLOCK, CensusKey, Instance, admitted_class_count};
use crate::numeric::symmetric::Symmetric;
use crate::run::executor::Means;
use crate::run::spec::Spec;

/// Bytes of a path, from its block's end to the count of all.
const PATH_BYTES: u64 = 100;
/// Matrices of Λ² doubles at H = 2: the couplings, their copies, eigenvectors and the solver's own.
const MATRICES: u64 = 10;
/// Largest matrix that is timed.
const PILOT_DIM: usize = 200;

/// Peak memory of the censuses that are under way at the same time, beside couplings; `None` beyond u64.
pub fn memory_bytes(spec: &Spec, means: &Means) -> Option<u64> {
    let dim = u64::from(spec.dims[0]);
    let paths = admitted_class_count(spec.spins as usize, dim as usize).ok()?;
    let at_once = by_thread(spec.instances as usize, paths, means.threads).clamp(1, means.threads) as u64;
    let each = if spec.spins == 2 {
        dim.checked_mul(dim)?.checked_mul(8 * MATRICES)?
    } else {
        paths.checked_mul(PATH_BYTES)?
    };
    each.checked_mul(at_once)
}

/// Wall seconds for so many surfaces, from the first block of paths of a random one; at H = 2 from the eigenvectors of
/// a matrix that is not too large.
pub fn seconds(spec: &Spec, surfaces: usize, means: &Means) -> f64 {
    let dim = spec.dims[0] as usize;
    let Ok(paths) = admitted_class_count(spec.spins as usize, dim) else { return f64::INFINITY };
    let each = if spec.spins == 2 {
        let pilot = dim.min(PILOT_DIM);
        let matrix = Symmetric::from_lower(pilot, |i, j| ((i * pilot + j) as f64).sin());
        let begin = Instant::now();
        let _ = matrix.eigen();
        begin.elapsed().as_secs_f64() * (dim as f64 / pilot as f64).powi(3)
    } else {
        let begin = Instant::now();
        let instance = Instance::new(&surface(spec, None, 0), CensusKey { seed: spec.seed, instance: 0 }, 0);
        let _ = instance.track(0..paths.min(BLOCK), 0);
        begin.elapsed().as_secs_f64() * (paths as f64 / BLOCK as f64).max(1.0)
    };
    // A single surface is shared by its blocks only.
    let shared = (means.threads as f64).min((surfaces as u64 * paths.div_ceil(BLOCK)) as f64).max(1.0);
    surfaces as f64 * each / shared
}
