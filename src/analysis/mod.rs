//! Records to tables; where data meets theory.

pub mod bands;
mod census;
mod census_bands;
mod complexity_curves;
mod energy_histogram;
mod hessian_spectrum;
mod histogram_and_complexity;
mod index_vs_energy;
mod inputs;
mod mean_count_check;
mod mean_count_curves;
mod mixture_complexity;
mod model;
pub mod networks;
mod reached;
mod spike_overlap;
mod spread;
mod summary;
mod unconverged;
mod unit;
mod units;

// Whole files: a new table in one of them needs no line here.
pub use bands::COUNTED;
pub use census::*;
pub use census_bands::*;
pub use complexity_curves::*;
pub use energy_histogram::*;
pub use hessian_spectrum::*;
pub use histogram_and_complexity::*;
pub use index_vs_energy::*;
pub use inputs::*;
pub use mean_count_check::*;
pub use mean_count_curves::*;
pub use mixture_complexity::*;
pub use model::*;
pub use reached::*;
pub use spike_overlap::*;
pub use summary::*;
pub use unconverged::*;
pub use unit::OverScale;
pub use units::UnitCount;
