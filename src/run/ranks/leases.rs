//! Which rank does which units: the rule, without messages, so that it can be simulated.
//!
//! A rank that asks gets units of the surface it holds; else of the largest size, on a surface that nobody has touched or
//! where so much is left for each who is there that drawing it once more is worth it: small surfaces come last, where
//! ranks that wait for each other wait for less. It gets half of its share of all that is left: much at first, so that messages
//! are few, little at the end, so that all end together. Registers hold sixteen starts and a unit has twenty, so a lease
//! is four units or a multiple of that where it can be, and not less than three while each rank has as much to come:
//! sixty starts in four registers.

use std::collections::VecDeque;
use std::ops::Range;

use crate::hamiltonian::Layout;
use crate::run::plan::Group;
use crate::run::spec::Spec;
use crate::run::unit::UNIT_STARTS;

/// Parts of its share of what is left that a rank gets at once.
const PARTS: f64 = 2.0;
/// Starts that share a register of a thread.
const REGISTER: usize = 16;
/// Least lanes that a lease is made for: three units fit in with little left over, one would leave a third.
const LEAST_LANES: usize = 64;
/// Units that fill registers: eighty starts.
const FULL: usize = 4;
/// Units for each thread that make it worth drawing a surface that others have, too.
const WORTH_HELP: f64 = 3.0;
/// Most runs of units in a lease: it stays a short message.
const MOST_RUNS: usize = 100;

/// Units of one surface for one rank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Λ.
    pub dim: u32,
    /// Number of the surface.
    pub instance: u32,
    /// Starts of whole units, neighbours joined.
    pub starts: Vec<Range<u32>>,
    /// How many units.
    pub units: u32,
}

/// A surface with units that nobody has.
struct Open {
    dim: u32,
    instance: u32,
    units: VecDeque<Range<u32>>,
    unit_work: f64,
    /// Ranks that were last sent here.
    holders: usize,
}

impl Open {
    fn work(&self) -> f64 {
        self.units.len() as f64 * self.unit_work
    }
}

/// What is left of a run, to be handed out.
pub struct Leases {
    /// Largest first.
    open: Vec<Open>,
    /// By rank, the surface it was last sent to.
    held: Vec<Option<usize>>,
    /// By rank.
    threads: Vec<usize>,
    /// All before this are empty.
    first: usize,
    left: f64,
}

impl Leases {
    /// For ranks with so many threads each.
    pub fn new(spec: &Spec, left: &[Group], threads: Vec<usize>) -> Self {
        let mut open: Vec<Open> = left
            .iter()
            .map(|group| Open {
                dim: group.dim,
                instance: group.instance,
                units: group.units.iter().map(|unit| unit.starts.clone()).collect(),
                unit_work: unit_work(spec, group.dim),
                holders: 0,
            })
            .collect();
        open.sort_by_key(|surface| (std::cmp::Reverse(surface.dim), surface.instance));
        let left = open.iter().map(Open::work).sum();
        Self { open, held: vec![None; threads.len()], threads, first: 0, left }
    }

    /// A rank has so many threads.
    pub fn set_threads(&mut self, rank: usize, threads: usize) {
        self.threads[rank] = threads.max(1);
    }

    /// Whether all is handed out.
    pub fn is_empty(&self) -> bool {
        self.open[self.first..].iter().all(|surface| surface.units.is_empty())
    }

    /// The next units for a rank; `None` at the end.
    pub fn next(&mut self, rank: usize) -> Option<Lease> {
        while self.open.get(self.first)?.units.is_empty() {
            self.first += 1;
        }
        let at = self.choose(rank);
        if self.held[rank] != Some(at) {
            if let Some(before) = self.held[rank].replace(at) {
                self.open[before].holders -= 1;
            }
            self.open[at].holders += 1;
        }
        let surface = &mut self.open[at];
        let threads = self.threads[rank];
        let all: usize = self.threads.iter().sum();
        let share = self.left * threads as f64 / (all as f64 * surface.unit_work);
        let part = (share / PARTS) as usize;
        let fills = LEAST_LANES.next_multiple_of(threads * REGISTER) / UNIT_STARTS as usize;
        // At the end others would have nothing.
        let least = fills.min(share.ceil() as usize).max(1);
        let wanted = (part - part % FULL).max(least).min(surface.units.len());
        let mut starts: Vec<Range<u32>> = Vec::new();
        let mut units = 0;
        while units < wanted && starts.len() < MOST_RUNS {
            let Some(next) = surface.units.pop_front() else { break };
            units += 1;
            match starts.last_mut() {
                Some(last) if last.end == next.start => last.end = next.end,
                _ => starts.push(next),
            }
        }
        self.left -= units as f64 * surface.unit_work;
        Some(Lease { dim: surface.dim, instance: surface.instance, starts, units: units as u32 })
    }

    /// There is a surface with units left.
    fn choose(&self, rank: usize) -> usize {
        if let Some(held) = self.held[rank].filter(|&held| !self.open[held].units.is_empty()) {
            return held;
        }
        let worth = WORTH_HELP * self.threads[rank] as f64;
        let mut from = self.first;
        while from < self.open.len() {
            let dim = self.open[from].dim;
            let end = from + self.open[from..].iter().take_while(|surface| surface.dim == dim).count();
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

    /// The surface of these with the fewest ranks on it, counted by what is left for each.
    fn where_most_is_left(&self, range: Range<usize>) -> Option<usize> {
        let rest = range.filter(|&at| !self.open[at].units.is_empty());
        rest.max_by(|&a, &b| self.for_each(a).total_cmp(&self.for_each(b)).then(b.cmp(&a)))
    }
}

/// Work of a unit in units that compare sizes: couplings, times steps, which grow as Λ.
fn unit_work(spec: &Spec, dim: u32) -> f64 {
    let values = Layout::new(spec.spins as usize, dim as usize).values();
    values.map_or(f64::MAX, |values| values as f64) * f64::from(dim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{Request, UnitKey, todo};
    use std::collections::{BTreeMap, BTreeSet};

    fn left(instances: u32, done: &BTreeMap<UnitKey, u32>) -> (Spec, Vec<Group>) {
        let request = Request {
            dims: Some(vec![10, 20, 40]),
            starts: Some(1000),
            instances: Some(instances),
            ..Request::default()
        };
        let spec = Spec::new(&request).unwrap();
        let left = todo(&spec, done);
        (spec, left)
    }

    #[test]
    fn every_start_is_handed_out_once_to_ranks_that_ask_in_any_order() {
        for ranks in 1..9 {
            let (spec, left) = left(3, &BTreeMap::new());
            let mut leases = Leases::new(&spec, &left, vec![1; ranks]);
            let (mut seen, mut dice, mut asked) = (BTreeSet::new(), ranks as u64, 0);
            while !leases.is_empty() {
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let lease = leases.next((dice >> 33) as usize % ranks).unwrap();
                assert!(lease.starts.iter().all(|run| run.start % UNIT_STARTS == 0 && !run.is_empty()));
                for start in lease.starts.into_iter().flatten() {
                    assert!(seen.insert((lease.dim, lease.instance, start)), "{start} twice");
                }
                asked += 1;
            }
            assert_eq!(seen.len(), 9000);
            assert!(leases.next(0).is_none());
            assert!(asked < 450, "{asked} leases for 450 units");
        }
    }

    #[test]
    fn a_rank_stays_on_its_surface_and_the_largest_go_first_to_different_ranks() {
        let (spec, left) = left(2, &BTreeMap::new());
        let mut leases = Leases::new(&spec, &left, vec![1; 3]);
        let place = |lease: Lease| (lease.dim, lease.instance);
        assert_eq!(place(leases.next(0).unwrap()), (40, 0));
        assert_eq!(place(leases.next(1).unwrap()), (40, 1));
        assert_eq!(place(leases.next(0).unwrap()), (40, 0));
        // So much is left there that a third rank is of use, and not for long.
        assert_eq!(place(leases.next(2).unwrap()).0, 40);
        let mut last = 40;
        while let Some(lease) = leases.next(2) {
            assert!(lease.dim <= last);
            last = lease.dim;
        }
        assert_eq!(last, 10);
    }

    #[test]
    fn leases_fill_registers() {
        for (threads, share) in [(1, 0.97), (2, 0.9), (4, 0.9), (8, 0.85)] {
            let (spec, left) = left(20, &BTreeMap::new());
            let mut leases = Leases::new(&spec, &left, vec![threads; 7]);
            let (mut starts, mut lanes) = (0, 0);
            for rank in (0..7).cycle() {
                let Some(lease) = leases.next(rank) else { break };
                let here: usize = lease.starts.iter().map(ExactSizeIterator::len).sum();
                starts += here;
                lanes += here.next_multiple_of(threads * REGISTER);
            }
            assert_eq!(starts, 60_000);
            let filled = starts as f64 / lanes as f64;
            assert!(filled >= share, "{threads} threads: {filled}");
        }
    }

    #[test]
    fn what_is_done_leaves_gaps_and_no_unit_is_torn() {
        let done: BTreeMap<UnitKey, u32> =
            (0..50).step_by(2).map(|block| (UnitKey { spins: 3, dim: 40, instance: 0, block }, 20)).collect();
        let (spec, left) = left(1, &done);
        let mut leases = Leases::new(&spec, &left, vec![1]);
        let lease = leases.next(0).unwrap();
        assert_eq!(lease.starts.len(), lease.units as usize);
        assert!(lease.starts.iter().all(|run| run.len() == 20 && run.start / 20 % 2 == 1), "{lease:?}");
    }
}
