//! The digits that come with the program; `assets/digits/README.md` states their origin and licence.

use super::digits::{DigitSet, Origin};
use super::files::IdxFile;
use crate::error::{Error, Result};

const FILES: [IdxFile<'static>; 4] = [
    IdxFile {
        name: "train-images.idx.gz",
        content: include_bytes!("../../../assets/digits/train-images.idx.gz"),
    },
    IdxFile {
        name: "train-labels.idx.gz",
        content: include_bytes!("../../../assets/digits/train-labels.idx.gz"),
    },
    IdxFile {
        name: "t10k-images.idx.gz",
        content: include_bytes!("../../../assets/digits/t10k-images.idx.gz"),
    },
    IdxFile {
        name: "t10k-labels.idx.gz",
        content: include_bytes!("../../../assets/digits/t10k-labels.idx.gz"),
    },
];

/// 5,000 digits to train on, 500 of each class, and 1,000 to test on, 100 of each class: the first of each class in
/// MNIST's files, in file order, downsampled to 10×10.
///
/// # Errors
/// Internal if the program's own files are damaged: a bug.
pub fn bundled() -> Result<DigitSet> {
    let set = DigitSet::read(&FILES).map_err(|error| Error::Internal(format!("bundled digits: {error}")))?;
    Ok(DigitSet { origin: Origin::Bundled, ..set })
}
