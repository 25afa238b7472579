//! Energies of minima against the curvature there: exact for any selection of minima.
//!
//! Over all minima of random surfaces r = (u − E[u | Hessian])/σ is a standard normal number that is independent of the
//! Hessian ([`EnergyGivenHessian`]), so `E Σ e^{tr} = C e^{t²/2}` with C the exact mean number of minima. Descents do not
//! find all, nor each equally often. But let R = Σ p r be a mean with weights p of entropy S = −Σ p ln p, of whatever
//! origin: then `t R + S ≤ ln Σ e^{tr}` on every surface (Gibbs), and over M independent surfaces, with their means R̄, S̄,
//!
//! `P(t R̄ + S̄ ≥ ln C + t²/2 + x) ≤ e^{−Mx}` (Markov), for each t and for −R̄ alike.
//!
//! That is a two-sided p-value without any approximation, from one surface on. It is never too small; what it can see
//! is given with it.

use serde::Serialize;

use super::descents::{DescentSample, Descents, Minimum};
use super::levels::DISAGREES;
use super::statistics::{mean, variance};
use crate::Result;
use crate::theory::{EnergyGivenHessian, EnergyLaw};

/// Values of t that are tried, which the p-value pays for.
const TILTS: [f64; 8] = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];

/// Energies at minima against their Hessians.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurvatureCheck {
    /// Surfaces.
    pub surfaces: u64,
    /// Distinct minima whose curvature was worked out.
    pub minima: u64,
    /// Standard deviation of u given the Hessian.
    pub deviation: f64,
    /// R̄: mean of r over starts on a surface, over surfaces.
    pub mean: f64,
    /// Its standard error over surfaces; none for one surface.
    pub standard_error: Option<f64>,
    /// √(2(ln C − S̄)): no selection of this entropy has a larger |mean| over all surfaces.
    pub allowed: f64,
    /// Two-sided p-value, which holds for any selection of minima.
    pub p: f64,
    /// Relative changes of all energies, one down and one up in size, beyond which the verdict would be a
    /// disagreement: p times the number of tests, of which this is one, would be below 0.001.
    pub caught: [f64; 2],
}

/// Weighted means on one surface.
struct OfSurface {
    r: f64,
    energy: f64,
    entropy: f64,
}

impl CurvatureCheck {
    /// Of the minima whose curvature is known, as one of `tests` for whose multitude the verdict pays; none without any.
    ///
    /// # Errors
    /// Bad input outside what theory takes.
    pub fn of(sample: &DescentSample, law: EnergyLaw, tests: usize) -> Result<Option<Self>> {
        let given = EnergyGivenHessian::new(sample.spins, sample.dim)?;
        let each: Vec<OfSurface> =
            sample.surfaces.iter().filter_map(|surface| OfSurface::new(surface, &given)).collect();
        if each.is_empty() {
            return Ok(None);
        }
        let over = |value: fn(&OfSurface) -> f64| each.iter().map(value).collect::<Vec<f64>>();
        let (rs, surfaces) = (over(|s| s.r), each.len() as f64);
        let [r, energy, entropy] = [mean(&rs), mean(&over(|s| s.energy)), mean(&over(|s| s.entropy))];
        // A pair ±w is found as one.
        let bound = Bound { spare: law.count.log - sample.signs().ln() - entropy, surfaces };
        let edge = bound.edge(DISAGREES / tests as f64);
        // Energies f u have r(f) = r + (f − 1) u/σ.
        let change = |to: f64| (to - r) * given.deviation() / energy;
        let changes = [change(edge), change(-edge)];
        let known = sample.surfaces.iter().filter_map(|surface| surface.minima.as_ref()).flatten();
        Ok(Some(Self {
            surfaces: each.len() as u64,
            minima: known.filter(|minimum| minimum.mean_eigenvalue.is_some()).count() as u64,
            deviation: given.deviation(),
            mean: r,
            standard_error: (each.len() > 1).then(|| (variance(&rs) / surfaces).sqrt()),
            allowed: (2.0 * bound.spare.max(0.0)).sqrt(),
            p: bound.p(r),
            caught: [changes[0].min(changes[1]), changes[0].max(changes[1])],
        }))
    }
}

impl OfSurface {
    fn new(surface: &Descents, given: &EnergyGivenHessian) -> Option<Self> {
        let known = |minimum: &Minimum| Some((*minimum, minimum.mean_eigenvalue?));
        let known: Vec<_> = surface.minima.as_ref()?.iter().filter_map(known).collect();
        let starts: f64 = known.iter().map(|(minimum, _)| minimum.starts as f64).sum();
        let mean = |value: &dyn Fn(&Minimum, f64, f64) -> f64| -> f64 {
            let share = |minimum: &Minimum| minimum.starts as f64 / starts;
            known.iter().map(|(minimum, m)| share(minimum) * value(minimum, *m, share(minimum))).sum()
        };
        (starts > 0.0).then(|| Self {
            r: mean(&|minimum, m, _| given.standardised(minimum.energy_per_spin, m)),
            energy: mean(&|minimum, _, _| minimum.energy_per_spin),
            entropy: mean(&|_, _, share| -share.ln()),
        })
    }
}

/// ln C − S̄, and the number of surfaces.
struct Bound {
    spare: f64,
    surfaces: f64,
}

impl Bound {
    /// Bound of the probability of a mean so far from 0.
    fn p(&self, r: f64) -> f64 {
        let log = |t: f64| self.surfaces * (self.spare + 0.5 * t * t - t * r.abs());
        (tries() * TILTS.map(log).into_iter().fold(f64::INFINITY, f64::min).exp()).min(1.0)
    }

    /// The least |mean| of which the bound is `p`.
    fn edge(&self, p: f64) -> f64 {
        let most = (p / tries()).ln() / self.surfaces;
        let edge = |t: f64| (self.spare + 0.5 * t * t - most) / t;
        TILTS.map(edge).into_iter().fold(f64::INFINITY, f64::min)
    }
}

fn tries() -> f64 {
    2.0 * TILTS.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_the_edge_the_bound_is_what_was_asked_for() {
        for (spare, surfaces) in [(0.0, 1.0), (1.5, 20.0), (9.0, 400.0)] {
            let bound = Bound { spare, surfaces };
            for p in [DISAGREES, DISAGREES / 3.0] {
                let edge = bound.edge(p);
                assert!((bound.p(edge) / p - 1.0).abs() < 1e-9);
                assert!(bound.p(-1.001 * edge) < p && bound.p(0.0) == 1.0);
                assert!(edge >= (2.0 * spare).sqrt());
            }
        }
    }
}
