//! A census: every critical point of each surface, one unit per surface.

pub(super) mod cost;
pub(super) mod facts;
mod recount;
mod request;
mod unit;

pub use cost::{at_once, bytes_of_one, expected};
pub use facts::CensusFacts;
pub use request::CensusRequest;
pub use unit::unit;

pub(super) use recount::{again, is_quick, recount};
