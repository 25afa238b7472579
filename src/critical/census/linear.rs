//! Linear systems of several paths side by side.

use super::complex::ComplexLanes;

/// An n × n matrix in each lane, row after row; after [`Self::factor`] its triangular factors.
#[derive(Debug, Clone)]
pub struct ComplexMatrix<const W: usize> {
    pub size: usize,
    pub entries: Vec<ComplexLanes<W>>,
    /// Row that each lane exchanged with row k at step k.
    exchanged: Vec<[usize; W]>,
    /// 1/pivot.
    pivots: Vec<ComplexLanes<W>>,
}

/// A lane exchanges rows if that makes |pivot|² this many times larger. The rest stay: exchanges break the lanes.
const WORTHWHILE: f64 = 16.0;

impl<const W: usize> ComplexMatrix<W> {
    pub fn new(size: usize) -> Self {
        Self {
            size,
            entries: vec![ComplexLanes::ZERO; size * size],
            exchanged: vec![[0; W]; size],
            pivots: vec![ComplexLanes::ZERO; size],
        }
    }

    /// Replaces the matrix by its factors, with exchanges of rows lane by lane. A singular lane comes out not finite.
    pub fn factor(&mut self) {
        let n = self.size;
        for k in 0..n {
            self.exchange(k);
            let pivot = self.entries[k * n + k].inverse();
            self.pivots[k] = pivot;
            let (top, below) = self.entries.split_at_mut((k + 1) * n);
            let row = &top[k * n + k + 1..];
            for other in below.chunks_exact_mut(n) {
                let factor = other[k].times(&pivot);
                other[k] = factor;
                for (entry, above) in other[k + 1..].iter_mut().zip(row) {
                    entry.sub_product(&factor, above);
                }
            }
        }
    }

    /// Brings a large pivot into row k, in the lanes that need it.
    fn exchange(&mut self, k: usize) {
        let n = self.size;
        let own = self.entries[k * n + k].square();
        let (mut largest, mut at) = (own, [k; W]);
        for i in k + 1..n {
            let square = self.entries[i * n + k].square();
            for lane in 0..W {
                if square[lane] > largest[lane] {
                    largest[lane] = square[lane];
                    at[lane] = i;
                }
            }
        }
        for lane in 0..W {
            if largest[lane] <= WORTHWHILE * own[lane] {
                at[lane] = k;
            } else if at[lane] != k {
                for j in 0..n {
                    let (a, b) =
                        (self.entries[k * n + j].lane(lane), self.entries[at[lane] * n + j].lane(lane));
                    self.entries[k * n + j].set_lane(lane, b);
                    self.entries[at[lane] * n + j].set_lane(lane, a);
                }
            }
        }
        self.exchanged[k] = at;
    }

    /// Solves in place with the factors.
    pub fn solve(&self, b: &mut [ComplexLanes<W>]) {
        let n = self.size;
        for (k, rows) in self.exchanged.iter().enumerate() {
            for (lane, &row) in rows.iter().enumerate().filter(|&(_, &row)| row != k) {
                let (x, y) = (b[k].lane(lane), b[row].lane(lane));
                b[k].set_lane(lane, y);
                b[row].set_lane(lane, x);
            }
        }
        for i in 1..n {
            let (known, rest) = b.split_at_mut(i);
            let mut sum = rest[0];
            for (entry, x) in self.entries[i * n..].iter().zip(&*known) {
                sum.sub_product(entry, x);
            }
            rest[0] = sum;
        }
        for i in (0..n).rev() {
            let (rest, known) = b.split_at_mut(i + 1);
            let mut sum = rest[i];
            for (entry, x) in self.entries[i * n + i + 1..].iter().zip(&*known) {
                sum.sub_product(entry, x);
            }
            rest[i] = sum.times(&self.pivots[i]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solutions_solve_in_every_lane_and_need_exchanges() {
        for size in [1, 2, 5, 11] {
            let mut matrix = ComplexMatrix::<3>::new(size);
            for (place, entry) in matrix.entries.iter_mut().enumerate() {
                let (i, j) = (place / size, place % size);
                for lane in 0..3 {
                    // Zeros on most of the diagonal of lane 0.
                    let value = ((7 * i * i + 5 * j + 3 * i * j + lane) % 11) as f64 - 5.0;
                    let keep = f64::from(u8::from(i != j || lane > 0 || size == 1));
                    entry.set_lane(lane, [keep * value + 0.1, (i as f64 - j as f64 * 0.7).sin() * keep]);
                }
            }
            let dense = matrix.entries.clone();
            let b: Vec<ComplexLanes<3>> = (0..size).map(|i| ComplexLanes::splat([i as f64, 1.0])).collect();
            let mut x = b.clone();
            matrix.factor();
            matrix.solve(&mut x);
            for (row, b) in dense.chunks_exact(size).zip(&b) {
                let mut rest = *b;
                row.iter().zip(&x).for_each(|(entry, x)| rest.sub_product(entry, x));
                assert!(rest.square().iter().all(|&square| square < 1e-20), "size {size}: {rest:?}");
            }
        }
    }
}
