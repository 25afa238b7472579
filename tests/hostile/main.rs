//! Input by someone who means harm: whatever it is, it is refused in one line, soon, in little memory, with nothing
//! written elsewhere, or read as what it says.
//!
//! `HSPIN_HOSTILE_CASES` sets the number of mutated cases per reader.
#![allow(missing_docs)]

mod cases;
#[path = "../fake/mod.rs"]
#[allow(dead_code)]
mod fake;
#[path = "../process/harness.rs"]
#[allow(dead_code)]
mod harness;
mod kept;
mod lies;
mod memory;
mod mutate;
mod networks;
mod paths;
mod readers;
mod sealed;
mod small_readers;
mod sources;
mod stores;
mod table;
