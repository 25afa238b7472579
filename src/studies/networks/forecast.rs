//! How long a run of networks will take: short trials now, scaled by counts of operations.
//!
//! Descent at each size for some mini-batches, losses and gradients on some digits, and one Hessian with its index at a
//! size that is quick. Scaled: training and losses by digits and epochs or sweeps, Hessians by n₁² and digits, their
//! factorisation by N³.

use std::cell::Cell;
use std::ops::ControlFlow;

use super::job::Samples;
use super::spec::{NetworksProtocol, NetworksSpec};
use super::unit::Block;
use crate::networks::anneal::{AnnealProtocol, ChainKey, anneal};
use crate::networks::curvature::{Sample, Weights, ZERO, gradient, hessian};
use crate::networks::data::Digits;
use crate::networks::{GroupKey, TrainingProtocol, train};
use crate::study::clock::{Lap, Meter};
use crate::study::{Expected, Resources};

/// Digits of a trial of descent, and of annealing.
const TRIAL_DIGITS: [usize; 2] = [1000, 100];
/// Largest n₁ of a trial of the index.
const TRIAL_HIDDEN: u32 = 25;

/// Wall time that units will take.
pub fn expected(spec: &NetworksSpec, left: &[Block], samples: &Samples, resources: &Resources) -> Expected {
    let trial = Trial { spec, samples, resources, spent: Cell::default() };
    let indexed = left.iter().filter(|block| block.indexed > 0);
    let index = indexed.map(|block| block.hidden).max().map(|hidden| trial.index(hidden.min(TRIAL_HIDDEN)));
    let (mut total, mut longest) = (0.0, 0.0f64);
    for size in left.chunk_by(|a, b| a.hidden == b.hidden) {
        let Some(first) = size.first() else { continue };
        let cost = trial.size(first.hidden);
        for block in size {
            let each = index.map_or(0.0, |index| index.at(block.hidden, spec));
            let unit = cost.of(block) + f64::from(block.indexed) * each;
            total += unit;
            longest = longest.max(unit);
        }
    }
    let seconds = longest.max(total / resources.threads as f64);
    Expected { seconds, processor_share: trial.spent.get().share() }
}

struct Trial<'a> {
    spec: &'a NetworksSpec,
    samples: &'a Samples,
    resources: &'a Resources,
    /// Time of all trials.
    spent: Cell<Lap>,
}

/// Seconds of a thread for a unit of one size.
#[derive(Debug, Clone, Copy)]
struct SizeCost {
    /// Whatever the number of networks.
    unit: f64,
    network: f64,
}

impl SizeCost {
    fn of(&self, block: &Block) -> f64 {
        self.unit + self.network * f64::from(block.networks)
    }
}

/// Seconds of a thread for one index.
#[derive(Debug, Clone, Copy)]
struct IndexCost {
    hidden: u32,
    digits: usize,
    hessian: f64,
    factor: f64,
}

impl IndexCost {
    fn at(&self, hidden: u32, spec: &NetworksSpec) -> f64 {
        let ratio = f64::from(hidden) / f64::from(self.hidden);
        let digits = f64::from(spec.digits.train.count) / self.digits as f64;
        self.hessian * ratio.powi(2) * digits + self.factor * ratio.powi(3)
    }
}

impl Trial<'_> {
    fn digits(&self, most: usize) -> Digits {
        self.samples.set.train.first(most)
    }

    fn size(&self, hidden: u32) -> SizeCost {
        let examples = f64::from(self.spec.digits.train.count);
        let tested = f64::from(self.spec.digits.test.count);
        let shape = NetworksSpec::shape(hidden);
        let seed = self.spec.seed;
        let [descended, annealed] = TRIAL_DIGITS;
        let digits = self.digits(descended);
        let (trial, counted) = (Sample::of(&digits), digits.count() as f64);
        let weights = Weights::of(&shape.start(seed, 0));
        let looked = self.on_all_threads(&|| drop(gradient(&weights, &trial)));
        // The test digits need the forward third of it.
        let evaluation = looked * (examples + tested / 3.0) / counted;
        match self.spec.protocol {
            NetworksProtocol::Sgd(whole) => {
                let protocol = TrainingProtocol { epochs: 1, ..whole };
                let key = GroupKey { seed, shape, group: 0 };
                let isa = self.resources.isa;
                let go_on = &mut |_| ControlFlow::Continue(());
                drop(train(isa, &protocol, &key, &digits.first(whole.batch), go_on));
                let once = self.on_all_threads(&|| {
                    drop(train(isa, &protocol, &key, &digits, &mut |_| ControlFlow::Continue(())));
                });
                SizeCost { unit: once * f64::from(whole.epochs) * examples / counted, network: evaluation }
            }
            NetworksProtocol::Anneal(whole) => {
                let protocol = AnnealProtocol { sweeps: 1, ..whole };
                let key = ChainKey { seed, shape, chain: 0 };
                let digits = self.digits(annealed);
                let once = self.on_all_threads(&|| {
                    drop(anneal(&protocol, &key, &digits, &mut |_| ControlFlow::Continue(())));
                });
                let sweep = once * examples / digits.count() as f64;
                SizeCost { unit: 0.0, network: sweep * f64::from(whole.sweeps) + evaluation }
            }
        }
    }

    fn index(&self, hidden: u32) -> IndexCost {
        let [descended, _] = TRIAL_DIGITS;
        let digits = self.digits(descended);
        let (sample, count) = (Sample::of(&digits), digits.count());
        let weights = Weights::of(&NetworksSpec::shape(hidden).start(self.spec.seed, 0));
        let mut meter = Meter::start();
        let made = hessian(&weights, &sample);
        let building = meter.lap();
        // Only how long it takes counts.
        let _ = made.count_below(-ZERO);
        let factoring = meter.lap();
        self.note([building, factoring]);
        IndexCost { hidden, digits: count, hessian: building.wall_s, factor: factoring.wall_s }
    }

    fn note(&self, laps: impl IntoIterator<Item = Lap>) {
        let mut all = self.spent.get();
        laps.into_iter().for_each(|lap| all += lap);
        self.spent.set(all);
    }

    /// Mean seconds of a job that all threads do at once, as in a run.
    fn on_all_threads(&self, job: &(dyn Fn() + Sync)) -> f64 {
        let timed = || {
            let mut meter = Meter::start();
            job();
            meter.lap()
        };
        let all: Vec<Lap> = std::thread::scope(|scope| {
            // Where the system gives fewer threads, those there are.
            let named = || std::thread::Builder::new().name("trial".into());
            let others: Vec<_> =
                (1..self.resources.threads).filter_map(|_| named().spawn_scoped(scope, timed).ok()).collect();
            let own = timed();
            others.into_iter().filter_map(|other| other.join().ok()).chain([own]).collect()
        });
        self.note(all.iter().copied());
        all.iter().map(|lap| lap.wall_s).sum::<f64>() / all.len() as f64
    }
}
