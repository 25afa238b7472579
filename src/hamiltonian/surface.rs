//! One energy surface, ready for descent: single precision on the way, double precision at the end.

use super::draw::{SampleNoise, SurfaceKey};
use super::hessian::hessians;
use super::kernel::{Contraction, Isa, contract};
use super::layout::{CHUNKS, Layout};
use super::tensor::SymmetricTensor;
use crate::numeric::lanes::Block;
use crate::numeric::symmetric::Symmetric;

/// The couplings of one surface with the sample tensors of stochastic descent.
#[derive(Debug, Clone)]
pub struct Surface {
    full: SymmetricTensor<f32>,
    /// The user's couplings where they are not f32 values.
    exact: Option<SymmetricTensor<f64>>,
    samples: Vec<SymmetricTensor<f32>>,
    deviation: f64,
}

/// Runs a job for each of `0..n` and returns the results in order; the caller may use threads.
pub type Map<'a> = &'a dyn Fn(usize, &(dyn Fn(usize) -> Vec<Vec<f32>> + Sync)) -> Vec<Vec<Vec<f32>>>;

impl Surface {
    /// The random surface with this key; couplings are f32 values, drawn once and exact from then on.
    pub fn draw(key: &SurfaceKey, samples: usize, map: Map) -> Self {
        let spans = key.layout.chunks();
        let chunks = map(CHUNKS, &|chunk| vec![key.draw_chunk(&spans, chunk)]);
        let chunks = chunks.into_iter().flatten().collect();
        let full = SymmetricTensor::from_chunks(key.layout, chunks);
        let samples = draw_samples(key, &full, SampleNoise { samples, deviation: 1.0 }, map);
        Self { full, exact: None, samples, deviation: 1.0 }
    }

    /// A surface with given couplings. Sample tensors get the noise of a random surface whose entries have the
    /// root mean square of these.
    pub fn given(key: &SurfaceKey, couplings: &SymmetricTensor<f64>, samples: usize, map: Map) -> Self {
        let full = couplings.rounded();
        let mut squares = 0.0;
        couplings.for_each_coefficient(|_, c| squares += c * c);
        // A coefficient with m orderings has variance m, and the m add up to Λ^H.
        let entries = (key.layout.dim as f64).powi(key.layout.spins as i32);
        let deviation = (squares / entries).sqrt();
        // A tensor of zeros has no scale of its own.
        let deviation = if deviation > 0.0 && deviation.is_finite() { deviation } else { 1.0 };
        let samples = draw_samples(key, &full, SampleNoise { samples, deviation }, map);
        Self { full, exact: Some(couplings.clone()), samples, deviation }
    }

    /// Order and dimension.
    pub fn layout(&self) -> Layout {
        self.full.layout()
    }

    /// Root mean square of the entries of the whole tensor: 1 by definition for a random surface. Rates and
    /// tolerances of descent and polish are in its units.
    pub fn deviation(&self) -> f64 {
        self.deviation
    }

    /// The couplings in single precision.
    pub fn full(&self) -> &SymmetricTensor<f32> {
        &self.full
    }

    /// The sample tensors X_b, which add up to the couplings.
    pub fn samples(&self) -> &[SymmetricTensor<f32>] {
        &self.samples
    }

    /// Energies and Euclidean gradients in double precision.
    pub fn contract_exact(&self, isa: Isa, points: &Block<f64>, out: &mut Contraction<f64>) {
        match &self.exact {
            Some(exact) => contract(isa, exact, points, out),
            None => contract(isa, &self.full, points, out),
        }
    }

    /// Euclidean Hessians in double precision, of at most [`super::HESSIAN_LANES`] points.
    pub fn hessians_exact(&self, isa: Isa, points: &[&[f64]]) -> Vec<Symmetric> {
        let mut out = vec![Symmetric::zeros(self.layout().dim); points.len()];
        self.hessians_exact_into(isa, points, &mut out);
        out
    }

    /// The same, into matrices of size Λ that are there already, one for each point.
    pub fn hessians_exact_into(&self, isa: Isa, points: &[&[f64]], out: &mut [Symmetric]) {
        match &self.exact {
            Some(exact) => hessians(isa, exact, points, out),
            None => hessians(isa, &self.full, points, out),
        }
    }

    /// Calls `visit` with every multiset (non-increasing indices) and the coefficient c of its monomial.
    pub fn for_each_coefficient(&self, visit: impl FnMut(&[usize], f64)) {
        match &self.exact {
            Some(exact) => exact.for_each_coefficient(visit),
            None => self.full.for_each_coefficient(visit),
        }
    }

    /// The dense symmetric array of the couplings, shape (Λ,)*H in C order.
    pub fn to_dense(&self) -> Vec<f64> {
        match &self.exact {
            Some(exact) => exact.to_dense(),
            None => self.full.to_dense(),
        }
    }
}

/// Sample tensors of a surface, chunk by chunk.
fn draw_samples(
    key: &SurfaceKey,
    full: &SymmetricTensor<f32>,
    noise: SampleNoise,
    map: Map,
) -> Vec<SymmetricTensor<f32>> {
    let spans = key.layout.chunks();
    let mut by_chunk = map(CHUNKS, &|chunk| key.draw_sample_chunk(&spans, chunk, full.chunk(chunk), noise));
    (0..noise.samples)
        .map(|b| {
            let chunks = by_chunk.iter_mut().map(|copies| std::mem::take(&mut copies[b])).collect();
            SymmetricTensor::from_chunks(key.layout, chunks)
        })
        .collect()
}
