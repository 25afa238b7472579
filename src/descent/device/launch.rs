//! What a device offers, and how its kernels are launched.

use crate::Result;

named! {
    /// A kernel of `kernels.cu`.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum DeviceKernel {
        /// Partial gradients, tile by tile.
        Contract = "contract",
        /// Gradients from their parts.
        Gather = "gather",
        /// Projected step, retraction, stopping rule.
        Step = "step",
        /// Points out of columns.
        Take = "take",
        /// Points into columns.
        Put = "put",
        /// Running starts into free columns.
        Compact = "compact",
    }
}

impl DeviceKernel {
    /// Threads of a block.
    pub fn threads(self) -> u32 {
        if self == Self::Step { 256 } else { 128 }
    }
}

/// An argument of a kernel.
#[derive(Debug)]
pub enum Arg<'a, B> {
    /// Memory on the device.
    Buffer(&'a B),
    /// An unsigned number of 32 bits.
    U32(u32),
    /// Single precision.
    F32(f32),
    /// Double precision.
    F64(f64),
}

/// A kernel about to run.
#[derive(Debug)]
pub struct Launch<'a, B> {
    /// Which one.
    pub kernel: DeviceKernel,
    /// Blocks across and down.
    pub grid: [u32; 2],
    /// Its arguments, in order.
    pub args: &'a [Arg<'a, B>],
}

/// Memory of 32-bit words, and kernels that run one after the other in the order of their launches.
pub trait Device {
    /// Memory on the device; freed when dropped.
    type Buffer;

    /// Memory of so many words, all zero.
    ///
    /// # Errors
    /// [`crate::Error::Refused`] with the device's reason; so for all methods.
    fn zeros(&self, words: usize) -> Result<Self::Buffer>;

    /// Copies words to the device.
    ///
    /// # Errors
    /// As [`Self::zeros`].
    fn upload(&self, words: &[u32]) -> Result<Self::Buffer>;

    /// Waits for all launches and copies memory back.
    ///
    /// # Errors
    /// As [`Self::zeros`].
    fn download(&self, buffer: &Self::Buffer) -> Result<Vec<u32>>;

    /// Starts a kernel.
    ///
    /// # Errors
    /// As [`Self::zeros`].
    fn launch(&self, launch: &Launch<Self::Buffer>) -> Result<()>;
}
