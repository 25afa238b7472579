//! Complexity of mixtures: exponential rates of mean numbers of critical points, as Λ → ∞.
//!
//! | formulas | here |
//! |---|---|
//! | u, r | `energy` and `radial_slope`, per spin |
//! | Σ(u, r) | [`MixtureComplexity::joint`] |
//! | Σ(u) = sup_r Σ(u, r) | [`MixtureComplexity::at`] |
//! | Θ(u) = sup_{u′ ≤ u} Σ(u′) | [`MixtureComplexity::total`] |
//! | Θ_k(u) | [`MixtureComplexity::by_index`] |
//! | S = ξ′ + ξ″, β = ξ′/S, s² = ξ − ξ′²/S | `squares`, `slope`, `given` |

use super::mixture::{AtOne, Mixture};
use crate::numeric::roots::bracketed_root;
use crate::theory::complexity::{Complexity, rate_at};
use crate::theory::thresholds::Thresholds;
use crate::{Error, Result};

/// How far a radial slope of a pure model may be from Hu, relative to its size: rounding.
const ROUNDING: f64 = 1e-12;

/// Complexity functions of a mixture ξ, annealed: rates of mean numbers.
///
/// Energies and radial slopes are per spin. A pure model of order H ≥ 2 has exactly the values of [`Complexity`] at
/// u/√ξ(1).
///
/// # Reference
/// Auffinger, Ben Arous (2013), Theorems 1.1 to 1.4; Belius, Černý, Nakajima, Schmidt (2022), Theorem 1.1, with a field.
///
/// ```
/// use hspin::theory::{Mixture, MixtureComplexity};
/// let complexity = MixtureComplexity::new(&"3:0.5,4:0.5".parse::<Mixture>()?)?;
/// assert!((complexity.zero(0)?.unwrap() - 1.733_069_558).abs() < 1e-9);
/// # Ok::<(), hspin::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct MixtureComplexity {
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    /// √v and the pure model of order H ≥ 2.
    Pure(f64, Complexity),
    /// √v: a field alone.
    Field(f64),
    Mixed(AtOne),
}

/// Which critical points.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Points {
    All,
    /// Of index k, by k + 1.
    Index(f64),
}

/// Where the energy is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Energy {
    At(f64),
    Below(f64),
}

impl MixtureComplexity {
    /// Complexity of a mixture.
    ///
    /// # Errors
    /// Internal only.
    pub fn new(mixture: &Mixture) -> Result<Self> {
        let kind = match mixture.single() {
            Some((1, share)) => Kind::Field(share.sqrt()),
            Some((order, share)) => Kind::Pure(share.sqrt(), Complexity::new(order)?),
            None => Kind::Mixed(mixture.at_one()),
        };
        Ok(Self { kind })
    }

    /// Σ(u, r), the rate of the mean number of critical points with energy near u and radial slope near r.
    ///
    /// `½ + ½ ln(ξ″/ξ′) + Φ(r/√ξ″) − ½ (u, r) C⁻¹ (u, r)ᵀ`, C = ((ξ, ξ′), (ξ′, ξ′+ξ″)), with
    /// `Φ(x) = x²/4 − ½ − 1_{|x|>2} (|x|√(x²−4)/4 − ln((|x|+√(x²−4))/2))`. In a single order r = Hu, and −∞ elsewhere.
    pub fn joint(&self, energy: f64, radial_slope: f64) -> f64 {
        let on_line = |order: f64| {
            let expected = order * energy;
            (radial_slope - expected).abs() <= ROUNDING * (1.0 + expected.abs())
        };
        match &self.kind {
            Kind::Pure(_, complexity) if on_line(f64::from(complexity.spins())) => self.at(energy),
            Kind::Field(_) if on_line(1.0) => self.at(energy),
            Kind::Pure(..) | Kind::Field(_) => f64::NEG_INFINITY,
            Kind::Mixed(at_one) => value(at_one, Points::All, Energy::At(energy), radial_slope),
        }
    }

    /// Σ(u) = sup_r Σ(u, r), the rate of the mean number of critical points with energy near u.
    pub fn at(&self, energy: f64) -> f64 {
        match &self.kind {
            Kind::Pure(unit, complexity) => complexity.total(-(energy / unit).abs()),
            Kind::Field(unit) => field(energy / unit),
            Kind::Mixed(at_one) => supremum(at_one, Points::All, Energy::At(energy)),
        }
    }

    /// Θ(u) = sup_{u′ ≤ u} Σ(u′), the rate of the mean number of all critical points below u.
    pub fn total(&self, energy: f64) -> f64 {
        match &self.kind {
            Kind::Pure(unit, complexity) => complexity.total(energy / unit),
            Kind::Field(unit) => field((energy / unit).min(-1.0)),
            Kind::Mixed(at_one) => supremum(at_one, Points::All, Energy::Below(energy)),
        }
    }

    /// Θ_k(u), the rate of the mean number of critical points of index k below u: the supremum over u′ ≤ u and
    /// r ≤ −2√ξ″ of Σ(u′, r), where the part of Φ(r/√ξ″) beyond x²/4 − ½ counts k + 1 times.
    pub fn by_index(&self, index: u32, energy: f64) -> f64 {
        match &self.kind {
            Kind::Pure(unit, complexity) => complexity.by_index(index, energy / unit),
            Kind::Field(unit) if index == 0 => field((energy / unit).min(-1.0)),
            Kind::Field(_) => f64::NEG_INFINITY,
            Kind::Mixed(at_one) => {
                supremum(at_one, Points::Index(f64::from(index) + 1.0), Energy::Below(energy))
            }
        }
    }

    /// e_k > 0 with Θ_k(−e_k) = 0, energy per spin; none where Θ_k is below 0 everywhere.
    ///
    /// Below −e_k the mean number of points of index k vanishes exponentially in Λ. Where the field rules
    /// (ξ″ ≤ ξ′ at 1) the highest value of Θ_0 is 0 and e_0 = √ξ′.
    ///
    /// # Errors
    /// Internal if the equation has no bracketed root: a bug.
    pub fn zero(&self, index: u32) -> Result<Option<f64>> {
        let at_one = match &self.kind {
            Kind::Pure(unit, complexity) => {
                return Thresholds::new(complexity.spins())?.e(index).map(|e| Some(e * unit));
            }
            Kind::Field(unit) => return Ok((index == 0).then_some(*unit)),
            Kind::Mixed(at_one) => at_one,
        };
        if at_one.excess <= 0.0 {
            return Ok((index == 0).then_some(at_one.xi[1].sqrt()));
        }
        let rate = |e: f64| self.by_index(index, -e);
        if rate(0.0) <= 0.0 {
            // The plateau, about (ξ″/ξ′ − 1)³/24, is lost in rounding: it begins where r = −2√ξ″.
            return Ok(Some(2.0 * at_one.slope() * at_one.xi[2].sqrt()));
        }
        let mut highest = at_one.xi[0].sqrt();
        while rate(highest) >= 0.0 {
            highest *= 2.0;
        }
        let root = bracketed_root(rate, 0.0, highest);
        root.map(Some).ok_or_else(|| Error::Internal(format!("no zero of the complexity of index {index}")))
    }
}

/// Of a field alone, in units of √v: `½ + ½ ln u² − ½u²`.
fn field(u: f64) -> f64 {
    if u.is_infinite() { f64::NEG_INFINITY } else { 0.5 + u.abs().ln() - 0.5 * u * u }
}

/// Σ at (u, r), or the supremum of it over energies below u at this r.
fn value(at_one: &AtOne, points: Points, energy: Energy, r: f64) -> f64 {
    let [_, slope, curvature] = at_one.xi;
    let x = r.abs() / curvature.sqrt();
    let beyond = if x > 2.0 { rate_at((0.5 * x).acosh()) } else { 0.0 };
    let times = match points {
        Points::All => 1.0,
        Points::Index(times) => times,
    };
    let missed = missed(at_one, energy, r);
    let quadratic = r * r / at_one.squares + missed * missed / at_one.given;
    0.5 * (curvature / slope).ln() + 0.25 * x * x - times * beyond - 0.5 * quadratic
}

/// d/dr of [`value`].
fn derivative(at_one: &AtOne, points: Points, energy: Energy, r: f64) -> f64 {
    let root = at_one.xi[2].sqrt();
    let x = r.abs() / root;
    let beyond = if x > 2.0 { 0.5 * ((x - 2.0) * (x + 2.0)).sqrt() } else { 0.0 };
    let times = match points {
        Points::All => 1.0,
        Points::Index(times) => times,
    };
    r.signum() * (0.5 * x - times * beyond) / root - r / at_one.squares
        + at_one.slope() * missed(at_one, energy, r) / at_one.given
}

/// u − E[u | r], 0 where a lower energy may be taken.
fn missed(at_one: &AtOne, energy: Energy, r: f64) -> f64 {
    match energy {
        Energy::At(u) => u - at_one.slope() * r,
        Energy::Below(u) => (u - at_one.slope() * r).min(0.0),
    }
}

/// The supremum over r. Between −2√ξ″, 2√ξ″ and the r whose typical energy is u the function is quadratic or concave, so
/// that it is largest at an end or at a zero of its slope.
fn supremum(at_one: &AtOne, points: Points, energy: Energy) -> f64 {
    let (Energy::At(u) | Energy::Below(u)) = energy;
    if u.is_nan() || u == f64::NEG_INFINITY || energy == Energy::At(f64::INFINITY) {
        return if u.is_nan() { u } else { f64::NEG_INFINITY };
    }
    // Not so far that squares overflow.
    let u = u.clamp(-1e140, 1e140);
    let energy = if matches!(energy, Energy::At(_)) { Energy::At(u) } else { Energy::Below(u) };
    let edge = 2.0 * at_one.xi[2].sqrt();
    let typical = u / at_one.slope();
    // Beyond this the slope points back.
    let outside = 1.1 * typical.abs().max(edge).max(2.0 * at_one.squares / edge);
    let last = if points == Points::All { outside } else { -edge };
    let mut ends = vec![-outside, -edge, edge, typical, outside];
    ends.retain(|r| *r <= last);
    ends.sort_by(f64::total_cmp);
    let slope = |r: f64| derivative(at_one, points, energy, r);
    let inner = ends.windows(2).filter_map(|pair| {
        let rises_then_falls = slope(pair[0]) > 0.0 && slope(pair[1]) < 0.0;
        rises_then_falls.then(|| bracketed_root(slope, pair[0], pair[1])).flatten()
    });
    let places: Vec<f64> = ends.iter().copied().chain(inner).collect();
    places.into_iter().map(|r| value(at_one, points, energy, r)).fold(f64::NEG_INFINITY, f64::max)
}
