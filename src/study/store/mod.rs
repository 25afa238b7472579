//! One SQLite file per run. A unit is one transaction; SQLite gives atomicity and crash recovery.

mod attachments;
mod cells;
mod checksum;
mod connect;
mod create;
mod cut_off;
mod dump;
mod fault;
mod handle;
mod journal;
mod keeping;
mod open;
mod patience;
mod payloads;
mod reading;
mod rows;
mod salvage;
mod schema;
mod transactions;
mod writing;

pub use keeping::keeps;
pub use open::Store;
pub use patience::tell_of_waiting;
pub use schema::{exists, format_of};

pub(super) use attachments::{copy as copy_attachments, problems as attachment_problems};
pub(super) use checksum::{is_root, of_run as run_checksum};
pub(super) use connect::connect_to_read;
pub(super) use create::{replace, sync};
pub(super) use handle::open as open_bytes;
pub(super) use rows::{read_spec, read_times, read_units};
pub(super) use salvage::Salvage;
pub(super) use schema::check_study;
pub(super) use transactions::{RootChange, advance, put_unit};
pub(crate) use {fault::sql, rows::damaged_unit, rows::is_sound};
