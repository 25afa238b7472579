//! The safe twin of the vector path: the same operations, one after the other.

use super::entries::{set_prefix_entries, twice};
use crate::hamiltonian::grouped::{GROUP_LEAVES, Group, GroupedTensor, entry_place, triangle};
use crate::hamiltonian::kernel::contraction::Contraction;
use crate::numeric::lanes::{PointLanes, Real};
use crate::numeric::symmetric::Symmetric;

/// Energies and Euclidean gradients of all active lanes, one lane after the other.
pub fn contract<T: Real>(tensor: &GroupedTensor, points: &PointLanes<T>, out: &mut Contraction<T>) {
    let (dim, scale) = (tensor.layout().dim, T::from_f64(tensor.layout().scale()));
    for lane in 0..points.active {
        let w = points.lane(lane);
        let mut energy = T::default();
        let (mut total, mut partial) = (vec![T::default(); dim], vec![T::default(); dim]);
        let mut chunk_energy = T::default();
        for group in tensor.groups() {
            let y = products(dim, &group, &w);
            let e = w[..group.rows].iter().zip(&y).fold([T::default(); GROUP_LEAVES], |e, (&w, y)| {
                std::array::from_fn(|leaf| w.fused(y[leaf], e[leaf]))
            });
            for i in group.first..group.rows {
                let (leaf, twice) = (i - group.first, w[i] + w[i]);
                for (sum, y) in partial[..=i].iter_mut().zip(&y) {
                    *sum = twice.fused(y[leaf], *sum);
                }
                partial[i] += sabotage!("prefix-sign", e[leaf], -e[leaf]);
                chunk_energy = w[i].fused(e[leaf], chunk_energy);
                if tensor.ends()[i] {
                    for (sum, part) in total.iter_mut().zip(&mut partial) {
                        *sum += std::mem::take(part);
                    }
                    energy += std::mem::take(&mut chunk_energy);
                }
            }
        }
        out.energy.as_mut()[lane] = scale * energy;
        for (row, g) in out.gradient.iter_mut().zip(total) {
            row.as_mut()[lane] = scale * g;
        }
    }
}

/// A w of each leaf.
fn products<T: Real>(dim: usize, group: &Group, w: &[T]) -> Vec<[T; GROUP_LEAVES]> {
    let mut y = vec![[T::default(); GROUP_LEAVES]; group.rows];
    for row in 0..group.rows {
        for column in 0..=row {
            let line = &group.lines[entry_place(dim, row, column)];
            for (leaf, &a) in line.iter().enumerate() {
                let a = T::from_f64(f64::from(a));
                y[row][leaf] = a.fused(w[column], y[row][leaf]);
                if column < row {
                    y[column][leaf] = a.fused(w[row], y[column][leaf]);
                }
            }
        }
    }
    y
}

/// The parts of Hessians of all points: entries with prefixes in `out`, the leaves' own in `own` by their places.
pub fn hessian_sums(tensor: &GroupedTensor, points: &[&[f64]], out: &mut [Symmetric], own: &mut [f64]) {
    let dim = tensor.layout().dim;
    for ((point, hessian), own) in points.iter().zip(out).zip(own.chunks_exact_mut(triangle(dim))) {
        for group in tensor.groups() {
            let y = products(dim, &group, point);
            for i in group.first..group.rows {
                set_prefix_entries(hessian, i, y.iter().map(|y| y[i - group.first]));
            }
            let twice = twice(point, group.first, group.rows);
            for (sum, line) in own.iter_mut().zip(group.lines) {
                *sum =
                    line.iter().zip(&twice).fold(*sum, |sum, (&a, &twice)| f64::from(a).mul_add(twice, sum));
            }
        }
    }
}
