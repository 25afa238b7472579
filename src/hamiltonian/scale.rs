//! The scale s of a user's tensor: the unit that everything on it is done in.

use super::layout::Multiplicity;
use super::tensor::SymmetricTensor;

impl SymmetricTensor<f64> {
    /// Scale of the tensor, `s² = Σ A² / C(Λ+H−1, H)` over all Λ^H entries A of the symmetric array; 0 for a tensor of
    /// zeros, infinite where a coefficient is.
    ///
    /// Independent couplings of the model have s² = 1 on average: the symmetric part of an array of independent N(0, 1)
    /// entries has Σ A² = C(Λ+H−1, H) on average. So u/s of a user's tensor compares with the energies per spin u of the
    /// theory. The array times 2^k has the scale s · 2^k, to the bit, as long as no entry is subnormal: entries are divided
    /// by the largest before they are squared.
    ///
    /// # Panics
    /// If this is the share of one of several processes.
    #[track_caller]
    pub fn scale(&self) -> f64 {
        assert!(self.is_whole(), "a share does not know the scale of the whole tensor");
        let mut largest = 0.0f64;
        self.for_each_entry(|_, entry| largest = largest.max(entry.abs()));
        if largest == 0.0 || largest.is_infinite() {
            return largest;
        }
        let (mut squares, mut count) = (0.0, 0.0);
        self.for_each_entry(|orderings, entry| {
            squares += orderings * (entry / largest).powi(2);
            count += 1.0;
        });
        largest * (squares / count).sqrt()
    }

    /// Calls `visit` with each entry of the symmetric array, once, and the number of its places, m: c/m for a monomial's
    /// coefficient c.
    fn for_each_entry(&self, mut visit: impl FnMut(f64, f64)) {
        let layout = self.layout();
        let prefix = layout.spins - 2;
        self.for_each_coefficient(|indices, c| {
            let orderings =
                Multiplicity::new(layout, &indices[..prefix]).at(indices[prefix], indices[prefix + 1]);
            visit(orderings, c / orderings);
        });
    }

    /// The unit of release 0.1, `√(Σ c²/Λ^H)` over the coefficients c = m A of the monomials; 1 for a tensor of zeros. It
    /// weights an entry with the number m of its orderings: runs that began with it go on with it.
    pub(super) fn weighted_root_mean_square(&self) -> f64 {
        let layout = self.layout();
        let entries = (layout.dim as f64).powi(layout.spins as i32);
        let in_units_of = |unit: f64| {
            let mut squares = 0.0;
            self.for_each_coefficient(|_, c| squares += (c / unit) * (c / unit));
            squares
        };
        let squares = in_units_of(1.0);
        // Where squares leave the range of a double, in units of the largest.
        let (unit, squares) = if (1e-280..=f64::MAX).contains(&squares) {
            (1.0, squares)
        } else {
            let mut largest = 0.0f64;
            self.for_each_coefficient(|_, c| largest = largest.max(c.abs()));
            (largest, in_units_of(largest))
        };
        let deviation = unit * (squares / entries).sqrt();
        if deviation > 0.0 && deviation.is_finite() { deviation } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hamiltonian::Layout;

    fn tensor(spins: usize, dim: usize, factor: f64) -> SymmetricTensor<f64> {
        SymmetricTensor::from_coefficients(Layout::new(spins, dim), |indices| {
            factor * ((indices.iter().map(|i| 7 * i + 11).product::<usize>() % 199) as f64 - 99.0)
        })
    }

    /// s² from the dense array, entry by entry; C(Λ+H−1, H) as a product.
    fn by_definition(tensor: &SymmetricTensor<f64>) -> f64 {
        let layout = tensor.layout();
        let squares: f64 = tensor.to_dense().iter().map(|a| a * a).sum();
        let count: f64 = (1..=layout.spins).map(|h| (layout.dim + h - 1) as f64 / h as f64).product();
        (squares / count).sqrt()
    }

    #[test]
    fn the_scale_is_that_of_the_definition() {
        for (spins, dim) in [(2, 2), (2, 7), (3, 2), (3, 6), (4, 5), (5, 3), (8, 2)] {
            let tensor = tensor(spins, dim, 0.37);
            let (found, expected) = (tensor.scale(), by_definition(&tensor));
            assert!((found / expected - 1.0).abs() < 1e-14, "{spins} {dim}: {found} {expected}");
            // The unit of release 0.1 is another one wherever entries off the diagonal count.
            assert!((tensor.weighted_root_mean_square() / expected - 1.0).abs() > 1e-2, "{spins} {dim}");
        }
    }

    #[test]
    fn the_scale_is_exact_under_powers_of_two_from_the_smallest_to_the_largest() {
        let own = tensor(3, 5, 1.0).scale();
        for exponent in [-1000, -540, -480, -60, 60, 500, 1000] {
            let factor = 2f64.powi(exponent);
            assert_eq!(tensor(3, 5, factor).scale() / factor, own, "2^{exponent}");
        }
        assert_eq!(tensor(3, 5, 0.0).scale(), 0.0);
    }

    #[test]
    fn the_unit_of_release_0_1_scales_too() {
        let own = tensor(3, 5, 1.0).weighted_root_mean_square();
        for exponent in [-1000, -540, -480, -60, 60, 500, 1000] {
            let factor = 2f64.powi(exponent);
            let scaled = tensor(3, 5, factor).weighted_root_mean_square() / factor;
            assert!((scaled / own - 1.0).abs() < 1e-14, "2^{exponent}: {scaled} {own}");
        }
        assert_eq!(tensor(3, 5, 0.0).weighted_root_mean_square(), 1.0);
    }
}
