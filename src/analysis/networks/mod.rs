//! Statistics of many trained networks, and the paper's claims about them, each with a verdict.
//!
//! Sixteen networks of a group are trained on the digits in one order, so groups are independent and networks within a
//! group are not: every error is over groups.

mod annealing;
mod claims;
pub mod correlation;
mod estimate;
mod report;
mod sample;
pub mod scaling;
mod size;
mod summary;
mod tables;
pub mod trend;

pub use annealing::{Annealing, Comparison};
pub use claims::{Claim, ClaimName, INDEX_RANGE, LEVEL, Quantity, Test, Verdict};
pub use estimate::{Estimated, jackknife};
pub use report::{Context, PAPER_CORRELATIONS, Report, TableRow};
pub use sample::{Digits, Sample};
pub use size::{Losses, Spread, Summary};
pub use summary::{Moments, NetworksSummary, SizeSummary, summarize};
pub use tables::{
    AnnealingTable, IndexSet, IndexTable, LossBox, LossBoxes, LossMoments, LossSet, LossTable, Points,
    TrainTest,
};
