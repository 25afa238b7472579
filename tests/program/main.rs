//! What the program says: command line, figures, verdicts on runs of the glass and of networks.
#![allow(missing_docs)]

mod bands;
#[path = "../common/carry_out.rs"]
mod carry_out;
mod cli;
#[path = "../common/mod.rs"]
mod common;
#[path = "../fake/mod.rs"]
mod fake;
mod figures;
mod model_bands;
mod network_analysis;
