//! Records to tables; where data meets theory.

mod census;
mod complexity_curves;
mod energy_histogram;
mod mean_count_curves;
mod summary;

pub use census::{CensusInstance, CensusTable, Compared, tabulate_census};
pub use complexity_curves::{ComplexityCurves, CurveSet};
pub use energy_histogram::{Density, EnergyHistogram, EnergySet, energy_histogram_from_run};
pub use mean_count_curves::{CountCurves, MeanCountCurves};
pub use summary::{DimSummary, ErrorOver, RunSummary, Thresholds, Units, summarize};
