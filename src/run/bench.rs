//! Starts whose ends are worked out in double precision, several to one pass over the couplings.

use super::worker::Task;
use crate::critical::SaddleSearch;
use crate::descent::{Descended, EVALUATE_LANES, Evaluated, Method, Polish, Polished, evaluate};

/// Starts on their last way, by the polish or by the saddle search.
pub(super) struct Bench<'a> {
    task: &'a Task<'a>,
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

impl<'a> Bench<'a> {
    pub fn new(task: &'a Task<'a>) -> Self {
        Self { task, waiting: Vec::new(), under_way: Vec::new() }
    }

    pub fn add(&mut self, descended: Vec<Descended>) {
        self.waiting.extend(descended);
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.under_way.is_empty()
    }

    /// Whether a round would use all lanes, or must not wait any longer.
    pub fn is_worthwhile(&self, flush: bool) -> bool {
        match flush {
            true => !self.is_empty(),
            false => self.waiting.len() + self.under_way.len() >= EVALUATE_LANES,
        }
    }

    /// One evaluation of every start under way; returns those that ended.
    pub fn round(&mut self) -> Vec<Polished> {
        while self.under_way.len() < EVALUATE_LANES {
            let Some(next) = self.waiting.pop() else { break };
            self.under_way.push(Finish::of(self.task, next));
        }
        let trials: Vec<&[f64]> = self.under_way.iter().map(Finish::trial).collect();
        let evaluated = evaluate(self.task.surface, self.task.carrier.isa, &trials);
        let mut ended = Vec::new();
        let mut answers = evaluated.into_iter();
        self.under_way.retain_mut(|finish| match finish.tell(answers.next().flatten()) {
            Some(polished) => {
                ended.push(polished);
                false
            }
            None => true,
        });
        ended
    }
}
