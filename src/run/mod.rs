//! Spec, plan, units, store and executor.

mod events;
pub mod measure;
mod record;
mod surface;
mod unit;
mod worker;

pub use events::{Event, Observer, Stop};
pub use record::{Record, StartResult, Timings, UnitResult};
pub use surface::{Listener, SurfaceJob};
pub use unit::{UNIT_STARTS, UnitKey};
