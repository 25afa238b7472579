//! Profiles that are linear between knots, and the bounds on the energy that each gives.

use super::super::mixture::Mixture;

/// Parts into which an interval of unit length is cut where the bound from below is looked for.
const PARTS: f64 = 2000.0;

/// B on [0, 1]: positive, linear between knots.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// From 0 to 1, rising.
    pub knots: Vec<f64>,
    /// B there.
    pub values: Vec<f64>,
}

/// What the ground-state energy is between.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    pub lower: f64,
    pub upper: f64,
}

impl Profile {
    /// Bounds on the energy, for a concave B that does not rise.
    ///
    /// Above: the functional at the best multiple of B, `√(ℓ R)`, ℓ = ξ′(0) B(0) + ∫ ξ″ B, R = ∫ 1/B. Below: `R/√κ` with
    /// κ = max_t K(t)/P(t), the multiple of B for which K ≤ P.
    pub fn bounds(&self, mixture: &Mixture) -> Bounds {
        let fine = self.refined();
        let reciprocal = fine.segments().map(|segment| segment.reciprocal()).sum::<f64>();
        // ∫ξ″B by parts: with slopes below 0 no term is lost against another.
        let rises = self.segments().map(|segment| {
            let [low, high] = segment.ends;
            segment.fall() / (high - low) * (mixture.missing(low) - mixture.missing(high))
        });
        let last = self.values[self.values.len() - 1];
        let linear = mixture.derivative(1, 1.0) * last + rises.sum::<f64>();
        Bounds { lower: reciprocal / fine.largest_ratio(mixture).sqrt(), upper: (linear * reciprocal).sqrt() }
    }

    /// κ, at the knots.
    fn largest_ratio(&self, mixture: &Mixture) -> f64 {
        // ∫_0^q B^{−2} at the knots.
        let mut so_far = vec![0.0];
        for segment in self.segments() {
            so_far.push(so_far[so_far.len() - 1] + segment.square_reciprocal());
        }
        let mut largest = so_far[so_far.len() - 1] / mixture.derivative(1, 1.0);
        let mut beyond = 0.0;
        for (segment, before) in self.segments().zip(&so_far).rev() {
            let [low, high] = segment.ends;
            beyond += before * (high - low) + segment.nested();
            largest = f64::max(largest, beyond / mixture.missing(low));
        }
        largest
    }

    /// The same B with more knots.
    fn refined(&self) -> Self {
        let (mut knots, mut values) = (vec![self.knots[0]], vec![self.values[0]]);
        for Segment { ends: [low, high], values: [first, last] } in self.segments() {
            let parts = (PARTS * (high - low)).ceil().clamp(4.0, PARTS) as u32;
            for part in 1..=parts {
                let share = f64::from(part) / f64::from(parts);
                knots.push(low + share * (high - low));
                values.push(first + share * (last - first));
            }
        }
        Self { knots, values }
    }

    fn segments(&self) -> impl DoubleEndedIterator<Item = Segment> + ExactSizeIterator + '_ {
        (1..self.knots.len()).map(|i| Segment {
            ends: [self.knots[i - 1], self.knots[i]],
            values: [self.values[i - 1], self.values[i]],
        })
    }
}

/// One linear piece.
#[derive(Debug, Clone, Copy)]
struct Segment {
    ends: [f64; 2],
    values: [f64; 2],
}

impl Segment {
    fn length(&self) -> f64 {
        self.ends[1] - self.ends[0]
    }

    fn fall(&self) -> f64 {
        self.values[0] - self.values[1]
    }

    /// ∫ 1/B.
    fn reciprocal(&self) -> f64 {
        self.length() / self.values[1] * log_ratio(self.fall() / self.values[1])
    }

    /// ∫ 1/B².
    fn square_reciprocal(&self) -> f64 {
        self.length() / (self.values[0] * self.values[1])
    }

    /// ∫ of ∫_low^s 1/B² over s: `(h/B_0)² g(x)`, x = (B_0 − B_1)/B_0, g(x) = (−x − ln(1−x))/x².
    fn nested(&self) -> f64 {
        let x = self.fall() / self.values[0];
        let g = if x.abs() < 0.1 {
            (0..20).rev().fold(0.0, |tail, n| 1.0 / f64::from(n + 2) + x * tail)
        } else {
            (-x - (-x).ln_1p()) / (x * x)
        };
        (self.length() / self.values[0]).powi(2) * g
    }
}

/// ln(1 + x)/x.
fn log_ratio(x: f64) -> f64 {
    if x.abs() < 1e-8 { 1.0 - 0.5 * x } else { x.ln_1p() / x }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A constant B is right where the field rules; elsewhere it gives bounds that do not meet.
    #[test]
    fn bounds_meet_at_the_minimiser_and_nowhere_else() {
        let constant = Profile { knots: vec![0.0, 1.0], values: vec![0.3; 2] };
        let ruled = Mixture::new(&[(1, 0.6), (3, 0.2)]).unwrap();
        let Bounds { lower, upper } = constant.bounds(&ruled);
        assert!((upper - 1.2f64.sqrt()).abs() < 1e-13 && (lower - upper).abs() < 1e-13, "{lower} {upper}");
        let Bounds { lower, upper } = constant.bounds(&Mixture::pure(3).unwrap());
        assert!(lower < 1.65 && upper > 1.66, "{lower} {upper}");
    }

    #[test]
    fn integrals_of_a_segment_are_right() {
        use crate::numeric::quadrature::integral;
        for values in [[0.7, 0.5], [0.7, 0.68], [0.7, 0.7], [0.7, 0.7 - 1e-12]] {
            let segment = Segment { ends: [0.2, 0.6], values };
            let at = |q: f64| values[0] + (q - 0.2) / 0.4 * (values[1] - values[0]);
            let expected = integral(|q| 1.0 / at(q), 0.2, 0.6);
            assert!((segment.reciprocal() / expected - 1.0).abs() < 1e-14);
            let expected = integral(|q| at(q).powi(-2), 0.2, 0.6);
            assert!((segment.square_reciprocal() / expected - 1.0).abs() < 1e-14);
            let expected = integral(|q| (0.6 - q) * at(q).powi(-2), 0.2, 0.6);
            assert!((segment.nested() / expected - 1.0).abs() < 1e-13);
        }
    }
}
