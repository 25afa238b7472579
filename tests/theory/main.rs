//! Theory against tables, identities, sampled matrices and its own limits.
#![allow(missing_docs)]

mod asymptotics;
#[path = "../common/mod.rs"]
mod common;
mod counts;
mod dynamics;
mod limits;
mod mixed_asymptotics;
mod mixed_limits;
mod mixtures;
mod semicircle;
mod tables;
mod two_point;
