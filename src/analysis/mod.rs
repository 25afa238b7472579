//! Records to tables; where data meets theory.

pub mod bands;
mod census;
mod census_bands;
mod complexity_curves;
mod counted;
mod energy_histogram;
mod hessian_spectrum;
mod histogram_and_complexity;
mod index_vs_energy;
mod inputs;
mod mean_count_check;
mod mean_count_curves;
mod moments;
pub mod networks;
mod spread;
mod summary;
mod unconverged;
mod unit;
mod units;

pub use census::{CensusInstance, CensusTable, Compared, tabulate_census};
pub use census_bands::{CensusBands, IndexEnergies, NumbersBelow};
pub use complexity_curves::{ComplexityCurves, CurveSet};
pub use counted::COUNTED;
pub use energy_histogram::{EnergyHistogram, EnergySet, Histogram};
pub use hessian_spectrum::{HessianSpectrum, SpectrumSet};
pub use histogram_and_complexity::{Energies, ExactCurves, HistogramAndComplexity, Reached};
pub use index_vs_energy::{Cloud, IndexVsEnergy};
pub use inputs::{GlassInputs, StoredRun};
pub use mean_count_check::MeanCountCheck;
pub use mean_count_curves::{CountCurves, MeanCountCurves};
pub use summary::{DimSummary, ErrorOver, LimitEnergies, RunSummary, summarize};
pub use unconverged::{Uncertain, Unconverged};
pub use unit::OverScale;
pub use units::Units;
