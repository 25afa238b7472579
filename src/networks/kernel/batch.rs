//! A mini-batch, packed in the two orders that a step reads it in.

use super::TILE;

/// Inputs and labels of some examples. Inputs and examples are padded with zeros to multiples of [`TILE`].
#[derive(Debug, Clone)]
pub struct Batch {
    /// Padded number of inputs.
    inputs: usize,
    labels: Vec<u8>,
    /// \[tile of examples\]\[input\]\[example of the tile\]
    pub(super) by_example: Vec<f32>,
    /// \[tile of inputs\]\[example\]\[input of the tile\]; examples are not padded.
    pub(super) by_input: Vec<f32>,
}

impl Batch {
    /// A mini-batch of `labels.len()` examples; `input(example, i)` is the i-th of `inputs` inputs.
    pub fn new(inputs: usize, labels: Vec<u8>, input: impl Fn(usize, usize) -> f32) -> Self {
        let (count, padded) = (labels.len(), inputs.next_multiple_of(TILE));
        let mut by_example = vec![0.0; count.next_multiple_of(TILE) * padded];
        let mut by_input = vec![0.0; count * padded];
        for example in 0..count {
            for i in 0..inputs {
                let x = input(example, i);
                by_example[(example / TILE * padded + i) * TILE + example % TILE] = x;
                by_input[(i / TILE * count + example) * TILE + i % TILE] = x;
            }
        }
        Self { inputs: padded, labels, by_example, by_input }
    }

    /// Number of examples.
    pub fn count(&self) -> usize {
        self.labels.len()
    }

    /// Number of inputs, padded.
    pub(super) fn inputs(&self) -> usize {
        self.inputs
    }

    /// Labels by example.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }
}
