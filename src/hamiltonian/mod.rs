//! Couplings, their symmetric layout, and the contraction kernels.

mod array;
mod chain;
mod draw;
mod hessian;
pub mod kernel;
mod landscape;
pub mod layout;
mod orders;
mod plain_sums;
mod scale;
mod serve;
mod shard;
mod surface;
mod tensor;

pub use draw::SurfaceKey;
pub use hessian::{HESSIAN_LANES, hessians};
pub use kernel::{Contraction, Isa, compiled_for, contract};
pub use landscape::{HessianBounds, Landscape};
pub use layout::{CHUNKS, Layout};
pub use orders::{Caller, ChunkAnswer, ChunkChannel, ChunkSum, ChunkTask, RemoteChunks, Which};
pub use plain_sums::{PLAIN_LANES, Sums, plain_sums, root_mean_square};
pub use surface::{ChunkMap, ChunkValues, Recipe, Surface};
pub use tensor::SymmetricTensor;
