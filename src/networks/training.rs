//! Stochastic gradient descent of sixteen networks at once.

use std::ops::ControlFlow;

use super::data::{Digits, PIXELS, input};
use super::group::{GROUP, Group};
use super::kernel::{Batch, Workspace, step};
use super::shape::{Network, Shape};
use crate::numeric::isa::Isa;
use crate::rng::{Role, stream};
use rand::Rng;

/// How networks are trained: mini-batches in a fresh random order each epoch, and the learning rate
/// `γ_e = rate / (1 + decay · e)` in epoch e = 0, 1, …, for the gradient of the mean over the mini-batch. The last
/// mini-batch of an epoch has what is left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Protocol {
    /// Passes over the digits.
    pub epochs: u32,
    /// Examples of a mini-batch.
    pub batch: usize,
    /// Learning rate at the start.
    pub rate: f64,
    /// How fast it falls, per epoch.
    pub decay: f64,
}

impl Protocol {
    /// 200 epochs, as in the paper, which states neither mini-batch nor rates.
    pub const DEFAULT: Self = Self { epochs: 200, batch: 100, rate: 0.1, decay: 0.02 };

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

    /// The order of the examples in an epoch: the same for the sixteen networks of a group, another for every group.
    ///
    /// Starts are independent, so the networks of a group are independent *given* the order; what a shared order adds is
    /// a common shift within groups, which the spread between groups shows.
    fn order(&self, epoch: u32, examples: usize) -> Vec<usize> {
        let ids = [self.shape.hidden as u64, self.group, u64::from(epoch)];
        let mut random = stream(self.seed, Role::MiniBatches, &ids);
        let mut order: Vec<usize> = (0..examples).collect();
        for last in (1..examples).rev() {
            // Uniform in 0…last, up to 2^-40.
            let chosen = (u128::from(random.next_u64()) * (last as u128 + 1)) >> 64;
            order.swap(last, chosen as usize);
        }
        order
    }
}

/// Trains sixteen networks. `after_epoch` is told the number of epochs done and may end the training, which then gives
/// `None`.
///
/// # Panics
/// If the shape is not one for digits, the mini-batch is empty, or the machine lacks the instruction set.
pub fn train(
    isa: Isa,
    protocol: &Protocol,
    key: &GroupKey,
    digits: &Digits,
    after_epoch: &mut dyn FnMut(u32) -> ControlFlow<()>,
) -> Option<Vec<Network>> {
    assert!(key.shape == Shape::digits(key.shape.hidden) && protocol.batch > 0);
    let mut group = Group::new(&key.start());
    let mut space = Workspace::new(&key.shape, protocol.batch);
    for epoch in 0..protocol.epochs {
        let order = key.order(epoch, digits.count());
        for examples in order.chunks(protocol.batch) {
            let labels = examples.iter().map(|&digit| digits.labels()[digit]).collect();
            let batch = Batch::new(PIXELS, labels, |example, i| input(digits.pixels(examples[example])[i]));
            let rate = protocol.rate_in(epoch) / examples.len() as f64;
            step(isa, &mut group, &batch, rate as f32, &mut space);
        }
        if after_epoch(epoch + 1).is_break() {
            return None;
        }
    }
    Some(group.networks())
}
