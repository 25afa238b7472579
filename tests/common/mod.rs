//! What several tests need.
#![allow(dead_code, missing_docs)]

pub mod inertia;
pub mod setting;

use hspin::hamiltonian::{ChunkValues, Contraction, Isa, Landscape, Layout, Surface, SurfaceKey};
use hspin::numeric::lanes::PointLanes;
use hspin::rng::{Role, stream};
use hspin::sphere::random_point;

/// Serial map for drawing surfaces.
pub fn serial(n: usize, job: &(dyn Fn(usize) -> ChunkValues + Sync)) -> Vec<ChunkValues> {
    (0..n).map(job).collect()
}

/// A random surface.
pub fn surface(spins: usize, dim: usize, seed: u64, samples: usize) -> Surface {
    let key = SurfaceKey { seed, layout: Layout::new(spins, dim), instance: 0 };
    Surface::draw(&key, samples, &serial)
}

/// A random point of the sphere.
pub fn point(dim: usize, number: u64) -> Vec<f64> {
    random_point(&mut stream(99, Role::Probe, &[dim as u64, number]), dim)
}

/// Energy and Euclidean gradient in double precision.
pub fn energy_gradient(surface: &Surface, point: &[f64]) -> (f64, Vec<f64>) {
    let mut block = PointLanes::<f64>::new(point.len());
    block.push(point);
    let mut out = Contraction::new(point.len());
    surface.contract_exact(Isa::best(), &block, &mut out);
    (out.energy.as_ref()[0], out.gradient.iter().map(|row| row.as_ref()[0]).collect())
}

/// Energy of one point.
pub fn energy(surface: &Surface, point: &[f64]) -> f64 {
    energy_gradient(surface, point).0
}

/// Dense contraction of X with w in all slots but the last `open`, over all ordered tuples.
pub fn dense_contraction(dense: &[f64], w: &[f64], open: usize) -> Vec<f64> {
    let dim = w.len();
    let mut values = dense.to_vec();
    while values.len() > dim.pow(open as u32) {
        let rest = values.len() / dim;
        values = (0..rest).map(|r| (0..dim).map(|i| w[i] * values[i * rest + r]).sum()).collect();
    }
    values
}
