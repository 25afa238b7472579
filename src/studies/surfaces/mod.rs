//! The study of runs on surfaces: sweeps of descents or searches from many starts, censuses of all critical points.

mod arrays;

pub mod bounds;
mod census;
mod couplings;
mod energy;
mod export;
mod given;
mod kind;
pub mod limits;
mod model;
mod one_surface;
mod plan;
mod reading;
mod recheck;
mod record;
mod request;
mod result;
pub mod shard;
mod spec;
mod starts_from;
mod stored;
mod strays;
mod study;
pub mod sweep;
mod table;
mod unit;
mod written;

pub use arrays::{couplings_bytes, whole_points, write_couplings, write_points, write_vector};
pub use census::{CensusFacts, CensusRequest};
pub use couplings::{Couplings, OwnArray, attached};
pub use export::{csv_text, write_censuses, write_csv, write_parquet, write_traces};
pub use given::Given;
pub use model::{ModelRequest, SpikeRequest, mixture_text, model_text, spike_text};
pub use one_surface::{SurfaceResult, compute_surface, random_surface};
pub use plan::planned_units;
pub use reading::Points;
pub use recheck::recompute;
pub use record::{Record, SlopeRow, Slopes, StartResult, SurfaceTimings, Timings, TraceRow};
pub use request::{Preset, Request};
pub use result::UnitResult;
pub use spec::{Kind, Spec};
pub use starts_from::{GivenPoints, StartsFrom};
pub use study::{SurfaceStore, Surfaces};
pub use table::{CriticalPointRow, SurfaceId, known_surface, rows, run_heads, surfaces, with_distinct};
pub use unit::{StartsUnit, UNIT_STARTS, UnitKey};
pub use written::{SHARE_ALLOWED, SPIKE_ALLOWED, share_of_text, spike_of_text};

pub(super) use table::COMPUTED;
