//! What a census will need.

use super::unit::surface;
use crate::critical::census::{BLOCK, CensusKey, Instance};
use crate::numeric::symmetric::Symmetric;
use crate::studies::surfaces::spec::Spec;
use crate::study::clock::Meter;
use crate::study::{Expected, Resources};

/// Bytes of a path, from its block's end to the count of all.
const PATH_BYTES: u64 = 100;
/// Matrices of Λ² doubles at H = 2: the couplings, their copies, eigenvectors and the solver's own.
const MATRICES: u64 = 10;
/// Largest matrix that is timed.
const PILOT_DIM: usize = 200;

/// Blocks of paths for each thread from which on two surfaces keep all threads busy.
const BLOCKS_PER_THREAD: u64 = 8;

/// Peak memory of the censuses that are under way at the same time, beside couplings; `None` beyond u64.
pub fn memory_bytes(spec: &Spec, resources: &Resources) -> Option<u64> {
    bytes_of_one(spec).checked_mul(at_once(spec, resources) as u64)
}

/// Surfaces that are under way at the same time: one for each thread, two where each has paths enough for all threads,
/// fewer where memory has no room.
///
/// A surface with too many paths is refused before.
pub fn at_once(spec: &Spec, resources: &Resources) -> usize {
    let blocks = spec.census_paths().unwrap_or(u64::MAX).div_ceil(BLOCK);
    let enough = if blocks >= BLOCKS_PER_THREAD * resources.threads as u64 { 2 } else { resources.threads };
    let room = resources.memory / bytes_of_one(spec).max(1);
    let most = enough.min(resources.threads).min(spec.instances as usize);
    most.min(usize::try_from(room).unwrap_or(usize::MAX)).max(1)
}

/// Bytes of one census; the most there are beyond u64.
pub fn bytes_of_one(spec: &Spec) -> u64 {
    let dim = u64::from(spec.dim());
    let bytes = match spec.degree() {
        0..=2 => dim.checked_mul(dim).and_then(|square| square.checked_mul(8 * MATRICES)),
        _ => spec.census_paths().ok().and_then(|paths| paths.checked_mul(PATH_BYTES)),
    };
    bytes.unwrap_or(u64::MAX)
}

/// Wall time for so many surfaces, from the first block of paths of a random one; at H = 2 from the eigenvectors of
/// a matrix that is not too large.
pub fn expected(spec: &Spec, surfaces: usize, resources: &Resources) -> Expected {
    let dim = spec.dim() as usize;
    let Ok(paths) = spec.census_paths() else {
        return Expected { seconds: f64::INFINITY, processor_share: 1.0 };
    };
    let mut meter = Meter::start();
    let times = if spec.degree() <= 2 {
        let pilot = dim.min(PILOT_DIM);
        let matrix = Symmetric::from_lower(pilot, |i, j| ((i * pilot + j) as f64).sin());
        meter.lap();
        let _ = matrix.eigen();
        (dim as f64 / pilot as f64).powi(3)
    } else {
        let instance = Instance::new(&surface(spec, None, 0), CensusKey { seed: spec.seed, instance: 0 }, 0);
        let _ = instance.track(0..paths.min(BLOCK), 0);
        (paths as f64 / BLOCK as f64).max(1.0)
    };
    let trial = meter.lap();
    // A single surface is shared by its blocks only.
    let shared = (resources.threads as f64).min((surfaces as u64 * paths.div_ceil(BLOCK)) as f64).max(1.0);
    let seconds = surfaces as f64 * trial.wall_s * times / shared;
    Expected { seconds, processor_share: trial.share() }
}
