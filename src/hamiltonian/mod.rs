//! Couplings, their symmetric layout, and the contraction kernels.

mod array;
mod chain;
mod draw;
mod field;
mod hessian;
pub mod kernel;
mod landscape;
mod law;
pub mod layout;
mod model;
mod order;
mod orders;
mod own;
mod plain_sums;
mod recipe;
mod scale;
mod serve;
mod shard;
mod spike;
mod surface;
mod tensor;

pub use array::symmetrize;
pub use draw::SurfaceKey;
pub use hessian::{HESSIAN_LANES, hessians};
pub use kernel::{Contraction, Isa, compiled_for, contract};
pub use landscape::{HessianBounds, Landscape};
pub use layout::{CHUNKS, Layout};
pub use model::{Law, MOST_ORDER, MOST_ORDER_OF_LAWS, Model, Orders, Spike};
pub use orders::{Caller, ChunkAnswer, ChunkChannel, ChunkSum, ChunkTask, RemoteChunks, Which};
pub use own::OwnCouplings;
pub use plain_sums::{PLAIN_LANES, Sums, plain_sums, root_mean_square};
pub use recipe::{ChunkMap, ChunkValues, Recipe};
pub use spike::PlantedSpike;
pub use surface::Surface;
pub use tensor::SymmetricTensor;
