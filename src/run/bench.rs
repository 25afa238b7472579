//! Starts whose ends are worked out in double precision, several to one pass over the couplings.

use std::collections::VecDeque;

use super::worker::Task;
use crate::critical::SaddleSearch;
use crate::descent::{Descended, EVALUATE_LANES, Evaluated, Method, Polish, Polished, evaluate};

/// Starts of one surface on their last way, by the polish or by the saddle search, while no thread has them in hand.
#[derive(Default)]
pub(super) struct Bench {
    waiting: VecDeque<Descended>,
    under_way: VecDeque<Finish>,
}

/// Starts that one thread takes one step further, at most [`EVALUATE_LANES`].
#[derive(Default)]
pub(super) struct Round {
    waiting: Vec<Descended>,
    under_way: Vec<Finish>,
}

/// What takes a start to its end: asks for evaluations until it has ended.
enum Finish {
    Polish(Polish),
    Saddle(SaddleSearch),
}

impl Finish {
    fn of(task: &Task, descended: Descended) -> Self {
        let deviation = task.surface.deviation();
        match task.protocol.method {
            Method::Sgd | Method::Gd => Self::Polish(Polish::new(descended, deviation)),
            Method::Saddle => Self::Saddle(SaddleSearch::new(descended, deviation, task.traced)),
        }
    }

    fn trial(&self) -> &[f64] {
        match self {
            Self::Polish(polish) => polish.trial(),
            Self::Saddle(search) => search.trial(),
        }
    }

    fn tell(&mut self, evaluated: Option<Evaluated>) -> Option<Polished> {
        match self {
            Self::Polish(polish) => polish.tell(evaluated),
            Self::Saddle(search) => search.tell(evaluated),
        }
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
        let most = most.min(EVALUATE_LANES);
        let under_way: Vec<_> = self.under_way.drain(..self.under_way.len().min(most)).collect();
        let new = self.waiting.len().min(most - under_way.len());
        Round { waiting: self.waiting.drain(..new).collect(), under_way }
    }
}

impl Round {
    /// One evaluation of each start; returns those that ended, and the others.
    pub fn carry_out(self, task: &Task) -> (Vec<Polished>, Self) {
        let Self { waiting, mut under_way } = self;
        under_way.extend(waiting.into_iter().map(|descended| Finish::of(task, descended)));
        let trials: Vec<&[f64]> = under_way.iter().map(Finish::trial).collect();
        let evaluated = evaluate(task.surface, task.carrier.isa, &trials);
        let mut ended = Vec::new();
        let mut answers = evaluated.into_iter();
        under_way.retain_mut(|finish| match finish.tell(answers.next().flatten()) {
            Some(polished) => {
                ended.push(polished);
                false
            }
            None => true,
        });
        (ended, Self { waiting: Vec::new(), under_way })
    }
}

#[cfg(test)]
impl Round {
    /// Starts that have not been evaluated yet.
    pub fn ids(&self) -> Vec<u64> {
        self.waiting.iter().map(|descended| descended.id).collect()
    }
}
