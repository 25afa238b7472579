//! One declaration of the columns of a row; every format follows from it.
//!
//! [`columns!`](crate::columns) declares name, type, unit and meaning of each column of a row type once. From the
//! declaration alone come the SQL table with its insert and select, the checksum, the dump, the CSV and Parquet files, the
//! message between ranks, and the page of columns in the documentation.
// What is read here was written by others: whatever it is, it must not panic.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod cell;
mod declare;
mod digest;
pub mod message;
mod page;
mod sql;

pub use cell::{Cell, Given, Kind, Named, Value};
pub use digest::feed;
pub use page::page;
pub use sql::{Table, decode, unreadable};

/// A column of rows of type `R`.
pub struct Column<R: 'static> {
    /// Its name in every format.
    pub name: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// Whether a value may be unknown.
    pub is_optional: bool,
    /// Unit of its values; empty for pure numbers and names.
    pub unit: &'static str,
    /// What its values mean, in a sentence.
    pub meaning: &'static str,
    /// The value in a row.
    pub get: fn(&R) -> Value,
    /// Puts a value into a row; `false` if the column cannot have it.
    pub set: fn(&mut R, Given<'_>) -> bool,
}

/// A row whose columns are declared by [`columns!`](crate::columns).
pub trait Row: Sized + 'static {
    /// Name of its table.
    const TABLE: &'static str;
    /// Columns that name a row, in the order of the primary key.
    const KEY: &'static [&'static str];

    /// All columns, in the order of every format.
    fn columns() -> &'static [Column<Self>];

    /// A row in which nothing is known yet.
    fn blank() -> Self;

    /// Gives the bytes of the checksum, in the declared order of the checksum.
    fn digest(&self, feed: &mut dyn FnMut(&[u8]));
}

/// Whether two rows have the same values, floats by their bits.
pub fn same_bits<R: Row>(a: &R, b: &R) -> bool {
    R::columns().iter().all(|column| (column.get)(a).same_bits((column.get)(b)))
}

/// The row in the one form that a store gives back bit for bit: every float that is not finite is the same NaN, and zero
/// has no sign.
#[must_use]
pub fn canonical<R: Row + Clone>(row: &R) -> R {
    let mut tidy = row.clone();
    for column in R::columns().iter().filter(|column| column.kind == Kind::Real) {
        if let Value::Real(x) = (column.get)(row) {
            (column.set)(&mut tidy, if x.is_finite() { Given::Real(x + 0.0) } else { Given::Unknown });
        }
    }
    tidy
}

/// Values of a row as a line of a dump: floats as the hexadecimal digits of their bits, `-` for what is unknown.
pub fn dump_line<R: Row>(row: &R) -> String {
    let values = R::columns().iter().map(|column| (column.get)(row).exact_text());
    std::iter::once(R::TABLE.to_owned()).chain(values).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
