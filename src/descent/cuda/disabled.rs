//! No GPU in this build.

use crate::descent::device::{Device, Launch};
use crate::{Error, Result};

/// The GPU, of which there is none in this build.
#[derive(Debug)]
pub enum Cuda {}

/// The GPU of this machine.
///
/// # Errors
/// [`Error::Refused`], always.
pub fn open() -> Result<&'static Cuda> {
    Err(Error::Refused(
        "--device cuda: this hspin was built without it; cargo install --path . --features cuda builds it in"
            .into(),
    ))
}

impl Device for Cuda {
    type Buffer = Self;

    fn zeros(&self, _: usize) -> Result<Self> {
        match *self {}
    }

    fn upload(&self, _: &[u32]) -> Result<Self> {
        match *self {}
    }

    fn download(&self, _: &Self) -> Result<Vec<u32>> {
        match *self {}
    }

    fn launch(&self, _: &Launch<Self>) -> Result<()> {
        match *self {}
    }
}
