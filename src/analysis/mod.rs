//! Records to tables; where data meets theory.

mod summary;

pub use summary::{DimSummary, ErrorOver, RunSummary, Thresholds, Units, summarize};
