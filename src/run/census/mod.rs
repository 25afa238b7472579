//! A census as a run: every critical point of each surface, one unit per surface.

mod cost;
mod executor;
mod facts;
mod recount;
mod request;
mod surfaces;

pub use executor::CensusJob;
pub use facts::CensusFacts;
pub use recount::{Recount, recount};
pub use request::CensusRequest;

pub(super) use cost::{at_once, memory_bytes, seconds};
pub(super) use executor::execute;
pub(super) use surfaces::Surfaces;
