//! Exact sampling of e^{−L/T} on the sphere at several temperatures: Hamiltonian moves along great circles with accept or
//! reject, and replica exchange.
//!
//! [`Chains`] is the move, [`Sampler`] the whole of it on one surface, [`mixing`] says how far chains can be believed. Room
//! without files, printing and threads: a [`Sampler`] is a function of surface, [`Schedule`] and [`ChainKey`].

mod chains;
mod ladder;
mod lanes;
pub mod mixing;
mod sampled;
mod sampler;
mod schedule;
mod tuning;

pub use chains::{Chains, Kicks, Trajectory};
pub use lanes::{LANES, Row};
pub use sampled::{Rung, Sampled};
pub use sampler::{Acceptance, ChainKey, Rules, Sampler};
pub use schedule::Schedule;
