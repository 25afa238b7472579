//! Networks beside the spin glass: digits, one-hidden-layer networks, their training, curvature and annealing, and the
//! map from a network to its glass.
//!
//! # Conventions
//! - A network has n₀ inputs, n₁ hidden ReLU units and n₂ outputs, and no biases: its parameters are the paper's
//!   N = n₀n₁ + n₁n₂ weights, its output is exactly the paper's path sum, and its loss does not change when a unit's
//!   incoming weights are multiplied by c > 0 and its outgoing ones divided by c.
//! - Parameters are one vector: the n₀ incoming weights of hidden unit 0, of unit 1, …; then the n₂ outgoing weights of
//!   unit 0, of unit 1, ….
//! - The loss is the mean over examples of the softmax cross-entropy, in nats. Gradients and Hessians are those of this
//!   mean with respect to the N weights.

pub mod anneal;
pub mod curvature;
pub mod data;
mod group;
pub mod kernel;
pub mod map;
pub mod paths;
mod shape;
mod training;

pub use group::{GROUP, NetworkGroup};
pub use shape::{Network, Shape};
pub use training::{ExampleOrder, GroupKey, TrainingProtocol, train};
