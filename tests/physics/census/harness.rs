//! Surfaces of every kind and their censuses.

use crate::common::serial;
use hspin::critical::census::{BlockEnds, Census, CensusKey, PathBlocks, Stage, census};
use hspin::hamiltonian::{Isa, Layout, Surface, SurfaceKey, SymmetricTensor};

/// Jobs one after the other.
pub fn in_order(stage: Stage, job: PathBlocks) -> hspin::Result<Vec<BlockEnds>> {
    Ok((0..stage.blocks).map(job).collect())
}

pub fn random(spins: usize, dim: usize, instance: u64) -> Surface {
    let key = SurfaceKey { seed: 1, layout: Layout::new(spins, dim), instance };
    Surface::draw(&key, 0, &serial)
}

/// A surface whose dense symmetric tensor has these entries; `entry` takes non-increasing indices.
pub fn given(spins: usize, dim: usize, mut entry: impl FnMut(&[usize]) -> f64) -> Surface {
    let layout = Layout::new(spins, dim);
    let tensor = SymmetricTensor::from_coefficients(layout, |indices| orderings(indices) * entry(indices));
    Surface::given(&SurfaceKey { seed: 1, layout, instance: 0 }, &tensor, 0, &serial)
}

/// H!/Π n!.
pub fn orderings(indices: &[usize]) -> f64 {
    let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
    let kinds: std::collections::BTreeSet<_> = indices.iter().collect();
    let repeats = kinds.into_iter().map(|i| factorial(indices.iter().filter(|&j| j == i).count()));
    factorial(indices.len()) / repeats.product::<f64>()
}

pub fn take(surface: &Surface) -> Census {
    census(surface, CensusKey { seed: 1, instance: 0 }, Isa::best(), &in_order).unwrap()
}

#[track_caller]
pub fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{found:?} instead of {expected:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= tolerance, "{found} instead of {expected}");
    }
}
