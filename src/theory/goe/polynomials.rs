//! The determinant of 1 − wH for a Hessenberg matrix H, and what goes with it, as polynomials in w.

use crate::numeric::precise::{Precise, PreciseMatrix};

/// A complex number.
#[derive(Debug, Clone)]
pub struct PreciseComplex<T> {
    /// Real part.
    pub re: T,
    /// Imaginary part.
    pub im: T,
}

impl<T: Precise> PreciseComplex<T> {
    pub fn times(&self, x: &Self) -> Self {
        let mut re = self.re.times(&x.re);
        re.subtract_product(&self.im, &x.im);
        let mut im = self.re.times(&x.im);
        im.add_product(&self.im, &x.re);
        Self { re, im }
    }

    pub fn minus(&self, x: &Self) -> Self {
        Self { re: self.re.minus(&x.re), im: self.im.minus(&x.im) }
    }
}

/// What the generating function is made of at one ζ.
#[derive(Debug, Clone)]
pub struct Parts<T> {
    /// P(ζ)².
    pub square: PreciseComplex<T>,
    /// −(t/2) c(ζ) P(ζ)².
    pub odd: PreciseComplex<T>,
}

/// Two polynomials in w = 1 − ζ.
#[derive(Debug, Clone)]
pub struct Polynomials<T> {
    /// Coefficients of P² = det(1 − wH).
    square: Vec<T>,
    /// Coefficients of −(t/2) c P², where −(t/2) c = Σ_j weights_j ((1 − wH)^{−1} e_0)_j.
    odd: Vec<T>,
}

impl<T: Precise> Polynomials<T> {
    /// Of a Hessenberg matrix H, and of the row of weights.
    pub fn new(unit: &T, hessenberg: &PreciseMatrix<T>, weights: &[T]) -> Self {
        let blocks = trailing_blocks(unit, hessenberg);
        let odd = odd_part(unit, hessenberg, &blocks, weights);
        Self { square: blocks.into_iter().next().unwrap_or_default(), odd }
    }

    /// Size of H.
    pub fn size(&self) -> usize {
        self.square.len() - 1
    }

    /// The parts at ζ.
    pub fn at(&self, zeta: &PreciseComplex<T>) -> Parts<T> {
        let w = PreciseComplex { re: zeta.re.of(1.0).minus(&zeta.re), im: zeta.im.negated() };
        Parts { square: polynomial(&self.square, &w), odd: polynomial(&self.odd, &w) }
    }

    /// P² at a real ζ.
    pub fn square_at(&self, zeta: &T) -> T {
        let w = zeta.of(1.0).minus(zeta);
        let mut sum = zeta.of(0.0);
        for coefficient in self.square.iter().rev() {
            sum = coefficient.plus(&sum.times(&w));
        }
        sum
    }
}

/// Σ_m coefficients_m w^m.
fn polynomial<T: Precise>(coefficients: &[T], w: &PreciseComplex<T>) -> PreciseComplex<T> {
    let zero = w.re.of(0.0);
    let mut sum = PreciseComplex { re: zero.clone(), im: zero };
    for coefficient in coefficients.iter().rev() {
        sum = sum.times(w);
        sum.re = sum.re.plus(coefficient);
    }
    sum
}

/// Determinants D_j of the blocks of 1 − wH that begin at row j, by powers of w:
/// `D_j = D_{j+1} − Σ_{i≥j} h_{ji} w^{i−j+1} (Π_{l=j}^{i−1} h_{l+1,l}) D_{i+1}`.
fn trailing_blocks<T: Precise>(unit: &T, h: &PreciseMatrix<T>) -> Vec<Vec<T>> {
    let count = h.size();
    let mut blocks = vec![vec![unit.of(1.0)]; count + 1];
    for j in (0..count).rev() {
        // The sum without its common factor w, by powers from the highest down.
        let mut sum: Vec<T> = vec![h.at(j, count - 1).clone()];
        for i in (j..count - 1).rev() {
            let below = h.at(i + 1, i);
            sum.iter_mut().for_each(|x| *x = x.times(below));
            sum.push(unit.of(0.0));
            for (x, block) in sum.iter_mut().rev().zip(&blocks[i + 1]) {
                x.add_product(block, h.at(j, i));
            }
        }
        let mut block = blocks[j + 1].clone();
        block.push(unit.of(0.0));
        block[1..].iter_mut().zip(sum.iter().rev()).for_each(|(x, term)| *x = x.minus(term));
        blocks[j] = block;
    }
    blocks
}

/// `Σ_j weights_j w^j (Π_{l<j} h_{l+1,l}) D_{j+1}`.
fn odd_part<T: Precise>(unit: &T, h: &PreciseMatrix<T>, blocks: &[Vec<T>], weights: &[T]) -> Vec<T> {
    let mut odd = vec![unit.of(0.0); h.size()];
    let mut product = unit.of(1.0);
    for (j, weight) in weights.iter().enumerate() {
        let factor = product.times(weight);
        odd[j..].iter_mut().zip(&blocks[j + 1]).for_each(|(x, block)| x.add_product(block, &factor));
        if j + 1 < weights.len() {
            product = product.times(h.at(j + 1, j));
        }
    }
    odd
}
