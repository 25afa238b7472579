//! Networks as units of a run.

mod record;

pub use record::{NetworkRecord, Training};
