//! The Riemannian Hessian as an operator: products with vectors, from gradients alone.

use std::f64::consts::PI;

use crate::hamiltonian::{Contraction, Isa, Landscape, Surface};
use crate::numeric::dense::{dot, norm};
use crate::numeric::lanes::{PointLanes, Real};

/// The Riemannian Hessian at a point, `v ↦ P ∇²L P v − (w·∇L/Λ) P v`, never formed.
///
/// Along a line, ∇L(w + t v) is a polynomial of degree H − 1 in t, with H the landscape's
/// [degree](Landscape::degree). Its derivative at 0 is ∇²L v, and comes without
/// truncation error from differences at ⌊H/2⌋ pairs ±t: `∇²L v = Σ_j c_j (∇L(w + t_j v) − ∇L(w − t_j v))` with
/// `c_j = Π_{i≠j} t_i²/(t_i² − t_j²) / 2t_j`, one pair up to H = 3. So a product costs 2⌊H/2⌋ gradients, and those of
/// many vectors share passes over the couplings. The t_j are Chebyshev nodes, with |v| = √Λ, for the sake of rounding.
///
/// The explicit matrix is [`crate::descent::evaluate`]'s, by other sums over the same couplings: each is a check of
/// the other.
#[derive(Debug, Clone)]
pub struct HessianOperator<'a, L = Surface> {
    landscape: &'a L,
    isa: Isa,
    point: Vec<f64>,
    radial_slope: f64,
    /// (t_j, c_j).
    differences: Vec<[f64; 2]>,
}

impl<'a, L: Landscape> HessianOperator<'a, L> {
    /// The operator at a point of the sphere, |w|² = Λ.
    ///
    /// # Panics
    /// If the point has not dimension Λ.
    pub fn at(landscape: &'a L, isa: Isa, point: &[f64]) -> Self {
        // The gradient of a field alone does not turn: one pair finds that.
        let differences = differences((landscape.degree() / 2).max(1));
        let gradient = gradients(landscape, isa, &[point.to_vec()]).pop().unwrap_or_default();
        // Summed from the gradient whose normal part the products lose, to the bit.
        let radial_slope = dot(point, &gradient) / point.len() as f64;
        Self { landscape, isa, point: point.to_vec(), radial_slope, differences }
    }

    /// w·∇L/Λ.
    pub fn radial_slope(&self) -> f64 {
        self.radial_slope
    }

    /// Products with ambient vectors (Λ numbers each), as ambient vectors; normal parts are dropped before and after.
    ///
    /// # Panics
    /// If a vector has not dimension Λ.
    pub fn times(&self, vectors: &[&[f64]]) -> Vec<Vec<f64>> {
        let tangents: Vec<Vec<f64>> = vectors.iter().map(|v| self.projected(v)).collect();
        let root = (self.point.len() as f64).sqrt();
        // A tangent without length has no direction, and none is needed: its product is 0.
        let scale = |v: &Vec<f64>| Some(root / norm(v)).filter(|scale| scale.is_finite()).unwrap_or(1.0);
        let scales: Vec<f64> = tangents.iter().map(scale).collect();
        let mut points = Vec::new();
        for (v, scale) in tangents.iter().zip(&scales) {
            for [t, _] in &self.differences {
                points.extend([1.0, -1.0].map(|sign| self.shifted(v, sign * t * scale)));
            }
        }
        let gradients = gradients(self.landscape, self.isa, &points);
        let of_each = gradients.chunks(2 * self.differences.len());
        let products = of_each.zip(&tangents).zip(&scales).map(|((pairs, v), scale)| {
            let mut product = vec![0.0; v.len()];
            for (pair, [_, weight]) in pairs.chunks(2).zip(&self.differences) {
                for (product, (plus, minus)) in product.iter_mut().zip(pair[0].iter().zip(&pair[1])) {
                    *product += weight * (plus - minus) / scale;
                }
            }
            let projected = self.projected(&product);
            projected.iter().zip(v).map(|(product, v)| product - self.radial_slope * v).collect()
        });
        products.collect()
    }

    fn projected(&self, v: &[f64]) -> Vec<f64> {
        let along = dot(&self.point, v) / dot(&self.point, &self.point);
        v.iter().zip(&self.point).map(|(v, w)| v - along * w).collect()
    }

    fn shifted(&self, v: &[f64], t: f64) -> Vec<f64> {
        self.point.iter().zip(v).map(|(w, v)| w + t * v).collect()
    }
}

/// Nodes and weights that differentiate odd polynomials of degree up to 2 · pairs − 1 at 0.
fn differences(pairs: usize) -> Vec<[f64; 2]> {
    let nodes: Vec<f64> = (0..pairs).map(|j| (PI * (2 * j + 1) as f64 / (4 * pairs) as f64).cos()).collect();
    let weight = |j: usize| {
        let others = nodes.iter().enumerate().filter(|&(i, _)| i != j).map(|(_, t)| t * t);
        others.map(|s| s / (s - nodes[j] * nodes[j])).product::<f64>() / (2.0 * nodes[j])
    };
    (0..pairs).map(|j| [nodes[j], weight(j)]).collect()
}

/// Euclidean gradients in double precision, as many points at once as there are lanes.
fn gradients<L: Landscape>(landscape: &L, isa: Isa, points: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let dim = landscape.dim();
    let mut space = Contraction::new(dim);
    let mut gradients = Vec::with_capacity(points.len());
    for group in points.chunks(<f64 as Real>::LANES) {
        let mut block = PointLanes::new(dim);
        for point in group {
            block.push(point);
        }
        landscape.contract_exact(isa, &block, &mut space);
        let of_lane = |lane: usize| space.gradient.iter().map(|row| row.as_ref()[lane]).collect();
        gradients.extend((0..group.len()).map(of_lane));
    }
    gradients
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_exact_up_to_their_degree_and_not_beyond() {
        for pairs in 1..=8 {
            let derivative = |degree: i32| {
                let each = differences(pairs).into_iter();
                each.map(|[t, c]| c * (t.powi(degree) - (-t).powi(degree))).sum::<f64>()
            };
            assert!((derivative(1) - 1.0).abs() < 1e-13);
            for degree in 2..2 * pairs as i32 + 1 {
                assert!(derivative(degree).abs() < 1e-13, "{pairs} pairs, degree {degree}");
            }
            assert!(derivative(2 * pairs as i32 + 1).abs() > 1e-6, "{pairs} pairs");
        }
    }
}
