//! One network: its layers and its weights.

use super::data::{CLASSES, PIXELS};
use crate::rng::{Role, stream};
use rand::Rng;

/// Units by layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shape {
    /// n₀.
    pub inputs: usize,
    /// n₁, hidden ReLU units.
    pub hidden: usize,
    /// n₂, classes.
    pub outputs: usize,
}

impl Shape {
    /// A network for digits: 100 → n₁ → 10.
    pub fn digits(hidden: usize) -> Self {
        Self { inputs: PIXELS, hidden, outputs: CLASSES }
    }

    /// N = n₀n₁ + n₁n₂.
    pub fn parameters(&self) -> usize {
        self.hidden * (self.inputs + self.outputs)
    }

    /// Number of weights between inputs and hidden units: where the outgoing weights begin.
    pub fn incoming(&self) -> usize {
        self.hidden * self.inputs
    }

    /// Starting weights of one network: uniform in the unit cube [−1, 1]^N, each layer then divided by the square root
    /// of the number of units that feed it, √n₀ and √n₁.
    ///
    /// With this scale the sums that arrive at a unit have the same variance whatever n₁, so one learning rate serves
    /// every size. Values are odd multiples of 2⁻²⁴ before the division: symmetric, and never zero.
    pub fn start(&self, seed: u64, network: u64) -> Network {
        let ids = [self.inputs as u64, self.hidden as u64, self.outputs as u64, network];
        let mut random = stream(seed, Role::NetworkStart, &ids);
        let mut uniform = || {
            let odd = 2 * (random.next_u64() >> 40) as i32 + 1 - (1 << 24);
            odd as f32 / (1 << 24) as f32
        };
        let incoming = (self.inputs as f32).sqrt();
        let outgoing = (self.hidden as f32).sqrt();
        let mut weights: Vec<f32> = (0..self.incoming()).map(|_| uniform() / incoming).collect();
        weights.extend((self.incoming()..self.parameters()).map(|_| uniform() / outgoing));
        Network { shape: *self, weights }
    }
}

/// A network's weights, in the order that [`super`] states.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// Units by layer.
    pub shape: Shape,
    /// N weights.
    pub weights: Vec<f32>,
}

impl Network {
    /// Whether no weight is NaN or infinite.
    pub fn is_finite(&self) -> bool {
        self.weights.iter().all(|weight| weight.is_finite())
    }
}
