//! Runs in formats that other programs load. Every file is whole or not there.
// What is read here was written by others: whatever it is, it must not panic.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod csv;
mod npy;
mod page;
mod parquet;
mod table;

pub use csv::{write_censuses, write_csv, write_networks_csv, write_traces};
pub use npy::{couplings_bytes, write_couplings, write_points};
pub use page::columns_page;
pub use parquet::{write_networks_parquet, write_parquet};
pub use table::{Row, SurfaceId, rows, surfaces};
