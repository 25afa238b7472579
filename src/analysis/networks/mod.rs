//! Statistics of many trained networks.

pub mod correlation;
pub mod scaling;
mod summary;
pub mod trend;

pub use summary::{Moments, NetworksSummary, SizeSummary, summarize};
