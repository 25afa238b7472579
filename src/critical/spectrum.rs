//! The index of a critical point from the spectrum of its Hessian.

use crate::numeric::symmetric::{NoConvergence, Symmetric};

/// Eigenvalues smaller than this are undecided: too near 0 for the rounding of the Hessian and the distance that is
/// left to the critical point. Relative to the larger of the largest eigenvalue and the radial slope |H L/Λ|, which
/// the Hessian is the difference of.
pub const UNDECIDED: f64 = 1e-9;

/// What the eigenvalues of a Riemannian Hessian say about a critical point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spectrum {
    /// Number of eigenvalues below −tolerance.
    pub index: u32,
    /// Number of eigenvalues within the tolerance of 0, which are not counted as negative.
    pub undecided: u32,
    /// Smallest eigenvalue; ∞ for the empty spectrum.
    pub min_eigenvalue: f64,
}

impl Spectrum {
    /// From the Riemannian Hessian in tangent coordinates and the radial slope H L/Λ.
    ///
    /// # Errors
    /// If the matrix holds NaN or infinity.
    pub fn of(hessian: &Symmetric, radial_slope: f64) -> Result<Self, NoConvergence> {
        hessian.eigenvalues().map(|values| Self::from_ascending(&values, radial_slope))
    }

    /// From eigenvalues in ascending order and the radial slope H L/Λ.
    pub fn from_ascending(values: &[f64], radial_slope: f64) -> Self {
        let largest = values.iter().fold(radial_slope.abs(), |top, value| top.max(value.abs()));
        let tolerance = UNDECIDED * largest;
        let count = |is: &dyn Fn(f64) -> bool| values.iter().filter(|&&value| is(value)).count() as u32;
        Self {
            index: count(&|value| value < -tolerance),
            undecided: count(&|value| value.abs() <= tolerance),
            min_eigenvalue: values.first().copied().unwrap_or(f64::INFINITY),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvalues_near_zero_are_undecided_not_guessed() {
        let spectrum = Spectrum::from_ascending(&[-2.0, -1e-12, 0.0, 1e-12, 5.0], 0.0);
        assert_eq!(spectrum, Spectrum { index: 1, undecided: 3, min_eigenvalue: -2.0 });
        let flat = Spectrum::from_ascending(&[-2e-16, 1e-16], 2.0);
        assert_eq!((flat.index, flat.undecided), (0, 2));
    }
}
