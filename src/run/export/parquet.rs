//! Parquet tables: one row group per surface, unknown values null.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::TypePtr;

use super::networks;
use super::table::{Column, Read, SurfaceId, columns, rows};
use crate::error::{Error, Result};
use crate::run::files;
use crate::run::networks::NetworksStore;
use crate::run::store::Store;

/// Writes the records of some surfaces.
///
/// # Errors
/// Those of the store; [`Error::Io`], [`Error::Refused`] where the file cannot be written.
pub fn write_parquet(store: &Store, surfaces: &[SurfaceId], path: &Path) -> Result<()> {
    let groups = surfaces.iter().map(|&surface| rows(store, surface));
    write_groups("records", columns(store.spec()), groups, path)
}

/// Writes all networks of a run: one row group per size.
///
/// # Errors
/// As [`write_parquet`].
pub fn write_networks_parquet(store: &NetworksStore, path: &Path) -> Result<()> {
    let networks = store.networks()?;
    let groups = networks.chunk_by(|a, b| a.hidden == b.hidden).map(|size| Ok(size.to_vec()));
    write_groups("networks", &networks::COLUMNS, groups, path)
}

fn write_groups<R>(
    name: &str,
    columns: &[Column<R>],
    groups: impl Iterator<Item = Result<Vec<R>>>,
    path: &Path,
) -> Result<()> {
    let failed = |error: ParquetError| Error::io(format!("writing {}", path.display()), into_io(error));
    files::write_whole(path, |file| {
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let schema = schema(name, columns).map_err(failed)?;
        let mut table = SerializedFileWriter::new(file, schema, Arc::new(properties)).map_err(failed)?;
        for rows in groups {
            put_group(&mut table, columns, &rows?).map_err(failed)?;
        }
        table.close().map_err(failed)?;
        Ok(())
    })
}

fn into_io(error: ParquetError) -> std::io::Error {
    match error {
        ParquetError::External(source) => match source.downcast::<std::io::Error>() {
            Ok(error) => *error,
            Err(other) => std::io::Error::other(other),
        },
        other => std::io::Error::other(other),
    }
}

fn schema<R>(name: &str, columns: &[Column<R>]) -> ParquetResult<TypePtr> {
    let fields = columns.iter().map(|Column { name, read }| match read {
        Read::Count(_) => format!("OPTIONAL INT64 {name};"),
        Read::Float(_) => format!("OPTIONAL DOUBLE {name};"),
        Read::Text(_) => format!("OPTIONAL BYTE_ARRAY {name} (UTF8);"),
    });
    let fields: Vec<String> = fields.collect();
    parse_message_type(&format!("message {name} {{ {} }}", fields.join(" "))).map(Arc::new)
}

fn put_group<W: Write + Send, R>(
    table: &mut SerializedFileWriter<W>,
    columns: &[Column<R>],
    rows: &[R],
) -> ParquetResult<()> {
    let mut group = table.next_row_group()?;
    for column in columns {
        put_column(&mut group, column, rows)?;
    }
    group.close().map(drop)
}

fn put_column<W: Write + Send, R>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    column: &Column<R>,
    rows: &[R],
) -> ParquetResult<()> {
    let mut writer =
        group.next_column()?.ok_or_else(|| ParquetError::General(format!("no column {}", column.name)))?;
    match column.read {
        // Steps are stored as i64, ids are u32: none is cut.
        Read::Count(read) => {
            put::<Int64Type>(&mut writer, rows.iter().map(|row| read(row).map(|n| n as i64)))?
        }
        Read::Float(read) => {
            put::<DoubleType>(&mut writer, rows.iter().map(|row| Some(read(row)).filter(|x| x.is_finite())))?;
        }
        Read::Text(read) => {
            put::<ByteArrayType>(&mut writer, rows.iter().map(|row| Some(ByteArray::from(read(row)))))?;
        }
    }
    writer.close()
}

fn put<T: DataType>(
    writer: &mut SerializedColumnWriter<'_>,
    values: impl Iterator<Item = Option<T::T>>,
) -> ParquetResult<()> {
    let values: Vec<_> = values.collect();
    let known: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    let values: Vec<T::T> = values.into_iter().flatten().collect();
    writer.typed::<T>().write_batch(&values, Some(&known), None).map(drop)
}
