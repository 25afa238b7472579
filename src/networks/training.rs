//! Stochastic gradient descent of sixteen networks at once.

use std::ops::{ControlFlow, Range};

use super::data::{Digits, PIXELS, input};
use super::group::{GROUP, NetworkGroup};
use super::kernel::{Batch, Own, Workspace, step};
use super::shape::{Network, Shape};
use crate::numeric::isa::Isa;
use crate::rng::{Role, below, stream};
use rand::Rng;
use serde::{Deserialize, Serialize};

/// Who goes through the examples in one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExampleOrder {
    /// The sixteen networks of a group together, as in release 0.1: a group has a shift of its losses in common.
    #[default]
    Shared,
    /// Every network by itself: given the examples, networks are independent.
    Own,
}

impl ExampleOrder {
    /// Whether it is the one of release 0.1, which no spec names.
    pub fn is_shared(&self) -> bool {
        *self == Self::Shared
    }

    /// Networks, one after the other, that have an order in common: errors are over groups of so many.
    pub fn group(self) -> u32 {
        match self {
            Self::Shared => GROUP as u32,
            Self::Own => 1,
        }
    }
}

/// How networks are trained: mini-batches in a fresh random order each epoch, and the learning rate
/// `γ_e = rate / (1 + decay · e)` in epoch e = 0, 1, …, for the gradient of the mean over the mini-batch. The last
/// mini-batch of an epoch has what is left.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingProtocol {
    /// Passes over the digits.
    pub epochs: u32,
    /// Examples of a mini-batch.
    pub batch: usize,
    /// Learning rate at the start.
    pub rate: f64,
    /// How fast it falls, per epoch.
    pub decay: f64,
    /// Who has an order of the examples in common; not written for that of release 0.1.
    #[serde(default, skip_serializing_if = "ExampleOrder::is_shared")]
    pub order: ExampleOrder,
}

impl TrainingProtocol {
    /// 200 epochs, as in the paper, which states neither mini-batch nor rates.
    pub const DEFAULT: Self =
        Self { epochs: 200, batch: 100, rate: 0.1, decay: 0.02, order: ExampleOrder::Own };

    /// Learning rate of an epoch.
    pub fn rate_in(&self, epoch: u32) -> f64 {
        self.rate / self.decay.mul_add(f64::from(epoch), 1.0)
    }

    /// Useful flops of training one network on so many examples: `(4n₀ + 6n₂) n₁` per example and epoch.
    pub fn flops(&self, shape: &Shape, examples: usize) -> f64 {
        let each = (4 * shape.inputs + 6 * shape.outputs) * shape.hidden;
        each as f64 * examples as f64 * f64::from(self.epochs)
    }
}

/// Which sixteen networks: numbers 16 `group` … 16 `group` + 15 of a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupKey {
    /// Root seed.
    pub seed: u64,
    /// Shape of all sixteen.
    pub shape: Shape,
    /// Number of the group.
    pub group: u64,
}

impl GroupKey {
    /// The starting networks; each depends on its own number only.
    pub fn start(&self) -> Vec<Network> {
        let first = self.group * GROUP as u64;
        (first..first + GROUP as u64).map(|network| self.shape.start(self.seed, network)).collect()
    }
}

/// 0 … `examples` − 1 in a random order.
fn shuffle(order: &mut Vec<u32>, examples: usize, mut random: impl Rng) {
    order.clear();
    order.extend(0..examples as u32);
    for last in (1..examples).rev() {
        order.swap(last, below(&mut random, last + 1));
    }
}

/// Trains sixteen networks. `after_epoch` is told the number of epochs done and may end the training, which then gives
/// `None`.
///
/// # Panics
/// If the shape is not one for digits, the mini-batch is empty, or the machine lacks the instruction set.
pub fn train(
    isa: Isa,
    protocol: &TrainingProtocol,
    key: &GroupKey,
    digits: &Digits,
    after_epoch: &mut dyn FnMut(u32) -> ControlFlow<()>,
) -> Option<Vec<Network>> {
    assert!(key.shape == Shape::digits(key.shape.hidden) && protocol.batch > 0);
    let mut group = NetworkGroup::new(&key.start());
    let mut space = Workspace::new(&key.shape, protocol.batch);
    let mut passes = Passes::new(protocol.order, key, digits);
    for epoch in 0..protocol.epochs {
        passes.shuffle(epoch);
        for first in (0..digits.count()).step_by(protocol.batch) {
            let batch = passes.batch(isa, first..(first + protocol.batch).min(digits.count()));
            let rate = protocol.rate_in(epoch) / batch.count() as f64;
            step(isa, &mut group, batch, rate as f32, &mut space);
        }
        if after_epoch(epoch + 1).is_break() {
            return None;
        }
    }
    Some(group.networks())
}

/// Passes of sixteen networks over the digits.
struct Passes<'a> {
    key: &'a GroupKey,
    digits: &'a Digits,
    /// One order for all, or one for each.
    orders: Vec<Vec<u32>>,
    /// The mini-batch at work.
    batch: Batch,
}

impl<'a> Passes<'a> {
    fn new(order: ExampleOrder, key: &'a GroupKey, digits: &'a Digits) -> Self {
        let (orders, batch) = match order {
            ExampleOrder::Shared => (1, Batch::new(PIXELS, Vec::new(), |_, _| 0.0)),
            ExampleOrder::Own => (GROUP, Batch::Own(Own::empty(PIXELS))),
        };
        Self { key, digits, orders: vec![Vec::new(); orders], batch }
    }

    /// Orders of an epoch. That of a group hangs on the group's number, that of a network on its own.
    fn shuffle(&mut self, epoch: u32) {
        let GroupKey { seed, shape, group } = *self.key;
        let (role, first) = match self.batch {
            Batch::Shared(_) => (Role::MiniBatches, group),
            Batch::Own(_) => (Role::NetworkOrder, group * GROUP as u64),
        };
        for (number, order) in (first..).zip(&mut self.orders) {
            let ids = [shape.hidden as u64, number, u64::from(epoch)];
            shuffle(order, self.digits.count(), stream(seed, role, &ids));
        }
    }

    /// The examples at these places of the orders.
    fn batch(&mut self, isa: Isa, places: Range<usize>) -> &Batch {
        let Self { digits, orders, batch, .. } = self;
        let digit = |example: u32| (digits.pixels(example as usize), digits.labels()[example as usize]);
        match batch {
            Batch::Shared(_) => {
                let examples: Vec<_> = orders[0][places].iter().map(|&example| digit(example)).collect();
                let labels = examples.iter().map(|(_, label)| *label).collect();
                *batch = Batch::new(PIXELS, labels, |example, i| input(examples[example].0[i]));
            }
            Batch::Own(own) => {
                let first = places.start;
                own.take(isa, places.len(), |place, network| digit(orders[network][first + place]));
            }
        }
        batch
    }
}
