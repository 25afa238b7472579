//! Order 1: a random field, `L(w) = Σ_i h_i w_i`.

use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64;

use super::draw::SurfaceKey;
use super::kernel::{Contraction, Kernel};
use super::model::Law;
use super::orders::Which;
use crate::numeric::lanes::{PointLanes, Real};
use crate::rng::{Role, stream};

/// The field of a surface with its share of each sample tensor.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// h, Λ numbers.
    full: Vec<f32>,
    /// h in double precision: f32 values, unless the user gave others.
    exact: Vec<f64>,
    /// Fields X_b that add up to h.
    samples: Vec<Vec<f32>>,
}

impl Field {
    /// Independent entries of variance `deviation²`, with so many sample fields.
    pub fn draw(key: &SurfaceKey, law: Law, deviation: f64, samples: usize) -> Self {
        let dim = key.layout.dim;
        let mut rng = key.stream_of(1, Role::Couplings, law.id().as_slice());
        let full: Vec<f32> = (0..dim).map(|_| (deviation * law.sum(1, &mut rng)) as f32).collect();
        let exact = full.iter().map(|&h| f64::from(h)).collect();
        Self { samples: sample_fields(key, &full, deviation, samples), full, exact }
    }

    /// The user's field divided by `scale`.
    pub fn given(key: &SurfaceKey, field: &[f64], scale: f64, samples: usize) -> Self {
        let exact: Vec<f64> = field.iter().map(|h| h / scale).collect();
        let full: Vec<f32> = exact.iter().map(|&h| h as f32).collect();
        let squares: f64 = exact.iter().map(|h| h * h).sum();
        let deviation = (squares / field.len() as f64).sqrt();
        Self { samples: sample_fields(key, &full, deviation, samples), full, exact }
    }

    /// h in double precision.
    pub fn exact(&self) -> &[f64] {
        &self.exact
    }

    /// Energy h·w, gradient h and radial slope h·w/Λ of every lane: coordinate after coordinate, so that a lane's bits depend
    /// on its own data only. Double precision takes the exact field.
    pub fn contract<T: Kernel>(&self, which: Which, points: &PointLanes<T>, out: &mut Contraction<T>) {
        match which {
            Which::Full if size_of::<T>() == size_of::<f64>() => contract(&self.exact, points, out),
            Which::Full => contract(&self.full, points, out),
            Which::Sample(number) => contract(&self.samples[number], points, out),
        }
    }
}

/// `X_b = h/P + (Z_b − Z̄)/√P`, as for tensors.
fn sample_fields(key: &SurfaceKey, full: &[f32], deviation: f64, samples: usize) -> Vec<Vec<f32>> {
    let mut copies: Vec<Vec<f64>> = (0..samples as u64)
        .map(|b| {
            let mut rng: Pcg64 = key.stream_of(1, Role::Samples, &[0, b]);
            full.iter().map(|_| StandardNormal.sample(&mut rng)).collect()
        })
        .collect();
    let share = 1.0 / samples as f64;
    let spread = deviation * share.sqrt();
    for (place, &h) in full.iter().enumerate() {
        let mean = share * copies.iter().map(|copy| copy[place]).sum::<f64>();
        copies.iter_mut().for_each(|copy| copy[place] = share * f64::from(h) + spread * (copy[place] - mean));
    }
    copies.iter().map(|copy| copy.iter().map(|&x| x as f32).collect()).collect()
}

impl SurfaceKey {
    /// A stream of this surface at another order than its highest.
    pub(super) fn stream_of(&self, order: u64, role: Role, more: &[u64]) -> Pcg64 {
        let ids: Vec<u64> =
            [order, self.layout.dim as u64, self.instance].into_iter().chain(more.iter().copied()).collect();
        stream(self.seed, role, &ids)
    }
}

/// Energy h·w, gradient h and radial slope h·w/Λ of every lane: coordinate after coordinate, so that a lane's bits depend on
/// its own data only.
fn contract<T: Kernel>(field: &[impl Real], points: &PointLanes<T>, out: &mut Contraction<T>) {
    out.energy = T::ZEROS;
    for ((gradient, &h), w) in out.gradient.iter_mut().zip(field).zip(&points.rows) {
        let h = T::from_f64(h.to_f64());
        gradient.as_mut().fill(h);
        let sums = out.energy.as_mut().iter_mut().zip(w.as_ref());
        sums.for_each(|(sum, &w)| *sum += h * w);
    }
    let dim = T::from_f64(points.dim() as f64);
    let slopes = out.radial_slope.as_mut().iter_mut().zip(out.energy.as_ref());
    slopes.for_each(|(slope, &energy)| *slope = energy.over(dim));
}
