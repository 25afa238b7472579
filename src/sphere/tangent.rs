//! The tangent space at a point, in coordinates.

use crate::numeric::symmetric::Symmetric;

/// An orthonormal basis of the tangent space at w: columns 2 … Λ of the reflection that maps w/√Λ to ±e_1.
///
/// With v = n ± e_1 (sign without cancellation) the reflection is I − 2vvᵀ/|v|².
#[derive(Debug, Clone)]
pub struct TangentBasis {
    v: Vec<f64>,
    /// 2/|v|².
    beta: f64,
}

impl TangentBasis {
    /// The basis at w, of any length.
    pub fn at(w: &[f64]) -> Self {
        let norm = w.iter().map(|x| x * x).sum::<f64>().sqrt();
        let mut v: Vec<f64> = w.iter().map(|x| x / norm).collect();
        v[0] += 1f64.copysign(v[0]);
        let beta = 2.0 / v.iter().map(|x| x * x).sum::<f64>();
        Self { v, beta }
    }

    /// Tangent coordinates (Λ − 1) of an ambient vector; its normal part is dropped.
    pub fn coordinates(&self, x: &[f64]) -> Vec<f64> {
        let mut reflected = x.to_vec();
        self.reflect(&mut reflected);
        reflected.remove(0);
        reflected
    }

    /// The ambient vector with these tangent coordinates.
    pub fn ambient(&self, coordinates: &[f64]) -> Vec<f64> {
        let mut x: Vec<f64> = std::iter::once(0.0).chain(coordinates.iter().copied()).collect();
        self.reflect(&mut x);
        x
    }

    fn reflect(&self, x: &mut [f64]) {
        let projection: f64 = self.beta * self.v.iter().zip(&*x).map(|(v, x)| v * x).sum::<f64>();
        for (x, v) in x.iter_mut().zip(&self.v) {
            *x -= projection * v;
        }
    }
}

/// Turns the Euclidean Hessian ∇²L, Λ × Λ, into the Riemannian one, `P ∇²L P − (w·∇L/Λ) P` in tangent coordinates,
/// (Λ−1) × (Λ−1).
///
/// # Panics
/// If matrix and basis are not of the same dimension.
#[track_caller]
pub fn make_tangent(hessian: &mut Symmetric, basis: &TangentBasis, radial_slope: f64) {
    let v = basis.v.as_slice();
    assert_eq!(hessian.size(), v.len());
    // R A R = A − v qᵀ − q vᵀ with p = β A v and q = p − (β/2)(p·v) v.
    let mut q = vec![0.0; v.len()];
    for j in 0..v.len() {
        let (diagonal, below) = hessian.lower_column(j).split_at(1);
        for (sum, entry) in q[j + 1..].iter_mut().zip(below) {
            *sum += entry * v[j];
        }
        // Row j: first its entries up to the diagonal, added above, then those of the column below.
        let sum =
            below.iter().zip(&v[j + 1..]).fold(q[j] + diagonal[0] * v[j], |sum, (entry, v)| sum + entry * v);
        q[j] = basis.beta * sum;
    }
    let along: f64 = 0.5 * basis.beta * q.iter().zip(v).map(|(q, v)| q * v).sum::<f64>();
    for (q, v) in q.iter_mut().zip(v) {
        *q -= along * v;
    }
    for j in 1..v.len() {
        let column = hessian.lower_column_mut(j);
        for ((entry, v_i), q_i) in column.iter_mut().zip(&v[j..]).zip(&q[j..]) {
            *entry = *entry - v_i * q[j] - q_i * v[j];
        }
        column[0] -= radial_slope;
    }
    hessian.remove_first();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Role, stream};
    use crate::sphere::{overlap, random_point};

    #[test]
    fn the_basis_is_orthonormal_and_tangent() {
        for dim in [2, 3, 10] {
            let mut rng = stream(1, Role::Probe, &[dim as u64]);
            for w in
                [random_point(&mut rng, dim), (0..dim).map(|i| if i == 0 { -1.0 } else { 0.0 }).collect()]
            {
                let basis = TangentBasis::at(&w);
                for k in 0..dim - 1 {
                    let unit: Vec<f64> = (0..dim - 1).map(|i| f64::from(u8::from(i == k))).collect();
                    let t = basis.ambient(&unit);
                    assert!(overlap(&t, &w).abs() < 1e-15);
                    for (back, unit) in basis.coordinates(&t).iter().zip(&unit) {
                        assert!((back - unit).abs() < 1e-15);
                    }
                }
            }
        }
    }

    #[test]
    fn tangent_hessian_is_the_projected_matrix() {
        let dim = 6;
        let w = random_point(&mut stream(2, Role::Probe, &[]), dim);
        let a = |i: usize, j: usize| ((i * j + i + j) % 5) as f64 - 1.5;
        let basis = TangentBasis::at(&w);
        let mut hessian = Symmetric::from_lower(dim, a);
        make_tangent(&mut hessian, &basis, 0.7);
        for k in 0..dim - 1 {
            let unit: Vec<f64> = (0..dim - 1).map(|i| f64::from(u8::from(i == k))).collect();
            let t = basis.ambient(&unit);
            let at: Vec<f64> = (0..dim).map(|i| (0..dim).map(|j| a(i, j) * t[j]).sum()).collect();
            for (row, projected) in basis.coordinates(&at).into_iter().enumerate() {
                let expected = projected - if row == k { 0.7 } else { 0.0 };
                assert!((hessian.at(row, k) - expected).abs() < 1e-13);
            }
        }
    }
}
