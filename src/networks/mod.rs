//! Networks beside the spin glass: digits, one-hidden-layer networks, their training, curvature and annealing, and the
//! map from a network to its glass.

pub mod data;
pub mod map;
pub mod paths;
