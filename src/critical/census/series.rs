//! Taylor series of a path in s: one factored derivative gives every order.

use super::complex::ComplexLanes;
use super::equations::{Eigenpair, Equations};
use super::homotopy::Homotopy;
use super::packed::Levels;

/// Highest power of the step in a prediction.
pub const ORDER: usize = 4;

/// A term that stays below this over the rest of a path is rounding, relative to |x| = 1.
const NOISE: f64 = 1e-11;
/// A term is missing if its square is this much smaller than the product of those beside it.
const MISSING: f64 = 1e-6;

/// How far a series leads, as the sizes |x_k| of its terms tell it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reach {
    /// Distance to the nearest singularity, roughly; infinite where no term tells.
    pub radius: f64,
    /// Which term bounds the error of a prediction.
    pub order: usize,
}

impl Reach {
    /// From the ratio of the last two terms, whatever they are.
    pub fn by_last_terms(sizes: &[f64; ORDER + 1]) -> Self {
        Self { radius: sizes[ORDER - 1] / sizes[ORDER], order: ORDER }
    }

    /// From the last two terms that tell something over the distance `rest`, n and j < n: (|x_j|/|x_n|)^{1/(n−j)}.
    ///
    /// On a coordinate axis every term but the first is rounding, and the ratio of two of them means nothing; by
    /// symmetry a series may have its even or its odd terms only.
    pub fn of(sizes: &[f64; ORDER + 1], rest: f64) -> Self {
        let tells = |k: usize| sizes[k] * (0..k).fold(1.0, |power, _| power * rest) > NOISE;
        let is_missing = |x: f64, beside: [f64; 2]| x * x < MISSING * beside[0] * beside[1];
        let [.., x_2, x_3, x_4] = *sizes;
        let order = match (tells(ORDER - 1), tells(ORDER)) {
            (false, false) => return Self { radius: f64::INFINITY, order: ORDER },
            // As if all but this one were a geometric sequence.
            (true, last) if !last || x_4 * x_2 < MISSING * x_3 * x_3 => ORDER - 1,
            _ => ORDER,
        };
        let is_last_but_missing =
            |j: usize| j + 1 == order && j > 0 && is_missing(sizes[j], [sizes[j - 1], sizes[order]]);
        let before = (0..order).rev().find(|&j| tells(j) && !is_last_but_missing(j)).unwrap_or(0);
        let ratio = sizes[before] / sizes[order];
        let radius = match order - before {
            1 => ratio,
            2 => ratio.sqrt(),
            3 => libm::cbrt(ratio),
            _ => ratio.sqrt().sqrt(),
        };
        Self { radius, order }
    }
}

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
    unknown: Vec<ComplexLanes<W>>,
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

    /// |x_k| in one lane.
    pub fn size(&self, k: usize, lane: usize) -> f64 {
        let square = |[re, im]: [f64; 2]| re * re + im * im;
        self.terms[k].x.iter().map(|x| square(x.lane(lane))).fold(0.0, |sum, square| sum + square).sqrt()
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
        let diagonal = vec![vec![ComplexLanes::ZERO; dim]; order - 1];
        Self {
            series: Series::new(dim),
            levels: vec![homotopy.target.levels(); ORDER + 1],
            diagonals: vec![diagonal; ORDER + 1],
            unknown: vec![ComplexLanes::ZERO; dim + 1],
        }
    }

    /// The series at `at`, where `equations` were evaluated and their derivative factored.
    ///
    /// Order k of `T(s+h) x^{H−1} = λ x`, c·x = 1 is linear in (x_k, λ_k) with the same derivative at every order.
    /// Of a mixture, so is order k of x·x = t².
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
            self.right_side(homotopy, k, s);
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
        out.fill(ComplexLanes::ZERO);
        let (diagonals, new) = self.diagonals.split_at_mut(k);
        let diagonal = &mut new[0][level - 1];
        diagonal.fill(ComplexLanes::ZERO);
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
    fn right_side(&mut self, homotopy: &Homotopy, k: usize, s: &[f64; W]) {
        let rest = s.map(|s| 1.0 - s);
        let vector = homotopy.target.order - 2;
        let (terms, unknown) = (&self.series.terms, &mut self.unknown);
        let dim = unknown.len() - 1;
        for (i, out) in unknown[..dim].iter_mut().enumerate() {
            let mut known = self.levels[k][vector][i].scaled(s);
            known = known.plus(&self.diagonals[k][vector][i].scaled(&rest));
            known = known.plus(&self.levels[k - 1][vector][i].minus(&self.diagonals[k - 1][vector][i]));
            for a in 1..k {
                known.sub_product(&terms[a].lambda, &terms[k - a].x[i]);
            }
            *out = ComplexLanes::ZERO.minus(&known);
        }
        if homotopy.has_quadric() {
            let products = (1..k).map(|a| homotopy.quadric(&terms[a].x, &terms[k - a].x));
            unknown[homotopy.rows()] = products.fold(ComplexLanes::ZERO, |sum, product| sum.minus(&product));
        }
        unknown[dim] = ComplexLanes::ZERO;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_reach(sizes: [f64; ORDER + 1], radius: f64, order: usize) {
        let found = Reach::of(&sizes, 1.0);
        assert_eq!(found.order, order, "{sizes:?}: {found:?}");
        assert!(
            found.radius == radius || (found.radius / radius - 1.0).abs() < 1e-12,
            "{sizes:?}: {found:?}"
        );
    }

    /// Radius ¼.
    #[test]
    fn a_series_with_all_its_terms_reaches_as_its_last_ratio_tells() {
        let sizes = [1.0, 4.0, 16.0, 64.0, 256.0];
        assert_reach(sizes, 0.25, 4);
        assert_eq!(Reach::of(&sizes, 1.0), Reach::by_last_terms(&sizes));
    }

    #[test]
    fn missing_terms_are_passed_over() {
        assert_reach([1.0, 0.0, 16.0, 0.0, 256.0], 0.25, 4);
        assert_reach([1.0, 3e-16, 16.0, 2e-15, 256.0], 0.25, 4);
        assert_reach([1.0, 4.0, 0.0, 64.0, 0.0], 0.25, 3);
        assert_reach([1.0, 4.0, 2e-16, 64.0, 1e-17], 0.25, 3);
        assert_reach([1.0, 0.0, 0.0, 64.0, 0.0], 0.25, 3);
        assert_reach([1.0, 4.0, 0.0, 0.0, 256.0], 0.25, 4);
        assert_reach([1.0, 0.0, 0.0, 0.0, 256.0], 0.25, 4);
    }

    /// On a coordinate axis: the ratio of the last two terms, 0 or anything, says nothing.
    #[test]
    fn rounding_sets_no_limit() {
        for sizes in [
            [1.0, 1e-17, 0.0, 0.0, 3e-16],
            [1.0, 1e-16, 2e-17, 1e-19, 3e-15],
            [1.0, 0.0, 0.0, 0.0, 0.0],
            [1.0, 1.0, 1.0, 1e-15, 1e-13],
        ] {
            assert_reach(sizes, f64::INFINITY, 4);
        }
        assert_eq!(Reach::by_last_terms(&[1.0, 1e-17, 0.0, 0.0, 3e-16]).radius, 0.0);
        // What is small here and not over a long way is no rounding.
        let sizes = [1.0, 1.0, 1.0, 1e-3, 1.0];
        assert!(Reach::of(&sizes, 1e-4).radius.is_infinite() && Reach::of(&sizes, 1.0).radius == 1e-3);
    }
}
