//! The files of a set of digits.

use crate::numeric::hex::hex;

named! {
    /// The four files of a set of digits, by what they hold.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum DigitFile {
        /// Images to train on.
        TrainImages = "train-images-idx3-ubyte",
        /// Labels of the images to train on.
        TrainLabels = "train-labels-idx1-ubyte",
        /// Images to test on.
        TestImages = "t10k-images-idx3-ubyte",
        /// Labels of the images to test on.
        TestLabels = "t10k-labels-idx1-ubyte",
    }
}

impl DigitFile {
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
