//! A network's weights in double precision.

use crate::networks::shape::{Network, Shape};
use crate::numeric::dense::Matrix;

/// A network's weights in double precision.
#[derive(Debug, Clone)]
pub struct Weights {
    pub(super) shape: Shape,
    /// n₀ × n₁.
    pub(super) incoming: Matrix,
    /// n₂ × n₁.
    pub(super) outgoing: Matrix,
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
    pub fn of(network: &Network) -> Self {
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
