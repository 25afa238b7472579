//! Examples in double precision.

use crate::networks::data::{Digits, PIXELS, input};
use crate::numeric::dense::Matrix;

/// Examples of a block: sums over examples run block by block, so this is part of their order.
const BLOCK: usize = 1000;

/// Labelled examples, in blocks of at most 1000.
#[derive(Debug, Clone)]
pub struct Sample {
    pub(super) blocks: Vec<Block>,
    count: usize,
}

/// Some of the examples.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// Examples × inputs.
    pub inputs: Matrix,
    pub labels: Vec<u8>,
}

impl Sample {
    /// Examples with these labels; `input(example, i)` is the i-th of `inputs` inputs.
    ///
    /// # Panics
    /// If there are none.
    pub fn new(inputs: usize, labels: &[u8], input: impl Fn(usize, usize) -> f64) -> Self {
        assert!(!labels.is_empty(), "a sample has examples");
        let block = |(at, labels): (usize, &[u8])| Block {
            inputs: Matrix::from_fn(labels.len(), inputs, |example, i| input(at * BLOCK + example, i)),
            labels: labels.to_vec(),
        };
        Self { blocks: labels.chunks(BLOCK).enumerate().map(block).collect(), count: labels.len() }
    }

    /// All digits of a set.
    pub fn of(digits: &Digits) -> Self {
        Self::new(PIXELS, digits.labels(), |digit, i| f64::from(input(digits.pixels(digit)[i])))
    }

    /// Number of examples.
    pub fn count(&self) -> usize {
        self.count
    }
}
