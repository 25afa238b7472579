//! The output of a ReLU network as a sum over its paths.

use itertools::Itertools;

/// A fully connected ReLU network of any depth without biases and with one output.
///
/// `weights[l][to][from]` lead from layer l to layer l + 1; the last layer has one unit and is linear. A rectified
/// output is the same path sum with the output unit's own activity as one more factor.
#[derive(Debug, Clone, PartialEq)]
pub struct ReluNetwork {
    weights: Vec<Vec<Vec<f64>>>,
}

impl ReluNetwork {
    /// A network with these weights.
    ///
    /// # Panics
    /// If there are no weights, layers do not fit each other, or the last has more than one unit.
    pub fn new(weights: Vec<Vec<Vec<f64>>>) -> Self {
        assert!(weights.last().is_some_and(|last| last.len() == 1), "one output");
        for (from, to) in weights.iter().tuple_windows() {
            assert!(to.iter().all(|row| row.len() == from.len()), "layers do not fit");
        }
        Self { weights }
    }

    /// The output by the forward pass.
    pub fn output(&self, inputs: &[f64]) -> f64 {
        self.states(inputs).last().map_or(0.0, |last| last[0])
    }

    /// The output as Σ over paths of input × activity × Π weights: activity is 1 if every hidden unit on the path has
    /// a positive sum, else 0. Takes time in proportion to the number of paths.
    ///
    /// # Reference
    /// Choromanska et al. (2015), equation (1); normalisation q = 1.
    pub fn path_sum(&self, inputs: &[f64]) -> f64 {
        let states = self.states(inputs);
        let mut sum = 0.0;
        // Paths by their last unit so far: the unit, and input × Π weights of an active path.
        let mut open: Vec<(usize, usize, f64)> = Vec::new();
        open.extend(inputs.iter().enumerate().map(|(unit, &input)| (0, unit, input)));
        while let Some((layer, unit, product)) = open.pop() {
            if layer == self.weights.len() {
                sum += product;
                continue;
            }
            let is_active = layer == 0 || states[layer - 1][unit] > 0.0;
            if is_active {
                let onward = self.weights[layer].iter().enumerate();
                open.extend(onward.map(|(to, row)| (layer + 1, to, product * row[unit])));
            }
        }
        sum
    }

    /// Sums that arrive at the units of each layer of weights, before rectification.
    fn states(&self, inputs: &[f64]) -> Vec<Vec<f64>> {
        let mut states: Vec<Vec<f64>> = Vec::new();
        for layer in &self.weights {
            let active = match states.last() {
                None => inputs.to_vec(),
                Some(sums) => sums.iter().map(|&sum| sum.max(0.0)).collect(),
            };
            assert!(layer.iter().all(|row| row.len() == active.len()), "inputs do not fit");
            states.push(layer.iter().map(|row| row.iter().zip(&active).map(|(w, a)| w * a).sum()).collect());
        }
        states
    }
}
