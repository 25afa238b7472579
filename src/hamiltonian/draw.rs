//! Gaussian couplings from named streams, chunk by chunk.

use std::ops::DerefMut;

use super::layout::{ChunkSpan, Layout, Multiplicity};
use super::tensor::fill_chunk;
use crate::rng::{Role, stream};
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64;

/// What a random surface is a function of: nothing else enters its couplings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SurfaceKey {
    /// Root seed.
    pub seed: u64,
    /// Order and dimension.
    pub layout: Layout,
    /// Which of the independent surfaces of this order and dimension.
    pub instance: u64,
}

impl SurfaceKey {
    /// Couplings of one chunk, as f32 values: the coefficient of a monomial with m distinct orderings is N(0, m),
    /// the sum of the m entries X that share it.
    ///
    /// # Panics
    /// If `values` are not as many as the chunk has.
    pub fn draw_chunk(&self, spans: &[ChunkSpan], chunk: usize, values: &mut [f32]) {
        gaussian_chunk(self.layout, &spans[chunk], values, self.normals(Role::Couplings, chunk, None));
    }

    /// One chunk of the P sample tensors, `X_b = X/P + (Z_b − Z̄)/√P`, from that of the couplings X: `parts` begins with X,
    /// which stays, and the rest are overwritten with the X_b. Entries of the whole tensor have the standard deviation
    /// `deviation`, 1 for a random surface.
    ///
    /// The X_b are independent with entries N(0, 1/P) and add up to X (to rounding).
    pub fn draw_sample_chunk(
        &self,
        spans: &[ChunkSpan],
        chunk: usize,
        deviation: f64,
        parts: &mut [impl DerefMut<Target = [f32]>],
    ) {
        let Some((x, copies)) = parts.split_first_mut() else { return };
        for (b, copy) in copies.iter_mut().enumerate() {
            let normals = self.normals(Role::Samples, chunk, Some(b as u64));
            gaussian_chunk(self.layout, &spans[chunk], copy, normals);
        }
        let share = 1.0 / copies.len() as f64;
        let spread = deviation * share.sqrt();
        for (place, &x) in x.iter().enumerate() {
            let mean = share * copies.iter().map(|copy| f64::from(copy[place])).sum::<f64>();
            for copy in &mut *copies {
                let z = f64::from(copy[place]);
                copy[place] = (share * f64::from(x) + spread * (z - mean)) as f32;
            }
        }
    }

    /// Standard normals of one chunk.
    fn normals(&self, role: Role, chunk: usize, copy: Option<u64>) -> impl FnMut() -> f64 + use<> {
        let ids = [self.layout.spins as u64, self.layout.dim as u64, self.instance, chunk as u64];
        let ids: Vec<u64> = ids.into_iter().chain(copy).collect();
        let mut rng: Pcg64 = stream(self.seed, role, &ids);
        move || StandardNormal.sample(&mut rng)
    }
}

/// One chunk of independent N(0, m) coefficients.
fn gaussian_chunk(layout: Layout, span: &ChunkSpan, values: &mut [f32], mut normal: impl FnMut() -> f64) {
    fill_chunk(layout, span, values, |prefix, row, coefficients: &mut [f32]| {
        let multiplicity = Multiplicity::new(layout, prefix);
        // Constant along the row up to the diagonal: one root for all of it.
        let of_row = multiplicity.at(row, usize::MAX).sqrt();
        let deviation = sabotage!("variance-one-percent", of_row, 1.005 * of_row);
        let (diagonal, others) = coefficients.split_last_mut().expect("a row has its diagonal");
        for c in others {
            *c = (deviation * normal()) as f32;
        }
        *diagonal = (multiplicity.at(row, row).sqrt() * normal()) as f32;
    });
}
