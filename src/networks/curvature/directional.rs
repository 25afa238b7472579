//! Products of the Hessian with vectors, without the Hessian.

use super::forward::Forward;
use super::sample::Sample;
use super::weights::Weights;
use crate::numeric::dense::Factor::{Plain, Transposed};
use crate::numeric::dense::Matrix;

/// The Hessian of the mean loss times each direction V = (V₁, V₂), by Pearlmutter's operator R = d/dt along it:
/// `RA = [A > 0] X V₁`, `RO = A V₂ᵀ + RA W₂ᵀ`, `RD = P ∘ (RO − ⟨P, RO⟩)`, and
/// `H V = (Xᵀ [A > 0](RD W₂ + D V₂), RDᵀ A + Dᵀ RA)`, over the number of examples. The forward pass is shared by all
/// directions. Where a unit's sum is zero the second derivative of its ReLU counts as 0.
///
/// # Panics
/// If shapes do not fit.
///
/// # Reference
/// Pearlmutter (1994), *Fast Exact Multiplication by the Hessian*, Neural Computation 6.
pub fn hessian_products(weights: &Weights, sample: &Sample, directions: &[Weights]) -> Vec<Vec<f64>> {
    let shape = weights.shape;
    assert!(directions.iter().all(|direction| direction.shape == shape), "shapes differ");
    let zeros = || (Matrix::zeros(shape.inputs, shape.hidden), Matrix::zeros(shape.outputs, shape.hidden));
    let mut sums: Vec<(Matrix, Matrix)> = directions.iter().map(|_| zeros()).collect();
    for block in &sample.blocks {
        let forward = Forward::of(weights, block);
        let derivatives = forward.derivatives(&block.labels);
        for (direction, (incoming, outgoing)) in directions.iter().zip(&mut sums) {
            let mut active = Matrix::product(Plain(&block.inputs), Plain(&direction.incoming));
            forward.mask(&mut active);
            let mut turned = Matrix::product(Plain(&forward.active), Transposed(&direction.outgoing));
            turned.add_product(0, 0, Plain(&active), Transposed(&weights.outgoing));
            softmax_derivative(&forward.probabilities, &mut turned);
            let mut back = Matrix::product(Plain(&turned), Plain(&weights.outgoing));
            back.add_product(0, 0, Plain(&derivatives), Plain(&direction.outgoing));
            forward.mask(&mut back);
            incoming.add_product(0, 0, Transposed(&block.inputs), Plain(&back));
            outgoing.add_product(0, 0, Transposed(&turned), Plain(&forward.active));
            outgoing.add_product(0, 0, Transposed(&derivatives), Plain(&active));
        }
    }
    let count = sample.count() as f64;
    let joined = |(incoming, outgoing): (Matrix, Matrix)| {
        incoming.entries().chain(outgoing.entries()).map(|sum| sum / count).collect()
    };
    sums.into_iter().map(joined).collect()
}

/// RO → RD = P ∘ (RO − ⟨P, RO⟩), row by row.
fn softmax_derivative(probabilities: &Matrix, turned: &mut Matrix) {
    let (rows, classes) = (turned.rows(), turned.columns());
    let mut means = vec![0.0; rows];
    for class in 0..classes {
        for ((mean, p), r) in means.iter_mut().zip(probabilities.column(class)).zip(turned.column(class)) {
            *mean += p * r;
        }
    }
    for class in 0..classes {
        for ((r, p), mean) in turned.column_mut(class).iter_mut().zip(probabilities.column(class)).zip(&means)
        {
            *r = p * (*r - mean);
        }
    }
}
