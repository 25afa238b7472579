//! What units cost: work that tells larger from smaller, memory, disk.

use super::spec::{NetworksProtocol, NetworksSpec};
use super::unit::{BLOCK, Block};
use crate::networks::anneal::AnnealProtocol;
use crate::networks::data::{CLASSES, PIXELS};
use crate::networks::{ExampleOrder, GROUP, TrainingProtocol};
use crate::study::Resources;

/// Nominal operations per second of one thread; they order units and smooth bars, nothing else.
const TRAINING_RATE: f64 = 60e9;
const EVALUATION_RATE: f64 = 15e9;
const INDEX_RATE: f64 = 30e9;
/// Moves of annealing per second and digit.
const MOVES_RATE: f64 = 50e6;
/// Examples of a block of [`Sample`](crate::networks::curvature::Sample).
const SAMPLE_BLOCK: u64 = 1000;
/// Bytes of the process without any of this.
const BASE: u64 = 24 << 20;
/// Bytes of an empty run file, and of a network and of a unit in one.
pub(super) const EMPTY_FILE: u64 = 24 << 10;
pub(super) const NETWORK_ROW: u64 = 84;
pub(super) const UNIT_ROW: u64 = 56;

/// Work of one unit, in seconds of a nominal thread.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work {
    pub training: f64,
    pub evaluation: f64,
    pub index: f64,
}

impl Work {
    pub fn of(spec: &NetworksSpec, block: &Block) -> Self {
        let hidden = block.hidden;
        let examples = f64::from(spec.digits.train.count);
        let tested = f64::from(spec.digits.test.count);
        let parameters = NetworksSpec::shape(hidden).parameters() as f64;
        let networks = f64::from(block.networks);
        let training = match spec.protocol {
            NetworksProtocol::Sgd(_) => sgd_flops(spec, hidden) / TRAINING_RATE,
            NetworksProtocol::Anneal(AnnealProtocol { sweeps, kept, .. }) => {
                networks * f64::from(sweeps) * kept * parameters * examples / MOVES_RATE
            }
        };
        let evaluation = networks * parameters * (6.0 * examples + 2.0 * tested) / EVALUATION_RATE;
        let index = f64::from(block.indexed) * index_flops(hidden, examples) / INDEX_RATE;
        Self { training, evaluation, index }
    }

    pub fn total(&self) -> f64 {
        self.training + self.evaluation + self.index
    }

    /// A part as a share of the whole.
    pub fn share(&self, part: f64) -> f64 {
        part / self.total()
    }
}

/// Flops of training one unit by descent, all sixteen lanes.
pub(super) fn sgd_flops(spec: &NetworksSpec, hidden: u32) -> f64 {
    let Some(protocol) = spec.protocol.descent() else { return 0.0 };
    GROUP as f64 * protocol.flops(&NetworksSpec::shape(hidden), spec.digits.train.count as usize)
}

/// Flops of a Hessian, half of whose units are active, and of its factorisation.
fn index_flops(hidden: u32, examples: f64) -> f64 {
    let parameters = NetworksSpec::shape(hidden).parameters() as f64;
    let incoming = PIXELS as f64 * f64::from(hidden);
    0.5 * incoming * incoming * examples + parameters.powi(3) / 3.0
}

/// Bytes of one Hessian and what its making and factorisation take.
pub(super) fn index_bytes(hidden: u32) -> u64 {
    let parameters = NetworksSpec::shape(hidden).parameters() as u64;
    8 * parameters * (parameters + 64) + 8 * SAMPLE_BLOCK * u64::from(hidden) * 12
}

/// Largest size with an index.
pub(super) fn indexed_hidden(spec: &NetworksSpec) -> Option<u32> {
    let indexed = spec.hidden.iter().copied().filter(|&hidden| spec.has_index(hidden, 0));
    indexed.max()
}

/// Bytes without Hessians.
pub(super) fn lean_bytes(spec: &NetworksSpec, resources: &Resources) -> u64 {
    let digits = u64::from(spec.digits.train.count) + u64::from(spec.digits.test.count);
    // Pixels, their double-precision inputs, labels.
    let samples = digits * (9 * PIXELS as u64 + 2);
    let hidden = u64::from(spec.hidden.last().copied().unwrap_or_default());
    let parameters = hidden * (PIXELS + CLASSES) as u64;
    let unit = match spec.protocol {
        NetworksProtocol::Sgd(TrainingProtocol { batch, order, .. }) => {
            let count = u64::from(spec.digits.train.count);
            let batch = (batch as u64).min(count);
            // The mini-batch and orders of the digits.
            let seen = match order {
                ExampleOrder::Shared => batch * 8 * PIXELS as u64 + 4 * count,
                ExampleOrder::Own => u64::from(BLOCK) * (batch * 4 * PIXELS as u64 + 4 * count),
            };
            // Lanes, sixteen networks in single and in double precision; activities and outputs.
            parameters * u64::from(BLOCK) * (4 + 4 + 8) + (hidden + 40) * batch * 64 + seen
        }
        NetworksProtocol::Anneal(_) => {
            let examples = u64::from(spec.digits.train.count);
            // Whole numbers of 32 bits: inputs, sums and their proposals, outputs twice; losses twice.
            let sums = 4 * (PIXELS as u64 + 2 * hidden + 2 * CLASSES as u64) + 16;
            examples * sums + parameters * u64::from(BLOCK) * 16
        }
    };
    let evaluation = 8 * SAMPLE_BLOCK * (3 * hidden + 60) + 32 * parameters;
    BASE + samples + resources.threads as u64 * (unit + evaluation)
}

/// How many units with Hessians may be worked on at once, at least 1.
pub(super) fn index_slots(spec: &NetworksSpec, resources: &Resources) -> usize {
    let Some(hidden) = indexed_hidden(spec) else { return resources.threads };
    let room = resources.memory.saturating_sub(lean_bytes(spec, resources)) / index_bytes(hidden);
    usize::try_from(room).unwrap_or(usize::MAX).clamp(1, resources.threads)
}
