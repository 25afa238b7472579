//! Failing at every point on purpose: killed, interrupted, starved, damaged, crowded. What was stored stays, what is
//! missing is made, and the end is the same to the bit.
//!
//! Each family prints `trust: NAME: tried N, failed M`. The long mode: `cargo test --release --test faults -- --ignored
//! --nocapture`. With `HSPIN_NO_SKIP` set, a part that cannot be tried here is a failure.
#![cfg(target_os = "linux")]

mod calls;
mod crowd;
mod damage;
mod disks;
mod family;
#[path = "../process/harness.rs"]
#[allow(dead_code)]
mod harness;
mod jobs;
mod kills;
mod limits;
mod order;
mod shim;
mod signals;
