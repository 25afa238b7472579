//! The descent on a device that runs kernels: what is launched in which order, whatever carries it out.
//!
//! Kernels are in `kernels.cu`. They sum in another order than the CPU's, so a start's bits differ from the CPU's;
//! among devices and batches they do not depend on anything but the start.

mod couplings;
mod descent;
mod launch;

pub use couplings::{DeviceTensor, PointColumns};
pub use descent::DeviceDescent;
pub use launch::{Arg, Device, DeviceKernel, Launch};

/// Source of all kernels, CUDA C.
pub const KERNELS: &str = include_str!("kernels.cu");

/// Orders that the kernels know.
pub const SPINS: [u32; 2] = [2, 4];
