//! Loss, gradient, Hessian–vector products and Hessians of a network, in double precision.
//!
//! With rows of a matrix for examples: Z = X W₁, A = max(Z, 0), O = A W₂ᵀ, P = softmax(O), D = P − labels. W₁ is n₀ × n₁,
//! W₂ is n₂ × n₁, and their columns one after the other are the parameter vector.

mod directional;
mod forward;
mod gradient;
mod hessian;
mod index;
mod sample;

pub use directional::hessian_products;
pub use forward::{Loss, loss};
pub use gradient::{Gradient, gradient};
pub use hessian::hessian;
pub use index::{Index, Probe, SpectrumEnds, ZERO, index, spectral_measures, spectrum, spectrum_ends};
pub use sample::Sample;

use super::shape::Shape;
use crate::numeric::dense::Matrix;

/// A network's weights in double precision.
#[derive(Debug, Clone)]
pub struct Weights {
    shape: Shape,
    /// n₀ × n₁.
    incoming: Matrix,
    /// n₂ × n₁.
    outgoing: Matrix,
}

impl Weights {
    /// From a parameter vector, or a direction in parameter space.
    ///
    /// # Panics
    /// If there are not N.
    #[track_caller]
    pub fn new(shape: &Shape, parameters: &[f64]) -> Self {
        assert_eq!(parameters.len(), shape.parameters(), "weights of {shape:?}");
        let (incoming, outgoing) = parameters.split_at(shape.incoming());
        Self {
            shape: *shape,
            incoming: Matrix::from_columns(shape.inputs, incoming),
            outgoing: Matrix::from_columns(shape.outputs, outgoing),
        }
    }

    /// Of a trained network.
    pub fn of(network: &super::Network) -> Self {
        let parameters: Vec<f64> = network.weights.iter().map(|&weight| f64::from(weight)).collect();
        Self::new(&network.shape, &parameters)
    }

    /// Units by layer.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The parameter vector.
    pub fn parameters(&self) -> Vec<f64> {
        self.incoming.entries().chain(self.outgoing.entries()).collect()
    }
}
