//! Kinds of runs, one folder each, on the engine of [`study`](crate::study).

// What is read here was written by others: whatever it is, it must not panic.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod networks;
mod page;
pub mod paths;
pub mod sampling;
pub mod surfaces;

pub use page::columns_page;
