//! Values and derivatives of a landscape at many points, on several threads. Arrays are in C order, one point after the other.

use std::thread::scope;

use crate::critical::{HessianOperator, spectra};
use crate::hamiltonian::{Contraction, HESSIAN_LANES, Isa, Landscape};
use crate::numeric::lanes::{PointLanes, Real};
use crate::numeric::symmetric::Symmetric;

/// Points that share a pass over the couplings.
const LANES: usize = <f64 as Real>::LANES;

/// Which derivatives on the sphere are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Those of L in the space around the sphere: ∇L, ∇²L.
    Euclidean,
    /// Those along the sphere: `g = ∇L − (w·∇L/Λ) w`, `P ∇²L P − (w·∇L/Λ) P` with P the projection on the tangent space.
    Riemannian,
}

/// Energies, gradients and radial slopes at n points.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FirstOrders {
    /// L, extensive; shape (n).
    pub energies: Vec<f64>,
    /// Gradients; shape (n, Λ).
    pub gradients: Vec<f64>,
    /// w·∇L/Λ; shape (n).
    pub radial_slopes: Vec<f64>,
}

/// A landscape, and the threads that work on it. The values at a point depend neither on their number nor on other points.
#[derive(Debug)]
pub struct Batch<'a, L> {
    /// The landscape.
    pub landscape: &'a L,
    /// Threads, at least 1.
    pub threads: usize,
}

impl<L: Landscape> Batch<'_, L> {
    /// Energies, gradients and radial slopes at points, shape (n, Λ).
    ///
    /// # Panics
    /// If the number of coordinates is not a multiple of Λ.
    pub fn first_orders(&self, points: &[f64], metric: Metric) -> FirstOrders {
        let dim = self.landscape.dim();
        let parts = self.by_threads(points, dim, LANES, |points| {
            let mut space = Contraction::new(dim);
            let mut found = FirstOrders::default();
            found.gradients.reserve(points.len());
            points.chunks(LANES * dim).for_each(|group| self.contract(group, metric, &mut space, &mut found));
            found
        });
        parts.into_iter().reduce(FirstOrders::followed_by).unwrap_or_default()
    }

    fn contract(
        &self,
        points: &[f64],
        metric: Metric,
        space: &mut Contraction<f64>,
        found: &mut FirstOrders,
    ) {
        let dim = self.landscape.dim();
        let mut block = PointLanes::new(dim);
        for point in points.chunks(dim) {
            block.push(point);
        }
        self.landscape.contract_exact(Isa::best(), &block, space);
        for (lane, point) in points.chunks(dim).enumerate() {
            let slope = space.radial_slope.as_ref()[lane];
            found.energies.push(space.energy.as_ref()[lane]);
            found.radial_slopes.push(slope);
            let euclidean = space.gradient.iter().map(|row| row.as_ref()[lane]);
            match metric {
                Metric::Euclidean => found.gradients.extend(euclidean),
                Metric::Riemannian => {
                    found.gradients.extend(euclidean.zip(point).map(|(d, w)| d - slope * w));
                }
            }
        }
    }

    /// Hessians at points, shape (n, Λ, Λ), in the coordinates of the space around the sphere: a Riemannian one has w in its
    /// kernel.
    ///
    /// # Panics
    /// If the number of coordinates is not a multiple of Λ.
    pub fn hessians(&self, points: &[f64], metric: Metric) -> Vec<f64> {
        let dim = self.landscape.dim();
        let slopes = match metric {
            Metric::Euclidean => Vec::new(),
            Metric::Riemannian => self.first_orders(points, Metric::Euclidean).radial_slopes,
        };
        let parts = self.by_threads(points, dim, HESSIAN_LANES, |points| {
            let points: Vec<&[f64]> = points.chunks(dim).collect();
            let groups = points.chunks(HESSIAN_LANES);
            let hessians = groups.flat_map(|group| self.landscape.hessians_exact(Isa::best(), group));
            hessians.flat_map(|hessian| dense(&hessian)).collect::<Vec<f64>>()
        });
        let mut hessians = parts.concat();
        for ((hessian, point), slope) in hessians.chunks_mut(dim * dim).zip(points.chunks(dim)).zip(&slopes) {
            project(hessian, point, *slope);
        }
        hessians
    }

    /// Products of the Riemannian Hessian at a point with vectors, shape (m, Λ), from gradients alone; parts of the vectors
    /// along w are dropped.
    ///
    /// # Panics
    /// If the point has not dimension Λ, or the number of coordinates is not a multiple of Λ.
    pub fn hessian_products(&self, point: &[f64], vectors: &[f64]) -> Vec<f64> {
        let dim = self.landscape.dim();
        let operator = HessianOperator::at(self.landscape, Isa::best(), point);
        let parts = self.by_threads(vectors, dim, LANES, |vectors| {
            let vectors: Vec<&[f64]> = vectors.chunks(dim).collect();
            operator.times(&vectors).concat()
        });
        parts.concat()
    }

    /// All Λ − 1 eigenvalues of the Riemannian Hessian at points, ascending, shape (n, Λ − 1); NaN at a point where something
    /// is not finite.
    ///
    /// # Panics
    /// If the number of coordinates is not a multiple of Λ.
    pub fn spectra(&self, points: &[f64]) -> Vec<f64> {
        let dim = self.landscape.dim();
        let parts = self.by_threads(points, dim, HESSIAN_LANES, |points| {
            let points: Vec<&[f64]> = points.chunks(dim).collect();
            let found = spectra(self.landscape, Isa::best(), &points).into_iter();
            found.flat_map(|values| values.unwrap_or_else(|| vec![f64::NAN; dim - 1])).collect::<Vec<f64>>()
        });
        parts.concat()
    }

    /// Gives each thread a run of points of about the same length, in whole groups; what comes of them, in order.
    pub(super) fn by_threads<T: Send>(
        &self,
        points: &[f64],
        dim: usize,
        group: usize,
        work: impl Fn(&[f64]) -> T + Sync,
    ) -> Vec<T> {
        assert!(
            points.len().is_multiple_of(dim),
            "{} coordinates of points in {dim} dimensions",
            points.len()
        );
        let groups = points.len().div_ceil(group * dim);
        let each = groups.div_ceil(self.threads.clamp(1, groups.max(1))).max(1) * group * dim;
        if points.len() <= each {
            return vec![work(points)];
        }
        let work = &work;
        scope(|threads| {
            let working: Vec<_> =
                points.chunks(each).map(|points| threads.spawn(move || work(points))).collect();
            let ended = working.into_iter().map(|thread| thread.join());
            ended.map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        })
    }
}

impl FirstOrders {
    fn followed_by(mut self, next: Self) -> Self {
        self.energies.extend(next.energies);
        self.gradients.extend(next.gradients);
        self.radial_slopes.extend(next.radial_slopes);
        self
    }
}

/// All entries, row by row.
fn dense(matrix: &Symmetric) -> Vec<f64> {
    let size = matrix.size();
    (0..size * size).map(|place| matrix.at(place / size, place % size)).collect()
}

/// `B ← P B P − slope P`, P the projection on the space orthogonal to w.
fn project(matrix: &mut [f64], w: &[f64], slope: f64) {
    let dim = w.len();
    let square: f64 = w.iter().map(|w| w * w).sum();
    let rows = matrix.chunks(dim);
    let along: Vec<f64> =
        rows.map(|row| row.iter().zip(w).map(|(b, w)| b * w).sum::<f64>() / square).collect();
    let both = along.iter().zip(w).map(|(a, w)| a * w).sum::<f64>() / square;
    for (i, row) in matrix.chunks_mut(dim).enumerate() {
        for (j, entry) in row.iter_mut().enumerate() {
            let identity = if i == j { slope } else { 0.0 };
            // Of the same bits as the entry across the diagonal: products and sums of two numbers do not mind their order.
            let outer = (w[i] * along[j] + along[i] * w[j]) - (both + slope / square) * (w[i] * w[j]);
            *entry -= outer + identity;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::Explore;
    use crate::hamiltonian::Surface;
    use crate::rng::Seed;

    fn near(a: &[f64], b: &[f64], within: f64) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= within)
    }

    #[test]
    fn many_points_on_many_threads_have_the_bits_of_each_alone() {
        for (spins, dim) in [(2, 7), (3, 20), (4, 9)] {
            let surface = Surface::random(spins, dim, Seed(3));
            let points = surface.random_points(Seed(1), 3 * LANES as u32 + 5);
            let all = points.concat();
            let of = |threads| Batch { landscape: &surface, threads };
            let found = of(3).first_orders(&all, Metric::Euclidean);
            assert_eq!(found, of(1).first_orders(&all, Metric::Euclidean));
            for (at, point) in points.iter().enumerate() {
                let (energy, gradient) = surface.energy_gradient(point);
                assert_eq!(found.energies[at], energy);
                assert_eq!(found.gradients[at * dim..(at + 1) * dim], gradient);
            }
            assert_eq!(of(2).hessians(&all, Metric::Riemannian), of(1).hessians(&all, Metric::Riemannian));
            assert_eq!(
                of(2).spectra(&all),
                points.iter().flat_map(|w| surface.spectrum(w)).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn no_points_have_no_values() {
        let surface = Surface::random(3, 5, Seed(3));
        let batch = Batch { landscape: &surface, threads: 4 };
        assert_eq!(batch.first_orders(&[], Metric::Riemannian), FirstOrders::default());
        assert!(batch.hessians(&[], Metric::Riemannian).is_empty() && batch.spectra(&[]).is_empty());
    }

    #[test]
    fn the_riemannian_hessian_is_symmetric_annihilates_w_and_multiplies_as_the_operator_does() {
        for (spins, dim) in [(2, 6), (3, 9), (5, 4)] {
            let surface = Surface::random(spins, dim, Seed(8));
            let [w, v] = [2, 5].map(|seed| surface.random_point(Seed(seed)));
            let batch = Batch { landscape: &surface, threads: 2 };
            let hessian = batch.hessians(&w, Metric::Riemannian);
            let times = |x: &[f64]| -> Vec<f64> {
                hessian.chunks(dim).map(|row| row.iter().zip(x).map(|(b, x)| b * x).sum()).collect()
            };
            assert!((0..dim * dim).all(|at| hessian[at] == hessian[at % dim * dim + at / dim]));
            assert!(near(&times(&w), &vec![0.0; dim], 1e-11));
            assert!(near(&times(&v), &batch.hessian_products(&w, &v), 1e-10));
            // Along w itself there is nothing left.
            assert!(near(&batch.hessian_products(&w, &w), &vec![0.0; dim], 1e-11));
            // Not so of the Euclidean one.
            let euclidean = batch.hessians(&w, Metric::Euclidean);
            assert!(!near(&euclidean, &hessian, 1e-3));
            let gradient = batch.first_orders(&w, Metric::Riemannian).gradients;
            assert!(gradient.iter().zip(&w).map(|(g, w)| g * w).sum::<f64>().abs() < 1e-11);
        }
    }
}
