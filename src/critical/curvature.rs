//! Mean eigenvalues of Riemannian Hessians, without their spectra.

use crate::descent::{FIRST_ORDER_LANES, first_order};
use crate::hamiltonian::{Contraction, HESSIAN_LANES, Isa, Landscape};
use crate::numeric::symmetric::Symmetric;

/// Mean of the Λ − 1 eigenvalues of the Riemannian Hessian at each point (|w|² = Λ), in energies per squared length.
///
/// `m = (tr ∇²L − w·∇²L w/Λ)/(Λ − 1) − w·∇L/Λ`; NaN where something is not finite. No stored energy enters. Points share
/// passes over the couplings.
///
/// # Panics
/// If a point has not dimension Λ.
pub fn mean_eigenvalues<L: Landscape>(landscape: &L, isa: Isa, points: &[&[f64]]) -> Vec<f64> {
    let dim = landscape.dim() as f64;
    let mut space = Contraction::new(landscape.dim());
    let slopes = points.chunks(FIRST_ORDER_LANES).flat_map(|group| {
        let found = first_order(landscape, isa, group, &mut space);
        found.into_iter().map(|at| at.map_or(f64::NAN, |at| at.radial_slope))
    });
    let groups = points.chunks(HESSIAN_LANES);
    let hessians = groups.flat_map(|group| landscape.hessians_exact(isa, group));
    let of = |((hessian, point), slope): ((Symmetric, &&[f64]), f64)| {
        let trace: f64 = (0..hessian.size()).map(|i| hessian.at(i, i)).sum();
        (trace - along(&hessian, point) / dim) / (dim - 1.0) - slope
    };
    hessians.zip(points).zip(slopes).map(of).collect()
}

/// w·B w.
fn along(matrix: &Symmetric, w: &[f64]) -> f64 {
    let column = |j: usize| {
        let below = matrix.lower_column(j);
        let off: f64 = below[1..].iter().zip(&w[j + 1..]).map(|(b, x)| b * x).sum();
        w[j] * (below[0] * w[j] + 2.0 * off)
    };
    (0..matrix.size()).map(column).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::critical::spectra;
    use crate::hamiltonian::{Layout, Surface, SurfaceKey};

    #[test]
    fn the_mean_of_all_eigenvalues_is_theirs() {
        for (spins, dim) in [(2, 5), (3, 9), (4, 6)] {
            let key = SurfaceKey { seed: 3, layout: Layout::new(spins, dim), instance: 1 };
            let surface = Surface::draw(&key, 0, &|n, job| (0..n).map(job).collect());
            let point = |shift: usize| -> Vec<f64> {
                let raw: Vec<f64> = (0..dim).map(|i| ((i + shift) as f64 * 1.7).sin()).collect();
                let length = raw.iter().map(|x| x * x).sum::<f64>().sqrt();
                raw.iter().map(|x| x * (dim as f64).sqrt() / length).collect()
            };
            let points: Vec<Vec<f64>> = (0..HESSIAN_LANES + 3).map(point).collect();
            let places: Vec<&[f64]> = points.iter().map(Vec::as_slice).collect();
            let found = mean_eigenvalues(&surface, Isa::best(), &places);
            for (mean, values) in found.iter().zip(spectra(&surface, Isa::best(), &places)) {
                let direct = values.unwrap().iter().sum::<f64>() / (dim - 1) as f64;
                assert!((mean - direct).abs() < 1e-11, "H = {spins}: {mean} instead of {direct}");
            }
        }
    }
}
