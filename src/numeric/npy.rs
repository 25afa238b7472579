//! NumPy's array files, version 1–3 headers: float64, little-endian, C order, and nothing else.
//!
//! The format is 6 magic bytes, 2 of version, the header's length, and a Python dictionary as text. Reading is strict,
//! because a file in another order or type read as this one would be a wrong tensor without any sign of it.
// What is read here was written by others: whatever it is, it must not panic.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::Path;

use crate::error::{Error, Result, one_line};

/// An array as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// Length of each axis.
    pub shape: Vec<u32>,
    /// Values, last axis fastest.
    pub values: Vec<f64>,
}

const MAGIC: &[u8] = b"\x93NUMPY";
/// Longest header that is looked at.
const LONGEST_HEADER: usize = 64 * 1024;

/// Writes an array of float64; `values` must be as many as `shape` says, last axis fastest.
///
/// # Errors
/// [`Error::Io`]; [`Error::Internal`] if the number of values is not that of the shape.
pub fn write(out: &mut impl Write, shape: &[u64], values: impl IntoIterator<Item = f64>) -> Result<()> {
    let failed = |error| Error::io("writing an npy file", error);
    out.write_all(&header(shape)).map_err(failed)?;
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

fn header(shape: &[u64]) -> Vec<u8> {
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
    open_tensor(path).map(|(_, shape)| shape)
}

/// Reads a tensor of shape `(N,) * H`, H ≥ 2, all of it finite.
///
/// # Errors
/// [`Error::BadInput`] naming the file and what is wrong with it; [`Error::Io`]. No more is allocated than the file
/// has bytes.
pub fn read_tensor(path: &Path) -> Result<Array> {
    let (mut file, shape) = open_tensor(path)?;
    // As many as the file has, which was checked.
    let count = shape.iter().map(|&n| n as usize).product();
    let mut values = Vec::with_capacity(count);
    let mut number = [0; 8];
    for at in 0..count {
        file.read_exact(&mut number).map_err(|error| unreadable(path, error))?;
        let value = f64::from_le_bytes(number);
        if !value.is_finite() {
            return Err(bad(path, format!("value {at} is {value}")));
        }
        values.push(value);
    }
    Ok(Array { shape, values })
}

/// The file at the first of its values, and its shape; it has as many bytes of values as the shape says.
fn open_tensor(path: &Path) -> Result<(BufReader<File>, Vec<u32>)> {
    let unreadable = |error| unreadable(path, error);
    let bad = |reason| bad(path, reason);
    // Opening a pipe would wait for its other end.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(bad("not a regular file".into()));
    }
    let file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    let mut file = BufReader::new(file);
    let (text, data_start) = read_header(&mut file).map_err(unreadable)?.map_err(bad)?;
    let shape = parse_header(&text).map_err(bad)?;
    check_count(&shape, length.saturating_sub(data_start)).map_err(bad)?;
    Ok((file, shape))
}

fn bad(path: &Path, reason: String) -> Error {
    // The reason may quote a header, which may be anything.
    let reason = one_line(&reason, 400);
    let wanted = "a float64 little-endian C-order array of shape (N,)*H, 2 <= H <= 16, all finite";
    Error::bad_input("couplings", path.display(), format!("{reason}; {wanted}"))
}

fn unreadable(path: &Path, error: std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => bad(path, "the file ends too early".into()),
        std::io::ErrorKind::NotFound => bad(path, "there is no such file".into()),
        _ => Error::io(format!("reading {}", path.display()), error),
    }
}

type Checked<T> = std::result::Result<T, String>;

/// The header's text and where the data begin.
fn read_header(file: &mut impl Read) -> std::io::Result<Checked<(String, u64)>> {
    let mut start = [0; 8];
    file.read_exact(&mut start)?;
    if !start.starts_with(MAGIC) {
        return Ok(Err("not an npy file".into()));
    }
    let (length, before) = match start[6] {
        1 => {
            let mut bytes = [0; 2];
            file.read_exact(&mut bytes)?;
            (usize::from(u16::from_le_bytes(bytes)), 10)
        }
        2 | 3 => {
            let mut bytes = [0; 4];
            file.read_exact(&mut bytes)?;
            (u32::from_le_bytes(bytes) as usize, 12)
        }
        version => return Ok(Err(format!("npy version {version} is not known"))),
    };
    if length > LONGEST_HEADER {
        return Ok(Err(format!("a header of {length} bytes")));
    }
    let mut text = vec![0; length];
    file.read_exact(&mut text)?;
    match String::from_utf8(text) {
        Ok(text) => Ok(Ok((text, before + length as u64))),
        Err(_) => Ok(Err("its header is not text".into())),
    }
}

/// The shape, once type and order are what they must be.
fn parse_header(text: &str) -> Checked<Vec<u32>> {
    let inside = text.trim().strip_prefix('{').and_then(|text| text.strip_suffix('}'));
    let mut rest = inside.ok_or("its header is no dictionary")?.trim();
    let (mut shape, mut type_seen, mut order_seen) = (None, false, false);
    while !rest.is_empty() {
        let (key, value) = rest.split_once(':').ok_or("its header is no dictionary")?;
        let value = value.trim_start();
        let end = if value.starts_with('(') { value.find(')').map(|at| at + 1) } else { value.find(',') };
        let (value, after) = value.split_at(end.unwrap_or(value.len()));
        let value = value.trim();
        match key.trim().trim_matches(['\'', '"']) {
            "descr" if value.trim_matches(['\'', '"']) == "<f8" => type_seen = true,
            "descr" => return Err(format!("its type is {value}, not '<f8'")),
            "fortran_order" if sabotage!("fortran-order-read", value == "False", true) => order_seen = true,
            "fortran_order" => return Err("it is in Fortran order".into()),
            "shape" => shape = Some(parse_shape(value)?),
            other => return Err(format!("its header has an unknown key {other:?}")),
        }
        rest = after.trim_start().trim_start_matches(',').trim_start();
    }
    match shape {
        Some(shape) if type_seen && order_seen => Ok(shape),
        _ => Err("its header lacks descr, fortran_order or shape".into()),
    }
}

fn parse_shape(text: &str) -> Checked<Vec<u32>> {
    let inside = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    let inside = inside.ok_or_else(|| format!("its shape is {text}"))?.trim();
    let axes: Checked<Vec<u32>> = inside
        .strip_suffix(',')
        .unwrap_or(inside)
        .split(',')
        .map(|n| n.trim().parse().map_err(|_| format!("its shape is {text}")))
        .collect();
    let axes = axes?;
    match axes.first() {
        Some(&side) if (2..=16).contains(&axes.len()) && side >= 2 && axes.iter().all(|&n| n == side) => {
            Ok(axes)
        }
        _ => Err(format!("its shape is {text}")),
    }
}

fn check_count(shape: &[u32], data_bytes: u64) -> Checked<()> {
    let bytes = shape.iter().try_fold(8_u64, |product, &n| product.checked_mul(u64::from(n)));
    match bytes {
        Some(bytes) if bytes == data_bytes => Ok(()),
        _ => Err(format!("its shape {shape:?} does not match its {data_bytes} bytes of data")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn npy(dictionary: &str, values: &[f64]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([1, 0]);
        bytes.extend((dictionary.len() as u16).to_le_bytes());
        bytes.extend(dictionary.bytes());
        bytes.extend(values.iter().flat_map(|x| x.to_le_bytes()));
        bytes
    }

    #[test]
    fn what_is_written_reads_back() {
        let values: Vec<f64> = (0..27).map(|i| f64::from(i) / 7.0 - 1.0).collect();
        let mut bytes = Vec::new();
        write(&mut bytes, &[3, 3, 3], values.iter().copied()).unwrap();
        assert_eq!((bytes.len() - 27 * 8) % 64, 0);
        let array = read_tensor(file(&bytes).path()).unwrap();
        assert_eq!(array, Array { shape: vec![3, 3, 3], values });
    }

    #[test]
    fn the_header_is_read_by_another_reader_too() {
        let mut bytes = Vec::new();
        write(&mut bytes, &[2, 2], [1.0, 2.0, 3.0, 4.0]).unwrap();
        let other = npyz::NpyFile::new(&bytes[..]).unwrap();
        assert_eq!(other.shape(), [2, 2]);
        assert_eq!(other.into_vec::<f64>().unwrap(), [1.0, 2.0, 3.0, 4.0]);
        let mut flat = Vec::new();
        write(&mut flat, &[3], [1.0, 2.0, 3.0]).unwrap();
        assert_eq!(npyz::NpyFile::new(&flat[..]).unwrap().shape(), [3]);
    }

    #[test]
    fn anything_else_is_refused_with_its_reason() {
        let four = [1.0, 2.0, 2.0, 1.0];
        let good = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }";
        assert!(read_tensor(file(&npy(good, &four)).path()).is_ok());
        let cases = [
            (npy(&good.replace("<f8", ">f8"), &four), "its type is '>f8'"),
            (npy(&good.replace("<f8", "<f4"), &four), "its type is '<f4'"),
            (npy(&good.replace("False", "True"), &four), "Fortran"),
            (npy(&good.replace("(2, 2)", "(4,)"), &four), "its shape is (4,)"),
            (npy(&good.replace("(2, 2)", "(1, 4)"), &four), "its shape is (1, 4)"),
            (npy(&good.replace("(2, 2)", "(-2, -2)"), &four), "its shape"),
            (npy(&good.replace("(2, 2)", "(4000000000, 4000000000, 4000000000)"), &four), "does not match"),
            (npy(good, &four[..3]), "does not match"),
            (npy(good, &[1.0, f64::NAN, 2.0, 1.0]), "value 1 is NaN"),
            (npy("{'shape': (2, 2)}", &four), "lacks"),
            (npy("[]", &four), "no dictionary"),
            (b"\x93NUMPY\x07\0".to_vec(), "version 7"),
            (b"\x93NUMPY\x02\0\xff\xff\xff\xff".to_vec(), "a header of"),
            (b"PK\x03\x04aaaaaaaaaa".to_vec(), "not an npy file"),
            (Vec::new(), "ends too early"),
        ];
        for (bytes, reason) in cases {
            let error = read_tensor(file(&bytes).path()).unwrap_err();
            assert_eq!(error.exit_code(), 2);
            assert!(error.to_string().contains(reason), "{error} lacks {reason}");
            assert_eq!(error.to_string().lines().count(), 1);
        }
        assert_eq!(read_tensor(Path::new("/nowhere/x.npy")).unwrap_err().exit_code(), 2);
        assert_eq!(read_tensor(Path::new("/dev/zero")).unwrap_err().exit_code(), 2);
    }
}
