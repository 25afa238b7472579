//! The IDX format: two zero bytes, the type of the values, the number of dimensions, each size as a big-endian 32-bit
//! number, and the values. Only unsigned bytes are read here, plain or gzip-compressed in one member or several.
//!
//! Reading is strict, because a file that is cut short or of another shape would give wrong digits without any sign.
//!
//! # Reference
//! LeCun, Cortes, Burges (1998), *The MNIST database of handwritten digits*, "File formats".
// What is read here was written by others: whatever it is, it must not panic.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::Read;

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::downsample::ORIGINAL_SIDE;
use super::files::IdxFile;
use super::sizes::SIDE;
use crate::error::{Error, Result};

/// Type of values: unsigned bytes.
const BYTES: u8 = 8;
/// First bytes of a gzip file.
const GZIP: &[u8] = &[0x1f, 0x8b];
/// Most images or labels that are read from a file.
const MOST: usize = 1_000_000;

/// Images as a file has them.
#[derive(Debug, Clone)]
pub struct Images {
    /// The file's name in messages.
    pub name: String,
    /// Pixels along an edge: 28 or 10.
    pub side: usize,
    /// Pixels, image by image, row by row.
    pub pixels: Vec<u8>,
    /// SHA-256 of the uncompressed file.
    pub sha256: [u8; 32],
}

impl Images {
    /// Number of images.
    pub fn count(&self) -> usize {
        self.pixels.len() / (self.side * self.side)
    }
}

/// Labels as a file has them.
#[derive(Debug, Clone)]
pub struct Labels {
    /// The file's name in messages.
    pub name: String,
    /// Labels, 0…9.
    pub values: Vec<u8>,
    /// SHA-256 of the uncompressed file.
    pub sha256: [u8; 32],
}

/// Images of 28×28 or 10×10 pixels.
///
/// # Errors
/// Bad input, naming the file and what is wrong with it.
pub fn read_images(file: &IdxFile<'_>) -> Result<Images> {
    let array = read::<3>(file)?;
    let [count, rows, columns] = array.sizes;
    if rows != columns || ![SIDE, ORIGINAL_SIDE].contains(&rows) {
        let found = format!("{count} images of {rows}×{columns}");
        return Err(Error::bad_input(file.name, found, "images of 28×28 or 10×10 pixels"));
    }
    Ok(Images { name: file.name.to_owned(), side: rows, pixels: array.values, sha256: array.sha256 })
}

/// Labels of digits.
///
/// # Errors
/// As [`read_images`].
pub fn read_labels(file: &IdxFile<'_>) -> Result<Labels> {
    let array = read::<1>(file)?;
    if let Some((at, label)) = array.values.iter().enumerate().find(|(_, label)| **label > 9) {
        let found = format!("label {label} of item {at}");
        return Err(Error::bad_input(file.name, found, "labels from 0 to 9"));
    }
    Ok(Labels { name: file.name.to_owned(), values: array.values, sha256: array.sha256 })
}

struct IdxArray<const D: usize> {
    sizes: [usize; D],
    values: Vec<u8>,
    sha256: [u8; 32],
}

fn read<const D: usize>(file: &IdxFile<'_>) -> Result<IdxArray<D>> {
    if !file.content.starts_with(GZIP) {
        let mut rest = file.content;
        return read_plain(file.name, &mut rest);
    }
    // Of one member or many; what follows the last one and is none is an error.
    read_plain(file.name, &mut MultiGzDecoder::new(file.content))
}

/// Reads what an IDX file holds and makes sure that nothing follows.
fn read_plain<const D: usize>(name: &str, source: &mut impl Read) -> Result<IdxArray<D>> {
    let mut first = [0; 4];
    source.read_exact(&mut first).map_err(|error| unreadable(name, &error))?;
    let magic = [0, 0, BYTES, D as u8];
    if first != magic {
        let shown = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let allowed = format!("an IDX file of bytes in {D} dimensions, which begins with {}", shown(&magic));
        return Err(Error::bad_input(name, format!("first bytes {}", shown(&first)), allowed));
    }
    let mut encoded = [[0; 4]; D];
    source.read_exact(encoded.as_flattened_mut()).map_err(|error| unreadable(name, &error))?;
    let sizes = encoded.map(|size| u32::from_be_bytes(size) as usize);
    let shown = sizes.map(|size| size.to_string()).join("×");
    let most = if D == 1 { MOST } else { MOST * ORIGINAL_SIDE * ORIGINAL_SIDE };
    let expected = sizes.iter().try_fold(1usize, |product, &size| product.checked_mul(size));
    let Some(expected) = expected.filter(|&expected| expected <= most && sizes.first() <= Some(&MOST)) else {
        return Err(Error::bad_input(
            name,
            format!("size {shown}"),
            format!("at most {MOST} digits of 28×28"),
        ));
    };
    // Grows with what is there, whatever the header promises; one byte more shows that something follows.
    let mut values = Vec::new();
    let read = source.take(expected as u64 + 1).read_to_end(&mut values);
    read.map_err(|error| unreadable(name, &error))?;
    if values.len() != expected {
        let than = if values.len() < expected { "fewer" } else { "more" };
        let found = format!("{than} than {expected} bytes after its header");
        return Err(Error::bad_input(name, found, format!("as many as its size {shown} says")));
    }
    let mut hasher = Sha256::new();
    hasher.update(first);
    hasher.update(encoded.as_flattened());
    hasher.update(&values);
    Ok(IdxArray { sizes, values, sha256: hasher.finalize().into() })
}

/// The content is in memory: whatever fails is the content's fault.
fn unreadable(name: &str, error: &std::io::Error) -> Error {
    let found = match error.kind() {
        std::io::ErrorKind::UnexpectedEof => "a file that ends too soon".to_owned(),
        _ => format!("a damaged file ({error})"),
    };
    Error::bad_input(name, found, "a whole IDX file, plain or gzip-compressed")
}
