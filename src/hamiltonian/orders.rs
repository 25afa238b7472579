//! What processes that hold one surface together ask of each other.

use std::fmt::Debug;

use crate::numeric::lanes::PointLanes;

/// One tensor of a surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The couplings.
    Full,
    /// The sample tensor of this number.
    Sample(usize),
}

/// What a leader asks.
#[derive(Debug, Clone)]
pub enum ChunkTask {
    /// Sums of energies and gradients at these points.
    Contract(Which, PointLanes<f32>),
    /// The same in double precision, with the exact couplings.
    ContractExact(PointLanes<f64>),
    /// Hessians at these points, at most [`super::HESSIAN_LANES`]; an [`ChunkTask::Panel`] for each panel of rows follows.
    Hessians(Vec<Vec<f64>>),
    /// Sums of the next panel of rows, to be gone on with.
    Panel(Vec<f64>),
}

/// What comes back, one for each order but [`ChunkTask::Hessians`].
#[derive(Debug, Clone)]
pub enum ChunkAnswer {
    /// To [`ChunkTask::Contract`]: one for each chunk, in order.
    Single(Vec<ChunkSum<f32>>),
    /// To [`ChunkTask::ContractExact`].
    Double(Vec<ChunkSum<f64>>),
    /// To [`ChunkTask::Panel`].
    Panel(Vec<f64>),
}

/// Who holds the other chunks of a surface.
pub trait RemoteChunks: Debug + Send + Sync {
    /// Something to talk on, for one thread.
    fn channel(&self) -> Box<dyn ChunkChannel + '_>;
}

/// Orders and answers of one thread. Answers come in the order of what was asked.
pub trait ChunkChannel {
    /// Those who hold other chunks, numbered in the order of their chunks.
    fn others(&self) -> usize;

    /// Asks one of them; does not wait for the answer.
    fn ask(&mut self, other: usize, order: &ChunkTask);

    /// Its next answer; waits.
    fn answer(&mut self, other: usize) -> ChunkAnswer;

    /// Its next answer if it has come.
    fn answer_now(&mut self, other: usize) -> Option<ChunkAnswer>;
}

/// The leader's thread, seen from the other end of its channel.
pub trait Caller {
    /// Its next order; `None` if it went away.
    fn next(&mut self) -> Option<ChunkTask>;

    /// Answers it.
    fn answer(&mut self, answer: ChunkAnswer);
}

/// Energy and gradient of one chunk, without the factor Λ^{−(H−1)/2}.
#[derive(Debug, Clone, PartialEq)]
pub struct ChunkSum<T> {
    /// By point.
    pub energy: Vec<T>,
    /// Shape (rows, points): of the rows that the chunk touches.
    pub gradient: Vec<T>,
}
