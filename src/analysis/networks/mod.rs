//! Statistics of many trained networks, and the paper's claims about them, each with a verdict.
//!
//! Every error is over groups that are independent given the digits: single networks, each of which goes through the
//! digits in its own order, or, in runs of release 0.1, the sixteen that share an order.

mod annealing;
mod claims;
pub mod correlation;
pub(super) mod estimate;
mod inputs;
mod report;
mod sample;
pub mod scaling;
mod size;
mod student;
mod summary;
mod tables;
pub mod trend;

pub use annealing::{ComparedSize, Comparison};
pub use claims::{CRITICAL, Claim, ClaimName, ClaimVerdict, INDEX_RANGE, LEVEL, Quantity, Test};
pub use estimate::{Estimated, jackknife};
pub use inputs::{NetworkRuns, NetworksData, NetworksInputs};
pub use report::{Context, PAPER_CORRELATIONS, Report, TableRow};
pub use sample::{DigitCounts, NetworksSample};
pub use size::{Losses, Spread, Summary};
pub use summary::{MeanAndSd, NetworksSummary, SizeSummary, summarize};
pub use tables::{
    AnnealingTable, IndexSet, IndexTable, LossBox, LossBoxes, LossMoments, LossSet, LossTable, PointCloud,
    TrainTest,
};
