//! Labelled digits, and sets of them to train and test on.

use itertools::izip;
use sha2::{Digest, Sha256};

use super::downsample::downsample;
use super::files::{DigitFile, IdxFile};
use super::idx::{Images, Labels, read_images, read_labels};
use super::sizes::{PIXELS, SIDE};
use crate::error::{Error, Result};

/// Labelled digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digits {
    /// 100 pixels each, row by row.
    pixels: Vec<u8>,
    labels: Vec<u8>,
    sha256: [u8; 32],
}

impl Digits {
    /// Digits from images of 10×10 pixels, or of 28×28 that are downsampled, and their labels.
    ///
    /// # Errors
    /// Bad input if there are not as many labels as images, or no images.
    pub fn new(images: &Images, labels: &Labels) -> Result<Self> {
        if images.count() != labels.values.len() {
            let allowed = format!("as many labels as {} has images, {}", images.name, images.count());
            return Err(Error::bad_input(&labels.name, format!("{} labels", labels.values.len()), allowed));
        }
        if labels.values.is_empty() {
            return Err(Error::bad_input(&images.name, "0 images", "at least one image"));
        }
        let pixels = match images.side {
            SIDE => images.pixels.clone(),
            _ => images.pixels.as_chunks().0.iter().flat_map(downsample).collect(),
        };
        let mut hasher = Sha256::new();
        hasher.update(&pixels);
        hasher.update(&labels.values);
        Ok(Self { pixels, labels: labels.values.clone(), sha256: hasher.finalize().into() })
    }

    /// Number of digits.
    pub fn count(&self) -> usize {
        self.labels.len()
    }

    /// The 100 pixels of one digit, row by row.
    pub fn pixels(&self, digit: usize) -> &[u8] {
        &self.pixels[digit * PIXELS..][..PIXELS]
    }

    /// Labels, 0…9.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// SHA-256 of all pixels followed by all labels: what a result depends on.
    pub fn sha256(&self) -> [u8; 32] {
        self.sha256
    }

    /// The first digits, in their order: all of them if there are fewer.
    #[must_use]
    pub fn first(&self, count: usize) -> Self {
        let count = count.min(self.count());
        let (pixels, labels) = (self.pixels[..count * PIXELS].to_vec(), self.labels[..count].to_vec());
        let mut hasher = Sha256::new();
        hasher.update(&pixels);
        hasher.update(&labels);
        Self { pixels, labels, sha256: hasher.finalize().into() }
    }
}

/// Where a set of digits came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The subset that is part of the program.
    Bundled,
    /// The four original files of MNIST, recognised by their SHA-256.
    Mnist,
    /// Files of the user's own.
    Other,
}

/// Digits to train on and digits to test on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigitSet {
    /// Digits that networks are trained on.
    pub train: Digits,
    /// Digits that they are only tested on.
    pub test: Digits,
    /// Where both came from.
    pub origin: Origin,
}

impl DigitSet {
    /// From the contents of four IDX files in the order of [`DigitFile::ALL`], each plain or gzip-compressed.
    ///
    /// # Errors
    /// Bad input where a file is not what its place asks for, or is one of MNIST's originals in another's place.
    pub fn read(files: &[IdxFile<'_>; 4]) -> Result<Self> {
        let [train_images, train_labels, test_images, test_labels] = files;
        let (train_images, test_images) = (read_images(train_images)?, read_images(test_images)?);
        let (train_labels, test_labels) = (read_labels(train_labels)?, read_labels(test_labels)?);
        let hashes = [train_images.sha256, train_labels.sha256, test_images.sha256, test_labels.sha256];
        let known = hashes.each_ref().map(DigitFile::recognise);
        for (file, known, expected) in izip!(files, known, DigitFile::ALL) {
            if let Some(part) = known.filter(|&part| part != expected) {
                let allowed = format!("the content of {}", expected.name());
                return Err(Error::bad_input(file.name, format!("the content of {}", part.name()), allowed));
            }
        }
        Ok(Self {
            train: Digits::new(&train_images, &train_labels)?,
            test: Digits::new(&test_images, &test_labels)?,
            origin: if known.iter().all(Option::is_some) { Origin::Mnist } else { Origin::Other },
        })
    }
}
