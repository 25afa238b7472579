//! Comma-separated tables; floats round-trip, what is unknown is empty.

use std::io::Write;
use std::path::Path;

use csv::Writer;

use super::file_columns::columns_of_file;
use crate::error::{Error, Result};
use crate::files;
use crate::study::columns::{Head, Value};

/// Takes rows, one after the other.
pub type PutRow<'a> = &'a mut dyn FnMut(&[Value<'_>]) -> Result<()>;

/// Writes a table; `fill` puts its rows.
///
/// # Errors
/// What `fill` returns; [`Error::Io`], [`Error::Refused`] where the file cannot be written.
pub fn write_csv(path: &Path, heads: &[Head], fill: impl Fn(PutRow) -> Result<()>) -> Result<()> {
    files::write_whole(path, |file| write(file, &path.display().to_string(), heads, &fill))
}

/// A table as text; `fill` puts its rows.
///
/// # Errors
/// What `fill` returns.
pub fn csv_text(heads: &[Head], fill: impl Fn(PutRow) -> Result<()>) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    write(&mut text, "a table", heads, &fill)?;
    Ok(text)
}

fn write(
    out: &mut impl Write,
    name: &str,
    heads: &[Head],
    fill: &dyn Fn(PutRow) -> Result<()>,
) -> Result<()> {
    let failed = |error: std::io::Error| Error::io(format!("writing {name}"), error);
    let columns = columns_of_file(heads);
    let mut table = Writer::from_writer(out);
    let names = columns.iter().map(|(_, (name, _))| name);
    table.write_record(names).map_err(|error| failed(error.into()))?;
    fill(&mut |values| {
        let value = |place: &usize| values.get(*place).copied().unwrap_or(Value::Unknown);
        let texts = columns.iter().map(|(place, _)| value(place).text());
        table.write_record(texts).map_err(|error| failed(error.into()))
    })?;
    table.flush().map_err(failed)
}
