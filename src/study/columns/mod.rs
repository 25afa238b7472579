//! One declaration of the columns of a row; every format follows from it.
//!
//! [`columns!`] declares name, type, unit and meaning of each column of a row type once. From the
//! declaration alone come the SQL table with its insert and select, the checksum, the dump, the CSV and Parquet files, the
//! message between ranks, and the page of columns in the documentation.
// What is read here was written by others: whatever it is, it must not panic.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod cell;
mod declare;
pub mod message;
mod page;
mod sql;

pub use cell::{Cell, Kind, Named, Value};
pub use declare::columns;
pub use page::page;
pub use sql::{Table, unreadable};

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
    pub get: fn(&R) -> Value<'static>,
    /// Puts a value into a row; `false` if the column cannot have it.
    pub set: fn(&mut R, Value<'_>) -> bool,
}

/// A row whose columns are declared by [`columns!`].
pub trait Row: Sized + 'static {
    /// Name of its table.
    const NAME: &'static str;
    /// Columns that name a row, in the order of the primary key.
    const KEY: &'static [&'static str];
    /// A row in which nothing is known yet.
    const BLANK: Self;

    /// All columns, in the order of every format.
    fn columns() -> &'static [Column<Self>];

    /// Its table in SQL.
    fn table() -> &'static Table<Self>;

    /// Appends the bytes of the checksum, in the declared order of the checksum.
    fn digest(&self, out: &mut Vec<u8>);
}

/// Values of a row, by column.
pub fn values<R: Row>(row: &R) -> impl Iterator<Item = Value<'static>> {
    R::columns().iter().map(|column| (column.get)(row))
}

/// Columns by which two rows differ, floats by their bits.
pub fn differing<R: Row>(a: &R, b: &R) -> Vec<&'static str> {
    let differs = |column: &&Column<R>| !(column.get)(a).same_bits((column.get)(b));
    R::columns().iter().filter(differs).map(|column| column.name).collect()
}

/// Whether every number of a row is finite.
pub fn is_finite<R: Row>(row: &R) -> bool {
    values(row).all(|value| !matches!(value, Value::Real(x) if !x.is_finite()))
}

/// The row in the one form that a store gives back bit for bit: every float that is not finite is the same NaN, and zero
/// has no sign.
#[must_use]
pub fn canonical<R: Row + Clone>(row: &R) -> R {
    let mut tidy = row.clone();
    for column in R::columns().iter().filter(|column| column.kind == Kind::Real) {
        if let Value::Real(x) = (column.get)(row) {
            (column.set)(&mut tidy, if x.is_finite() { Value::Real(x + 0.0) } else { Value::Unknown });
        }
    }
    tidy
}

/// A row as a line of a dump: floats as the hexadecimal digits of their bits, `-` for what is unknown.
pub fn dump_line<R: Row>(row: &R) -> String {
    let texts = values(row).map(Value::exact_text);
    std::iter::once(R::NAME.to_owned()).chain(texts).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
