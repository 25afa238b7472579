//! The census against closed forms, independent solvers, identities and exact means.

mod degenerate;
mod descents;
mod harness;
mod known_tensors;
mod means;
mod same_bits;
mod sparse;
mod spikes;
