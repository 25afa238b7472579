//! 28×28 pixels to 10×10 by exact area average.

use super::sizes::{PIXELS, SIDE};

/// Pixels along an edge of an original digit.
pub const ORIGINAL_SIDE: usize = 28;

/// Parts that an edge of an old pixel is cut into, and parts along an edge of a new one: 28/10 = 14/5.
const OLD_PARTS: usize = 5;
const NEW_PARTS: usize = 14;
const AREA: u32 = (NEW_PARTS * NEW_PARTS) as u32;

/// Weights W\[new\]\[old\]: parts of an old row that lie in a new one. Rows sum to 14, columns to 5.
const WEIGHTS: [[u32; ORIGINAL_SIDE]; SIDE] = weights();

const fn weights() -> [[u32; ORIGINAL_SIDE]; SIDE] {
    let mut weights = [[0; ORIGINAL_SIDE]; SIDE];
    let mut part = 0;
    while part < SIDE * NEW_PARTS {
        weights[part / NEW_PARTS][part / OLD_PARTS] += 1;
        part += 1;
    }
    weights
}

/// The mean of an image's brightness over each of 10×10 equal squares, to the nearest integer, halves up:
/// `(W x Wᵀ + 98) div 196`, integer arithmetic alone.
pub fn downsample(image: &[u8; ORIGINAL_SIDE * ORIGINAL_SIDE]) -> [u8; PIXELS] {
    let mut averaged = [0; PIXELS];
    for (row, down) in WEIGHTS.iter().enumerate() {
        let mut sums = [0; ORIGINAL_SIDE];
        for (pixels, weight) in image.as_chunks::<ORIGINAL_SIDE>().0.iter().zip(down) {
            for (sum, &pixel) in sums.iter_mut().zip(pixels) {
                *sum += weight * u32::from(pixel);
            }
        }
        for (column, across) in WEIGHTS.iter().enumerate() {
            let sum: u32 = sums.iter().zip(across).map(|(sum, weight)| sum * weight).sum();
            // A mean of bytes is a byte.
            averaged[row * SIDE + column] = ((sum + AREA / 2) / AREA) as u8;
        }
    }
    averaged
}
