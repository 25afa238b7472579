//! The binary as a process: killed, interrupted, starved, misled; what it leaves behind is a run, whole and the same.
#![cfg(unix)]

mod bad_input;
mod census;
mod couplings;
mod full_disk;
mod growth;
mod harness;
mod outputs;
mod saddle;
mod same_bits;
mod stops;
mod verify;
