//! Thin wrappers, each naming one library; no physics.

pub mod lanczos;
pub mod lanes;
pub mod npy;
pub mod precise;
pub mod quadrature;
pub mod roots;
pub mod slope;
pub mod symmetric;
pub mod trust_region;
