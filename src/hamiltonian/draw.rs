//! Gaussian couplings from named streams, chunk by chunk.

use std::ops::DerefMut;

use super::grouped::fill_triangles;
use super::kernel::{Isa, Work, compiled_for};
use super::layout::{ChunkSpan, Layout, Multiplicity};
use super::model::Law;
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
    /// Couplings of one chunk of the pure Gaussian model, as f32 values: the coefficient of a monomial with m distinct
    /// orderings is N(0, m), the sum of the m entries X that share it.
    ///
    /// # Panics
    /// If `values` are not as many as the chunk has.
    pub fn draw_chunk(&self, spans: &[ChunkSpan], chunk: usize, values: &mut [f32]) {
        let drawing = Drawing { key: self, law: Law::Gaussian, deviation: 1.0, triangles: false };
        drawing.chunk(spans, chunk, values);
    }

    /// The stream of one chunk.
    fn chunk_stream(&self, role: Role, chunk: usize, more: impl IntoIterator<Item = u64>) -> Pcg64 {
        let ids = [self.layout.spins as u64, self.layout.dim as u64, self.instance, chunk as u64];
        let ids: Vec<u64> = ids.into_iter().chain(more).collect();
        stream(self.seed, role, &ids)
    }
}

/// How couplings of one order are drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drawing<'a> {
    /// Of the surface, with the layout of this order.
    pub key: &'a SurfaceKey,
    /// Law of the entries.
    pub law: Law,
    /// Root mean square of the entries.
    pub deviation: f64,
    /// Whether leaves are lower triangles, row by row, rather than squares in panels.
    pub triangles: bool,
}

/// Values whose means are at work together: few enough for the first-level cache.
const MIXED: usize = 64;

impl Drawing<'_> {
    /// Couplings of one chunk: the coefficient of a monomial with m distinct orderings is the sum of m independent entries.
    pub fn chunk(&self, spans: &[ChunkSpan], chunk: usize, values: &mut [f32]) {
        let Self { key, law, deviation, .. } = *self;
        let mut rng = key.chunk_stream(Role::Couplings, chunk, law.id());
        let span = &spans[chunk];
        match law {
            Law::Gaussian => self.gaussian(span, values, deviation, || StandardNormal.sample(&mut rng)),
            _ => self.fill(span, values, |prefix, row, coefficients: &mut [f32]| {
                let multiplicity = Multiplicity::new(key.layout, prefix);
                for (column, c) in coefficients.iter_mut().enumerate() {
                    *c = (deviation * law.sum(multiplicity.at(row, column) as u32, &mut rng)) as f32;
                }
            }),
        }
    }

    fn fill(&self, span: &ChunkSpan, values: &mut [f32], fill_row: impl FnMut(&[usize], usize, &mut [f32])) {
        match self.triangles {
            true => fill_triangles(self.key.layout, span, values, fill_row),
            false => fill_chunk(self.key.layout, span, values, fill_row),
        }
    }

    /// One chunk of the P sample tensors, `X_b = X/P + (Z_b − Z̄)/√P`, from that of the couplings X: `parts` begins with X,
    /// which stays, and the rest are overwritten with the X_b. The Z_b are Gaussian with the deviation of X.
    ///
    /// Of Gaussian couplings the X_b are independent with entries N(0, 1/P) times the variance; they add up to X (to
    /// rounding).
    pub fn sample_chunk(
        &self,
        spans: &[ChunkSpan],
        chunk: usize,
        parts: &mut [impl DerefMut<Target = [f32]>],
    ) {
        let Some((x, copies)) = parts.split_first_mut() else { return };
        for (b, copy) in copies.iter_mut().enumerate() {
            let mut rng = self.key.chunk_stream(Role::Samples, chunk, [b as u64]);
            let normal = || StandardNormal.sample(&mut rng);
            self.gaussian(&spans[chunk], copy, 1.0, normal);
        }
        let share = 1.0 / copies.len() as f64;
        let spread = self.deviation * share.sqrt();
        compiled_for(Isa::best(), Mixing { x, copies, share, spread });
    }

    /// One chunk of independent N(0, m) coefficients, times a deviation.
    fn gaussian(&self, span: &ChunkSpan, values: &mut [f32], scale: f64, mut normal: impl FnMut() -> f64) {
        self.fill(span, values, |prefix, row, coefficients: &mut [f32]| {
            let multiplicity = Multiplicity::new(self.key.layout, prefix);
            // Constant along the row up to the diagonal: one root for all of it.
            let of_row = scale * multiplicity.at(row, usize::MAX).sqrt();
            let deviation = sabotage!("variance-one-percent", of_row, 1.005 * of_row);
            let (diagonal, others) = coefficients.split_last_mut().expect("a row has its diagonal");
            for c in others {
                *c = (deviation * normal()) as f32;
            }
            *diagonal = (scale * multiplicity.at(row, row).sqrt() * normal()) as f32;
        });
    }
}

/// Normals Z_b, in place of which come `x/P + (Z_b − Z̄) · spread`.
struct Mixing<'a, 'b, C> {
    x: &'a [f32],
    copies: &'b mut [C],
    /// 1/P.
    share: f64,
    spread: f64,
}

impl<C: DerefMut<Target = [f32]>> Work for Mixing<'_, '_, C> {
    type Output = ();

    #[inline(always)]
    fn carry_out(self) {
        let Self { x, copies, share, spread } = self;
        for (number, x) in x.chunks(MIXED).enumerate() {
            let places = number * MIXED..number * MIXED + x.len();
            let mut sums = [-0.0; MIXED];
            for copy in &*copies {
                sums.iter_mut().zip(&copy[places.clone()]).for_each(|(sum, &z)| *sum += f64::from(z));
            }
            for copy in &mut *copies {
                for ((z, &x), &sum) in copy[places.clone()].iter_mut().zip(x).zip(&sums) {
                    *z = (share * f64::from(x) + spread * (f64::from(*z) - share * sum)) as f32;
                }
            }
        }
    }
}
