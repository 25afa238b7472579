//! A share of a surface that answers what its leader asks.

use super::hessian::follow_hessians;
use super::kernel::Isa;
use super::orders::{Caller, ChunkAnswer, ChunkSum, ChunkTask};
use super::surface::Surface;

impl Surface {
    /// Answers an order, and those that belong to it, by the chunks that are held here.
    pub fn serve(&self, isa: Isa, order: ChunkTask, caller: &mut dyn Caller) {
        match order {
            ChunkTask::Contract(which, points) => {
                caller.answer(ChunkAnswer::Single(ChunkSum::of_each(
                    isa,
                    self.highest().leaves().tensor(which),
                    &points,
                )));
            }
            ChunkTask::ContractExact(points) => {
                caller.answer(ChunkAnswer::Double(match &self.highest().leaves().exact {
                    Some(exact) => ChunkSum::of_each(isa, exact, &points),
                    None => ChunkSum::of_each(isa, self.full(), &points),
                }))
            }
            ChunkTask::Hessians(points) => {
                let points: Vec<&[f64]> = points.iter().map(Vec::as_slice).collect();
                match &self.highest().leaves().exact {
                    Some(exact) => follow_hessians(isa, exact, &points, caller),
                    None => follow_hessians(isa, self.full(), &points, caller),
                }
            }
            // A panel of Hessians that nobody asked for has no sums to go on with.
            ChunkTask::Panel(sums) => caller.answer(ChunkAnswer::Panel(sums)),
        }
    }
}
