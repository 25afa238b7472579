//! Handwritten digits of 10×10 pixels: what networks are trained and tested on.

mod bundled;
mod downsample;
mod idx;

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

pub use bundled::bundled;
pub use downsample::{ORIGINAL_SIDE, downsample};
pub use idx::{Images, Labels, read_images, read_labels};

/// Pixels along an edge of a digit.
pub const SIDE: usize = 10;
/// Pixels of a digit: inputs of a network.
pub const PIXELS: usize = SIDE * SIDE;
/// Classes of digits: outputs of a network.
pub const CLASSES: usize = 10;

/// Pixel value that becomes input 0: the mean of all pixels of the 60,000 downsampled train digits is 33.3.
pub const PIXEL_ZERO: i32 = 33;
/// Pixel values per unit of input: their standard deviation is 63.7. A power of two, so that every input is exact.
pub const PIXEL_UNIT: i32 = 64;

/// The input x = (p − 33)/64 that a pixel p feeds to a network: mean 0.005 and standard deviation 0.996 over the
/// train digits of MNIST, the same map whatever digits are read. Exact in both precisions.
pub fn input(pixel: u8) -> f32 {
    (i32::from(pixel) - PIXEL_ZERO) as f32 / PIXEL_UNIT as f32
}

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

/// The four files of a set of digits, by what they hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Images to train on.
    TrainImages,
    /// Labels of the images to train on.
    TrainLabels,
    /// Images to test on.
    TestImages,
    /// Labels of the images to test on.
    TestLabels,
}

impl Part {
    /// All four.
    pub const ALL: [Self; 4] = [Self::TrainImages, Self::TrainLabels, Self::TestImages, Self::TestLabels];

    /// The file's usual name.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::TrainImages => "train-images-idx3-ubyte",
            Self::TrainLabels => "train-labels-idx1-ubyte",
            Self::TestImages => "t10k-images-idx3-ubyte",
            Self::TestLabels => "t10k-labels-idx1-ubyte",
        }
    }

    /// SHA-256 of MNIST's original, uncompressed, in hexadecimal digits.
    pub fn original_sha256(self) -> &'static str {
        match self {
            Self::TrainImages => "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            Self::TrainLabels => "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            Self::TestImages => "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            Self::TestLabels => "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        }
    }

    /// Which of MNIST's originals has this SHA-256, if any.
    pub fn recognise(sha256: &[u8; 32]) -> Option<Self> {
        let digits = hex(sha256);
        Self::ALL.into_iter().find(|part| part.original_sha256() == digits)
    }
}

/// A file's name, as messages call it, and its content, plain or compressed.
#[derive(Debug, Clone, Copy)]
pub struct IdxFile<'a> {
    /// Name in messages.
    pub name: &'a str,
    /// Content as it lies on the disk.
    pub content: &'a [u8],
}

impl DigitSet {
    /// From the contents of four IDX files in the order of [`Part::ALL`], each plain or gzip-compressed.
    ///
    /// # Errors
    /// Bad input where a file is not what its place asks for, or is one of MNIST's originals in another's place.
    pub fn read(files: &[IdxFile<'_>; 4]) -> Result<Self> {
        let [train_images, train_labels, test_images, test_labels] = files;
        let (train_images, test_images) = (read_images(train_images)?, read_images(test_images)?);
        let (train_labels, test_labels) = (read_labels(train_labels)?, read_labels(test_labels)?);
        let hashes = [train_images.sha256, train_labels.sha256, test_images.sha256, test_labels.sha256];
        let known = hashes.each_ref().map(Part::recognise);
        for ((file, known), expected) in files.iter().zip(known).zip(Part::ALL) {
            if let Some(part) = known.filter(|&part| part != expected) {
                let allowed = format!("the content of {}", expected.file_name());
                return Err(Error::bad_input(
                    file.name,
                    format!("the content of {}", part.file_name()),
                    allowed,
                ));
            }
        }
        Ok(Self {
            train: Digits::new(&train_images, &train_labels)?,
            test: Digits::new(&test_images, &test_labels)?,
            origin: if known.iter().all(Option::is_some) { Origin::Mnist } else { Origin::Other },
        })
    }
}

/// Lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
