//! One number for each line through the origin, with the disc that it is proved to lie in.

use rand::RngExt;
use rand_pcg::Pcg64;

use super::complex::{ComplexLanes, modulus};

/// A disc that holds (p·x)/(q·x) for a certified x and two real vectors p, q. The number is the same all along the line
/// through x, and real if the line is: disjoint discs belong to different eigenvectors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fingerprint {
    /// Centre.
    pub value: [f64; 2],
    /// Radius.
    pub radius: f64,
}

impl Fingerprint {
    /// Whether two discs may have a point in common.
    pub fn touches(&self, other: &Self) -> bool {
        let [re, im] = [0, 1].map(|part| self.value[part] - other.value[part]);
        let reach = (self.radius + other.radius) * (1.0 + 1e-9) + 1e-300;
        re * re + im * im <= reach * reach
    }

    /// Ends of the disc's shadow on the real axis.
    pub fn shadow(&self) -> [f64; 2] {
        let wide = self.radius * (1.0 + 1e-9) + f64::EPSILON * self.value[0].abs();
        [self.value[0] - wide, self.value[0] + wide]
    }
}

/// p and q.
#[derive(Debug, Clone)]
pub struct Directions {
    above: Vec<f64>,
    below: Vec<f64>,
}

impl Directions {
    pub fn new(dim: usize, rng: &mut Pcg64) -> Self {
        let mut vector = || (0..dim).map(|_| rng.random_range(-1.0..1.0)).collect();
        Self { above: vector(), below: vector() }
    }

    /// The fingerprint of the one eigenvector within `radius` of x in the maximum norm; `None` if it may be infinite.
    pub fn fingerprint(&self, x: &[ComplexLanes<1>], radius: f64, rounding: f64) -> Option<Fingerprint> {
        let product = |vector: &[f64]| {
            let mut sum = ComplexLanes::<1>::ZERO;
            let mut error = 0.0;
            for (&p, x) in vector.iter().zip(x) {
                sum.add_real_product(p, x);
                error += p.abs() * (radius + rounding * modulus(x));
            }
            (sum, error)
        };
        let ((above, above_error), (below, below_error)) = (product(&self.above), product(&self.below));
        let value = above.times(&below.inverse());
        let least = modulus(&below) * (1.0 - 1e-9) - below_error;
        // |n′/d′ − f| ≤ (|n′ − n| + |f| |d′ − d| + |n − f d|)/|d′|
        let error = above_error + modulus(&value) * (below_error + rounding * modulus(&below));
        let radius = error / least * (1.0 + 1e-9);
        (least > 0.0 && radius.is_finite()).then(|| Fingerprint { value: value.lane(0), radius })
    }
}
