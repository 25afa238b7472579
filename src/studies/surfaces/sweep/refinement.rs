//! Starts that have descended, refined in double precision, several to one pass over the couplings.

use std::collections::VecDeque;
use std::ops::RangeInclusive;

use super::task::Task;
use crate::critical::SaddleSearch;
use crate::descent::{
    Descended, EVALUATE_LANES, POLISHES, Polish, PolishSpace, Polished, Polishing, Sought, evaluate,
};
use crate::hamiltonian::{HESSIAN_LANES, Landscape};

/// Starts of one surface that have descended and are refined, by the polish or by the saddle search, while no thread works
/// on them.
#[derive(Default)]
pub(super) struct RefinementQueue {
    waiting: VecDeque<Descended>,
    under_way: VecDeque<Refinement>,
}

/// Starts that one thread takes one pass further, at most [`batch_sizes`].
#[derive(Default)]
pub(super) struct RefinementBatch {
    waiting: Vec<Descended>,
    under_way: Vec<Refinement>,
}

/// A start that is refined.
enum Refinement {
    Polish(Polish),
    Saddle(SaddleSearch),
}

/// Starts that one pass takes further, and how few of them share a pass well: a polish spends its time on Hessians,
/// which share passes over the couplings; a search on eigenvectors, which share nothing.
pub(super) fn batch_sizes(sought: Sought) -> RangeInclusive<usize> {
    match sought {
        Sought::Minima => HESSIAN_LANES..=POLISHES,
        Sought::AnyIndex => 1..=EVALUATE_LANES,
    }
}

impl RefinementQueue {
    pub fn add(&mut self, descended: Vec<Descended>) {
        self.waiting.extend(descended);
    }

    pub fn put_back(&mut self, batch: RefinementBatch) {
        self.under_way.extend(batch.under_way);
    }

    pub fn len(&self) -> usize {
        self.waiting.len() + self.under_way.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes out at most so many starts, those under way first: they hold matrices.
    pub fn take(&mut self, most: usize) -> RefinementBatch {
        let under_way: Vec<_> = self.under_way.drain(..self.under_way.len().min(most)).collect();
        let new = self.waiting.len().min(most - under_way.len());
        RefinementBatch { waiting: self.waiting.drain(..new).collect(), under_way }
    }
}

impl RefinementBatch {
    /// One pass over the couplings; returns the starts that ended, and the others.
    pub fn carry_out(self, task: &Task, space: &mut PolishSpace) -> (Vec<Polished>, Self) {
        match task.protocol.method().sought() {
            Sought::Minima => self.polish(task, space),
            Sought::AnyIndex => self.search(task),
        }
    }

    fn polish(self, task: &Task, space: &mut PolishSpace) -> (Vec<Polished>, Self) {
        let begun = self.under_way.into_iter().filter_map(|finish| match finish {
            Refinement::Polish(polish) => Some(polish),
            Refinement::Saddle(_) => None,
        });
        let space_now = std::mem::take(space);
        let mut polishing =
            Polishing::resume(task.surface, task.execution.isa, begun.collect(), space_now).under(task.rules);
        polishing.add(self.waiting);
        let ended = polishing.round();
        let (others, used) = polishing.suspend();
        *space = used;
        (ended, Self::begun(others.into_iter().map(Refinement::Polish)))
    }

    fn search(self, task: &Task) -> (Vec<Polished>, Self) {
        let begun = self.under_way.into_iter().filter_map(|finish| match finish {
            Refinement::Saddle(search) => Some(search),
            Refinement::Polish(_) => None,
        });
        let deviation = task.surface.deviation();
        let new = self.waiting.into_iter().map(|start| SaddleSearch::new(start, deviation, task.traced));
        let mut searches: Vec<SaddleSearch> = begun.chain(new).collect();
        let trials: Vec<&[f64]> = searches.iter().map(SaddleSearch::trial).collect();
        let mut answers = evaluate(task.surface, task.execution.isa, &trials).into_iter();
        let mut ended = Vec::new();
        searches.retain_mut(|search| {
            let end = search.tell(answers.next().flatten());
            let stays = end.is_none();
            ended.extend(end);
            stays
        });
        (ended, Self::begun(searches.into_iter().map(Refinement::Saddle)))
    }

    fn begun(under_way: impl Iterator<Item = Refinement>) -> Self {
        Self { waiting: Vec::new(), under_way: under_way.collect() }
    }
}

#[cfg(test)]
impl RefinementBatch {
    /// Starts that have not been evaluated yet.
    pub fn ids(&self) -> Vec<u64> {
        self.waiting.iter().map(|descended| descended.id).collect()
    }
}
