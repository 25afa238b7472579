//! Files that are either whole or not there, and that take nobody's place but that of an earlier one of ours.
// What is read here was written by others: whatever it is, it must not panic.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod held;
mod lock;
mod manifest;
mod part;
mod place;
mod whole;

pub use lock::Lock;
pub use manifest::claim;
pub use place::{beside, cannot_create, create_folder, folder_of, put, remove_if_there};
pub use whole::write_whole;

pub(crate) use held::are_one;
pub(crate) use part::TemporaryFile;
pub(crate) use place::refuse_reserved;
