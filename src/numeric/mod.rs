//! Thin wrappers, each naming one library; no physics.

pub mod lanes;
