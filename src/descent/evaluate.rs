//! A point with what is known about it, in double precision; made in one place.

use crate::hamiltonian::{Contraction, Isa, Landscape};
use crate::numeric::lanes::{PointLanes, Real};
use crate::numeric::symmetric::Symmetric;
use crate::sphere::{TangentBasis, make_tangent};

/// Most points that [`first_order`] takes at once.
pub const FIRST_ORDER_LANES: usize = <f64 as Real>::LANES;
/// Points whose Hessians a search holds at a time: enough to share passes over the couplings, few enough to hold
/// eigenvectors of them all.
pub const EVALUATE_LANES: usize = 8;

/// Energy and Riemannian gradient at a point of the sphere; all finite.
#[derive(Debug, Clone)]
pub struct FirstOrder {
    /// The point, |w|² = Λ.
    pub point: Vec<f64>,
    /// Extensive energy L.
    pub energy: f64,
    /// ‖g‖/√Λ.
    pub gradient_norm: f64,
    /// Riemannian gradient in tangent coordinates (Λ − 1).
    pub gradient: Vec<f64>,
    /// w·∇L/Λ, as the landscape gives it.
    pub radial_slope: f64,
    /// The same summed from the gradient, which the Hessian is projected with; equal to rounding.
    pub(super) summed_slope: f64,
    /// The tangent coordinates.
    pub basis: TangentBasis,
}

/// Energy, Riemannian gradient and Hessian at a point of the sphere; all finite.
#[derive(Debug, Clone)]
pub struct Evaluated {
    /// The point, |w|² = Λ.
    pub point: Vec<f64>,
    /// Extensive energy L.
    pub energy: f64,
    /// ‖g‖/√Λ.
    pub gradient_norm: f64,
    /// Riemannian gradient in tangent coordinates (Λ − 1).
    pub gradient: Vec<f64>,
    /// w·∇L/Λ, as the landscape gives it.
    pub radial_slope: f64,
    /// Riemannian Hessian in tangent coordinates.
    pub hessian: Symmetric,
    /// The tangent coordinates.
    pub basis: TangentBasis,
}

impl FirstOrder {
    /// With the Euclidean Hessian at the point; `None` if that is not finite.
    pub fn with_hessian(self, mut hessian: Symmetric) -> Option<Evaluated> {
        self.project(&mut hessian);
        hessian.is_finite().then(|| self.with_projected(hessian))
    }

    /// Turns the Euclidean Hessian at the point into the Riemannian one.
    pub(super) fn project(&self, hessian: &mut Symmetric) {
        make_tangent(hessian, &self.basis, self.summed_slope);
    }

    /// With the Riemannian Hessian.
    pub(super) fn with_projected(self, hessian: Symmetric) -> Evaluated {
        let Self { point, energy, gradient_norm, gradient, radial_slope, basis, .. } = self;
        Evaluated { point, energy, gradient_norm, gradient, radial_slope, hessian, basis }
    }
}

/// Energy and gradient at no more than [`FIRST_ORDER_LANES`] points, worked out in `space`; `None` where something
/// is not finite.
///
/// # Panics
/// If there are too many points, or one has not dimension Λ.
pub fn first_order<L: Landscape>(
    surface: &L,
    isa: Isa,
    points: &[&[f64]],
    space: &mut Contraction<f64>,
) -> Vec<Option<FirstOrder>> {
    let dim = surface.dim();
    let mut block = PointLanes::<f64>::new(dim);
    for point in points {
        block.push(point);
    }
    surface.contract_exact(isa, &block, space);
    let lanes = points.iter().enumerate();
    lanes
        .map(|(lane, point)| {
            let energy = space.energy.as_ref()[lane];
            let euclidean: Vec<f64> = space.gradient.iter().map(|row| row.as_ref()[lane]).collect();
            let basis = TangentBasis::at(point);
            let gradient = basis.coordinates(&euclidean);
            let summed_slope = point.iter().zip(&euclidean).map(|(w, g)| w * g).sum::<f64>() / dim as f64;
            let squares: f64 = gradient.iter().map(|g| g * g).sum();
            let gradient_norm = (squares / dim as f64).sqrt();
            let finite = energy.is_finite() && gradient_norm.is_finite();
            finite.then(|| FirstOrder {
                point: point.to_vec(),
                energy,
                gradient_norm,
                gradient,
                radial_slope: space.radial_slope.as_ref()[lane],
                summed_slope,
                basis,
            })
        })
        .collect()
}

/// Evaluates at most [`crate::hamiltonian::HESSIAN_LANES`] points; `None` where something is not finite.
///
/// # Panics
/// If there are too many points, or one has not dimension Λ.
pub fn evaluate<L: Landscape>(surface: &L, isa: Isa, points: &[&[f64]]) -> Vec<Option<Evaluated>> {
    let hessians = surface.hessians_exact(isa, points);
    let mut space = Contraction::new(surface.dim());
    let points = first_order(surface, isa, points, &mut space);
    points.into_iter().zip(hessians).map(|(point, hessian)| point?.with_hessian(hessian)).collect()
}
