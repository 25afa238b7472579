//! Spectra of Riemannian Hessians, and the index of a critical point from them.

use super::tolerance::{Tolerance, UNDECIDED};
use crate::descent::{EVALUATE_LANES, Evaluated, evaluate};
use crate::hamiltonian::{Isa, Landscape};
use crate::numeric::smallest::smallest_eigenvalue;
use crate::numeric::symmetric::{Cholesky, NoConvergence, Symmetric};

/// Relative error of the smallest eigenvalue of a minimum, beside that of rounding, Λ ε ‖B‖.
pub const MIN_EIGENVALUE_ERROR: f64 = 1e-10;
/// Size from which a factor saves time over all eigenvalues.
const LARGE: usize = 64;

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
    /// Of the Hessian at a point: from its matrix in tangent coordinates and the radial slope w·∇L/Λ. The tolerance
    /// is [`UNDECIDED`] c.
    ///
    /// # Errors
    /// If the matrix holds NaN or infinity.
    pub fn of(hessian: &Symmetric, radial_slope: f64) -> Result<Self, NoConvergence> {
        hessian.eigenvalues().map(|values| Self::from_ascending(&values, radial_slope))
    }

    /// As [`Self::of`], and quicker where the point is a minimum beyond doubt, with `factor` as space.
    ///
    /// With t = [`UNDECIDED`] max(‖B‖_∞, |radial slope|), no less than the tolerance of [`Self::of`] because no
    /// eigenvalue is larger than ‖B‖_∞, a Cholesky factor of B − t exists, to rounding, only if all eigenvalues lie
    /// above t. Rounding moves that border by about Λ ε ‖B‖, four orders less than t. Then the index is 0, nothing is
    /// undecided, and the smallest eigenvalue comes from the factor, to [`MIN_EIGENVALUE_ERROR`]. In all other cases,
    /// and up to Λ = 64, all eigenvalues are worked out.
    ///
    /// # Errors
    /// As [`Self::of`].
    ///
    /// # Reference
    /// Higham (2002), *Accuracy and Stability of Numerical Algorithms*, Theorem 10.7.
    pub fn of_minimum(
        hessian: &Symmetric,
        radial_slope: f64,
        factor: &mut Cholesky,
    ) -> Result<Self, NoConvergence> {
        let tolerance = UNDECIDED * radial_slope.abs().max(hessian.largest_row_sum());
        let is_minimum = hessian.size() >= LARGE && tolerance.is_finite() && factor.set(hessian, -tolerance);
        if is_minimum && let Some(above) = smallest_eigenvalue(factor, hessian.size(), MIN_EIGENVALUE_ERROR) {
            return Ok(Self { index: 0, undecided: 0, min_eigenvalue: tolerance + above });
        }
        Self::of(hessian, radial_slope)
    }

    /// Of the exact critical point near this one, with the tolerance of its surface: if nothing is undecided, the index
    /// is that of the critical point. With space for a factor, minima beyond doubt are told as by [`Self::of_minimum`].
    ///
    /// # Errors
    /// If the Hessian holds NaN or infinity.
    pub fn of_critical(
        here: &Evaluated,
        tolerance: &Tolerance,
        factor: Option<&mut Cholesky>,
    ) -> Result<Self, NoConvergence> {
        let slope = here.radial_slope;
        if let Some(factor) = factor.filter(|_| here.hessian.size() >= LARGE) {
            let at_most = tolerance.at(slope.abs().max(here.hessian.largest_row_sum()), here.gradient_norm);
            let found = Self::of_minimum(&here.hessian, slope, factor)?;
            if found.index == 0 && found.min_eigenvalue > at_most {
                return Ok(Self { undecided: 0, ..found });
            }
        }
        let values = here.hessian.eigenvalues()?;
        Ok(Self::counted(&values, tolerance.at(size(&values, slope), here.gradient_norm)))
    }

    /// By the rules of release 0.1 for saddle searches: of the exact critical point near a point with ‖g‖/√Λ = γ, on a surface of order H = `spins` whose couplings
    /// have the root mean square `deviation` = σ.
    ///
    /// The tolerance is the larger of [`UNDECIDED`] c and `2 √(M γ)` with M = H² max(c, 2√(H(H−1)) σ). Here M bounds
    /// how fast the Hessian turns with the angle moved: at most H(H−1)(H−2) max|u|, and with max|u| ≈ E_0 σ this is
    /// below H² · 2√(H(H−1)) σ for every H ≤ 16. With s the smallest |eigenvalue|, Newton's step is at most γ/s, and
    /// if M γ/s² ≤ 1/4 the Newton–Kantorovich theorem gives a critical point within an angle 2γ/s. On the way there no
    /// eigenvalue moves by more than 2Mγ/s ≤ s/2: none changes its sign. So with nothing undecided the index is that
    /// of the critical point itself. [`Self::of_critical`] is the same with a floor, and for given couplings a bound.
    ///
    /// # Errors
    /// If the Hessian holds NaN or infinity.
    ///
    /// # Reference
    /// Ferreira, Svaiter (2002), *Kantorovich's theorem on Newton's method in Riemannian manifolds*, J. Complexity 18.
    pub fn of_nearby(here: &Evaluated, spins: usize, deviation: f64) -> Result<Self, NoConvergence> {
        let values = here.hessian.eigenvalues()?;
        let h = spins as f64;
        let size = size(&values, here.radial_slope);
        let fastest = h * h * size.max(2.0 * (h * (h - 1.0)).sqrt() * deviation);
        let reach = 2.0 * (fastest * here.gradient_norm).sqrt();
        Ok(Self::counted(&values, reach.max(UNDECIDED * size)))
    }

    /// From eigenvalues in ascending order and the radial slope w·∇L/Λ, as [`Self::of`].
    pub fn from_ascending(values: &[f64], radial_slope: f64) -> Self {
        Self::counted(values, UNDECIDED * size(values, radial_slope))
    }

    fn counted(values: &[f64], tolerance: f64) -> Self {
        let least = sabotage!("index-tolerance-dropped", tolerance, 0.0);
        let count = |is: &dyn Fn(f64) -> bool| values.iter().filter(|&&value| is(value)).count() as u32;
        Self {
            index: count(&|value| value < -least),
            undecided: count(&|value| value.abs() <= least),
            min_eigenvalue: values.first().copied().unwrap_or(f64::INFINITY),
        }
    }
}

/// The larger of the largest |eigenvalue| and |radial slope|.
fn size(values: &[f64], radial_slope: f64) -> f64 {
    values.iter().fold(radial_slope.abs(), |top, value| top.max(value.abs()))
}

/// All Λ − 1 eigenvalues, ascending, of the Riemannian Hessian at each point (|w|² = Λ), in double precision; `None`
/// where something is not finite. Hessians of several points share passes over the couplings.
///
/// # Panics
/// If a point has not dimension Λ.
pub fn spectra<L: Landscape>(landscape: &L, isa: Isa, points: &[&[f64]]) -> Vec<Option<Vec<f64>>> {
    let groups = points.chunks(EVALUATE_LANES);
    let evaluated = groups.flat_map(|group| evaluate(landscape, isa, group));
    evaluated.map(|here| here?.hessian.eigenvalues().ok()).collect()
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
