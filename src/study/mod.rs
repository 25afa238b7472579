//! The engine of studies: one kind of store, plan, executor, check and job of many processes for every kind of run.
//!
//! There is no physics in it. A [`Study`] says what a run is: its [spec](RunSpec), the units of its plan, what a unit leaves,
//! and how one is computed. From that alone the engine
//!
//! - creates, opens, grows and reads runs: [`Store`]; one SQLite file each, a unit is one transaction with a checksum;
//! - does what is left of a run on many threads, [`execute`], or with many processes, [`cluster`];
//! - checks and repairs: [`verify()`], [`repair`], and computes units again: [`recompute`];
//! - does both for a program, whose verbs only print: [`Command`];
//! - foretells memory, disk and time: [`command::estimate`];
//! - writes tables: [`export`]; and puts runs of one spec together: [`merge`].
//!
//! `examples/toy_study` is a study with its verbs, in three files and 476 lines.

// What is read here was written by others: whatever it is, it must not panic.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod attachment;
pub mod clock;
pub mod cluster;
pub mod columns;
pub mod command;
mod environment;
mod events;
pub mod export;
mod formats;
mod interface;
mod listed;
pub mod memory;
mod merge;
mod plan;
mod recompute;
mod resources;
mod rows;
mod sampling;
pub mod spec;
pub mod store;
mod tables;
mod times;
pub mod verify;
pub mod work;

pub use attachment::{Attached, Attachment};
pub use command::Command;
pub use environment::{JobLaunch, Variables};
pub use events::{Event, Observer, Stop};
pub use formats::{FORMATS, Format, OWN};
pub use interface::{Advance, Expected, Finding, Findings, Intake, Job, Study, Unit, Units, Work};
pub use listed::{Listed, StoredUnit, Times};
pub use merge::merge;
pub use plan::todo;
pub use recompute::{Recomputed, recompute};
pub use resources::{Commits, Resources};
pub use rows::{Rows, RowsOf};
pub use sampling::Sampling;
pub use spec::RunSpec;
pub use store::Store;
pub use tables::{ArrayTable, CellKind, TableShape};
pub use times::SizeTimes;
pub use verify::{Repaired, Verdict, repair, verify};
pub use work::{UnitPerThread, execute};
