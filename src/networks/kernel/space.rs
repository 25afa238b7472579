//! Sizes of a step and the space it is worked out in.

use super::lanes::{Lanes, TILE};
use crate::networks::group::padded;
use crate::networks::shape::Shape;

/// The space a step is worked out in.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// Activities \[hidden\]\[example\], padded.
    pub(super) active: Vec<Lanes>,
    /// Outputs \[example\]\[output\], padded; then their probabilities less the labels.
    pub(super) outputs: Vec<Lanes>,
    /// What flows back into one tile of hidden units, \[unit\]\[example\].
    pub(super) back: Vec<Lanes>,
}

impl Workspace {
    /// Space for mini-batches of up to `examples`.
    pub fn new(shape: &Shape, examples: usize) -> Self {
        let (padded, examples) = (padded(shape), examples.next_multiple_of(TILE));
        Self {
            active: vec![Lanes::ZERO; padded.hidden * examples],
            outputs: vec![Lanes::ZERO; examples * padded.outputs],
            back: vec![Lanes::ZERO; TILE * examples],
        }
    }
}

/// Sizes of a step, padded to tiles where not said otherwise.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    pub(super) inputs: usize,
    pub(super) hidden: usize,
    pub(super) outputs: usize,
    /// Outputs that are classes.
    pub(super) classes: usize,
    pub(super) examples: usize,
    /// Examples that are in the mini-batch.
    pub(super) count: usize,
}
