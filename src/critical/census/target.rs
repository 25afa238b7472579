//! What a census needs of a surface: its coefficients, and how they are put into one symmetric tensor.

use super::classes::{
    admitted_class_count, admitted_mixed_class_count, class_count, mixed_class_count, spiked_class_count,
};
use super::packed::Packed;
use crate::Result;
use crate::hamiltonian::{HessianBounds, Landscape, Layout, Surface};

/// Takes the indices of a monomial, non-increasing, and its coefficient c.
pub type Visitor<'a> = dyn FnMut(&[usize], f64) + 'a;

/// An energy `L(w) = Σ_p Λ^{−(p−1)/2} Σ c w_i⋯w_j` on the sphere |w|² = Λ, monomial by monomial: of one order H, or a
/// mixture of orders p up to d.
pub struct Target<'a> {
    /// Λ.
    pub dim: usize,
    /// The highest order: H, or d.
    pub degree: usize,
    /// Whether critical points are counted one by one: in a mixture, and in a field alone, where ±w are no pair of one
    /// line of eigenvectors.
    pub is_mixed: bool,
    /// The highest order of the couplings where that of a spike is above it: all of the highest order is one power (v·w)^r.
    below_spike: Option<usize>,
    visit: Box<dyn Fn(&mut Visitor) + 'a>,
}

impl<'a> Target<'a> {
    /// The energy of a surface.
    pub fn of(surface: &'a Surface) -> Self {
        let (dim, degree) = (surface.dim(), surface.degree());
        let couplings = surface.layout().spins;
        let below_spike = Some(couplings).filter(|&order| order < degree);
        let homogeneous = surface.is_homogeneous();
        Self {
            below_spike,
            ..Self::new(dim, degree, homogeneous, |visit| surface.for_each_coefficient(visit))
        }
    }

    /// From a function that visits every monomial, of all orders.
    pub fn new(dim: usize, degree: usize, is_homogeneous: bool, visit: impl Fn(&mut Visitor) + 'a) -> Self {
        let is_mixed = !is_homogeneous || degree == 1;
        Self { dim, degree, is_mixed, below_spike: None, visit: Box::new(visit) }
    }

    /// Calls `visit` with every monomial.
    pub fn for_each_coefficient(&self, mut visit: impl FnMut(&[usize], f64)) {
        (self.visit)(&mut visit);
    }

    /// Most simple complex solutions that there can be: as many as paths, but where the highest order is a spike's alone, since
    /// then there are families of solutions at t = 0.
    ///
    /// # Errors
    /// As [`Self::admitted_class_count`].
    pub fn most_solutions(&self) -> Result<u64> {
        let paths = self.admitted_class_count()?;
        let of_spike = self.below_spike.and_then(|below| spiked_class_count(below, self.degree, self.dim));
        Ok(of_spike.unwrap_or(paths))
    }

    /// Number of paths: of complex classes of couplings in general position, each of which may be real; `None` beyond u64.
    pub fn class_count(&self) -> Option<u64> {
        if self.is_mixed {
            mixed_class_count(self.degree, self.dim)
        } else {
            class_count(self.degree, self.dim)
        }
    }

    /// As [`Self::class_count`], where a census takes it on.
    ///
    /// # Errors
    /// As [`admitted_class_count`].
    pub fn admitted_class_count(&self) -> Result<u64> {
        if self.is_mixed {
            admitted_mixed_class_count(self.degree, self.dim)
        } else {
            admitted_class_count(self.degree, self.dim)
        }
    }

    /// The tensor with entries c/m, m orderings each; a tensor of zeros stays one.
    ///
    /// A mixture is the tensor of order d in Λ + 1 variables y = (x, t) with `T y^d = Σ_p t^{d−p} A_p x^p`: each monomial of
    /// order p has d − p factors t more.
    ///
    /// All is scaled so that the rows of x have the Frobenius norm √Λ. Couplings are first divided by the largest, so that
    /// no square overflows.
    pub fn tensor(&self) -> Packed {
        let (mut largest, mut squares) = (0.0f64, 0.0);
        self.for_each_coefficient(|_, c| largest = largest.max(c.abs()));
        let largest = if largest > 0.0 { largest } else { 1.0 };
        let mut filled = Vec::with_capacity(self.degree);
        self.for_each_coefficient(|indices, c| {
            self.fill(indices, &mut filled);
            // Of the d places of an ordering, p are rows of x.
            let share = indices.len() as f64 / self.degree as f64;
            squares += (c / largest).powi(2) / orderings(&filled) * share;
        });
        let scale = if squares > 0.0 { (self.dim as f64 / squares).sqrt() } else { 1.0 };
        let variables = self.dim + usize::from(self.is_mixed);
        Packed::new(self.degree, variables, |set| {
            self.for_each_coefficient(|indices, c| {
                self.fill(indices, &mut filled);
                set(&filled, scale * (c / largest / orderings(&filled)));
            });
        })
    }

    /// The indices with as many of t, the last variable, as make d.
    fn fill(&self, indices: &[usize], filled: &mut Vec<usize>) {
        filled.clear();
        filled.resize(self.degree - indices.len(), self.dim);
        filled.extend_from_slice(indices);
    }

    /// Symmetric array A of order 2, row after row.
    pub fn matrix(&self) -> Vec<f64> {
        let dim = self.dim;
        let mut entries = vec![0.0; dim * dim];
        self.for_each_coefficient(|indices, c| {
            if let &[i, j] = indices {
                entries[i * dim + j] = if i == j { c } else { 0.5 * c };
                entries[j * dim + i] = entries[i * dim + j];
            }
        });
        entries
    }

    /// The field: coefficients of order 1.
    pub fn field(&self) -> Vec<f64> {
        let mut field = vec![0.0; self.dim];
        self.for_each_coefficient(|indices, c| {
            if let &[i] = indices {
                field[i] = c;
            }
        });
        field
    }

    /// Bounds of the Hessian that hold whatever the couplings' structure is, those of the landscape that this is.
    ///
    /// A mixture adds up those of its orders: with s_p² = Σ A²/C(Λ+p−1, p), the bulk has the half-width
    /// 2√(Σ p(p−1) s_p²), where a field counts as if p(p−1) were 1: its Hessian is of the size of its radial slope, s_1. The
    /// Hessian turns no faster than Σ p(p−1)(p−2) max|u_p|, max|u_p| ≤ √(Σ A²/Λ), or d² times its size.
    pub fn hessian_bounds(&self, landscape: &impl Landscape) -> HessianBounds {
        if !self.is_mixed {
            return HessianBounds::given(Layout::new(self.degree, self.dim), landscape.deviation());
        }
        let mut squares = vec![0.0; self.degree + 1];
        self.for_each_coefficient(|indices, c| squares[indices.len()] += c * c / orderings(indices));
        let dim = self.dim as f64;
        let (mut size, mut turn) = (0.0, 0.0);
        for (p, &squares) in squares.iter().enumerate().skip(1) {
            let multisets: f64 = (0..p).map(|k| (dim + k as f64) / (k + 1) as f64).product();
            let p = p as f64;
            size += (p * (p - 1.0)).max(1.0) * squares / multisets;
            turn += p * (p - 1.0) * (p - 2.0) * (squares / dim).sqrt();
        }
        HessianBounds { size: 2.0 * size.sqrt(), turn }
    }
}

/// Distinct orderings of a multiset with non-increasing indices, H!/Π n!.
fn orderings(indices: &[usize]) -> f64 {
    let (mut count, mut run) = (1.0, 0.0);
    for (place, &i) in indices.iter().enumerate() {
        run = if place > 0 && indices[place - 1] == i { run + 1.0 } else { 1.0 };
        count = count * (place + 1) as f64 / run;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orderings_are_multinomial() {
        let found = [&[2, 1, 0][..], &[1, 1, 0], &[3, 3, 3], &[2, 2, 1, 1]].map(orderings);
        assert_eq!(found, [6.0, 3.0, 1.0, 6.0]);
    }
}
