//! One surface whose chunks several processes hold: what they ask of each other, and sums that have the bits of one
//! process.
//!
//! One of them leads: it holds the first chunks and works; the others answer. Sums over a chunk come back as they are, and
//! the leader adds them in the order of the chunks. Sums of a Hessian pass from holder to holder, each of which goes on where
//! the one before ended.

use std::sync::Arc;

use super::hessian::lead_hessians;
use super::kernel::{Contraction, Isa, Kernel, Stored, Sum, contract, sum_chunks};
use super::orders::{ChunkAnswer, ChunkSum, ChunkTask, RemoteChunks};
use super::tensor::SymmetricTensor;
use crate::numeric::lanes::{PointLanes, Real};
use crate::numeric::symmetric::Symmetric;

/// A type that sums over chunks are sent in.
pub(super) trait SummedApart: Kernel {
    fn sums(answer: ChunkAnswer) -> Option<Vec<ChunkSum<Self>>>;
}

impl SummedApart for f32 {
    fn sums(answer: ChunkAnswer) -> Option<Vec<ChunkSum<f32>>> {
        if let ChunkAnswer::Single(sums) = answer { Some(sums) } else { None }
    }
}

impl SummedApart for f64 {
    fn sums(answer: ChunkAnswer) -> Option<Vec<ChunkSum<f64>>> {
        if let ChunkAnswer::Double(sums) = answer { Some(sums) } else { None }
    }
}

/// Energies and gradients at some points, by all who hold chunks or by this process alone.
pub(super) struct Contracting<'a, T: Real> {
    pub isa: Isa,
    pub points: &'a PointLanes<T>,
    pub others: Option<&'a Arc<dyn RemoteChunks>>,
}

impl<T: SummedApart> Contracting<'_, T> {
    /// `order` is what others are asked.
    pub fn carry_out<A: Stored<T>>(
        &self,
        tensor: &SymmetricTensor<A>,
        order: impl FnOnce() -> ChunkTask,
        out: &mut Contraction<T>,
    ) {
        let Some(others) = self.others else { return contract(self.isa, tensor, self.points, out) };
        let (mut channel, order) = (others.channel(), order());
        (0..channel.others()).for_each(|other| channel.ask(other, &order));
        let here = Sum { chunks: tensor.held(), scale: T::from_f64(1.0) };
        sum_chunks(self.isa, tensor, self.points, &here, out);
        for other in 0..channel.others() {
            let sums = T::sums(channel.answer(other)).expect("sums in the precision of the points");
            sums.iter().for_each(|sum| sum.add_to(out));
        }
        let scale = T::from_f64(tensor.layout().scale());
        for row in out.gradient.iter_mut().chain([&mut out.energy]) {
            row.as_mut()[..self.points.active].iter_mut().for_each(|sum| *sum = scale * *sum);
        }
        out.set_radial_slopes(tensor.layout(), T::LANES);
    }
}

impl<T: Kernel> ChunkSum<T> {
    fn add_to(&self, out: &mut Contraction<T>) {
        let add = |to: &mut T::Row, from: &[T]| {
            to.as_mut().iter_mut().zip(from).for_each(|(sum, &part)| *sum += part);
        };
        add(&mut out.energy, &self.energy);
        let rows = self.gradient.chunks_exact(self.energy.len().max(1));
        out.gradient.iter_mut().zip(rows).for_each(|(sum, row)| add(sum, row));
    }

    /// The sums of every chunk that is held here.
    pub(super) fn of_each<A: Stored<T>>(
        isa: Isa,
        tensor: &SymmetricTensor<A>,
        points: &PointLanes<T>,
    ) -> Vec<Self> {
        let mut space = Contraction::new(points.dim());
        let sums = tensor.held().zip(tensor.chunks()).map(|(chunk, (span, _))| {
            let sum = Sum { chunks: chunk..chunk + 1, scale: T::from_f64(1.0) };
            sum_chunks(isa, tensor, points, &sum, &mut space);
            let rows = space.gradient[..span.rows].iter();
            Self {
                energy: space.energy.as_ref()[..points.active].to_vec(),
                gradient: rows.flat_map(|row| &row.as_ref()[..points.active]).copied().collect(),
            }
        });
        sums.collect()
    }
}

/// Hessians by all who hold chunks.
pub(super) fn hessians_by_all<A: Stored<f64>>(
    isa: Isa,
    tensor: &SymmetricTensor<A>,
    others: &Arc<dyn RemoteChunks>,
    points: &[&[f64]],
    out: &mut [Symmetric],
) {
    let mut channel = others.channel();
    let order = ChunkTask::Hessians(points.iter().map(|point| point.to_vec()).collect());
    (0..channel.others()).for_each(|other| channel.ask(other, &order));
    lead_hessians(isa, tensor, points, &mut *channel, out);
}
