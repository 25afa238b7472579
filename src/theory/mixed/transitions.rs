//! Temperatures at which equilibrium changes, of mixtures without a random field.

use super::mixture::Mixture;

/// Points of a search over overlaps.
const POINTS: usize = 4000;

/// T_s, the lowest temperature at which `ξ(q)/T² + ln(1−q) + q ≤ 0` on [0, 1): the free energy is the annealed one above it.
///
/// # Reference
/// Talagrand (2006), *Free energy of the spherical mean field model*, Proposition 2.3.
pub fn static_transition(mixture: &Mixture) -> f64 {
    let square = |q: f64| mixture.xi(q) / -((-q).ln_1p() + q);
    // q = 1 − e^{−x}, since the maximum may be near 1.
    let at = |k: f64| square(-(-30.0 * k / POINTS as f64).exp_m1());
    let best = (1..=POINTS).map(|k| k as f64).max_by(|a, b| at(*a).total_cmp(&at(*b))).unwrap_or(1.0);
    let (mut low, mut high) = (best - 1.0, best + 1.0);
    for _ in 0..100 {
        let third = (high - low) / 3.0;
        if at(low + third) < at(high - third) { low += third } else { high -= third }
    }
    let largest = at(best).max(at(0.5 * (low + high)));
    // ξ ~ v_2 q² against q²/2 at q → 0.
    let at_zero = mixture.derivative(2, 0.0);
    largest.max(at_zero).sqrt()
}

/// T_d, the highest temperature at which states of an overlap q > 0 are stable: `T_d² = max ξ′(q)(1−q)/q` on (0, 1]. At H = 3 it is
/// √3/2. Below it dynamics from a uniform start do not come to equilibrium as Λ → ∞.
///
/// # Reference
/// Crisanti, Horner, Sommers (1993), Z. Phys. B 92.
pub fn dynamical_transition(mixture: &Mixture) -> f64 {
    let square = |q: f64| mixture.derivative(1, q) * (1.0 - q) / q;
    let at = |k: f64| square(k / POINTS as f64);
    let inner = (1..POINTS).map(|k| k as f64);
    let best = inner.max_by(|a, b| at(*a).total_cmp(&at(*b))).unwrap_or(1.0);
    let (mut low, mut high) = ((best - 1.0).max(0.5), best + 1.0);
    for _ in 0..100 {
        let third = (high - low) / 3.0;
        if at(low + third) < at(high - third) { low += third } else { high -= third }
    }
    // ξ′(q)/q → 2 v_2 as q → 0.
    at(best).max(at(0.5 * (low + high))).max(mixture.derivative(2, 0.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transitions_of_pure_models_are_those_that_are_known() {
        let of = |spins| {
            let mixture = Mixture::pure(spins).unwrap();
            [dynamical_transition(&mixture), static_transition(&mixture)]
        };
        // T_d² = p (p−2)^{p−2}/(p−1)^{p−1}/2 · 2 at its overlap q = (p−2)/(p−1).
        for spins in 3..8 {
            let p = f64::from(spins);
            let q = (p - 2.0) / (p - 1.0);
            let [dynamical, below] = of(spins);
            assert!((dynamical - (p * q.powi(spins as i32 - 2) * (1.0 - q)).sqrt()).abs() < 1e-12);
            assert!(below < dynamical);
        }
        let [dynamical, below] = of(3);
        assert!((dynamical - 0.75f64.sqrt()).abs() < 1e-12 && (below - 0.828_806).abs() < 2e-6);
        let [dynamical, below] = of(2);
        assert!((dynamical - 2f64.sqrt()).abs() < 1e-3 && (below - 2f64.sqrt()).abs() < 1e-3);
    }
}
