//! Which weights are copies of which free value.

use crate::networks::shape::Shape;
use crate::rng::below;
use rand::Rng;

/// Weights by the free value that they take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shares {
    /// For each free value its weights' places in the parameter vector, ascending.
    of: Vec<Vec<u32>>,
}

impl Shares {
    /// Deals a random permutation of all weights out in turn to ⌈kept · N⌉ free values.
    ///
    /// # Panics
    /// If `kept` is not above 0 and at most 1.
    pub fn deal(shape: &Shape, kept: f64, random: &mut impl Rng) -> Self {
        assert!(kept > 0.0 && kept <= 1.0, "a share of the weights");
        let count = shape.parameters();
        let free = ((kept * count as f64).ceil() as usize).clamp(1, count);
        let mut order: Vec<u32> = (0..count as u32).collect();
        for last in (1..count).rev() {
            order.swap(last, below(random, last + 1));
        }
        let mut of = vec![Vec::new(); free];
        for (at, place) in order.into_iter().enumerate() {
            of[at % free].push(place);
        }
        of.iter_mut().for_each(|places| places.sort_unstable());
        Self { of }
    }

    /// Number of free values.
    pub fn free(&self) -> usize {
        self.of.len()
    }

    /// Places of the weights that take a free value, ascending.
    pub fn weights(&self, value: usize) -> &[u32] {
        &self.of[value]
    }
}
