//! A point with everything known about it, in double precision; made in one place.

use crate::hamiltonian::{Contraction, HESSIAN_LANES, Isa, Surface};
use crate::numeric::lanes::Block;
use crate::numeric::symmetric::Symmetric;
use crate::sphere::{TangentBasis, tangent_hessian};

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
    /// Riemannian Hessian in tangent coordinates.
    pub hessian: Symmetric,
    /// The tangent coordinates.
    pub basis: TangentBasis,
}

/// Evaluates at most [`HESSIAN_LANES`] points; `None` where something is not finite.
///
/// # Panics
/// If there are too many points.
pub fn evaluate(surface: &Surface, isa: Isa, points: &[&[f64]]) -> Vec<Option<Evaluated>> {
    let dim = surface.layout().dim;
    let mut block = Block::<f64>::new(dim);
    for point in points {
        block.push(point);
    }
    let mut contraction = Contraction::new(dim);
    surface.contract_exact(isa, &block, &mut contraction);
    let hessians = surface.hessians_exact(isa, points);
    let lanes = points.iter().zip(hessians).enumerate();
    lanes
        .map(|(lane, (point, hessian))| {
            let energy = contraction.energy.as_ref()[lane];
            let euclidean: Vec<f64> = contraction.gradient.iter().map(|row| row.as_ref()[lane]).collect();
            let basis = TangentBasis::at(point);
            let gradient = basis.coordinates(&euclidean);
            let radial_slope = point.iter().zip(&euclidean).map(|(w, g)| w * g).sum::<f64>() / dim as f64;
            let tangent = tangent_hessian(&basis, |i, j| hessian.at(i, j), radial_slope);
            let squares: f64 = gradient.iter().map(|g| g * g).sum();
            let gradient_norm = (squares / dim as f64).sqrt();
            let finite = energy.is_finite() && gradient_norm.is_finite() && tangent.is_finite();
            finite.then(|| Evaluated {
                point: point.to_vec(),
                energy,
                gradient_norm,
                gradient,
                hessian: tangent,
                basis,
            })
        })
        .collect()
}

/// Most points that [`evaluate`] takes at once.
pub const EVALUATE_LANES: usize = HESSIAN_LANES;
