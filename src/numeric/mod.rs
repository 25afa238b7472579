//! Thin wrappers, each naming one library; no physics.

pub mod dense;
pub mod hex;
pub mod isa;
pub mod lanczos;
pub mod lanes;
pub mod normals;
pub mod npy;
pub mod precise;
pub mod quadrature;
pub mod roots;
#[cfg(target_arch = "x86_64")]
pub(crate) mod simd;
pub mod slope;
pub mod smallest;
pub mod symmetric;
pub mod text;
pub mod trust_region;
