//! The symmetric tensor, every index multiset once, and its contractions with a vector.

use super::complex::ComplexLanes;

/// A real symmetric tensor A of order H in N variables, ready to be contracted with complex vectors of many paths.
///
/// Level j stands for A x^j, a symmetric tensor of order H − j, stored by multisets i_1 ≥ … ≥ i_r in the order of
/// [`rank`]: level H − 2 is a matrix (lower triangle, row after row), level H − 1 a vector.
#[derive(Debug, Clone)]
pub struct Packed {
    pub order: usize,
    pub dim: usize,
    /// A of (multiset of order H − 1) ∪ {i}: N values for each row of level 1.
    entries: Vec<f64>,
    /// `steps[j − 2]`: for each row of level j its N rows of level j − 1.
    steps: Vec<Vec<u32>>,
}

/// The vectors and tensors A x^j, j = 1 … H − 1, of one x in each lane.
pub type Levels<const W: usize> = Vec<Vec<ComplexLanes<W>>>;

impl Packed {
    /// From a function that visits every multiset (non-increasing indices) with its entry A.
    pub fn new(order: usize, dim: usize, visit: impl FnOnce(&mut dyn FnMut(&[usize], f64))) -> Self {
        assert!(order >= 3 && dim >= 1, "order {order}, dim {dim}");
        let mut values = vec![0.0; multisets(dim, order)];
        visit(&mut |indices, entry| values[rank(indices)] = entry);
        let first = unions(dim, order - 1);
        let entries = first.iter().map(|&place| values[place as usize]).collect();
        let steps = (2..order).map(|level| unions(dim, order - level)).collect();
        Self { order, dim, entries, steps }
    }

    /// |A|, entry by entry.
    pub fn magnitudes(&self) -> Self {
        Self { entries: self.entries.iter().map(|entry| entry.abs()).collect(), ..self.clone() }
    }

    /// Space for all levels; level j at place j − 1.
    pub fn levels<const W: usize>(&self) -> Levels<W> {
        (1..self.order)
            .map(|level| vec![ComplexLanes::ZERO; multisets(self.dim, self.order - level)])
            .collect()
    }

    /// A x^j for every j.
    pub fn contract_all<const W: usize>(&self, x: &[ComplexLanes<W>], levels: &mut Levels<W>) {
        self.contract_each(|_| x, levels);
    }

    /// A x_1 ⋯ x_j for every j, where `vector(j)` is x_j.
    pub fn contract_each<'a, const W: usize>(
        &self,
        vector: impl Fn(usize) -> &'a [ComplexLanes<W>],
        levels: &mut Levels<W>,
    ) {
        self.contract_first(vector(1), &mut levels[0]);
        for level in 2..self.order {
            let (below, above) = levels.split_at_mut(level - 1);
            above[0].fill(ComplexLanes::ZERO);
            self.add_contraction(level, 1.0, &below[level - 2], vector(level), &mut above[0]);
        }
    }

    /// A x, level 1.
    pub fn contract_first<const W: usize>(&self, x: &[ComplexLanes<W>], out: &mut [ComplexLanes<W>]) {
        for (out, entries) in out.iter_mut().zip(self.entries.chunks_exact(self.dim)) {
            let mut sum = ComplexLanes::ZERO;
            for (&entry, x) in entries.iter().zip(x) {
                sum.add_real_product(entry, x);
            }
            *out = sum;
        }
    }

    /// Adds `factor · B x` to `out`, where B is a tensor of level `level` − 1 ≥ 1.
    pub fn add_contraction<const W: usize>(
        &self,
        level: usize,
        factor: f64,
        below: &[ComplexLanes<W>],
        x: &[ComplexLanes<W>],
        out: &mut [ComplexLanes<W>],
    ) {
        for (out, places) in out.iter_mut().zip(self.steps[level - 2].chunks_exact(self.dim)) {
            let mut sum = ComplexLanes::ZERO;
            for (&place, x) in places.iter().zip(x) {
                sum.add_product(&below[place as usize], x);
            }
            out.add_real_product(factor, &sum);
        }
    }
}

/// Multisets of `size` elements from `kinds`, C(kinds + size − 1, size).
fn multisets(kinds: usize, size: usize) -> usize {
    (1..=size).fold(1, |count, k| count * (kinds + k - 1) / k)
}

/// Place of a multiset i_1 ≥ … ≥ i_r among all of its size: Σ_a C(i_a + r − a, r − a + 1).
pub fn rank(indices: &[usize]) -> usize {
    let size = indices.len();
    indices.iter().enumerate().map(|(a, &i)| multisets(i, size - a)).sum()
}

/// For each multiset of `size` elements, in order, the places of its unions with 0, …, dim − 1.
fn unions(dim: usize, size: usize) -> Vec<u32> {
    let mut indices = vec![0; size];
    let mut places = Vec::with_capacity(multisets(dim, size) * dim);
    loop {
        for i in 0..dim {
            let mut union = indices.clone();
            union.push(i);
            union.sort_unstable_by(|a, b| b.cmp(a));
            places.push(rank(&union) as u32);
        }
        // The next multiset: the last index that may grow does, all behind it start from 0.
        let may_grow = |&a: &usize| indices[a] + 1 < if a == 0 { dim } else { indices[a - 1] + 1 };
        let Some(grows) = (0..size).rev().find(may_grow) else { return places };
        indices[grows] += 1;
        indices[grows + 1..].fill(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tensor without structure.
    fn entry(indices: &[usize]) -> f64 {
        let product: usize = indices.iter().map(|i| 2 * i + 3).product();
        (product % 17) as f64 - 8.0
    }

    fn sample(order: usize, dim: usize) -> Packed {
        Packed::new(order, dim, |set| {
            let mut indices = vec![0; order];
            for code in 0..dim.pow(order as u32) {
                indices.iter_mut().enumerate().for_each(|(a, i)| *i = code / dim.pow(a as u32) % dim);
                if indices.is_sorted_by(|a, b| a >= b) {
                    set(&indices, entry(&indices));
                }
            }
        })
    }

    /// Σ A x⋯x over all ordered tuples that begin with `open`.
    fn dense(order: usize, open: &[usize], x: &[[f64; 2]]) -> [f64; 2] {
        if open.len() == order {
            return [entry(open), 0.0];
        }
        let mut sum = [0.0; 2];
        for (i, [re, im]) in x.iter().enumerate() {
            let inner = dense(order, &[open, &[i]].concat(), x);
            sum[0] += inner[0] * re - inner[1] * im;
            sum[1] += inner[0] * im + inner[1] * re;
        }
        sum
    }

    #[test]
    fn contractions_are_those_of_the_dense_tensor() {
        for (order, dim) in [(3, 4), (4, 3), (5, 2), (6, 2)] {
            let tensor = sample(order, dim);
            let x: Vec<[f64; 2]> = (0..dim).map(|i| [1.0 + i as f64, 0.5 - i as f64]).collect();
            let lanes: Vec<ComplexLanes<2>> = x.iter().map(|&x| ComplexLanes::splat(x)).collect();
            let mut levels = tensor.levels();
            tensor.contract_all(&lanes, &mut levels);
            for i in 0..dim {
                assert_eq!(levels[order - 2][i].lane(1), dense(order, &[i], &x), "order {order}, vector {i}");
                for j in 0..=i {
                    let found = levels[order - 3][i * (i + 1) / 2 + j].lane(0);
                    assert_eq!(found, dense(order, &[i, j], &x), "order {order}, matrix {i} {j}");
                }
            }
        }
    }

    #[test]
    fn ranks_number_the_multisets() {
        let mut seen: Vec<usize> = Vec::new();
        for i in 0..5 {
            for j in 0..=i {
                for k in 0..=j {
                    seen.push(rank(&[i, j, k]));
                }
            }
        }
        assert!(seen.into_iter().eq(0..multisets(5, 3)));
    }
}
