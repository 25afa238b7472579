//! One unit computed: train sixteen networks, look at where each ended.

use super::cost::Work;
use super::record::{NetworkRecord, Training};
use super::spec::{DigitsUsed, NetworksProtocol, NetworksSpec};
use super::unit::{Block, BlockResult, NetworkTimes};
use crate::networks::anneal::{ChainKey, anneal};
use crate::networks::curvature::{Sample, Weights, gradient, index, loss};
use crate::networks::data::DigitSet;
use crate::networks::{GroupKey, train};
use crate::numeric::isa::Isa;
use crate::study::clock::Meter;
use crate::study::columns::{Row, Seconds};
use crate::study::{Advance, Listed};

/// Digits as training and as curvature take them.
#[derive(Debug, Clone)]
pub struct Samples {
    /// The digits.
    pub set: DigitSet,
    pub(super) train: Sample,
    pub(super) test: Sample,
}

impl Samples {
    /// Of these digits.
    pub fn new(set: DigitSet) -> Self {
        Self { train: Sample::of(&set.train), test: Sample::of(&set.test), set }
    }

    /// What they hold.
    pub fn identity(&self) -> DigitsUsed {
        DigitsUsed::of(&self.set)
    }
}

/// Units of a run, computed.
#[derive(Debug, Clone, Copy)]
pub struct BlockJob<'a> {
    /// The run.
    pub spec: &'a NetworksSpec,
    /// Its digits.
    pub samples: &'a Samples,
    /// Instruction set; it changes nothing that comes out.
    pub isa: Isa,
}

impl BlockJob<'_> {
    /// One unit on the calling thread, with the time spent: a function of spec, digits and key, whoever computes it.
    /// `None` where `advance` ended it.
    pub fn run(&self, block: &Block, advance: Advance) -> Option<(BlockResult, NetworkTimes)> {
        let (key, work) = (block.key(), Work::of(self.spec, block));
        let mut times = NetworkTimes { hidden: block.hidden, ..NetworkTimes::BLANK };
        let mut meter = Meter::start();
        let ended = self.train(block, &mut |part| advance(part * work.share(work.training)))?;
        times.training_s = Seconds(meter.lap().processor_s);
        let mut networks = Vec::with_capacity(ended.len());
        for (number, weights) in key.networks(u32::MAX).zip(&ended) {
            meter.lap();
            let mut record = self.record(key.hidden, number, weights);
            times.evaluation_s.0 += meter.lap().processor_s;
            let mut done = work.share(work.evaluation) / ended.len() as f64;
            if networks.len() < block.indexed as usize {
                if record.outcome == Training::Finished {
                    // A Hessian that overflows is one of weights that did.
                    match index(weights, &self.samples.train) {
                        Ok(index) => record.index = Some(index.negative as u32),
                        Err(_) => record = self.lost(key.hidden, number),
                    }
                }
                times.index_s.0 += meter.lap().processor_s;
                done += work.share(work.index) / f64::from(block.indexed);
            }
            networks.push(record);
            if advance(done).is_break() {
                return None;
            }
        }
        Some((BlockResult { listed: *block, rows: networks }, times))
    }

    /// Weights of the networks that are asked for, in order.
    fn train(&self, block: &Block, advance: Advance) -> Option<Vec<Weights>> {
        let (key, seed, shape) = (block.key(), self.spec.seed, NetworksSpec::shape(block.hidden));
        let digits = &self.samples.set.train;
        match self.spec.protocol {
            NetworksProtocol::Sgd(protocol) => {
                let group = GroupKey { seed, shape, group: u64::from(key.block) };
                let mut after_epoch = |_| advance(1.0 / f64::from(protocol.epochs));
                // All sixteen, asked for or not: they share registers.
                let networks = train(self.isa, &protocol, &group, digits, &mut after_epoch)?;
                Some(networks.iter().take(block.networks as usize).map(Weights::of).collect())
            }
            NetworksProtocol::Anneal(protocol) => {
                let all = f64::from(protocol.sweeps) * f64::from(block.networks);
                let chains = key.networks(u32::MAX).take(block.networks as usize);
                chains
                    .map(|chain| {
                        let chain = ChainKey { seed, shape, chain: u64::from(chain) };
                        let ended = anneal(&protocol, &chain, digits, &mut |_| advance(1.0 / all))?;
                        Some(ended.network.to_weights())
                    })
                    .collect()
            }
        }
    }

    fn record(&self, hidden: u32, network: u32, weights: &Weights) -> NetworkRecord {
        let Samples { set, train, test } = self.samples;
        let on_train = gradient(weights, train);
        let on_test = loss(weights, test);
        let squares: f64 = on_train.gradient.iter().map(|x| x * x).sum();
        let gradient_norm = squares.sqrt();
        let floats = [on_train.loss.mean, on_test.mean, gradient_norm];
        if floats.iter().any(|x| !x.is_finite()) {
            return self.lost(hidden, network);
        }
        // A count over a count, times the count: the rounding is undone.
        let errors = |accuracy: f64, count: usize| ((1.0 - accuracy) * count as f64).round() as u32;
        NetworkRecord {
            hidden,
            network,
            train_loss: on_train.loss.mean,
            test_loss: on_test.mean,
            train_errors: errors(on_train.loss.accuracy, set.train.count()),
            test_errors: errors(on_test.accuracy, set.test.count()),
            gradient_norm,
            index: None,
            outcome: Training::Finished,
        }
    }

    /// A network whose weights are not numbers: it takes every digit for another.
    fn lost(&self, hidden: u32, network: u32) -> NetworkRecord {
        NetworkRecord {
            hidden,
            network,
            train_loss: f64::NAN,
            test_loss: f64::NAN,
            train_errors: self.samples.set.train.count() as u32,
            test_errors: self.samples.set.test.count() as u32,
            gradient_norm: f64::NAN,
            index: None,
            outcome: Training::NonFinite,
        }
    }
}
