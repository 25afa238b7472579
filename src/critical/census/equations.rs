//! The equations of the family, their derivative, and Newton's method, for several paths side by side.

use super::complex::{ComplexLanes, norm};
use super::homotopy::Homotopy;
use super::linear::ComplexMatrix;
use super::packed::Levels;

/// An eigenvector with its eigenvalue in each lane.
#[derive(Debug, Clone)]
pub struct Eigenpair<const W: usize> {
    pub x: Vec<ComplexLanes<W>>,
    pub lambda: ComplexLanes<W>,
}

impl<const W: usize> Eigenpair<W> {
    pub fn new(dim: usize) -> Self {
        Self { x: vec![ComplexLanes::ZERO; dim], lambda: ComplexLanes::ZERO }
    }

    /// Takes |x| to 1 and λ with it: λ ← λ/|x|^{H−2}.
    pub fn normalise(&mut self, order: usize) {
        let factor = norm(&self.x).map(|length| 1.0 / length);
        self.x.iter_mut().for_each(|x| *x = x.scaled(&factor));
        for _ in 2..order {
            self.lambda = self.lambda.scaled(&factor);
        }
    }
}

/// The equations and their derivative at one point of each lane, and the step of Newton's method.
#[derive(Debug, Clone)]
pub struct Equations<const W: usize> {
    /// A x^j.
    pub levels: Levels<W>,
    /// σ x^{H−2}, σ x^{H−1}.
    pub diagonal: [Vec<ComplexLanes<W>>; 2],
    /// Derivative in (x, λ): `[(H−1) T x^{H−2} − λ, −x; c, 0]`; of a mixture, the row of t is `(2 x, −2 t, 0)`.
    pub jacobian: ComplexMatrix<W>,
    /// `(T x^{H−1} − λ x, c·x − 1)`, of a mixture with x·x − t² in the row of t; after a solution, the step.
    pub residual: Vec<ComplexLanes<W>>,
}

impl<const W: usize> Equations<W> {
    pub fn new(homotopy: &Homotopy) -> Self {
        let dim = homotopy.target.dim;
        Self {
            levels: homotopy.target.levels(),
            diagonal: [vec![ComplexLanes::ZERO; dim], vec![ComplexLanes::ZERO; dim]],
            jacobian: ComplexMatrix::new(dim + 1),
            residual: vec![ComplexLanes::ZERO; dim + 1],
        }
    }

    /// Equations and derivative at `at`, where lane l has come to `s[l]`, in the patch `patch`.
    pub fn evaluate(
        &mut self,
        homotopy: &Homotopy,
        at: &Eigenpair<W>,
        s: &[f64; W],
        patch: &[ComplexLanes<W>],
    ) {
        let (dim, order) = (homotopy.target.dim, homotopy.target.order);
        homotopy.target.contract_all(&at.x, &mut self.levels);
        for (power, out) in self.diagonal.iter_mut().enumerate() {
            homotopy.diagonal(&at.x, order - 2 + power, out);
        }
        self.fill_jacobian(homotopy, at, s, patch);
        let rest = s.map(|s| 1.0 - s);
        for (i, (residual, x)) in self.residual.iter_mut().zip(&at.x).enumerate() {
            let tensor = self.levels[order - 2][i].scaled(s).plus(&self.diagonal[1][i].scaled(&rest));
            *residual = tensor.minus(&at.lambda.times(x));
        }
        if homotopy.has_quadric() {
            self.residual[homotopy.rows()] = homotopy.quadric(&at.x, &at.x);
        }
        let mut along = ComplexLanes::ZERO.minus(&ComplexLanes::ONE);
        patch.iter().zip(&at.x).for_each(|(c, x)| along.add_product(c, x));
        self.residual[dim] = along;
    }

    fn fill_jacobian(
        &mut self,
        homotopy: &Homotopy,
        at: &Eigenpair<W>,
        s: &[f64; W],
        patch: &[ComplexLanes<W>],
    ) {
        let (dim, order) = (at.x.len(), homotopy.target.order);
        let slope = (order - 1) as f64;
        let (own, other) = (s.map(|s| slope * s), s.map(|s| slope * (1.0 - s)));
        let matrix = &self.levels[order - 3];
        let entries = &mut self.jacobian.entries;
        for (i, (x, c)) in at.x.iter().zip(patch).enumerate() {
            for j in 0..=i {
                let entry = matrix[i * (i + 1) / 2 + j].scaled(&own);
                entries[i * (dim + 1) + j] = entry;
                entries[j * (dim + 1) + i] = entry;
            }
            let place = i * (dim + 1) + i;
            let diagonal = self.diagonal[0][i].scaled(&other).minus(&at.lambda);
            entries[place] = entries[place].plus(&diagonal);
            entries[i * (dim + 1) + dim] = ComplexLanes::ZERO.minus(x);
            entries[dim * (dim + 1) + i] = *c;
        }
        entries[dim * (dim + 1) + dim] = ComplexLanes::ZERO;
        if homotopy.has_quadric() {
            let rows = homotopy.rows();
            let row = &mut entries[rows * (dim + 1)..][..=dim];
            row.iter_mut().zip(&at.x).for_each(|(entry, x)| *entry = x.plus(x));
            row[rows] = ComplexLanes::ZERO.minus(&row[rows]);
            row[dim] = ComplexLanes::ZERO;
        }
    }

    /// One step of Newton's method from where the equations were evaluated: moves `at`, leaves the factors of the
    /// derivative, and returns the length of the step in x.
    pub fn newton(&mut self, at: &mut Eigenpair<W>) -> [f64; W] {
        let length = self.measure();
        let (lambda, x) = self.residual.split_last().expect("x and λ");
        for (at, step) in at.x.iter_mut().zip(x) {
            *at = at.minus(step);
        }
        at.lambda = at.lambda.minus(lambda);
        length
    }

    /// The length of Newton's step in x, which is not taken.
    pub fn measure(&mut self) -> [f64; W] {
        self.jacobian.factor();
        self.jacobian.solve(&mut self.residual);
        norm(&self.residual[..self.residual.len() - 1])
    }
}

/// Conjugates: the patch c = x̄ that a line with |x| = 1 is held by.
pub fn patch<const W: usize>(x: &[ComplexLanes<W>], out: &mut [ComplexLanes<W>]) {
    for (out, x) in out.iter_mut().zip(x) {
        *out = x.conjugate();
    }
}
