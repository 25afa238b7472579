//! A planted spike: `−λ Λ m^r` with the overlap `m = w·v/Λ` of a hidden vector v.

use rand_distr::{Distribution, StandardNormal};

use super::draw::SurfaceKey;
use super::kernel::{Contraction, Kernel};
use super::landscape::HessianBounds;
use super::layout::orderings;
use super::model::Spike;
use super::plain_sums::Sums;
use crate::numeric::lanes::PointLanes;
use crate::numeric::symmetric::Symmetric;
use crate::rng::Role;

/// A spike with its hidden vector.
#[derive(Debug, Clone)]
pub struct PlantedSpike {
    shape: Spike,
    /// v, |v|² = Λ.
    vector: Vec<f64>,
}

impl PlantedSpike {
    /// A spike whose vector is uniform on the sphere, from a stream of its own.
    pub fn draw(key: &SurfaceKey, shape: Spike) -> Self {
        let dim = key.layout.dim;
        let mut rng = key.stream_of(0, Role::Spike, &[]);
        let normals: Vec<f64> = (0..dim).map(|_| StandardNormal.sample(&mut rng)).collect();
        let squares: f64 = normals.iter().map(|x| x * x).sum();
        let factor = (dim as f64 / squares).sqrt();
        Self { shape, vector: normals.iter().map(|x| factor * x).collect() }
    }

    /// Strength and order.
    pub fn shape(&self) -> Spike {
        self.shape
    }

    /// The hidden vector v, |v|² = Λ.
    pub fn vector(&self) -> &[f64] {
        &self.vector
    }

    /// m = w·v/Λ.
    pub fn overlap(&self, point: &[f64]) -> f64 {
        let sum: f64 = self.vector.iter().zip(point).map(|(v, w)| v * w).sum();
        sum / self.vector.len() as f64
    }

    /// Adds a share of the spike's energy, gradient and radial slope at every lane.
    pub(super) fn add_to<T: Kernel>(&self, share: f64, points: &PointLanes<T>, out: &mut Contraction<T>) {
        let dim = self.vector.len() as f64;
        let mut sums = T::ZEROS;
        for (&v, w) in self.vector.iter().zip(&points.rows) {
            let v = T::from_f64(v);
            sums.as_mut().iter_mut().zip(w.as_ref()).for_each(|(sum, &w)| *sum += v * w);
        }
        let order = f64::from(self.shape.order);
        let mut slopes = T::ZEROS;
        for (lane, slope) in slopes.as_mut().iter_mut().enumerate().take(points.active) {
            let overlap = sums.as_ref()[lane].to_f64() / dim;
            let below = -share * self.shape.strength * power(overlap, self.shape.order - 1);
            *slope = T::from_f64(order * below);
            out.energy.as_mut()[lane] += T::from_f64(dim * below * overlap);
            out.radial_slope.as_mut()[lane] += T::from_f64(order * below * overlap);
        }
        for (gradient, &v) in out.gradient.iter_mut().zip(&self.vector) {
            let v = T::from_f64(v);
            gradient.as_mut().iter_mut().zip(slopes.as_ref()).for_each(|(g, &slope)| *g += slope * v);
        }
    }

    /// Adds `−λ r (r−1) m^{r−2} v vᵀ/Λ` to the lower triangle of a Hessian at a point.
    pub(super) fn add_hessian(&self, point: &[f64], hessian: &mut Symmetric) {
        let Spike { strength, order } = self.shape;
        if order < 2 {
            return;
        }
        let (r, dim) = (f64::from(order), self.vector.len() as f64);
        let factor = -strength * r * (r - 1.0) * power(self.overlap(point), order - 2) / dim;
        for (j, &v) in self.vector.iter().enumerate() {
            let column = hessian.lower_column_mut(j).iter_mut().zip(&self.vector[j..]);
            column.for_each(|(entry, &below)| *entry += factor * v * below);
        }
    }

    /// Coefficient of a monomial of order r, as a tensor of that order has it: with the factor Λ^{−(r−1)/2} in front.
    pub(super) fn coefficient(&self, orderings: f64, indices: &[usize]) -> f64 {
        let dim = self.vector.len() as f64;
        let product: f64 = indices.iter().map(|&i| self.vector[i]).product();
        let root = 1.0 / dim.sqrt();
        -self.shape.strength * power(root, self.shape.order - 1) * orderings * product
    }

    /// Calls `visit` with every multiset of its order and its coefficient.
    pub(super) fn for_each_coefficient(&self, mut visit: impl FnMut(&[usize], f64)) {
        let order = self.shape.order as usize;
        let mut indices = vec![0; order];
        loop {
            visit(&indices, self.coefficient(orderings(&indices), &indices));
            // The next multiset: the last index that may grow does, all behind it start from 0.
            let most = |a: usize| if a == 0 { self.vector.len() - 1 } else { indices[a - 1] };
            let Some(grows) = (0..order).rev().find(|&a| indices[a] < most(a)) else { return };
            indices[grows] += 1;
            indices[grows + 1..].fill(0);
        }
    }

    /// Energy and gradient at a point, by plain sums.
    pub(super) fn plain_sums(&self, point: &[f64]) -> Sums {
        let Spike { strength, order } = self.shape;
        let (overlap, dim) = (self.overlap(point), self.vector.len() as f64);
        let below = -strength * power(overlap, order - 1);
        Sums::along(&self.vector, dim * below * overlap, f64::from(order) * below)
    }

    /// Size of the Hessian's terms; how fast they turn follows from it.
    pub(super) fn hessian_bounds(&self) -> HessianBounds {
        let r = f64::from(self.shape.order);
        HessianBounds { size: self.shape.strength * r * r, turn: 0.0 }
    }
}

/// x^k by multiplication, so that the bits are the same on every machine.
fn power(x: f64, k: u32) -> f64 {
    (0..k).fold(1.0, |power, _| power * x)
}
