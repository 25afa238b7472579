//! The binary as a process: used, grown, misled; what it leaves behind is a run, whole and the same. Kills, signals, full
//! disks and damage are in tests/faults.
#![cfg(unix)]

mod annealing;
mod bad_input;
mod believed;
#[path = "../common/carry_out.rs"]
mod carry_out;
mod census;
mod couplings;
mod degenerate;
mod growth;
// Shared with tests/faults, which needs more of it.
#[allow(dead_code)]
mod harness;
mod kept;
mod memory;
mod models;
mod neighbours;
mod old_runs;
mod outputs;
mod own_before;
mod own_orders;
mod paths;
mod report;
mod saddle;
mod same_bits;
mod scale;
mod slices;
mod spikes;
mod verify;
