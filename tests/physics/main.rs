//! Surfaces, descents, critical points and networks: kernels against dense tensors, and everything against closed forms.
#![allow(missing_docs)]

mod annealing;
mod census;
#[path = "../common/mod.rs"]
mod common;
mod degenerate;
mod descent;
mod fast;
mod golden;
mod hamiltonian;
#[path = "../library/mod.rs"]
mod library;
mod models;
mod networks;
mod paths;
mod saddle;
mod spectrum;
