//! The part of a surface that has one order H ≥ 2: its couplings with the sample tensors, and how they are made.

use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::draw::{Drawing, SurfaceKey};
use super::grouped::{GroupedTensor, triangle_values};
use super::hessian::hessians;
use super::kernel::memory::{Portion, portions};
use super::kernel::{Contraction, Isa, contract_grouped, hessians_grouped};
use super::landscape::HessianBounds;
use super::layout::{CHUNKS, ChunkSpan, Layout};
use super::model::Law;
use super::orders::{ChunkTask, RemoteChunks, Which};
use super::plain_sums::{Sums, plain_sums};
use super::shard::{Contracting, hessians_by_all};
use super::tensor::SymmetricTensor;
use crate::numeric::lanes::PointLanes;
use crate::numeric::symmetric::Symmetric;

/// Couplings of one order.
#[derive(Debug, Clone)]
pub(super) struct OrderTensors {
    pub couplings: Couplings,
    /// Root mean square of the entries.
    pub deviation: f64,
}

/// How couplings are stored.
#[derive(Debug, Clone)]
pub(super) enum Couplings {
    /// For points side by side.
    Leaves(LeafTensors),
    /// For few points: the couplings and the sample tensors.
    Grouped(Arc<GroupedTensor>, Vec<Arc<GroupedTensor>>),
}

#[derive(Debug, Clone)]
pub(super) struct LeafTensors {
    pub full: SymmetricTensor<f32>,
    /// The user's couplings where they are not f32 values.
    pub exact: Option<SymmetricTensor<f64>>,
    /// Tensors X_b that add up to the couplings.
    pub samples: Vec<SymmetricTensor<f32>>,
}

impl LeafTensors {
    pub fn tensor(&self, which: Which) -> &SymmetricTensor<f32> {
        match which {
            Which::Full => &self.full,
            Which::Sample(number) => &self.samples[number],
        }
    }

    fn hessians_into(
        &self,
        isa: Isa,
        others: Option<&Arc<dyn RemoteChunks>>,
        points: &[&[f64]],
        out: &mut [Symmetric],
    ) {
        match (others, &self.exact) {
            (None, Some(exact)) => hessians(isa, exact, points, out),
            (None, None) => hessians(isa, &self.full, points, out),
            (Some(others), Some(exact)) => hessians_by_all(isa, exact, others, points, out),
            (Some(others), None) => hessians_by_all(isa, &self.full, others, points, out),
        }
    }
}

impl OrderTensors {
    pub fn layout(&self) -> Layout {
        match &self.couplings {
            Couplings::Leaves(leaves) => leaves.full.layout(),
            Couplings::Grouped(full, _) => full.layout(),
        }
    }

    /// Leaves that are squares.
    ///
    /// # Panics
    /// If the surface is made for few starts.
    #[track_caller]
    pub fn leaves(&self) -> &LeafTensors {
        match &self.couplings {
            Couplings::Leaves(leaves) => leaves,
            Couplings::Grouped(..) => panic!("the couplings are stored for few starts"),
        }
    }

    /// Leaves side by side.
    ///
    /// # Panics
    /// If the surface is not made for few starts.
    #[track_caller]
    pub fn grouped(&self) -> &Arc<GroupedTensor> {
        match &self.couplings {
            Couplings::Grouped(full, _) => full,
            Couplings::Leaves(_) => panic!("the couplings are stored for many starts"),
        }
    }

    pub fn for_each_coefficient(&self, visit: impl FnMut(&[usize], f64)) {
        match &self.couplings {
            Couplings::Leaves(LeafTensors { exact: Some(exact), .. }) => exact.for_each_coefficient(visit),
            Couplings::Leaves(leaves) => leaves.full.for_each_coefficient(visit),
            Couplings::Grouped(full, _) => full.to_leaves().for_each_coefficient(visit),
        }
    }

    pub fn to_dense(&self) -> Vec<f64> {
        match &self.couplings {
            Couplings::Leaves(LeafTensors { exact: Some(exact), .. }) => exact.to_dense(),
            Couplings::Leaves(leaves) => leaves.full.to_dense(),
            Couplings::Grouped(full, _) => full.to_leaves().to_dense(),
        }
    }

    pub fn plain_sums(&self, points: &[&[f64]]) -> Vec<Sums> {
        match &self.couplings {
            Couplings::Leaves(LeafTensors { exact: Some(exact), .. }) => plain_sums(exact, points),
            Couplings::Leaves(leaves) => plain_sums(&leaves.full, points),
            Couplings::Grouped(full, _) => plain_sums(&full.to_leaves(), points),
        }
    }

    pub fn hessian_bounds(&self) -> HessianBounds {
        match self.couplings {
            Couplings::Leaves(LeafTensors { exact: Some(_), .. }) => {
                HessianBounds::given(self.layout(), self.deviation)
            }
            _ => HessianBounds::random(self.layout(), self.deviation),
        }
    }

    pub fn contract(
        &self,
        (isa, which): (Isa, Which),
        others: Option<&Arc<dyn RemoteChunks>>,
        points: &PointLanes<f32>,
        out: &mut Contraction<f32>,
    ) {
        match (&self.couplings, which) {
            (Couplings::Leaves(leaves), _) => {
                let order = || ChunkTask::Contract(which, points.clone());
                Contracting { isa, points, others }.carry_out(leaves.tensor(which), order, out);
            }
            (Couplings::Grouped(full, _), Which::Full) => contract_grouped(isa, full, points, out),
            (Couplings::Grouped(_, samples), Which::Sample(number)) => {
                contract_grouped(isa, &samples[number], points, out);
            }
        }
    }

    pub fn contract_exact(
        &self,
        isa: Isa,
        others: Option<&Arc<dyn RemoteChunks>>,
        points: &PointLanes<f64>,
        out: &mut Contraction<f64>,
    ) {
        let contracting = Contracting { isa, points, others };
        let order = || ChunkTask::ContractExact(points.clone());
        match &self.couplings {
            Couplings::Leaves(LeafTensors { exact: Some(exact), .. }) => {
                contracting.carry_out(exact, order, out);
            }
            Couplings::Leaves(leaves) => contracting.carry_out(&leaves.full, order, out),
            Couplings::Grouped(full, _) => contract_grouped(isa, full, points, out),
        }
    }

    pub fn hessians_into(
        &self,
        isa: Isa,
        others: Option<&Arc<dyn RemoteChunks>>,
        points: &[&[f64]],
        out: &mut [Symmetric],
    ) {
        match &self.couplings {
            Couplings::Leaves(leaves) => leaves.hessians_into(isa, others, points, out),
            Couplings::Grouped(full, _) => hessians_grouped(isa, full, points, out),
        }
    }
}

/// How the couplings of one order are made, chunk by chunk.
#[derive(Debug)]
pub(super) struct OrderRecipe<'a> {
    /// Of the surface, with the layout of this order.
    pub key: SurfaceKey,
    pub couplings: Option<&'a SymmetricTensor<f64>>,
    /// What the user's couplings are divided by.
    pub scale: f64,
    pub law: Law,
    /// Root mean square of the entries.
    pub deviation: f64,
    pub samples: usize,
    /// Whether couplings are stored for few points.
    is_grouped: bool,
    spans: Vec<ChunkSpan>,
    /// Room for chunks that are still to be made.
    rooms: OnceLock<Vec<Mutex<Vec<Portion<f32>>>>>,
}

impl<'a> OrderRecipe<'a> {
    /// Random couplings with independent entries of variance `deviation²`.
    pub fn random(key: SurfaceKey, law: Law, deviation: f64, samples: usize) -> Self {
        let (spans, rooms) = (key.layout.chunks(), OnceLock::new());
        let is_grouped = false;
        Self { key, couplings: None, scale: 1.0, law, deviation, samples, is_grouped, spans, rooms }
    }

    /// The user's couplings divided by `scale`; `deviation` is that of the noise in sample tensors.
    pub fn given(
        key: SurfaceKey,
        couplings: &'a SymmetricTensor<f64>,
        (scale, deviation): (f64, f64),
        samples: usize,
    ) -> Self {
        Self { couplings: Some(couplings), scale, ..Self::random(key, Law::Gaussian, deviation, samples) }
    }

    /// The same for few points to a pass, where there is a way to store them for these: random couplings of order 3.
    pub fn for_few_points(self) -> Self {
        let is_grouped = self.key.layout.spins == 3 && self.couplings.is_none();
        Self { is_grouped, ..self }
    }

    /// Tensors that are made: the couplings and the sample tensors.
    pub fn tensors(&self) -> usize {
        1 + self.samples
    }

    /// One chunk of the couplings, then the same chunk of each sample tensor.
    ///
    /// # Panics
    /// If it was made before, or is not among those that are held.
    pub fn part(&self, held: &Range<usize>, chunk: usize) -> Vec<Portion<f32>> {
        let mut part = self.room(held, chunk);
        let Self { ref key, law, deviation, is_grouped: triangles, .. } = *self;
        let drawing = Drawing { key, law, deviation, triangles };
        match self.couplings {
            Some(couplings) => couplings.round_chunk(chunk, self.scale, &mut part[0]),
            None => drawing.chunk(&self.spans, chunk, &mut part[0]),
        }
        drawing.sample_chunk(&self.spans, chunk, &mut part);
        part
    }

    /// Room for one chunk of all tensors, each of which has its chunks in one piece of memory.
    fn room(&self, held: &Range<usize>, chunk: usize) -> Vec<Portion<f32>> {
        assert!(held.contains(&chunk), "chunk {chunk} is made elsewhere");
        let rooms = self.rooms.get_or_init(|| {
            let tensor = || self.chunks_room(held.clone()).into_iter();
            let mut tensors: Vec<_> = (0..self.tensors()).map(|_| tensor()).collect();
            let mut room = || tensors.iter_mut().filter_map(Iterator::next).collect();
            held.clone().map(|_| Mutex::new(room())).collect()
        });
        let mut room = rooms[chunk - held.start].lock().unwrap_or_else(PoisonError::into_inner);
        assert!(!room.is_empty(), "chunk {chunk} was made before");
        std::mem::take(&mut room)
    }

    fn chunks_room(&self, held: Range<usize>) -> Vec<Portion<f32>> {
        match self.is_grouped {
            true => portions(self.spans[held].iter().map(|span| triangle_values(self.key.layout, span))),
            false => SymmetricTensor::room(&self.spans, held),
        }
    }

    /// The couplings of all parts, in order; each part has a chunk of each tensor.
    pub fn assemble(&self, held: &Range<usize>, mut parts: Vec<Vec<Portion<f32>>>) -> OrderTensors {
        // From the last tensor to the first.
        let mut chunks = || -> Vec<Portion<f32>> {
            parts.iter_mut().map(|part| part.pop().expect("a part has a chunk of each tensor")).collect()
        };
        let layout = self.key.layout;
        let couplings = if self.is_grouped {
            assert_eq!(*held, 0..CHUNKS, "couplings for few points are whole");
            let mut tensor = || Arc::new(GroupedTensor::from_triangles(layout, &chunks()));
            let mut samples: Vec<_> = (0..self.samples).map(|_| tensor()).collect();
            samples.reverse();
            Couplings::Grouped(tensor(), samples)
        } else {
            let mut tensor = || SymmetricTensor::from_share(layout, held.clone(), chunks());
            let mut samples: Vec<_> = (0..self.samples).map(|_| tensor()).collect();
            samples.reverse();
            let exact = self.couplings.map(|couplings| couplings.share_over(held.clone(), self.scale));
            Couplings::Leaves(LeafTensors { full: tensor(), exact, samples })
        };
        OrderTensors { couplings, deviation: self.deviation }
    }
}
