//! Taylor series of a path in s: one factored derivative gives every order.

use super::complex::{Complex, norm};
use super::equations::{Eigenpair, Equations};
use super::homotopy::Homotopy;
use super::packed::Levels;

/// Highest power of the step in a prediction.
pub const ORDER: usize = 4;

/// x(s + h) = Σ_k x_k h^k, λ alike, in each lane; `terms[k]` holds x_k and λ_k.
#[derive(Debug, Clone)]
pub struct Series<const W: usize> {
    pub terms: Vec<Eigenpair<W>>,
}

/// Space to work a series out in.
#[derive(Debug, Clone)]
pub struct Expansion<const W: usize> {
    pub series: Series<W>,
    /// Coefficient k of A x(h)^j.
    levels: Vec<Levels<W>>,
    /// Coefficient k of σ x(h)^j; j from 1.
    diagonals: Vec<Levels<W>>,
    unknown: Vec<Complex<W>>,
}

impl<const W: usize> Series<W> {
    pub fn new(dim: usize) -> Self {
        Self { terms: vec![Eigenpair::new(dim); ORDER + 1] }
    }

    /// Where the series leads after a step `h` of each lane.
    pub fn predict(&self, h: &[f64; W], out: &mut Eigenpair<W>) {
        let (last, terms) = self.terms.split_last().expect("some order");
        out.x.copy_from_slice(&last.x);
        out.lambda = last.lambda;
        for term in terms.iter().rev() {
            for (out, x) in out.x.iter_mut().zip(&term.x) {
                *out = x.plus(&out.scaled(h));
            }
            out.lambda = term.lambda.plus(&out.lambda.scaled(h));
        }
    }

    /// |x_k| in each lane.
    pub fn size(&self, k: usize) -> [f64; W] {
        norm(&self.terms[k].x)
    }

    /// Takes one lane's series over from another.
    pub fn adopt(&mut self, from: &Self, lane: usize) {
        for (to, from) in self.terms.iter_mut().zip(&from.terms) {
            for (to, from) in to.x.iter_mut().zip(&from.x) {
                to.set_lane(lane, from.lane(lane));
            }
            to.lambda.set_lane(lane, from.lambda.lane(lane));
        }
    }

    /// Puts a point that does not move into one lane.
    pub fn rest_at(&mut self, lane: usize, x: &[[f64; 2]], lambda: f64) {
        for (k, term) in self.terms.iter_mut().enumerate() {
            for (to, &x) in term.x.iter_mut().zip(x) {
                to.set_lane(lane, if k == 0 { x } else { [0.0; 2] });
            }
            term.lambda.set_lane(lane, [if k == 0 { lambda } else { 0.0 }, 0.0]);
        }
    }
}

impl<const W: usize> Expansion<W> {
    pub fn new(homotopy: &Homotopy) -> Self {
        let (dim, order) = (homotopy.target.dim, homotopy.target.order);
        let diagonal = vec![vec![Complex::ZERO; dim]; order - 1];
        Self {
            series: Series::new(dim),
            levels: vec![homotopy.target.levels(); ORDER + 1],
            diagonals: vec![diagonal; ORDER + 1],
            unknown: vec![Complex::ZERO; dim + 1],
        }
    }

    /// The series at `at`, where `equations` were evaluated and their derivative factored.
    ///
    /// Order k of `T(s+h) x^{H−1} = λ x`, c·x = 1 is linear in (x_k, λ_k) with the same derivative at every order.
    /// The rest of A x(h)^j at order k follows from its derivative `j A x^{j−1} x′`:
    /// `(j/k) Σ_{b<k} b (A x^{j−1})_{k−b} x_b`; the missing term, b = k, is the linear one.
    pub fn expand(
        &mut self,
        homotopy: &Homotopy,
        equations: &mut Equations<W>,
        at: &Eigenpair<W>,
        s: &[f64; W],
    ) {
        let order = homotopy.target.order;
        self.series.terms[0].clone_from(at);
        std::mem::swap(&mut self.levels[0], &mut equations.levels);
        for (j, out) in self.diagonals[0].iter_mut().enumerate() {
            homotopy.diagonal(&at.x, j + 1, out);
        }
        for k in 1..=ORDER {
            for level in 2..order {
                self.add_known_products(homotopy, k, level);
            }
            self.right_side(order, k, s);
            equations.jacobian.solve(&mut self.unknown);
            let (&lambda, x) = self.unknown.split_last().expect("x and λ");
            self.series.terms[k].x.copy_from_slice(x);
            self.series.terms[k].lambda = lambda;
            if k < ORDER {
                self.add_linear_products(homotopy, k);
            }
        }
    }

    /// Sets order k of A x^j and σ x^j without the terms that hold x_k.
    fn add_known_products(&mut self, homotopy: &Homotopy, k: usize, level: usize) {
        let (known, new) = self.levels.split_at_mut(k);
        let out = &mut new[0][level - 1];
        out.fill(Complex::ZERO);
        let (diagonals, new) = self.diagonals.split_at_mut(k);
        let diagonal = &mut new[0][level - 1];
        diagonal.fill(Complex::ZERO);
        for b in 1..k {
            let x = &self.series.terms[b].x;
            let factor = (level * b) as f64 / k as f64;
            for ((out, below), x) in diagonal.iter_mut().zip(&diagonals[k - b][level - 2]).zip(x) {
                out.add_real_product(factor, &below.times(x));
            }
            // (A x_a) x_b = (A x_b) x_a: at level 2 the lower order goes first and stands for both.
            let factor = match level {
                2 if 2 * b > k => 2.0,
                2 if 2 * b == k => 1.0,
                2 => continue,
                _ => factor,
            };
            homotopy.target.add_contraction(level, factor, &known[k - b][level - 2], x, out);
        }
    }

    /// Minus what is known of order k.
    fn right_side(&mut self, order: usize, k: usize, s: &[f64; W]) {
        let rest = s.map(|s| 1.0 - s);
        let vector = order - 2;
        let (terms, unknown) = (&self.series.terms, &mut self.unknown);
        let dim = unknown.len() - 1;
        for (i, out) in unknown[..dim].iter_mut().enumerate() {
            let mut known = self.levels[k][vector][i].scaled(s);
            known = known.plus(&self.diagonals[k][vector][i].scaled(&rest));
            known = known.plus(&self.levels[k - 1][vector][i].minus(&self.diagonals[k - 1][vector][i]));
            for a in 1..k {
                known.sub_product(&terms[a].lambda, &terms[k - a].x[i]);
            }
            *out = Complex::ZERO.minus(&known);
        }
        unknown[dim] = Complex::ZERO;
    }

    /// Adds the terms that hold x_k to order k of A x^j and σ x^j.
    fn add_linear_products(&mut self, homotopy: &Homotopy, k: usize) {
        let order = homotopy.target.order;
        let x = &self.series.terms[k].x;
        let (first, rest) = self.levels.split_at_mut(1);
        if 2 * k <= ORDER {
            homotopy.target.contract_first(x, &mut rest[k - 1][0]);
        }
        for level in 2..order {
            let out = &mut rest[k - 1][level - 1];
            homotopy.target.add_contraction(level, level as f64, &first[0][level - 2], x, out);
        }
        let (first, rest) = self.diagonals.split_at_mut(1);
        for level in 1..order {
            for (i, out) in rest[k - 1][level - 1].iter_mut().enumerate() {
                match level {
                    1 => *out = homotopy.first_diagonal(i).times(&x[i]),
                    _ => out.add_real_product(level as f64, &first[0][level - 2][i].times(&x[i])),
                }
            }
        }
    }
}
