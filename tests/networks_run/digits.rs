//! Digits of our own, a few and quickly made.

use std::fs;
use std::path::Path;

/// Writes a set of digits of one pixel pattern each: 10×10, labels in turn.
pub fn write_digits(folder: &Path, shift: u8) {
    let images = |count: u32| {
        let mut bytes = vec![0, 0, 8, 3];
        for size in [count, 10, 10] {
            bytes.extend(size.to_be_bytes());
        }
        bytes.extend((0..count * 100).map(|place| ((place / 100 * 37 + place * 11) % 251) as u8 ^ shift));
        bytes
    };
    let labels = |count: u32| {
        let mut bytes = vec![0, 0, 8, 1];
        bytes.extend(count.to_be_bytes());
        bytes.extend((0..count).map(|place| (place % 10) as u8));
        bytes
    };
    fs::create_dir_all(folder).unwrap();
    for (name, bytes) in [
        ("train-images-idx3-ubyte", images(60)),
        ("train-labels-idx1-ubyte", labels(60)),
        ("t10k-images-idx3-ubyte", images(20)),
        ("t10k-labels-idx1-ubyte", labels(20)),
    ] {
        fs::write(folder.join(name), bytes).unwrap();
    }
}
