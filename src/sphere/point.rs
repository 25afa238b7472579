//! Single points in double precision.

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// Uniform random point of the sphere: a normalised vector of independent normals, length √Λ.
pub fn random_point(rng: &mut impl Rng, dim: usize) -> Vec<f64> {
    let mut w: Vec<f64> = (0..dim).map(|_| StandardNormal.sample(rng)).collect();
    retract(&mut w);
    w
}

/// Rescales a vector to length √Λ.
pub fn retract(w: &mut [f64]) {
    let squares: f64 = w.iter().map(|x| x * x).sum();
    let factor = (w.len() as f64 / squares).sqrt();
    for x in w {
        *x *= factor;
    }
}

/// Overlap `w·w'/Λ`, in [−1, 1] on the sphere.
///
/// # Panics
/// If the dimensions differ.
#[track_caller]
pub fn overlap(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / a.len() as f64
}
