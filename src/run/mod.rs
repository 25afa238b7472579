//! Spec, plan, units, store and executor.

mod canonical;
mod census;
mod clock;
pub mod cost;
mod digits;
mod events;
mod executor;
pub mod export;
pub mod files;
mod forecast;
mod keeper;
pub mod limits;
mod lock;
pub mod measure;
mod mpi;
pub mod networks;
mod plan;
pub mod ranks;
mod recheck;
mod record;
mod refinement;
mod request;
mod scheduler;
pub mod shard;
mod spec;
mod store;
mod surface;
mod task;
mod threads;
mod unit;
mod verdict;
mod verify;
mod workers;

pub use census::{CensusFacts, CensusJob, CensusRequest};
pub use digits::read_digits;
pub use events::{Event, Observer, Stop};
pub use executor::{Means, execute};
pub use forecast::{Expected, expected};
pub use keeper::Commits;
pub use lock::Lock;
pub use mpi::World;
pub use plan::{Group, Unit, plan, planned_units, todo};
pub use recheck::{Recomputed, Sampling, Wrong, recompute};
pub use record::{Record, StartResult, Timings, TraceRow, UnitResult};
pub use request::{Preset, Request};
pub use scheduler::Overlap;
pub use spec::{Couplings, Kind, Spec};
pub use store::{Points, Store, StoredUnit, SurfaceTimings, tell_of_waiting};
pub use surface::{Listener, SurfaceJob};
pub use unit::{UNIT_STARTS, UnitKey};
pub use verdict::{Repaired, Verdict};
pub use verify::{repair, verify};

/// Lower-case hexadecimal digits of some bytes.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
