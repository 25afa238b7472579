//! NumPy's array files, version 1–3 headers: real numbers of every type, byte order and order of axes are read; float64,
//! little-endian, C order is written.
//!
//! The format is 6 magic bytes, 2 of version, the header's length, and a Python dictionary as text. Reading is strict,
//! because a file that is taken for what it is not would be a wrong tensor without any sign of it.
// What is read here was written by others: whatever it is, it must not panic.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod checked;
mod element;
mod header;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::Path;

use self::checked::HeaderResult;
use self::header::{Header, MAGIC};
use crate::error::{Error, Result, one_line};

/// An array as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// Length of each axis.
    pub shape: Vec<u32>,
    /// Values, last axis fastest.
    pub values: Vec<f64>,
}

/// Writes an array of float64; `values` must be as many as `shape` says, last axis fastest.
///
/// # Errors
/// [`Error::Io`]; [`Error::Internal`] if the number of values is not that of the shape.
pub fn write(out: &mut impl Write, shape: &[u64], values: impl IntoIterator<Item = f64>) -> Result<()> {
    let failed = |error| Error::io("writing an npy file", error);
    out.write_all(&header_of(shape)).map_err(failed)?;
    let mut left = shape.iter().try_fold(1_u64, |product, &n| product.checked_mul(n));
    for value in values {
        left = left.and_then(|left| left.checked_sub(1));
        out.write_all(&value.to_le_bytes()).map_err(failed)?;
    }
    if left == Some(0) {
        Ok(())
    } else {
        Err(Error::Internal(format!("values do not fill the shape {shape:?}")))
    }
}

fn header_of(shape: &[u64]) -> Vec<u8> {
    let axes: String = shape.iter().map(|n| format!("{n}, ")).collect();
    let axes = if shape.len() == 1 { axes.trim_end() } else { axes.trim_end_matches(", ") };
    let mut text = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({axes}), }}");
    // Data begin at a multiple of 64 bytes, as NumPy has it; the header's last byte is a newline.
    let unpadded = MAGIC.len() + 4 + text.len() + 1;
    text.push_str(&" ".repeat(unpadded.next_multiple_of(64) - unpadded));
    text.push('\n');
    let mut bytes = MAGIC.to_vec();
    bytes.extend([1, 0]);
    // At most 16 axes of at most 20 digits: far below 65536.
    bytes.extend((text.len() as u16).to_le_bytes());
    bytes.extend(text.into_bytes());
    bytes
}

/// Reads the shape of a tensor, and none of its values: what [`read_tensor`] would return the array with.
///
/// # Errors
/// As [`read_tensor`].
pub fn read_shape(path: &Path) -> Result<Vec<u32>> {
    open_tensor(path).map(|(_, header)| header.shape)
}

/// Reads a tensor of shape `(N,) * H`, H ≥ 2, all of it finite, whatever the type of its numbers and the order of its axes
/// in the file.
///
/// # Errors
/// [`Error::BadInput`] naming the file and what is wrong with it; [`Error::Io`]. No more numbers are allocated than the
/// file has.
pub fn read_tensor(path: &Path) -> Result<Array> {
    let (mut file, Header { shape, element, is_fortran }) = open_tensor(path)?;
    // As many as the file has, which was checked.
    let count = shape.iter().map(|&n| n as usize).product();
    let mut values = vec![0.0; count];
    let mut number = [0; 8];
    for at in 0..count {
        let Some(bytes) = number.get_mut(..element.bytes()) else { continue };
        file.read_exact(bytes).map_err(|error| unreadable(path, error))?;
        let place = if is_fortran { reversed(at, &shape) } else { at };
        let value = element.value(bytes).map_err(|reason| bad(path, format!("value {place} is {reason}")))?;
        if !value.is_finite() {
            return Err(bad(path, format!("value {place} is {value}")));
        }
        if let Some(to) = values.get_mut(place) {
            *to = value;
        }
    }
    Ok(Array { shape, values })
}

/// Place in C order of what is at `at` in Fortran order: the digits of the place, in reverse.
fn reversed(at: usize, shape: &[u32]) -> usize {
    let mut rest = at;
    shape.iter().fold(0, |place, &side| {
        let digit = rest % side as usize;
        rest /= side as usize;
        place * side as usize + digit
    })
}

/// The file at the first of its values, and its header; it has as many bytes of values as the header says.
fn open_tensor(path: &Path) -> Result<(BufReader<File>, Header)> {
    let unreadable = |error| unreadable(path, error);
    let bad = |reason| bad(path, reason);
    // Opening a pipe would wait for its other end.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(bad("not a regular file".into()));
    }
    let file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    let mut file = BufReader::new(file);
    let (text, data_start) = header::read(&mut file).map_err(unreadable)?.map_err(bad)?;
    let header = Header::parse(&text).map_err(bad)?;
    check_count(&header, length.saturating_sub(data_start)).map_err(bad)?;
    Ok((file, header))
}

fn bad(path: &Path, reason: String) -> Error {
    // The reason may quote a header, which may be anything.
    let reason = one_line(&reason, 400);
    let wanted = "an array of real numbers (bool, integers, float16, float32 or float64) of shape (N,)*H, 2 <= H <= 16, \
                  all finite";
    Error::bad_input("couplings", path.display(), format!("{reason}; {wanted}"))
}

fn unreadable(path: &Path, error: std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => bad(path, "the file ends too early".into()),
        std::io::ErrorKind::NotFound => bad(path, "there is no such file".into()),
        _ => Error::io(format!("reading {}", path.display()), error),
    }
}

fn check_count(header: &Header, data_bytes: u64) -> HeaderResult<()> {
    let Header { shape, element, .. } = header;
    let one = element.bytes() as u64;
    match shape.iter().try_fold(one, |product, &n| product.checked_mul(u64::from(n))) {
        Some(bytes) if bytes == data_bytes => Ok(()),
        _ => Err(format!("its shape {shape:?} does not match its {data_bytes} bytes of data")),
    }
}
