//! Carrying out what is left of a run.

mod announce;
mod board;
mod ending;
mod execute;
mod keeper;
mod threads;

pub use board::UnitPerThread;
pub use execute::{compute, execute};

pub(crate) use announce::Announcing;
pub(crate) use ending::EndOnDrop;
pub(crate) use keeper::{Keeper, add_all};
pub(crate) use threads::start;
