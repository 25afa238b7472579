//! When an eigenvalue is too near 0 to have a sign: one rule for every record.

use crate::hamiltonian::Layout;

/// Eigenvalues smaller than this are undecided, relative to c, the larger of the largest |eigenvalue| and the radial
/// slope |H L/Λ|, which the Hessian is the difference of.
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

/// How near to 0 an eigenvalue of the Hessian at a point is undecided, on one surface.
///
/// With σ the scale of the couplings, c the larger of the largest |eigenvalue| and |radial slope| at the point,
/// C = max(c, 2√(H(H−1)) σ) and γ = ‖g‖/√Λ, the tolerance is
///
/// `max( UNDECIDED · C, 2 √(M γ) )`.
///
/// The first is rounding. Entries of the Hessian are sums of terms of the size of σ times the half-width of the bulk,
/// 2√(H(H−1)), even where all of them cancel: so it has a floor in units of σ.
///
/// The second asks about the critical point, of which the point is an approximation. M bounds how fast the Hessian turns
/// with the angle moved, H(H−1)(H−2) max|u|. For random couplings max|u| ≈ E_0 σ and M = H² C is enough for every
/// H ≤ 16. For given ones, which may have all their weight in a few entries, max|u| is at most
/// ‖A‖/√Λ = σ √(C(Λ+H−1, H)/Λ), with ‖A‖ the root of the sum of squares of the whole array; M is the larger of the two. With
/// s the smallest |eigenvalue|, Newton's step is at most γ/s, and if M γ/s² ≤ 1/4 the Newton–Kantorovich theorem gives a
/// critical point within an angle 2γ/s. On the way there no eigenvalue moves by more than 2Mγ/s ≤ s/2: none changes its
/// sign. So with nothing undecided the index is that of the critical point itself; at an inflection or near a double
/// root, however small γ is, something is undecided.
///
/// # Reference
/// Ferreira, Svaiter (2002), *Kantorovich's theorem on Newton's method in Riemannian manifolds*, J. Complexity 18.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    spins: f64,
    /// Least value of C.
    floor: f64,
    /// Least value of M.
    fastest: f64,
}

impl Tolerance {
    /// For couplings drawn at random with this scale.
    pub fn random(layout: Layout, scale: f64) -> Self {
        let h = layout.spins as f64;
        Self { spins: h, floor: 2.0 * (h * (h - 1.0)).sqrt() * scale, fastest: 0.0 }
    }

    /// For couplings of whatever structure, with this scale s: s² = Σ A²/C(Λ+H−1, H) over the symmetric array A.
    pub fn given(layout: Layout, scale: f64) -> Self {
        let (h, dim) = (layout.spins as f64, layout.dim as f64);
        // C(Λ+H−1, H), factor by factor.
        let multisets: f64 = (0..layout.spins).map(|k| (dim + k as f64) / (k + 1) as f64).product();
        let highest = scale * (multisets / dim).sqrt();
        Self { fastest: h * (h - 1.0) * (h - 2.0) * highest, ..Self::random(layout, scale) }
    }

    /// H.
    pub(super) fn spins(&self) -> f64 {
        self.spins
    }

    /// The tolerance at a point with this c and γ.
    pub fn of(&self, size: f64, gradient_norm: f64) -> f64 {
        let size = size.max(self.floor);
        let fastest = self.fastest.max(self.spins * self.spins * size);
        (UNDECIDED * size).max(2.0 * (fastest * gradient_norm).sqrt())
    }
}
