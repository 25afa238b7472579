//! Sweeps: descents or searches from many starts on each surface.

mod admit;
mod alone;
mod bench;
mod board;
mod carry_out;
mod cost;
mod crew;
mod forecast;
mod site;
mod worker;

pub use admit::admit;
pub use alone::Listener;
pub use board::Overlap;
pub use carry_out::{carry_out, lease, unit, work};
pub use cost::{census_disk_bytes, disk_bytes, memory_bytes, overlap};
pub use forecast::expected;
pub use site::SurfaceJob;

pub(super) use site::{Site, recipe};
pub(super) use worker::Task;
