//! Row types: their columns, and their table in SQL.

use std::marker::PhantomData;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Error, ToSql, params_from_iter};

use super::cell::{ColumnKind, Value};

/// A column of rows of type `R`.
pub struct Column<R: 'static> {
    /// Its name in every format.
    pub name: &'static str,
    /// What its values are.
    pub kind: ColumnKind,
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

/// A row whose columns are declared by [`columns!`](super::columns).
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

/// The name that a column has in data frames, where its own has a meaning there: `index` of a data frame is the labels of its
/// rows, and in SQL a keyword.
pub fn alias(name: &str) -> Option<&'static str> {
    (name == "index").then_some("morse_index")
}

/// Name and kind of a column.
pub type Head = (&'static str, ColumnKind);

/// Names and kinds of the columns of a row type, in order.
pub fn heads<R: Row>() -> Vec<Head> {
    R::columns().iter().map(|column| (column.name, column.kind)).collect()
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
    for column in R::columns().iter().filter(|column| column.kind == ColumnKind::Real) {
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

/// The values of the columns that name a row.
pub fn key_values<R: Row>(row: &R) -> Vec<Value<'static>> {
    let named = R::KEY.iter().filter_map(|name| R::columns().iter().find(|column| column.name == *name));
    named.map(|column| (column.get)(row)).collect()
}

/// A row of times with those of another added to its own; the keys are the same.
pub fn add_times<R: Row>(sum: &mut R, more: &R) {
    for column in R::columns().iter().filter(|column| column.kind == ColumnKind::Real) {
        if let (Value::Real(a), Value::Real(b)) = ((column.get)(sum), (column.get)(more)) {
            (column.set)(sum, Value::Real(a + b));
        }
    }
}

/// Which rows of a table: those with these values and, if one is given, with a number within a range, both ends included.
#[derive(Debug, Clone, PartialEq)]
pub struct Within {
    /// Columns and their values.
    pub equal: Vec<(&'static str, u32)>,
    /// A column and its least and most value.
    pub range: Option<(&'static str, [i64; 2])>,
}

impl Within {
    /// The condition in SQL, with the values of its places.
    fn condition(&self) -> (String, Vec<i64>) {
        let mut parts: Vec<String> = self.equal.iter().map(|(name, _)| format!("{name} = ?")).collect();
        let mut values: Vec<i64> = self.equal.iter().map(|(_, value)| i64::from(*value)).collect();
        if let Some((name, [least, most])) = self.range {
            parts.push(format!("{name} BETWEEN ? AND ?"));
            values.extend([least, most]);
        }
        (format!("WHERE {}", parts.join(" AND ")), values)
    }

    /// Deletes these rows of a table.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn delete(&self, conn: &Connection, table: &str) -> rusqlite::Result<()> {
        let (condition, values) = self.condition();
        let sql = format!("DELETE FROM {table} {condition}");
        conn.prepare_cached(&sql)?.execute(params_from_iter(values)).map(drop)
    }
}

/// SQL texts of the table of a row type, made once.
pub struct Table<R> {
    /// CREATE TABLE, without its semicolon.
    pub create: String,
    insert: String,
    select: String,
    add: String,
    row: PhantomData<fn() -> R>,
}

impl<R: Row> Table<R> {
    /// The table as the columns of its rows are declared.
    pub fn declared() -> Self {
        let names: Vec<String> = R::columns().iter().map(|column| quoted(column.name)).collect();
        let places = vec!["?"; names.len()].join(", ");
        let insert = format!("INSERT INTO {} VALUES ({places})", R::NAME);
        let sums: Vec<String> = R::columns()
            .iter()
            .filter(|column| column.kind == ColumnKind::Real)
            .map(|Column { name, .. }| format!("{name} = {name} + excluded.{name}"))
            .collect();
        Self {
            create: Self::create_with(&[]),
            add: format!("{insert} ON CONFLICT DO UPDATE SET {}", sums.join(", ")),
            insert,
            select: format!("SELECT {} FROM {}", names.join(", "), R::NAME),
            row: PhantomData,
        }
    }

    /// CREATE TABLE with further columns behind those that are declared.
    pub fn create_with(more: &[&str]) -> String {
        let declared = R::columns().iter().map(|column| {
            let kind = match column.kind {
                ColumnKind::Count | ColumnKind::Signed | ColumnKind::Flag => "INTEGER",
                ColumnKind::Real => "REAL",
                ColumnKind::Name => "TEXT",
            };
            let need = if column.is_optional { "" } else { " NOT NULL" };
            format!("{} {kind}{need}", quoted(column.name))
        });
        let columns: Vec<String> = declared.chain(more.iter().map(|&column| column.to_owned())).collect();
        let (name, key) = (R::NAME, R::KEY.join(", "));
        format!("CREATE TABLE {name} ( {}, PRIMARY KEY ({key}) ) STRICT, WITHOUT ROWID", columns.join(", "))
    }

    /// Inserts a row.
    ///
    /// # Errors
    /// Those of SQLite; a count beyond i64.
    pub fn insert(&self, conn: &Connection, row: &R) -> rusqlite::Result<()> {
        conn.prepare_cached(&self.insert)?.execute(params_from_iter(values(row).map(Bound))).map(drop)
    }

    /// Inserts a row of times, or adds them to those of the row with its key.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn add(&self, conn: &Connection, row: &R) -> rusqlite::Result<()> {
        conn.prepare_cached(&self.add)?.execute(params_from_iter(values(row).map(Bound))).map(drop)
    }

    /// Rows that meet a condition, by key; `condition` is empty or begins with WHERE.
    ///
    /// # Errors
    /// Those of SQLite; a value that its column cannot have.
    pub fn select(
        &self,
        conn: &Connection,
        condition: &str,
        values: &[&dyn ToSql],
    ) -> rusqlite::Result<Vec<R>> {
        let sql = format!("{} {condition} ORDER BY {}", self.select, R::KEY.join(", "));
        conn.prepare_cached(&sql)?.query_map(values, decode)?.collect()
    }

    /// These rows, by key.
    ///
    /// # Errors
    /// As [`Self::select`].
    pub fn select_within(&self, conn: &Connection, within: &Within) -> rusqlite::Result<Vec<R>> {
        let (condition, values) = within.condition();
        let values: Vec<&dyn ToSql> = values.iter().map(|value| value as &dyn ToSql).collect();
        self.select(conn, &condition, &values)
    }

    /// Rows that can be read, by key: one with a value that its column cannot have is left out.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn select_readable(&self, conn: &Connection) -> rusqlite::Result<Vec<R>> {
        use Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType};
        let sql = format!("{} ORDER BY {}", self.select, R::KEY.join(", "));
        let mut statement = conn.prepare_cached(&sql)?;
        let rows = statement.query_map([], decode)?;
        rows.filter(|row| {
            !matches!(
                row,
                Err(FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..))
            )
        })
        .collect()
    }
}

/// The row that SQLite gives.
pub(in crate::study) fn decode<R: Row>(row: &rusqlite::Row<'_>) -> rusqlite::Result<R> {
    let mut decoded = R::BLANK;
    for (place, column) in R::columns().iter().enumerate() {
        let stored = row.get_ref(place)?;
        let given = match stored {
            ValueRef::Null => Value::Unknown,
            ValueRef::Integer(n) => Value::Whole(n.into()),
            ValueRef::Real(x) => Value::Real(x),
            ValueRef::Text(bytes) => Value::Name(std::str::from_utf8(bytes).unwrap_or_default()),
            ValueRef::Blob(_) => Value::Name(""),
        };
        let fits = (given != Value::Unknown || column.is_optional) && (column.set)(&mut decoded, given);
        if !fits {
            return Err(no_value(place, column, stored));
        }
    }
    Ok(decoded)
}

/// The error of a stored value that its column cannot have.
fn no_value<R>(place: usize, column: &Column<R>, stored: ValueRef<'_>) -> Error {
    match (column.kind, stored) {
        (ColumnKind::Count | ColumnKind::Signed | ColumnKind::Flag, ValueRef::Integer(n)) => {
            Error::IntegralValueOutOfRange(place, n)
        }
        (ColumnKind::Name, ValueRef::Text(text)) => {
            unreadable(place, format!("no such {}: {}", column.name, String::from_utf8_lossy(text)))
        }
        _ => Error::InvalidColumnType(place, column.name.to_owned(), stored.data_type()),
    }
}

/// The error of a stored value that means nothing.
pub fn unreadable(column: usize, reason: String) -> Error {
    let source = std::io::Error::new(std::io::ErrorKind::InvalidData, reason);
    Error::FromSqlConversionFailure(column, rusqlite::types::Type::Blob, Box::new(source))
}

/// `index` is a word of SQL.
pub(in crate::study) fn quoted(name: &str) -> String {
    if name == "index" { format!("\"{name}\"") } else { name.to_owned() }
}

/// A value as SQLite takes it. SQLite keeps NaN as NULL.
pub(in crate::study) struct Bound(pub Value<'static>);

impl ToSql for Bound {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let stored = match self.0 {
            Value::Unknown => ValueRef::Null,
            Value::Whole(n) => {
                ValueRef::Integer(i64::try_from(n).map_err(|e| Error::ToSqlConversionFailure(Box::new(e)))?)
            }
            Value::Real(x) => ValueRef::Real(x),
            Value::Name(name) => ValueRef::Text(name.as_bytes()),
        };
        Ok(ToSqlOutput::Borrowed(stored))
    }
}
