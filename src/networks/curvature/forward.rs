//! Loss and accuracy.

use super::sample::{Block, Sample};
use super::weights::Weights;
use crate::numeric::dense::Factor::{Plain, Transposed};
use crate::numeric::dense::Matrix;

/// How well a network does on some examples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loss {
    /// Mean cross-entropy, nats; not finite if the weights are not.
    pub mean: f64,
    /// Share of examples whose largest output is the label's; the lowest class among equal ones.
    pub accuracy: f64,
}

/// A block's way through a network.
pub(super) struct Forward {
    /// A: examples × hidden.
    pub active: Matrix,
    /// P: examples × outputs.
    pub probabilities: Matrix,
    /// Sum of cross-entropies.
    pub loss: f64,
    /// Examples whose largest output is the label's.
    pub right: usize,
}

impl Forward {
    pub fn of(weights: &Weights, block: &Block) -> Self {
        let mut active = Matrix::product(Plain(&block.inputs), Plain(&weights.incoming));
        for unit in 0..active.columns() {
            // NaN stays NaN.
            active.column_mut(unit).iter_mut().filter(|sum| **sum < 0.0).for_each(|sum| *sum = 0.0);
        }
        let mut outputs = Matrix::product(Plain(&active), Transposed(&weights.outgoing));
        let (mut loss, mut right) = (0.0, 0);
        let mut row = vec![0.0; outputs.columns()];
        for (example, &label) in block.labels.iter().enumerate() {
            for (class, output) in row.iter_mut().enumerate() {
                *output = outputs.at(example, class);
            }
            let label = usize::from(label);
            let best =
                (1..row.len()).fold(0, |best, class| if row[class] > row[best] { class } else { best });
            let (top, own) = (row[best], row[label]);
            row.iter_mut().for_each(|output| *output = libm::exp(*output - top));
            let sum: f64 = row.iter().sum();
            loss += libm::log(sum) + (top - own);
            right += usize::from(best == label);
            for (class, weight) in row.iter().enumerate() {
                outputs.column_mut(class)[example] = weight / sum;
            }
        }
        Self { active, probabilities: outputs, loss, right }
    }

    /// D = P − labels.
    pub fn derivatives(&self, labels: &[u8]) -> Matrix {
        let mut derivatives = self.probabilities.clone();
        for (example, &label) in labels.iter().enumerate() {
            derivatives.column_mut(usize::from(label))[example] -= 1.0;
        }
        derivatives
    }

    /// Sets to zero what belongs to inactive units; `rows` has the shape of A.
    pub fn mask(&self, rows: &mut Matrix) {
        for unit in 0..rows.columns() {
            for (value, &active) in rows.column_mut(unit).iter_mut().zip(self.active.column(unit)) {
                if active <= 0.0 {
                    *value = 0.0;
                }
            }
        }
    }
}

/// Mean cross-entropy and accuracy.
///
/// # Panics
/// If inputs or labels do not fit the network.
pub fn loss(weights: &Weights, sample: &Sample) -> Loss {
    let (mut total, mut right) = (0.0, 0);
    for block in &sample.blocks {
        let forward = Forward::of(weights, block);
        total += forward.loss;
        right += forward.right;
    }
    let count = sample.count() as f64;
    Loss { mean: total / count, accuracy: right as f64 / count }
}
