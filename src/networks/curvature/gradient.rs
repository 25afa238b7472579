//! The gradient of the mean loss.

use super::forward::{Forward, Loss};
use super::sample::Sample;
use super::weights::Weights;
use crate::numeric::dense::Factor::{Plain, Transposed};
use crate::numeric::dense::Matrix;

/// Loss and its gradient at one point.
#[derive(Debug, Clone, PartialEq)]
pub struct Gradient {
    /// Loss and accuracy.
    pub loss: Loss,
    /// ∂ mean loss / ∂ parameter.
    pub gradient: Vec<f64>,
}

/// Loss and gradient: `∂W₁ = Xᵀ [A > 0](D W₂)`, `∂W₂ = Dᵀ A`, over the number of examples.
///
/// # Panics
/// If inputs or labels do not fit the network.
pub fn gradient(weights: &Weights, sample: &Sample) -> Gradient {
    let shape = weights.shape;
    let mut incoming = Matrix::zeros(shape.inputs, shape.hidden);
    let mut outgoing = Matrix::zeros(shape.outputs, shape.hidden);
    let (mut loss, mut right) = (0.0, 0);
    for block in &sample.blocks {
        let forward = Forward::of(weights, block);
        let derivatives = forward.derivatives(&block.labels);
        let mut back = Matrix::product(Plain(&derivatives), Plain(&weights.outgoing));
        forward.mask(&mut back);
        incoming.add_product(0, 0, Transposed(&block.inputs), Plain(&back));
        outgoing.add_product(0, 0, Transposed(&derivatives), Plain(&forward.active));
        loss += forward.loss;
        right += forward.right;
    }
    let count = sample.count() as f64;
    Gradient {
        loss: Loss { mean: loss / count, accuracy: right as f64 / count },
        gradient: incoming.entries().chain(outgoing.entries()).map(|sum| sum / count).collect(),
    }
}
