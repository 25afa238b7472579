//! Carrying out what is left of a run.

mod announce;
mod execute;
mod keeper;
mod queue;
mod threads;

pub use execute::{compute, execute};
pub use queue::UnitPerThread;

pub(crate) use announce::Announcing;
pub(crate) use keeper::{Keeper, add_all};
pub(crate) use threads::{EndOnDrop, start};
