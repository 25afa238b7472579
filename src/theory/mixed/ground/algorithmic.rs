//! The full phase: where ξ″^{−1/2} itself is the profile.

use super::super::mixture::Mixture;
use crate::numeric::quadrature::integral;
use crate::numeric::roots::bracketed_root;
use crate::theory::spins::threshold_energy;

/// Places at which concavity is looked at.
const PLACES: u32 = 4000;
/// Rounding of the sign that decides it, relative to its terms.
const ROUNDING: f64 = 1e-13;

/// q_0 with q_0 ξ″(q_0) = ξ′(q_0), the least overlap of near ground states: 0 without a field, at most 1.
pub fn field_overlap(mixture: &Mixture) -> f64 {
    if mixture.field() == 0.0 {
        return 0.0;
    }
    let difference = |q: f64| q * mixture.derivative(2, q) - mixture.derivative(1, q);
    bracketed_root(difference, 0.0, 1.0).unwrap_or(1.0)
}

/// E_alg = `q_0 √ξ″(q_0) + ∫_{q_0}^1 √ξ″(q) dq`; √ξ′(1) where the field rules.
pub fn algorithmic(mixture: &Mixture, least: f64) -> f64 {
    if let Some((order, share)) = mixture.single().filter(|single| single.0 > 1) {
        return share.sqrt() * threshold_energy(order);
    }
    let at_one = mixture.at_one();
    if at_one.excess <= 0.0 {
        return at_one.xi[1].sqrt();
    }
    let root = |q: f64| mixture.derivative(2, q).sqrt();
    // q = t²: near 0 the root is a power of √q.
    least * root(least) + integral(|t| 2.0 * t * root(t * t), least.sqrt(), 1.0)
}

/// Whether ξ″^{−1/2} is concave from q_0 to 1: 3ξ‴² ≤ 2ξ″ξ⁗.
pub fn is_full(mixture: &Mixture, least: f64) -> bool {
    (0..=PLACES).map(|i| least + (1.0 - least) * f64::from(i) / f64::from(PLACES)).all(|q| {
        let [second, third, fourth] = [2, 3, 4].map(|n| mixture.derivative(n, q));
        let [left, right] = [3.0 * third * third, 2.0 * second * fourth];
        left <= right * (1.0 + ROUNDING)
    })
}
