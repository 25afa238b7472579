//! Starts whose ends are worked out in double precision, several to one pass over the couplings.

use super::worker::Task;
use crate::critical::SaddleSearch;
use crate::descent::{Descended, EVALUATE_LANES, Method, POLISHES, Polished, Polishing, evaluate};
use crate::numeric::symmetric::Symmetric;

/// Starts on their last way, by the polish or by the saddle search.
pub(super) enum Bench<'a> {
    Polish(Box<Polishing<'a>>),
    Search(Searching<'a>),
}

/// Saddle searches.
pub(super) struct Searching<'a> {
    task: &'a Task<'a>,
    waiting: Vec<Descended>,
    under_way: Vec<SaddleSearch>,
}

impl<'a> Bench<'a> {
    pub fn new(task: &'a Task<'a>) -> Self {
        match task.protocol.method {
            Method::Sgd | Method::Gd => {
                Self::Polish(Box::new(Polishing::new(task.surface, task.carrier.isa)))
            }
            Method::Saddle => Self::Search(Searching { task, waiting: Vec::new(), under_way: Vec::new() }),
        }
    }

    pub fn add(&mut self, descended: Vec<Descended>) {
        match self {
            Self::Polish(polishing) => polishing.add(descended),
            Self::Search(searching) => searching.waiting.extend(descended),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn len(&self) -> usize {
        match self {
            Self::Polish(polishing) => polishing.len(),
            Self::Search(searching) => searching.waiting.len() + searching.under_way.len(),
        }
    }

    /// Whether a round would use all lanes, or must not wait any longer.
    pub fn is_worthwhile(&self, flush: bool) -> bool {
        let lanes = match self {
            Self::Polish(_) => POLISHES,
            Self::Search(_) => EVALUATE_LANES,
        };
        self.len() >= if flush { 1 } else { lanes }
    }

    /// One pass over the couplings for the starts under way; returns those that ended.
    pub fn round(&mut self) -> Vec<Polished> {
        match self {
            Self::Polish(polishing) => polishing.round(),
            Self::Search(searching) => searching.round(),
        }
    }

    /// Gives back the matrix of a start that ended.
    pub fn reuse(&mut self, matrix: Symmetric) {
        if let Self::Polish(polishing) = self {
            polishing.reuse(matrix);
        }
    }
}

impl Searching<'_> {
    fn round(&mut self) -> Vec<Polished> {
        let task = self.task;
        while self.under_way.len() < EVALUATE_LANES {
            let Some(next) = self.waiting.pop() else { break };
            self.under_way.push(SaddleSearch::new(next, task.surface.deviation(), task.traced));
        }
        let trials: Vec<&[f64]> = self.under_way.iter().map(SaddleSearch::trial).collect();
        let evaluated = evaluate(task.surface, task.carrier.isa, &trials);
        let mut ended = Vec::new();
        let mut answers = evaluated.into_iter();
        self.under_way.retain_mut(|search| {
            let end = search.tell(answers.next().flatten());
            let stays = end.is_none();
            ended.extend(end);
            stays
        });
        ended
    }
}
