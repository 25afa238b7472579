//! Statistics of many trained networks.

pub mod correlation;
pub mod scaling;
pub mod trend;
