//! When an eigenvalue is too near 0 to have a sign: one rule for every record.

use crate::hamiltonian::{HessianBounds, Landscape};

/// Eigenvalues smaller than this are undecided, relative to c, the larger of the largest |eigenvalue| and the radial
/// slope |w·∇L/Λ|, which the Hessian is the difference of.
///
/// # Derivation
/// What is computed is the exact spectrum of a matrix that differs from the Hessian at the point by rounding:
/// entries are sums whose errors, of random sign, are a few ε of their size, and tridiagonalisation and iteration
/// add at most p(Λ) ε c with p of order Λ, ε = 1.1e-16. By Weyl's inequality no eigenvalue is moved by more: 1e-13 c
/// at Λ = 1000. 1e-9 c is four orders above that, so the sign of every decided eigenvalue of the Hessian *at the
/// point* is certain; below it nothing is claimed.
///
/// The critical point itself lies a little way off: see [`Tolerance`], which is what records are judged by.
///
/// # Reference
/// Anderson et al. (1999), *LAPACK Users' Guide*, §4.7 (error bounds of the symmetric eigenproblem).
pub const UNDECIDED: f64 = 1e-9;

/// How near to 0 an eigenvalue of the Hessian at a point is undecided, on one landscape.
///
/// With c the larger of the largest |eigenvalue| and |radial slope| at the point, C = max(c, [size](HessianBounds::size)) and
/// γ = ‖g‖/√Λ, the tolerance is
///
/// `max( UNDECIDED · C, 2 √(M γ) )`.
///
/// The first is rounding. Entries of the Hessian are sums of terms that may all cancel, in a tensor's of the size of its scale
/// σ times the half-width of the bulk, 2√(H(H−1)): so it has a floor.
///
/// The second asks about the critical point, of which the point is an approximation. M bounds how fast the Hessian turns
/// with the angle moved, for a tensor H(H−1)(H−2) max|u|. For random couplings max|u| ≈ E_0 σ and M = H² C is enough for every
/// H ≤ 16. For given ones, which may have all their weight in a few entries, max|u| is at most
/// ‖A‖/√Λ = σ √(C(Λ+H−1, H)/Λ), with ‖A‖ the root of the sum of squares of the whole array; M is the larger of H² C and
/// [`HessianBounds::turn`]. With s the smallest |eigenvalue|, Newton's step is at most γ/s, and if M γ/s² ≤ 1/4 the
/// Newton–Kantorovich theorem gives a critical point within an angle 2γ/s. On the way there no eigenvalue moves by more than
/// 2Mγ/s ≤ s/2: none changes its sign. So with nothing undecided the index is that of the critical point itself; at an
/// inflection or near a double root, however small γ is, something is undecided.
///
/// # Reference
/// Ferreira, Svaiter (2002), *Kantorovich's theorem on Newton's method in Riemannian manifolds*, J. Complexity 18.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    degree: f64,
    bounds: HessianBounds,
}

impl Tolerance {
    /// On a landscape of this degree whose Hessians have these bounds.
    pub fn new(degree: usize, bounds: HessianBounds) -> Self {
        Self { degree: degree as f64, bounds }
    }

    /// That of a landscape.
    pub fn of<L: Landscape>(landscape: &L) -> Self {
        Self::new(landscape.degree(), landscape.hessian_bounds())
    }

    /// The tolerance at a point with this c and γ.
    pub fn at(&self, size: f64, gradient_norm: f64) -> f64 {
        let size = size.max(self.bounds.size);
        let fastest = self.bounds.turn.max(self.degree * self.degree * size);
        (UNDECIDED * size).max(2.0 * (fastest * gradient_norm).sqrt())
    }
}
