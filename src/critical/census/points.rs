//! Critical points of the sphere from real solutions.

use std::cmp::Ordering;

use super::target::Target;
use crate::critical::spectrum::Spectrum;
use crate::critical::tolerance::Tolerance;
use crate::descent::{EVALUATE_LANES, Evaluated, Rules, evaluate};
use crate::hamiltonian::{HessianBounds, Isa, Landscape};
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
    /// Whether this is the second point of its pair ±w; never in a mixture, which has no pairs. The first has the higher energy at odd H; between equal
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

/// The points of every line, by energy, those of equal energy by their coordinates: ±w, of a mixture the one at x/t. Lines
/// whose energy or Hessian is not finite in double precision are left out.
pub fn on_sphere<L: Landscape>(
    landscape: &L,
    target: &Target,
    isa: Isa,
    lines: &[Vec<f64>],
    rules: Rules,
) -> Vec<RealPoint> {
    let ws = if target.is_mixed { single_points(target.dim, lines) } else { pairs(lines) };
    let judge = Judge { rules, bounds: target.hessian_bounds(landscape), target };
    let refs: Vec<&[f64]> = ws.iter().map(Vec::as_slice).collect();
    let mut points: Vec<RealPoint> = Vec::new();
    for batch in refs.chunks(EVALUATE_LANES) {
        points.extend(evaluate(landscape, isa, batch).into_iter().flatten().filter_map(|at| {
            let dim = at.point.len() as f64;
            let Spectrum { index, undecided, min_eigenvalue } = judge.spectrum(&at)?;
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
    if !target.is_mixed {
        // Finite or not, both points of a pair are alike.
        for pair in points.chunks_exact_mut(2) {
            let second = usize::from(by_energy_and_place(&pair[0], &pair[1]).is_gt());
            pair[second].antipode = true;
        }
    }
    points.sort_by(by_energy_and_place);
    points
}

/// −w and w on each line of eigenvectors.
fn pairs(lines: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut ws: Vec<Vec<f64>> = Vec::new();
    for line in lines {
        let mut w = line.clone();
        retract(&mut w);
        ws.push(w.iter().map(|x| -x).collect());
        ws.push(w);
    }
    ws
}

/// w along x/t on each line (x, t).
fn single_points(dim: usize, lines: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let point = |line: &Vec<f64>| {
        let (x, t) = line.split_at(dim);
        let mut w: Vec<f64> = x.iter().map(|x| x * t[0].signum()).collect();
        retract(&mut w);
        w
    };
    lines.iter().map(point).collect()
}

/// Decides the index of critical points.
struct Judge<'a> {
    rules: Rules,
    bounds: HessianBounds,
    target: &'a Target<'a>,
}

impl Judge<'_> {
    /// That a point is proved to lie near a critical one says nothing of how near in units of its smallest eigenvalue: so
    /// near a double root the gradient in double precision decides.
    fn spectrum(&self, at: &Evaluated) -> Option<Spectrum> {
        let found = if self.rules.is_first() {
            Spectrum::of(&at.hessian, at.radial_slope)
        } else {
            Spectrum::of_critical(at, &Tolerance::new(self.target.degree, self.bounds), None)
        };
        found.ok()
    }
}

fn by_energy_and_place(a: &RealPoint, b: &RealPoint) -> Ordering {
    let places = || a.point.iter().zip(&b.point).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
    let energies = a.energy_per_spin.total_cmp(&b.energy_per_spin);
    energies.then_with(|| places().unwrap_or(Ordering::Equal))
}
