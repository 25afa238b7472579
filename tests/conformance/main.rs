//! What hspin computes against references to 50 digits, laws of probability, independent counts, and itself.
//!
//! Each family prints one line, `trust: NAME: tried N, failed M`. `cargo test --release --test conformance` runs a
//! set for every day; `-- --include-ignored --nocapture` adds the long mode and shows the lines.
#![allow(missing_docs)]

mod columns;
#[path = "../common/mod.rs"]
mod common;
mod contractions;
mod determinism;
mod eigenvalues;
mod exact_inertia;
mod few_points;
mod golden;
#[allow(dead_code)]
#[path = "../process/harness.rs"]
mod harness;
mod indices;
mod sampler;
mod statistics;
mod streams;
mod tally;
mod ziggurat;
