//! Sizes of digits, and the inputs that pixels become.

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
