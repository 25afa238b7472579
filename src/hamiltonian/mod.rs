//! Couplings, their symmetric layout, and the contraction kernels.

mod array;
mod draw;
pub mod kernel;
pub mod layout;
mod tensor;

pub use draw::SurfaceKey;
pub use kernel::{Contraction, Isa, contract};
pub use layout::Layout;
pub use tensor::SymmetricTensor;
