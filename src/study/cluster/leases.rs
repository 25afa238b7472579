//! Which rank does which units: the rule, without messages, so that it can be simulated.
//!
//! Units that share something (a surface's couplings) are handed out by their share. A rank that asks gets units of the share
//! that it holds; else of the one with the most work per unit that nobody has touched, or where so much is left for each
//! who is there that making what is shared once more is worth it: small shares come last, where ranks that wait for each
//! other wait for less. It gets half of its part of all that is left: much at first, so that messages are few, little at
//! the end, so that all end together; a multiple of what its study prefers where it can be, and not less than the least
//! while each rank has as much to come.

use std::collections::VecDeque;
use std::ops::Range;

use crate::study::interface::Study;

/// Parts of its part of what is left that a rank gets at once.
const PARTS: f64 = 2.0;
/// Units for each thread that make it worth making what is shared once more.
const WORTH_HELP: f64 = 3.0;

/// Units that share something and that nobody has.
struct Open<L> {
    units: VecDeque<L>,
    unit_work: f64,
    /// Ranks that were last sent here.
    holders: usize,
}

impl<L> Open<L> {
    fn work(&self) -> f64 {
        self.units.len() as f64 * self.unit_work
    }
}

/// What is left of a run, to be handed out.
pub struct Leases<S: Study> {
    /// Those with the most work per unit first.
    open: Vec<Open<S::Listed>>,
    /// By rank, the share it was last sent to.
    held: Vec<Option<usize>>,
    /// By rank.
    threads: Vec<usize>,
    /// All before this are empty.
    first: usize,
    left: f64,
}

impl<S: Study> Leases<S> {
    /// For ranks with so many threads each.
    pub fn new(spec: &S::Spec, left: &[S::Listed], threads: Vec<usize>) -> Self {
        let shares = left.chunk_by(S::share);
        let mut open: Vec<Open<S::Listed>> = shares
            .map(|share| Open {
                unit_work: share.first().map_or(0.0, |unit| S::work(spec, unit)),
                units: share.iter().copied().collect(),
                holders: 0,
            })
            .collect();
        open.sort_by(|a, b| b.unit_work.total_cmp(&a.unit_work));
        let left = open.iter().map(Open::work).sum();
        Self { open, held: vec![None; threads.len()], threads, first: 0, left }
    }

    /// A rank has so many threads.
    pub fn set_threads(&mut self, rank: usize, threads: usize) {
        self.threads[rank] = threads.max(1);
    }

    /// The next units for a rank; none at the end.
    pub fn next(&mut self, rank: usize) -> Vec<S::Listed> {
        while self.open.get(self.first).is_some_and(|share| share.units.is_empty()) {
            self.first += 1;
        }
        if self.first == self.open.len() {
            return Vec::new();
        }
        let at = self.choose(rank);
        if self.held[rank] != Some(at) {
            if let Some(before) = self.held[rank].replace(at) {
                self.open[before].holders -= 1;
            }
            self.open[at].holders += 1;
        }
        let share = &mut self.open[at];
        let threads = self.threads[rank];
        let all: usize = self.threads.iter().sum();
        let due = self.left * threads as f64 / (all as f64 * share.unit_work);
        let part = (due / PARTS) as usize;
        let [fewest, preferred] = S::lease(threads);
        // At the end others would have nothing.
        let least = fewest.min(due.ceil() as usize).max(1);
        let wanted = (part - part % preferred).max(least).min(share.units.len());
        self.left -= wanted as f64 * share.unit_work;
        share.units.drain(..wanted).collect()
    }

    /// There is a share with units left.
    fn choose(&self, rank: usize) -> usize {
        if let Some(held) = self.held[rank].filter(|&held| !self.open[held].units.is_empty()) {
            return held;
        }
        let worth = WORTH_HELP * self.threads[rank] as f64;
        let mut from = self.first;
        while from < self.open.len() {
            let work = self.open[from].unit_work;
            let end = from + self.open[from..].iter().take_while(|share| share.unit_work == work).count();
            let best = self.where_most_is_left(from..end);
            if let Some(at) = best.filter(|&at| self.open[at].holders == 0 || self.for_each(at) >= worth) {
                return at;
            }
            from = end;
        }
        let work = |at: usize| self.for_each(at) * self.open[at].unit_work;
        let rest = (self.first..self.open.len()).filter(|&at| !self.open[at].units.is_empty());
        rest.max_by(|&a, &b| work(a).total_cmp(&work(b)).then(b.cmp(&a))).unwrap_or(self.first)
    }

    /// Units for each rank there, with one more.
    fn for_each(&self, at: usize) -> f64 {
        self.open[at].units.len() as f64 / (1 + self.open[at].holders) as f64
    }

    /// The share of these with the fewest ranks on it, counted by what is left for each.
    fn where_most_is_left(&self, range: Range<usize>) -> Option<usize> {
        let rest = range.filter(|&at| !self.open[at].units.is_empty());
        rest.max_by(|&a, &b| self.for_each(a).total_cmp(&self.for_each(b)).then(b.cmp(&a)))
    }
}
