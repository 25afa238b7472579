//! Runs: carried out by any number of threads and groups, stored whole or not at all, resumed and grown.
#![allow(missing_docs)]

#[path = "../common/carry_out.rs"]
mod carry_out;
#[path = "../common/mod.rs"]
mod common;
mod executor;
#[path = "../fake/mod.rs"]
mod fake;
mod shard;
mod store;
