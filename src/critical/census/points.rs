//! Critical points of the sphere from real eigenvectors.

use std::cmp::Ordering;

use crate::critical::spectrum::Spectrum;
use crate::critical::tolerance::Tolerance;
use crate::descent::{EVALUATE_LANES, Evaluated, Rules, evaluate};
use crate::hamiltonian::{HessianBounds, Isa, Landscape, Surface};
use crate::sphere::retract;

/// A critical point.
#[derive(Debug, Clone, PartialEq)]
pub struct RealPoint {
    /// w, |w|² = Λ.
    pub point: Vec<f64>,
    /// u = L/Λ.
    pub energy_per_spin: f64,
    /// w·∇L/Λ.
    pub radial_slope: f64,
    /// ‖g‖/√Λ: rounding.
    pub gradient_norm: f64,
    /// Number of negative eigenvalues of the Riemannian Hessian.
    pub index: u32,
    /// Eigenvalues within the tolerance of 0; see [`Tolerance`].
    pub undecided: u32,
    /// Smallest eigenvalue.
    pub min_eigenvalue: f64,
    /// Whether this is the second point of its pair ±w. The first has the higher energy at odd H; between equal
    /// energies, the larger coordinates, compared from the first on.
    pub antipode: bool,
}

impl RealPoint {
    /// Whether its numbers are finite.
    pub fn is_finite(&self) -> bool {
        let numbers = [self.energy_per_spin, self.gradient_norm, self.min_eigenvalue];
        numbers.iter().chain(&self.point).all(|x| x.is_finite())
    }
}

/// The points ±w of every line, by energy, those of equal energy by their coordinates. Lines whose energy or Hessian
/// is not finite in double precision are left out.
pub fn on_sphere(surface: &Surface, isa: Isa, lines: &[Vec<f64>], rules: Rules) -> Vec<RealPoint> {
    let mut ws: Vec<Vec<f64>> = Vec::new();
    for line in lines {
        let mut w = line.clone();
        retract(&mut w);
        ws.push(w.iter().map(|x| -x).collect());
        ws.push(w);
    }
    let refs: Vec<&[f64]> = ws.iter().map(Vec::as_slice).collect();
    let mut points: Vec<RealPoint> = Vec::new();
    for batch in refs.chunks(EVALUATE_LANES) {
        points.extend(evaluate(surface, isa, batch).into_iter().flatten().filter_map(|at| {
            let dim = at.point.len() as f64;
            let Spectrum { index, undecided, min_eigenvalue } = spectrum(surface, &at, rules)?;
            Some(RealPoint {
                energy_per_spin: at.energy / dim,
                radial_slope: at.radial_slope,
                point: at.point,
                gradient_norm: at.gradient_norm,
                index,
                undecided,
                min_eigenvalue,
                antipode: false,
            })
        }));
    }
    // Finite or not, both points of a pair are alike.
    for pair in points.chunks_exact_mut(2) {
        let second = usize::from(by_energy_and_place(&pair[0], &pair[1]).is_gt());
        pair[second].antipode = true;
    }
    points.sort_by(by_energy_and_place);
    points
}

/// That a point is proved to lie near a critical one says nothing of how near in units of its smallest eigenvalue: so near
/// a double root the gradient in double precision decides.
fn spectrum(surface: &Surface, at: &Evaluated, rules: Rules) -> Option<Spectrum> {
    let layout = surface.layout();
    let found = if rules.is_first() {
        Spectrum::of(&at.hessian, at.radial_slope)
    } else {
        // The bounds that hold whatever the couplings' structure is.
        let bounds = HessianBounds::given(layout, surface.deviation());
        Spectrum::of_critical(at, &Tolerance::new(layout.spins, bounds), None)
    };
    found.ok()
}

fn by_energy_and_place(a: &RealPoint, b: &RealPoint) -> Ordering {
    let places = || a.point.iter().zip(&b.point).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
    let energies = a.energy_per_spin.total_cmp(&b.energy_per_spin);
    energies.then_with(|| places().unwrap_or(Ordering::Equal))
}
