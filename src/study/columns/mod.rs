//! One declaration of the columns of a row; every format follows from it.
//!
//! [`columns!`] declares name, type, unit and meaning of each column of a row type once. From the
//! declaration alone come the SQL table with its insert and select, the checksum, the dump, the CSV and Parquet files, the
//! message between ranks, and the page of columns in the documentation.

mod cell;
mod declare;
pub mod message;
mod page;
mod row;

pub use crate::named::Named;
pub use cell::{Cell, ColumnKind, Seconds, Value};
pub use declare::columns;
pub use page::page;
pub use row::{
    Column, Head, Row, Table, Within, add_times, alias, canonical, differing, dump_line, heads, is_finite,
    key_values, unreadable, values,
};

pub(in crate::study) use row::{Bound, decode, quoted};

#[cfg(test)]
mod tests;
