//! The contraction in safe scalar code: the oracle of the vector paths and the path for any other machine.

use super::contraction::{Contraction, Sum};
use super::stored::Stored;
use crate::hamiltonian::layout::{Leaves, PANEL_ROWS};
use crate::hamiltonian::tensor::SymmetricTensor;
use crate::numeric::lanes::{PointLanes, Real};

/// Energies and Euclidean gradients of all active lanes, one lane after the other.
pub fn contract<T: Real, A: Stored<T>>(
    tensor: &SymmetricTensor<A>,
    points: &PointLanes<T>,
    out: &mut Contraction<T>,
    sum: &Sum<T>,
) {
    let scale = sum.scale;
    for lane in 0..points.active {
        let w = points.lane(lane);
        let mut energy = T::default();
        let mut total = vec![T::default(); w.len()];
        for (span, values) in tensor.some_chunks(sum.chunks.clone()) {
            let mut partial = vec![T::default(); span.rows];
            let mut chunk_energy = T::default();
            let mut leaves = Leaves::of(tensor.layout(), span);
            let mut rest = values;
            while let Some(m) = leaves.next_size() {
                let (leaf, after) = rest.split_at(m * m);
                rest = after;
                let prefix = leaves.prefix();
                let weight = product(&w, prefix, usize::MAX);
                let e = add_leaf(leaf, m, &w, &mut partial, weight + weight, &mut out.scratch);
                chunk_energy = weight.fused(e, chunk_energy);
                for (position, &i) in prefix.iter().enumerate() {
                    let along = sabotage!("prefix-sign", e, T::from_f64(-1.0) * e);
                    partial[i] = product(&w, prefix, position).fused(along, partial[i]);
                }
            }
            for (sum, part) in total.iter_mut().zip(partial) {
                *sum += part;
            }
            energy += chunk_energy;
        }
        out.energy.as_mut()[lane] = scale * energy;
        for (row, g) in out.gradient.iter_mut().zip(total) {
            row.as_mut()[lane] = scale * g;
        }
    }
}

/// Product of the prefix coordinates but the one at position `skip`, left to right from 1.
fn product<T: Real>(w: &[T], prefix: &[usize], skip: usize) -> T {
    let factors = prefix.iter().enumerate().filter(|&(position, _)| position != skip);
    factors.fold(T::from_f64(1.0), |product, (_, &i)| product * w[i])
}

/// Adds `twice · A w` of one leaf to the gradient and returns wᵀ A w.
fn add_leaf<T: Real, A: Stored<T>>(
    leaf: &[A],
    m: usize,
    w: &[T],
    gradient: &mut [T],
    twice: T,
    scratch: &mut [T],
) -> T {
    let mut e = T::default();
    for top in (0..m).step_by(PANEL_ROWS) {
        let rows = (m - top).min(PANEL_ROWS);
        let panel = A::panel(&leaf[top * m..][..rows * m], scratch);
        for row in 0..rows {
            let mut y = T::default();
            for (column, &x) in panel.chunks_exact(rows).zip(w) {
                y = column[row].fused(x, y);
            }
            e = w[top + row].fused(y, e);
            gradient[top + row] = twice.fused(y, gradient[top + row]);
        }
    }
    e
}
