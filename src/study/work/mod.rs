//! Carrying out what is left of a run.

mod announce;
mod ending;
mod execute;
mod keeper;
mod queue;
mod threads;

pub use execute::{compute, execute};
pub use queue::UnitPerThread;

pub(crate) use announce::Announcing;
pub(crate) use ending::EndOnDrop;
pub(crate) use keeper::{Keeper, add_all};
pub(crate) use threads::start;
