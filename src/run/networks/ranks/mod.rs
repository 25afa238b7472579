//! One run of networks by many processes: rank 0 plans, hands out the longest unit that is left, keeps and stores; the
//! others read their own digits, train, and send back records. Rank 0 works, too.
//!
//! A unit belongs to one thread, so there is less to agree on than for surfaces: a rank is sent as many units as it has
//! threads, and the next one in return for each that it sends back.

mod lead;
mod message;
mod serve;

pub use lead::lead;
pub use serve::{Hand, serve};
