//! The whole Hessian of the mean loss.
//!
//! With S = diag(p) − ppᵀ of an example, m_j = 1 where unit j is active, and w_j its column of W₂, the blocks are sums
//! over examples of
//! - (j i, j′ i′): `m_j m_j′ (w_jᵀ S w_j′) x_i x_i′`
//! - (j′ k, j i): `a_j′ (S w_j)_k m_j x_i`, and for j′ = j also `d_k m_j x_i`
//! - (j k, j′ k′): `S_kk′ a_j a_j′`
//!
//! Each is a product of matrices over the examples that unit j is active in; the first costs n₀²n₁² multiply–adds per
//! example at most, of which inactive units save about half.

use super::forward::Forward;
use super::sample::{Block, Sample};
use super::weights::Weights;
use crate::networks::shape::Shape;
use crate::numeric::dense::Factor::{Plain, Transposed};
use crate::numeric::dense::Matrix;
use crate::numeric::symmetric::Symmetric;

/// Hidden units whose blocks are made in one product: their factor, 1000 × 100 inputs × this, stays in the cache.
const UNITS: usize = 2;

/// The Hessian of the mean loss, N × N doubles: 61 MB at n₁ = 25, 968 MB at n₁ = 100 for digits. Where a unit's sum is
/// zero the second derivative of its ReLU counts as 0.
///
/// # Panics
/// If inputs or labels do not fit the network.
pub fn hessian(weights: &Weights, sample: &Sample) -> Symmetric {
    let size = weights.shape.parameters();
    let mut sum = Matrix::zeros(size, size);
    let share = 1.0 / sample.count() as f64;
    for block in &sample.blocks {
        let forward = Forward::of(weights, block);
        add_outgoing(&forward, weights.shape, share, &mut sum);
        for unit in 0..weights.shape.hidden {
            add_unit(&Unit::of(unit, weights, block, &forward, share), weights, &forward, &mut sum);
        }
    }
    Symmetric::from_lower_part(sum)
}

/// One hidden unit and the examples it is active in.
struct Unit {
    number: usize,
    examples: Vec<usize>,
    /// Their inputs: examples × inputs.
    inputs: Matrix,
    /// S w_j times the weight of an example: examples × outputs.
    curved: Matrix,
    /// D times the weight of an example: examples × outputs.
    derivatives: Matrix,
}

impl Unit {
    fn of(number: usize, weights: &Weights, block: &Block, forward: &Forward, share: f64) -> Self {
        let active = forward.active.column(number);
        let examples: Vec<usize> = (0..active.len()).filter(|&example| active[example] > 0.0).collect();
        let inputs = Matrix::from_fn(examples.len(), block.inputs.columns(), |row, i| {
            block.inputs.at(examples[row], i)
        });
        let own = weights.outgoing.column(number);
        let p = &forward.probabilities;
        let means: Vec<f64> =
            examples.iter().map(|&e| own.iter().enumerate().map(|(k, w)| p.at(e, k) * w).sum()).collect();
        let curved = Matrix::from_fn(examples.len(), own.len(), |row, k| {
            share * p.at(examples[row], k) * (own[k] - means[row])
        });
        let derivatives = Matrix::from_fn(examples.len(), own.len(), |row, k| {
            let is_label = usize::from(block.labels[examples[row]]) == k;
            share * (p.at(examples[row], k) - f64::from(u8::from(is_label)))
        });
        Self { number, examples, inputs, curved, derivatives }
    }
}

/// Rows of a unit's incoming weights against those of all units up to it, and its incoming weights' columns against
/// all outgoing weights.
fn add_unit(unit: &Unit, weights: &Weights, forward: &Forward, sum: &mut Matrix) {
    let Shape { inputs, hidden, outputs } = weights.shape;
    if unit.examples.is_empty() {
        return;
    }
    let column = unit.number * inputs;
    // w_jᵀ S w_j′ for all j′ ≤ j.
    let bent = Matrix::product(Plain(&unit.curved), Plain(&weights.outgoing));
    for first in (0..=unit.number).step_by(UNITS) {
        let others = first..(first + UNITS).min(unit.number + 1);
        let mut factor = Matrix::zeros(unit.examples.len(), others.len() * inputs);
        for (at, other) in others.enumerate() {
            let active = forward.active.column(other);
            let scale = unit.examples.iter().zip(bent.column(other));
            let scale = scale.map(|(&example, &bent)| if active[example] > 0.0 { bent } else { 0.0 });
            let scale: Vec<f64> = scale.collect();
            for i in 0..inputs {
                let to = factor.column_mut(at * inputs + i);
                for ((to, x), scale) in to.iter_mut().zip(unit.inputs.column(i)).zip(&scale) {
                    *to = x * scale;
                }
            }
        }
        sum.add_product(column, first * inputs, Transposed(&unit.inputs), Plain(&factor));
    }
    let mut factor = Matrix::zeros(unit.examples.len(), hidden * outputs);
    for other in 0..hidden {
        let active = forward.active.column(other);
        for k in 0..outputs {
            let to = factor.column_mut(other * outputs + k);
            for ((to, &example), curved) in to.iter_mut().zip(&unit.examples).zip(unit.curved.column(k)) {
                *to = active[example] * curved;
            }
            if other == unit.number {
                to.iter_mut().zip(unit.derivatives.column(k)).for_each(|(to, d)| *to += d);
            }
        }
    }
    sum.add_product(hidden * inputs, column, Transposed(&factor), Plain(&unit.inputs));
}

/// Outgoing weights against outgoing weights.
fn add_outgoing(forward: &Forward, shape: Shape, share: f64, sum: &mut Matrix) {
    let Shape { hidden, outputs, .. } = shape;
    let (base, p) = (shape.incoming(), &forward.probabilities);
    for k in 0..outputs {
        for l in 0..=k {
            let mut factor = forward.active.clone();
            let scale = p.column(k).iter().zip(p.column(l));
            let scale: Vec<f64> =
                scale.map(|(p, q)| share * (if k == l { p - p * q } else { -p * q })).collect();
            for unit in 0..hidden {
                factor.column_mut(unit).iter_mut().zip(&scale).for_each(|(value, scale)| *value *= scale);
            }
            let block = Matrix::product(Transposed(&forward.active), Plain(&factor));
            for j in 0..hidden {
                for (i, &value) in block.column(j).iter().enumerate() {
                    sum.column_mut(base + j * outputs + l)[base + i * outputs + k] += value;
                    if k != l {
                        sum.column_mut(base + j * outputs + k)[base + i * outputs + l] += value;
                    }
                }
            }
        }
    }
}
