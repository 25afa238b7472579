//! A census as a run: every critical point of each surface, one unit per surface.

mod cost;
mod executor;
mod facts;
mod recount;
mod request;
mod surfaces;

pub use executor::CensusJob;
pub use facts::CensusFacts;
pub use request::CensusRequest;

pub(super) use cost::{at_once, expected, memory_bytes};
pub(super) use executor::execute;
pub(super) use recount::{Recount, again, is_quick, recount};
pub(super) use surfaces::Surfaces;
