//! The GPU: kernels compiled and launched through the CUDA driver, which is loaded at run time, so that the same
//! binary runs on a machine without one. Built with the feature `cuda`; without it there is never a GPU.

#[cfg(not(feature = "cuda"))]
mod disabled;
#[cfg(feature = "cuda")]
mod enabled;

#[cfg(not(feature = "cuda"))]
pub use disabled::{Cuda, open};
#[cfg(feature = "cuda")]
pub use enabled::{Cuda, open};
