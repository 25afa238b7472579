//! Parquet tables, unknown values null.

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

use super::file_columns::columns_of_file;
use crate::error::{Error, Result};
use crate::files;
use crate::study::columns::{ColumnKind, Head, Value};

/// Writes groups of rows, each with a value for every column.
///
/// # Errors
/// Those of `groups`; [`Error::Io`], [`Error::Refused`] where the file cannot be written.
pub fn write_parquet(
    name: &str,
    heads: &[Head],
    groups: impl Iterator<Item = Result<Vec<Vec<Value<'static>>>>>,
    path: &Path,
) -> Result<()> {
    let failed = |error: ParquetError| Error::io(format!("writing {}", path.display()), into_io(error));
    let columns = columns_of_file(heads);
    files::write_whole(path, |file| {
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let schema = schema(name, &columns).map_err(failed)?;
        let mut table = SerializedFileWriter::new(file, schema, Arc::new(properties)).map_err(failed)?;
        for rows in groups {
            put_group(&mut table, &columns, &rows?).map_err(failed)?;
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

fn schema(name: &str, columns: &[(usize, Head)]) -> ParquetResult<TypePtr> {
    let fields = columns.iter().map(|(_, (name, kind))| match kind {
        ColumnKind::Count | ColumnKind::Signed | ColumnKind::Flag => format!("OPTIONAL INT64 {name};"),
        ColumnKind::Real => format!("OPTIONAL DOUBLE {name};"),
        ColumnKind::Name => format!("OPTIONAL BYTE_ARRAY {name} (UTF8);"),
    });
    let fields: Vec<String> = fields.collect();
    parse_message_type(&format!("message {name} {{ {} }}", fields.join(" "))).map(Arc::new)
}

fn put_group<W: Write + Send>(
    table: &mut SerializedFileWriter<W>,
    columns: &[(usize, Head)],
    rows: &[Vec<Value<'static>>],
) -> ParquetResult<()> {
    let mut group = table.next_row_group()?;
    for (place, head) in columns {
        let values = rows.iter().map(|row| row.get(*place).copied().unwrap_or(Value::Unknown));
        put_column(&mut group, head, values)?;
    }
    group.close().map(drop)
}

fn put_column<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    (name, kind): &Head,
    values: impl Iterator<Item = Value<'static>>,
) -> ParquetResult<()> {
    let mut writer =
        group.next_column()?.ok_or_else(|| ParquetError::General(format!("no column {name}")))?;
    match kind {
        ColumnKind::Count | ColumnKind::Signed | ColumnKind::Flag => put::<Int64Type>(
            &mut writer,
            values.map(|value| match value {
                // As SQLite has them: none is cut.
                Value::Whole(n) => Some(n as i64),
                _ => None,
            }),
        )?,
        ColumnKind::Real => put::<DoubleType>(
            &mut writer,
            values.map(|value| match value {
                Value::Real(x) => Some(x).filter(|x| x.is_finite()),
                _ => None,
            }),
        )?,
        ColumnKind::Name => put::<ByteArrayType>(
            &mut writer,
            values.map(|value| match value {
                Value::Name(name) => Some(ByteArray::from(name)),
                _ => None,
            }),
        )?,
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
