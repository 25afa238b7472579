//! The study of sampling at temperature: a unit is one surface with all temperatures.

mod cost;
mod export;
mod kind;
mod request;
mod rows;
mod spec;
mod stored;
mod unit;

pub use export::{write_points, write_series};
pub use kind::{ExactSampling, SamplingStore};
pub use request::SamplingRequest;
pub use rows::{BINS, SeriesRow, TemperatureRow};
pub use spec::{SamplingSpec, bounds};
pub use stored::SampledSurface;
pub use unit::{SurfaceKey, SurfaceUnit};
