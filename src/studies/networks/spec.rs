//! Everything that defines a run of networks.

use serde::{Deserialize, Serialize};

use super::unit::{BLOCK, Block, BlockKey};
use crate::networks::anneal::AnnealProtocol;
use crate::networks::data::{DigitSet, Digits};
use crate::networks::{Shape, TrainingProtocol};
use crate::numeric::hex::hex;

/// Digits by what they hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DigitsIdentity {
    /// How many.
    pub count: u32,
    /// SHA-256 of all pixels followed by all labels, hexadecimal.
    pub sha256: String,
}

impl DigitsIdentity {
    fn of(digits: &Digits) -> Self {
        Self { count: digits.count() as u32, sha256: hex(&digits.sha256()) }
    }
}

/// Which digits a run trains and tests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DigitsUsed {
    /// Digits that networks are trained on.
    pub train: DigitsIdentity,
    /// Digits that they are only tested on.
    pub test: DigitsIdentity,
}

impl DigitsUsed {
    /// Of these digits.
    pub fn of(set: &DigitSet) -> Self {
        Self { train: DigitsIdentity::of(&set.train), test: DigitsIdentity::of(&set.test) }
    }
}

/// How networks are trained, with all constants.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum NetworksProtocol {
    /// Stochastic gradient descent.
    Sgd(TrainingProtocol),
    /// Simulated annealing of three-valued weights.
    Anneal(AnnealProtocol),
}

impl NetworksProtocol {
    /// Name on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sgd(_) => "sgd",
            Self::Anneal(_) => "anneal",
        }
    }

    /// Networks, one after the other, that are independent only as a group: errors are over groups of so many.
    pub fn group(&self) -> u32 {
        match self {
            Self::Sgd(protocol) => protocol.order.group(),
            Self::Anneal(_) => 1,
        }
    }

    /// Descent as training takes it.
    pub fn descent(&self) -> Option<TrainingProtocol> {
        match *self {
            Self::Sgd(protocol) => Some(protocol),
            Self::Anneal(_) => None,
        }
    }
}

/// Everything that defines a run of networks. Valid by construction: see
/// [`NetworksRequest::new_run`](super::NetworksRequest::new_run).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworksSpec {
    /// Root of all random streams.
    pub seed: u64,
    /// How networks are trained.
    pub protocol: NetworksProtocol,
    /// What they are trained and tested on.
    pub digits: DigitsUsed,
    /// n₁ of each size, ascending; may grow.
    pub hidden: Vec<u32>,
    /// Networks per size; may grow.
    pub networks: u32,
    /// The first so many networks of each size have the index of their Hessian computed; may grow.
    pub index: u32,
    /// Largest n₁ with indices; may grow.
    pub index_hidden: u32,
}

impl NetworksSpec {
    /// Every unit and how much of it is asked for, by key.
    pub fn blocks(&self) -> impl Iterator<Item = Block> + '_ {
        let blocks = self.networks.div_ceil(BLOCK);
        let of_size = move |&hidden: &u32| (0..blocks).map(move |block| BlockKey { hidden, block });
        self.hidden.iter().flat_map(of_size).map(|key| self.block(&key))
    }

    /// How much of a unit this spec asks for.
    pub fn block(&self, key: &BlockKey) -> Block {
        let networks = key.networks(self.networks);
        let indexed = if key.hidden <= self.index_hidden { self.index } else { 0 };
        Block {
            hidden: key.hidden,
            block: key.block,
            networks: networks.len() as u32,
            indexed: indexed.min(networks.end).saturating_sub(networks.start),
        }
    }

    /// Whether a network of this run may have an index.
    pub fn has_index(&self, hidden: u32, network: u32) -> bool {
        hidden <= self.index_hidden && network < self.index
    }

    /// Layers of the networks of one size.
    pub fn shape(hidden: u32) -> Shape {
        Shape::digits(hidden as usize)
    }
}
