//! Starts whose ends are worked out in double precision, several to one pass over the couplings.

use std::collections::VecDeque;
use std::ops::RangeInclusive;

use super::worker::Task;
use crate::critical::SaddleSearch;
use crate::descent::{
    Descended, EVALUATE_LANES, Method, POLISHES, Polish, PolishSpace, Polished, Polishing, evaluate,
};
use crate::hamiltonian::{HESSIAN_LANES, Landscape};

/// Starts of one surface on their last way, by the polish or by the saddle search, while no thread has them in hand.
#[derive(Default)]
pub(super) struct Bench {
    waiting: VecDeque<Descended>,
    under_way: VecDeque<Finish>,
}

/// Starts that one thread takes one pass further, at most [`lanes`].
#[derive(Default)]
pub(super) struct Round {
    waiting: Vec<Descended>,
    under_way: Vec<Finish>,
}

/// What takes a start to its end.
enum Finish {
    Polish(Polish),
    Saddle(SaddleSearch),
}

/// Starts that one pass takes further, and how few of them share a pass well: a polish spends its time on Hessians,
/// which share passes over the couplings; a search on eigenvectors, which share nothing.
pub(super) fn lanes(method: Method) -> RangeInclusive<usize> {
    match method {
        Method::Sgd | Method::Gd | Method::Anneal => HESSIAN_LANES..=POLISHES,
        Method::Saddle => 1..=EVALUATE_LANES,
    }
}

impl Bench {
    pub fn add(&mut self, descended: Vec<Descended>) {
        self.waiting.extend(descended);
    }

    pub fn put_back(&mut self, round: Round) {
        self.under_way.extend(round.under_way);
    }

    pub fn len(&self) -> usize {
        self.waiting.len() + self.under_way.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes out at most so many starts, those under way first: they hold matrices.
    pub fn take(&mut self, most: usize) -> Round {
        let under_way: Vec<_> = self.under_way.drain(..self.under_way.len().min(most)).collect();
        let new = self.waiting.len().min(most - under_way.len());
        Round { waiting: self.waiting.drain(..new).collect(), under_way }
    }
}

impl Round {
    /// One pass over the couplings; returns the starts that ended, and the others.
    pub fn carry_out(self, task: &Task, space: &mut PolishSpace) -> (Vec<Polished>, Self) {
        match task.protocol.method {
            Method::Sgd | Method::Gd | Method::Anneal => self.polish(task, space),
            Method::Saddle => self.search(task),
        }
    }

    fn polish(self, task: &Task, space: &mut PolishSpace) -> (Vec<Polished>, Self) {
        let begun = self.under_way.into_iter().filter_map(|finish| match finish {
            Finish::Polish(polish) => Some(polish),
            Finish::Saddle(_) => None,
        });
        let space_now = std::mem::take(space);
        let mut polishing =
            Polishing::resume(task.surface, task.carrier.isa, begun.collect(), space_now).under(task.rules);
        polishing.add(self.waiting);
        let ended = polishing.round();
        let (others, used) = polishing.suspend();
        *space = used;
        (ended, Self::going_on(others.into_iter().map(Finish::Polish)))
    }

    fn search(self, task: &Task) -> (Vec<Polished>, Self) {
        let begun = self.under_way.into_iter().filter_map(|finish| match finish {
            Finish::Saddle(search) => Some(search),
            Finish::Polish(_) => None,
        });
        let deviation = task.surface.deviation();
        let new = self.waiting.into_iter().map(|start| SaddleSearch::new(start, deviation, task.traced));
        let mut searches: Vec<SaddleSearch> = begun.chain(new).collect();
        let trials: Vec<&[f64]> = searches.iter().map(SaddleSearch::trial).collect();
        let mut answers = evaluate(task.surface, task.carrier.isa, &trials).into_iter();
        let mut ended = Vec::new();
        searches.retain_mut(|search| {
            let end = search.tell(answers.next().flatten());
            let stays = end.is_none();
            ended.extend(end);
            stays
        });
        (ended, Self::going_on(searches.into_iter().map(Finish::Saddle)))
    }

    fn going_on(under_way: impl Iterator<Item = Finish>) -> Self {
        Self { waiting: Vec::new(), under_way: under_way.collect() }
    }
}

#[cfg(test)]
impl Round {
    /// Starts that have not been evaluated yet.
    pub fn ids(&self) -> Vec<u64> {
        self.waiting.iter().map(|descended| descended.id).collect()
    }
}
