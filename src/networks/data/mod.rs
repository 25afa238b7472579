//! Handwritten digits of 10×10 pixels: what networks are trained and tested on.

mod bundled;
mod digits;
mod downsample;
mod files;
mod idx;
mod sizes;

pub use bundled::bundled;
pub use digits::{DigitSet, Digits, Origin};
pub use downsample::{ORIGINAL_SIDE, downsample};
pub use files::{DigitFile, IdxFile};
pub use idx::{Images, Labels, read_images, read_labels};
pub use sizes::{CLASSES, PIXEL_UNIT, PIXEL_ZERO, PIXELS, SIDE, input};
