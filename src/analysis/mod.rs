//! Records to tables; where data meets theory.

pub mod bands;
mod complexity_curves;
mod energy_histogram;
mod summary;

pub use complexity_curves::{ComplexityCurves, CurveSet};
pub use energy_histogram::{Density, EnergyHistogram, EnergySet, energy_histogram_from_run};
pub use summary::{DimSummary, ErrorOver, RunSummary, Thresholds, Units, summarize};
