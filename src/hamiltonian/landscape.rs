//! What every method of descent, search and analysis needs of an energy on the sphere.

use std::fmt::Debug;

use super::kernel::{Contraction, Isa};
use super::layout::Layout;
use super::orders::Which;
use crate::numeric::lanes::PointLanes;
use crate::numeric::symmetric::Symmetric;

/// An energy L on the sphere |w|² = Λ, given by its values and derivatives in the coordinates of the space around it.
///
/// [`Surface`](super::Surface), the symmetric tensor of one order, is one; descents, polish, saddle searches and spectra take
/// any. Points come several at a time, as lanes of a [`PointLanes`], so that they share passes over what defines L; what is written
/// for one point must depend on no other.
pub trait Landscape: Debug + Sync {
    /// Dimension Λ of the points.
    fn dim(&self) -> usize;

    /// Degree of L as a polynomial of the coordinates, H for a tensor of order H. Of another function, a degree at which a
    /// polynomial follows it to rounding.
    fn degree(&self) -> usize;

    /// The number that streams of starts and of their noise are named by, beside seed, dimension, surface and start: of a
    /// polynomial its order, so that parts of it that vanish leave starts where they are.
    fn stream_order(&self) -> usize {
        self.degree()
    }

    /// Whether L(−w) = L(w), so that w and −w are one critical point.
    fn is_even(&self) -> bool;

    /// Unit of energies per spin, gradients and Hessians: rates of descent are divided by it and tolerances multiplied with it.
    fn deviation(&self) -> f64;

    /// How large Hessians are and how fast they turn; see [`HessianBounds`].
    fn hessian_bounds(&self) -> HessianBounds;

    /// Number of parts that L is the sum of for stochastic descent; 0 if there are none.
    fn sample_parts(&self) -> usize {
        0
    }

    /// Energies, Euclidean gradients and radial slopes of L or of one sample part, in single precision.
    fn contract(&self, isa: Isa, which: Which, points: &PointLanes<f32>, out: &mut Contraction<f32>);

    /// Energies, Euclidean gradients and radial slopes of L in double precision.
    fn contract_exact(&self, isa: Isa, points: &PointLanes<f64>, out: &mut Contraction<f64>);

    /// Euclidean Hessians in double precision, of at most [`super::HESSIAN_LANES`] points, into matrices of size Λ, of which
    /// the lower triangle is overwritten.
    fn hessians_exact_into(&self, isa: Isa, points: &[&[f64]], out: &mut [Symmetric]);

    /// Euclidean Hessians in matrices of their own.
    fn hessians_exact(&self, isa: Isa, points: &[&[f64]]) -> Vec<Symmetric> {
        let mut out = vec![Symmetric::zeros(self.dim()); points.len()];
        self.hessians_exact_into(isa, points, &mut out);
        out
    }
}

/// What decides when an eigenvalue is too near 0 to have a sign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HessianBounds {
    /// Size of the terms that entries of the Riemannian Hessian are sums of, where all of them cancel too.
    pub size: f64,
    /// Most that the Riemannian Hessian changes by, in operator norm, per angle moved on the sphere; 0 where the square of
    /// the degree times the size of the Hessian is enough, as it is for random tensors.
    pub turn: f64,
}

impl HessianBounds {
    /// For couplings drawn at random with the root mean square `deviation`: the half-width of the Hessian's bulk,
    /// 2√(H(H−1)) in units of it.
    pub fn random(layout: Layout, deviation: f64) -> Self {
        let h = layout.spins as f64;
        Self { size: 2.0 * (h * (h - 1.0)).sqrt() * deviation, turn: 0.0 }
    }

    /// For couplings of whatever structure, with the scale s = `deviation`, s² = Σ A²/C(Λ+H−1, H) over the symmetric array A:
    /// H(H−1)(H−2) max|u|, where max|u| ≤ s √(C(Λ+H−1, H)/Λ).
    pub fn given(layout: Layout, deviation: f64) -> Self {
        let (h, dim) = (layout.spins as f64, layout.dim as f64);
        // C(Λ+H−1, H), factor by factor.
        let multisets: f64 = (0..layout.spins).map(|k| (dim + k as f64) / (k + 1) as f64).product();
        let highest = deviation * (multisets / dim).sqrt();
        Self { turn: h * (h - 1.0) * (h - 2.0) * highest, ..Self::random(layout, deviation) }
    }
}
