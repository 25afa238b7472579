//! One step of replica symmetry breaking: B constant up to an overlap, and linear from there on.

use super::super::mixture::Mixture;
use super::profile::{Bounds, Profile};
use crate::numeric::roots::bracketed_root;

/// Bounds that are so near each other, relatively, confirm a guess.
const CONFIRMED: f64 = 1e-10;
/// Places between which a zero is looked for.
const PLACES: u32 = 400;

/// A guess that was confirmed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneStep {
    /// E_0.
    pub energy: f64,
    /// Distance of the bounds.
    pub error: f64,
    /// The overlap of near ground states in different valleys.
    pub overlap: f64,
}

/// The one-step minimiser, if the bound from below confirms it. ξ(1) = 1.
pub fn solution(mixture: &Mixture) -> Option<OneStep> {
    if mixture.field() == 0.0 {
        return without_field(mixture);
    }
    let equation = |q: f64| Guess::at(mixture, q).equation(mixture, q);
    let place = |i: u32| f64::from(i) / f64::from(PLACES);
    (1..PLACES - 1).find_map(|i| {
        let overlap = bracketed_root(equation, place(i), place(i + 1))?;
        let Guess { first, last } = Guess::at(mixture, overlap);
        let profile = Profile { knots: vec![0.0, overlap, 1.0], values: vec![first, first, last] };
        confirmed(mixture, overlap, &profile, None)
    })
}

/// `1/ξ′ = (1+z) ln(1+z)/z² − 1/z`, `E_0 = (ξ′+z)/√(ξ′(1+z))`, B from √((1+z)/ξ′) to 1/√(ξ′(1+z)).
fn without_field(mixture: &Mixture) -> Option<OneStep> {
    let slope = mixture.derivative(1, 1.0);
    let mut highest = 1.0;
    while ratio(highest) > 1.0 / slope {
        highest *= 4.0;
    }
    let z = bracketed_root(|z| ratio(z) - 1.0 / slope, 0.0, highest)?;
    let root = (slope * (1.0 + z)).sqrt();
    let profile = Profile { knots: vec![0.0, 1.0], values: vec![root / slope, 1.0 / root] };
    confirmed(mixture, 0.0, &profile, Some((slope + z) / root))
}

fn confirmed(mixture: &Mixture, overlap: f64, profile: &Profile, energy: Option<f64>) -> Option<OneStep> {
    let falls = profile.values.is_sorted_by(|a, b| a >= b) && profile.values.iter().all(|b| *b > 0.0);
    let Bounds { lower, upper } = profile.bounds(mixture);
    let found = OneStep { energy: energy.unwrap_or(upper), error: (upper - lower).abs(), overlap };
    (falls && found.error < CONFIRMED * upper).then_some(found)
}

/// (1+z) ln(1+z)/z² − 1/z = `Σ_{n≥2} (−z)^{n−2}/(n(n−1))`.
fn ratio(z: f64) -> f64 {
    if z < 0.2 {
        return (2..30).rev().fold(0.0, |tail, n| 1.0 / f64::from(n * (n - 1)) - z * tail);
    }
    ((1.0 + z) * z.ln_1p() / z - 1.0) / z
}

/// B up to q and at 1, such that ∫_0^q B^{−2} = ξ′(q) and ∫_0^1 B^{−2} = ξ′(1).
struct Guess {
    first: f64,
    last: f64,
}

impl Guess {
    fn at(mixture: &Mixture, q: f64) -> Self {
        let slope = mixture.derivative(1, q);
        let first = (q / slope).sqrt();
        Self { first, last: (1.0 - q) / (first * (mixture.derivative(1, 1.0) - slope)) }
    }

    /// P(q) − K(q): ξ(1) − ξ(q) less `∫_q^1 ∫_0^s B^{−2}`.
    fn equation(&self, mixture: &Mixture, q: f64) -> f64 {
        let x = 1.0 - self.last / self.first;
        let nested = if x.abs() < 1e-2 {
            (0..20).rev().fold(0.0, |tail, n| 1.0 / f64::from(n + 2) + x * tail)
        } else {
            (-x - (-x).ln_1p()) / (x * x)
        };
        let rest = 1.0 - q;
        mixture.missing(q) - rest * mixture.derivative(1, q) - (rest / self.first).powi(2) * nested
    }
}
