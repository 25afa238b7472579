//! Tables of a run file, from the declarations of their rows.

use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::columns::{Bound, Column, ColumnKind, Row, Table, alias, decode, key_values, quoted, values};
use super::listed::Listed;

/// A SHA-256.
type Checksum = [u8; 32];

/// What a table is, as far as the store needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableShape {
    /// Its name.
    pub name: &'static str,
    /// CREATE TABLE, without its semicolon.
    pub create: String,
    /// Its columns as SQLite lays them down, the key first.
    pub columns: Vec<(String, CellKind)>,
    /// Whether it is the list of units, where of two rows with one key the larger unit counts.
    pub is_list: bool,
    /// CREATE VIEW, without its semicolon, where a column has a name that data frames and SQL give a meaning of their own.
    pub view: Option<String>,
}

/// What SQLite may find in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// An integer.
    Integer,
    /// An integer or nothing.
    IntegerOrNothing,
    /// A number, or nothing.
    Real,
    /// A text.
    Text,
    /// Bytes.
    Blob,
}

impl TableShape {
    /// The table of a row type.
    pub fn of<R: Row>() -> Self {
        let create = R::table().create.clone();
        Self { name: R::NAME, create, columns: columns_of::<R>(), is_list: false, view: view_of::<R>() }
    }

    /// The list of units: its columns and a checksum.
    pub fn list<L: Listed>() -> Self {
        let mut columns = columns_of::<L>();
        columns.push(("checksum".to_owned(), CellKind::Blob));
        let create = Table::<L>::create_with(&["checksum BLOB NOT NULL"]);
        Self { name: L::NAME, create, columns, is_list: true, view: None }
    }
}

/// The table with every column under the name that data frames have it by; see [`alias`].
fn view_of<R: Row>() -> Option<String> {
    R::columns().iter().find(|column| alias(column.name).is_some())?;
    let column = |column: &Column<R>| match alias(column.name) {
        Some(alias) => format!("{} AS {alias}", quoted(column.name)),
        None => quoted(column.name),
    };
    let columns: Vec<String> = R::columns().iter().map(column).collect();
    let name = R::NAME;
    Some(format!("CREATE VIEW {name}_frame AS SELECT {} FROM {name}", columns.join(", ")))
}

fn columns_of<R: Row>() -> Vec<(String, CellKind)> {
    let (key, rest): (Vec<_>, Vec<_>) = R::columns().iter().partition(|column| R::KEY.contains(&column.name));
    let kind = |kind: ColumnKind, is_optional: bool| match kind {
        ColumnKind::Count | ColumnKind::Signed | ColumnKind::Flag if is_optional => {
            CellKind::IntegerOrNothing
        }
        ColumnKind::Count | ColumnKind::Signed | ColumnKind::Flag => CellKind::Integer,
        ColumnKind::Real => CellKind::Real,
        ColumnKind::Name => CellKind::Text,
    };
    let all = key.into_iter().chain(rest);
    all.map(|column| (quoted(column.name), kind(column.kind, column.is_optional))).collect()
}

/// A table of arrays of floats, little-endian, one to a row.
#[derive(Debug, Clone, Copy)]
pub struct ArrayTable {
    /// Its name.
    pub name: &'static str,
    /// Columns that name a row: counts.
    pub key: &'static [&'static str],
    /// The column of the array.
    pub array: &'static str,
}

impl ArrayTable {
    /// What the store needs to know of it.
    pub fn shape(&self) -> TableShape {
        let Self { name, key, array } = self;
        let keys: Vec<String> = key.iter().map(|column| format!("{column} INTEGER NOT NULL")).collect();
        let create = format!(
            "CREATE TABLE {name} ( {}, {array} BLOB NOT NULL, PRIMARY KEY ({}) ) STRICT",
            keys.join(", "),
            key.join(", ")
        );
        let counts = key.iter().map(|&column| (column.to_owned(), CellKind::Integer));
        let columns = counts.chain([((*array).to_owned(), CellKind::Blob)]).collect();
        Self::named(name, create, columns)
    }

    fn named(name: &'static str, create: String, columns: Vec<(String, CellKind)>) -> TableShape {
        TableShape { name, create, columns, is_list: false, view: None }
    }

    /// Inserts an array.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn insert(&self, conn: &Connection, key: &[u32], array: &[f64]) -> rusqlite::Result<()> {
        use rusqlite::types::Value;
        let bytes: Vec<u8> = array.iter().flat_map(|x| x.to_le_bytes()).collect();
        let places = vec!["?"; key.len() + 1].join(", ");
        let sql = format!("INSERT INTO {} VALUES ({places})", self.name);
        let keys = key.iter().map(|&part| Value::Integer(i64::from(part)));
        conn.prepare_cached(&sql)?.execute(params_from_iter(keys.chain([Value::Blob(bytes)]))).map(drop)
    }
}

/// Rows of the list of units, with their checksums.
pub fn read_list<L: Listed>(conn: &Connection) -> rusqlite::Result<Vec<(L, Checksum)>> {
    let mut statement = conn.prepare(&select_list::<L>())?;
    let rows = statement.query_map([], |row| Ok((decode(row)?, row.get(L::columns().len())?)))?;
    rows.collect()
}

/// The row of one unit, looked up by its key.
pub fn read_listed<L: Listed>(conn: &Connection, planned: &L) -> rusqlite::Result<Option<(L, Checksum)>> {
    let sql = format!("{} WHERE {}", select_list::<L>(), key_condition::<L>());
    let values = params_from_iter(key_values(planned).into_iter().map(Bound));
    conn.prepare_cached(&sql)?
        .query_row(values, |row| Ok((decode(row)?, row.get(L::columns().len())?)))
        .optional()
}

/// Puts a unit on the list, in place of an earlier one.
pub fn put_listed<L: Listed>(conn: &Connection, listed: &L, checksum: &Checksum) -> rusqlite::Result<()> {
    use rusqlite::ToSql;
    let places = vec!["?"; L::columns().len() + 1].join(", ");
    let sql = format!("INSERT OR REPLACE INTO {} VALUES ({places})", L::NAME);
    let values: Vec<Bound> = values(listed).map(Bound).collect();
    let all = values.iter().map(|value| value as &dyn ToSql).chain([checksum as &dyn ToSql]);
    conn.prepare_cached(&sql)?.execute(params_from_iter(all)).map(drop)
}

fn select_list<L: Listed>() -> String {
    let names: Vec<String> = L::columns().iter().map(|column| quoted(column.name)).collect();
    format!("SELECT {}, checksum FROM {}", names.join(", "), L::NAME)
}

fn key_condition<L: Listed>() -> String {
    let parts: Vec<String> = L::KEY.iter().map(|column| format!("{column} = ?")).collect();
    parts.join(" AND ")
}
