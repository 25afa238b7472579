//! Counts of two orders or more.

use super::super::mixture::AtOne;
use crate::theory::goe::{DensityTable, Factor, Intervals, Normal, OutOfReach, Weighted};
use crate::theory::mean_count::{Count, EnergyLaw, count, rounded};

/// Squares of this are numbers of f64 still.
const SQUARES: f64 = 1e150;

/// Counts at one dimension.
#[derive(Debug, Clone)]
pub struct Several {
    at_one: AtOne,
    dim: u32,
    panels: Intervals,
    table: DensityTable,
}

impl Several {
    /// Nothing is computed yet.
    pub fn new(at_one: AtOne, dim: u32) -> Self {
        let size = dim as usize;
        let table = DensityTable::new(size, decay(&at_one));
        Self { at_one, dim, panels: Intervals::new(size), table }
    }

    /// Below an energy.
    pub fn total(&mut self, energy: f64) -> Count {
        let factor = self.below(energy);
        let log = self.log_factor() + self.table.log_integral(factor);
        rounded(log, self.dim, self.log_factor())
    }

    /// By energy.
    pub fn total_density(&mut self, energy: f64) -> Count {
        let factor = Factor::Around(self.normal(energy));
        let log_factor = self.log_factor() + self.log_density_factor();
        rounded(log_factor + self.table.log_integral(factor), self.dim, log_factor)
    }

    /// Of index k below energies.
    pub fn by_index(&mut self, index: u32, energies: &[f64]) -> Vec<Option<Count>> {
        let factors = energies.iter().map(|&u| self.reaches(-u).then(|| self.below(u))).collect();
        self.integrals(index, self.log_factor(), factors)
    }

    /// Of index k by energy.
    pub fn density_by_index(&mut self, index: u32, energies: &[f64]) -> Vec<Option<Count>> {
        let around = |&u: &f64| self.reaches(u.abs()).then(|| Factor::Around(self.normal(u)));
        let factors = energies.iter().map(around).collect();
        self.integrals(index, self.log_factor() + self.log_density_factor(), factors)
    }

    /// Of index k by energy and radial slope.
    pub fn joint_density_by_index(&mut self, index: u32, pairs: &[(f64, f64)]) -> Vec<Option<Count>> {
        let scale = self.per_slope();
        let log_factor = self.log_factor() + self.log_density_factor() + scale.ln();
        let factors: Vec<Factor> =
            pairs.iter().map(|&(energy, _)| Factor::Around(self.normal(energy))).collect();
        let Ok(mut weighted) = self.weighted(index) else { return vec![None; pairs.len()] };
        let at = |(&(_, slope), factor): (&(f64, f64), Factor)| {
            let mut found = weighted.log_at(scale * slope).ok()?;
            let more = factor.log(scale * slope);
            (found.log, found.log_error) = (found.log + more, found.log_error + more);
            Some(count(log_factor, found))
        };
        pairs.iter().zip(factors).map(at).collect()
    }

    /// Laws of energy and radial slope.
    pub fn law(&mut self, index: u32) -> Result<[EnergyLaw; 2], OutOfReach> {
        let (factor, spread) = (self.log_factor(), self.at_one.given / f64::from(self.dim));
        let [by_slope, by_energy] = [self.per_slope(), self.per_energy()];
        let mut weighted = self.weighted(index)?;
        let (found, moments) = (weighted.log_integral(Factor::One)?, weighted.moments()?);
        let law = |unit: f64, spread: f64| EnergyLaw {
            mean: moments.mean / unit,
            deviation: (moments.deviation / unit).hypot(spread.sqrt()),
            count: count(factor, found),
        };
        Ok([law(by_energy, spread), law(by_slope, 0.0)])
    }

    /// Integrals over the line; without a factor there is nothing.
    fn integrals(&mut self, index: u32, log: f64, factors: Vec<Option<Factor>>) -> Vec<Option<Count>> {
        let Ok(mut weighted) = self.weighted(index) else { return vec![None; factors.len()] };
        let nothing = Count { log: f64::NEG_INFINITY, relative_error: 0.0 };
        let of = |factor: Option<Factor>| match factor {
            Some(factor) => weighted.log_integral(factor).ok().map(|found| count(log, found)),
            None => Some(nothing),
        };
        factors.into_iter().map(of).collect()
    }

    fn weighted(&mut self, index: u32) -> Result<Weighted<'_>, OutOfReach> {
        let decay = decay(&self.at_one);
        Weighted::new(&mut self.panels, self.dim as usize, decay, index as usize)
    }

    /// y = √Λ λ by the radial slope: r = √(2ξ″) λ.
    fn per_slope(&self) -> f64 {
        (f64::from(self.dim) / (2.0 * self.at_one.xi[2])).sqrt()
    }

    /// y by the energy that is typical of it.
    fn per_energy(&self) -> f64 {
        self.per_slope() / self.at_one.slope()
    }

    /// The y to which an energy belongs, and the y over which the energy spreads.
    fn normal(&self, energy: f64) -> Normal {
        let unit = self.per_energy();
        let deviation = (self.at_one.given / f64::from(self.dim)).sqrt();
        Normal { center: energy * unit, width: deviation * unit }
    }

    /// Whether f64 holds the logarithm of what is left so far from 0.
    fn reaches(&self, distance: f64) -> bool {
        self.normal(distance).center < SQUARES
    }

    fn below(&self, energy: f64) -> Factor {
        if energy == f64::INFINITY { Factor::One } else { Factor::Below(self.normal(energy)) }
    }

    /// ln 2√(2ξ′/(ξ′+ξ″)) (ξ″/ξ′)^{Λ/2}.
    fn log_factor(&self) -> f64 {
        let [_, slope, curvature] = self.at_one.xi;
        0.5 * (8.0 * slope / self.at_one.squares).ln() + 0.5 * f64::from(self.dim) * (curvature / slope).ln()
    }

    /// ln 1/√(2π Var[u | r]).
    fn log_density_factor(&self) -> f64 {
        -0.5 * (std::f64::consts::TAU * self.at_one.given / f64::from(self.dim)).ln()
    }
}

/// ½ + a in e^{−a y²}, a = (ξ″−ξ′)/(2(ξ″+ξ′)).
fn decay(at_one: &AtOne) -> f64 {
    at_one.xi[2] / at_one.squares
}
