//! Spec, plan, units, store and executor.

mod events;

pub use events::{Event, Observer, Stop};
