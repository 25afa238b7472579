//! Sweeps: descents or searches from many starts on each surface.
// What is indexed here was made here.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod admit;
mod alone;
mod carry_out;
mod cost;
mod forecast;
mod refinement;
mod scheduler;
pub(super) mod shared_surface;
mod storage;
pub(super) mod task;
mod workers;

pub use admit::admit;
pub use alone::Listener;
pub use carry_out::{carry_out, unit};
pub use cost::{census_disk_bytes, disk_bytes, memory_bytes, overlap};
pub use forecast::expected;
pub use scheduler::Overlap;
pub use shared_surface::{JobStarts, SurfaceJob};
pub use task::spike_overlap;

pub(super) use shared_surface::SharedSurface;
pub(super) use task::Task;
