//! One energy surface, ready for descent: single precision on the way, double precision at the end.

use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::draw::SurfaceKey;
use super::hessian::hessians;
use super::kernel::{Contraction, Isa, memory};
use super::landscape::{HessianBounds, Landscape};
use super::layout::{CHUNKS, ChunkSpan, Layout};
use super::orders::{ChunkTask, RemoteChunks, Which};
use super::shard::{Contracting, hessians_by_all};
use super::tensor::SymmetricTensor;
use crate::numeric::lanes::PointLanes;
use crate::numeric::symmetric::Symmetric;

/// The couplings of one surface with the sample tensors of stochastic descent: all of them, or the share of one of several
/// processes that hold it together.
#[derive(Debug, Clone)]
pub struct Surface {
    full: SymmetricTensor<f32>,
    /// The user's couplings where they are not f32 values.
    exact: Option<SymmetricTensor<f64>>,
    samples: Vec<SymmetricTensor<f32>>,
    /// 1 for a random surface and for a [normalised](Self::normalised) one; for couplings that were given as they are
    /// `√(Σ c²/Λ^H)` over the coefficients c.
    deviation: f64,
    /// What the user's couplings were divided by.
    scale: f64,
    /// Who holds the other chunks, if this is a leader's share.
    others: Option<Arc<dyn RemoteChunks>>,
}

/// Runs a job for each of `0..n` and returns the results in order; the caller may use threads.
pub type ChunkMap<'a> = &'a dyn Fn(usize, &(dyn Fn(usize) -> ChunkValues + Sync)) -> Vec<ChunkValues>;

impl Surface {
    /// The random surface with this key; couplings are f32 values, drawn once and exact from then on.
    pub fn draw(key: &SurfaceKey, samples: usize, map: ChunkMap) -> Self {
        Recipe::random(*key, samples).carry_out(map)
    }

    /// A surface with given couplings as they are. Sample tensors get the noise of a random surface whose entries have the
    /// [deviation](Landscape::deviation) of these.
    pub fn given(key: &SurfaceKey, couplings: &SymmetricTensor<f64>, samples: usize, map: ChunkMap) -> Self {
        Recipe::given(*key, couplings, samples).carry_out(map)
    }

    /// A surface with given couplings divided by their [scale](SymmetricTensor::scale) s: energies, gradients and Hessians
    /// are in units of s.
    ///
    /// # Panics
    /// If s is not a normal number.
    pub fn normalised(
        key: &SurfaceKey,
        couplings: &SymmetricTensor<f64>,
        samples: usize,
        map: ChunkMap,
    ) -> Self {
        Recipe::normalised(*key, couplings, samples).carry_out(map)
    }

    /// Order and dimension.
    pub fn layout(&self) -> Layout {
        self.full.layout()
    }

    /// What the user's couplings were divided by: energies, gradients and Hessians times this are those of the couplings.
    /// 1 unless the surface is [normalised](Self::normalised).
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// This share with those who hold the rest; it must have the first chunks.
    ///
    /// # Panics
    /// If it has not.
    pub fn with_remote_chunks(self, others: Arc<dyn RemoteChunks>) -> Self {
        assert_eq!(self.full.held().start, 0, "a leader holds the first chunks");
        Self { others: Some(others), ..self }
    }

    /// The couplings in single precision that are held here.
    pub fn full(&self) -> &SymmetricTensor<f32> {
        &self.full
    }

    /// The user's couplings where they are not f32 values.
    pub(super) fn exact(&self) -> Option<&SymmetricTensor<f64>> {
        self.exact.as_ref()
    }

    /// The sample tensors X_b, which add up to the couplings.
    pub fn samples(&self) -> &[SymmetricTensor<f32>] {
        &self.samples
    }

    /// One of the tensors in single precision.
    ///
    /// # Panics
    /// If there are not so many sample tensors.
    pub fn tensor(&self, which: Which) -> &SymmetricTensor<f32> {
        match which {
            Which::Full => &self.full,
            Which::Sample(number) => &self.samples[number],
        }
    }

    /// Calls `visit` with every multiset (non-increasing indices) that is held here and the coefficient c of its
    /// monomial.
    pub fn for_each_coefficient(&self, visit: impl FnMut(&[usize], f64)) {
        match &self.exact {
            Some(exact) => exact.for_each_coefficient(visit),
            None => self.full.for_each_coefficient(visit),
        }
    }

    /// The dense symmetric array of the couplings that are held here, shape (Λ,)*H in C order.
    pub fn to_dense(&self) -> Vec<f64> {
        match &self.exact {
            Some(exact) => exact.to_dense(),
            None => self.full.to_dense(),
        }
    }
}

/// The tensor's contraction, by all who hold chunks of it.
impl Landscape for Surface {
    fn dim(&self) -> usize {
        self.layout().dim
    }

    fn degree(&self) -> usize {
        self.layout().spins
    }

    fn is_even(&self) -> bool {
        self.layout().spins.is_multiple_of(2)
    }

    fn deviation(&self) -> f64 {
        self.deviation
    }

    fn hessian_bounds(&self) -> HessianBounds {
        match self.exact {
            Some(_) => HessianBounds::given(self.layout(), self.deviation),
            None => HessianBounds::random(self.layout(), self.deviation),
        }
    }

    fn sample_parts(&self) -> usize {
        self.samples.len()
    }

    fn contract(&self, isa: Isa, which: Which, points: &PointLanes<f32>, out: &mut Contraction<f32>) {
        let contracting = Contracting { isa, points, others: self.others.as_ref() };
        contracting.carry_out(self.tensor(which), || ChunkTask::Contract(which, points.clone()), out);
    }

    fn contract_exact(&self, isa: Isa, points: &PointLanes<f64>, out: &mut Contraction<f64>) {
        let contracting = Contracting { isa, points, others: self.others.as_ref() };
        let order = || ChunkTask::ContractExact(points.clone());
        match &self.exact {
            Some(exact) => contracting.carry_out(exact, order, out),
            None => contracting.carry_out(&self.full, order, out),
        }
    }

    fn hessians_exact_into(&self, isa: Isa, points: &[&[f64]], out: &mut [Symmetric]) {
        match (&self.others, &self.exact) {
            (None, Some(exact)) => hessians(isa, exact, points, out),
            (None, None) => hessians(isa, &self.full, points, out),
            (Some(others), Some(exact)) => hessians_by_all(isa, exact, others, points, out),
            (Some(others), None) => hessians_by_all(isa, &self.full, others, points, out),
        }
    }
}

impl HessianBounds {
    /// For couplings drawn at random with the root mean square `deviation`: the half-width of the Hessian's bulk,
    /// 2√(H(H−1)) in units of it.
    pub fn random(layout: Layout, deviation: f64) -> Self {
        let h = layout.spins as f64;
        Self { size: 2.0 * (h * (h - 1.0)).sqrt() * deviation, turn: 0.0 }
    }

    /// For couplings of whatever structure, with the scale s = `deviation`, s² = Σ A²/C(Λ+H−1, H) over the symmetric array A:
    /// H(H−1)(H−2) max|u|, where max|u| ≤ s √(C(Λ+H−1, H)/Λ).
    pub fn given(layout: Layout, deviation: f64) -> Self {
        let (h, dim) = (layout.spins as f64, layout.dim as f64);
        // C(Λ+H−1, H), factor by factor.
        let multisets: f64 = (0..layout.spins).map(|k| (dim + k as f64) / (k + 1) as f64).product();
        let highest = deviation * (multisets / dim).sqrt();
        Self { turn: h * (h - 1.0) * (h - 2.0) * highest, ..Self::random(layout, deviation) }
    }
}

/// A surface about to be drawn: its chunks can be made apart, on any threads, in any order.
#[derive(Debug)]
pub struct Recipe<'a> {
    key: SurfaceKey,
    couplings: Option<&'a SymmetricTensor<f64>>,
    samples: usize,
    /// See [`Landscape::deviation`].
    deviation: f64,
    /// See [`Surface::scale`].
    scale: f64,
    spans: Vec<ChunkSpan>,
    /// Chunks that are made.
    held: Range<usize>,
    /// Room for those that are still to be made.
    rooms: OnceLock<Vec<Mutex<ChunkValues>>>,
}

/// One chunk of the couplings, then the same chunk of each sample tensor.
pub type ChunkValues = Vec<memory::Portion<f32>>;

impl<'a> Recipe<'a> {
    /// See [`Surface::draw`].
    pub fn random(key: SurfaceKey, samples: usize) -> Self {
        Self {
            key,
            couplings: None,
            samples,
            deviation: 1.0,
            scale: 1.0,
            spans: key.layout.chunks(),
            held: 0..CHUNKS,
            rooms: OnceLock::new(),
        }
    }

    /// See [`Surface::given`].
    ///
    /// # Panics
    /// If the couplings have another order or dimension than the key.
    pub fn given(key: SurfaceKey, couplings: &'a SymmetricTensor<f64>, samples: usize) -> Self {
        assert_eq!(couplings.layout(), key.layout);
        let deviation = couplings.weighted_root_mean_square();
        Self { couplings: Some(couplings), deviation, ..Self::random(key, samples) }
    }

    /// See [`Surface::normalised`].
    ///
    /// # Panics
    /// If the couplings have another order or dimension than the key, or a scale that is not a normal number.
    pub fn normalised(key: SurfaceKey, couplings: &'a SymmetricTensor<f64>, samples: usize) -> Self {
        assert_eq!(couplings.layout(), key.layout);
        let scale = couplings.scale();
        assert!(scale.is_normal(), "couplings of scale {scale}");
        Self { couplings: Some(couplings), scale, ..Self::random(key, samples) }
    }

    /// Of the same surface, these chunks alone.
    pub fn share(self, held: Range<usize>) -> Self {
        Self { held, rooms: OnceLock::new(), ..self }
    }

    /// Makes chunk number `chunk`, once.
    ///
    /// # Panics
    /// If it was made before, or is not among those that are held.
    pub fn part(&self, chunk: usize) -> ChunkValues {
        let mut part = self.room(chunk);
        match self.couplings {
            Some(couplings) => couplings.round_chunk(chunk, self.scale, &mut part[0]),
            None => self.key.draw_chunk(&self.spans, chunk, &mut part[0]),
        }
        self.key.draw_sample_chunk(&self.spans, chunk, self.deviation, &mut part);
        part
    }

    /// Room for one chunk of all tensors, each of which has its chunks in one piece of memory.
    fn room(&self, chunk: usize) -> ChunkValues {
        assert!(self.held.contains(&chunk), "chunk {chunk} is made elsewhere");
        let rooms = self.rooms.get_or_init(|| {
            let tensor = || SymmetricTensor::room(&self.spans, self.held.clone()).into_iter();
            let mut tensors: Vec<_> = (0..=self.samples).map(|_| tensor()).collect();
            let mut room = || tensors.iter_mut().filter_map(Iterator::next).collect();
            self.held.clone().map(|_| Mutex::new(room())).collect()
        });
        let mut room = rooms[chunk - self.held.start].lock().unwrap_or_else(PoisonError::into_inner);
        assert!(!room.is_empty(), "chunk {chunk} was made before");
        std::mem::take(&mut room)
    }

    /// The surface of all parts, in order.
    ///
    /// # Panics
    /// If a part is missing.
    pub fn assemble(&self, mut parts: Vec<ChunkValues>) -> Surface {
        // From the last tensor to the first.
        let mut tensor = || {
            let chunks =
                parts.iter_mut().map(|part| part.pop().expect("a part has a chunk of each tensor")).collect();
            SymmetricTensor::from_share(self.key.layout, self.held.clone(), chunks)
        };
        let mut samples: Vec<_> = (0..self.samples).map(|_| tensor()).collect();
        samples.reverse();
        Surface {
            full: tensor(),
            exact: self.couplings.map(|couplings| couplings.share_over(self.held.clone(), self.scale)),
            samples,
            deviation: self.deviation,
            scale: self.scale,
            others: None,
        }
    }

    /// Makes all of them.
    pub fn carry_out(self, map: ChunkMap) -> Surface {
        self.assemble(map(self.held.len(), &|number| self.part(self.held.start + number)))
    }
}
