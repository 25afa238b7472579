//! Exact mean numbers of critical points of mixtures at finite Λ.
//!
//! | formulas | here |
//! |---|---|
//! | u, r | `energy` and `radial_slope`, per spin |
//! | E C_Λ(u ≤ U) | [`MixtureCounts::total`] |
//! | E C_{Λ,k}(u ≤ U) | [`MixtureCounts::by_index`] |
//!
//! With the eigenvalues λ_k of a GOE matrix of size Λ, as in [`MeanCounts`]:
//!
//! `E C_{Λ,k}(u ∈ B) = 2√(2ξ′/(ξ′+ξ″)) (ξ″/ξ′)^{Λ/2} E[e^{−Λ(ξ″−ξ′)λ_k²/(2(ξ″+ξ′))} P(u ∈ B | r = √(2ξ″) λ_k)]`,
//!
//! where u given r is normal, `N(ξ′r/(ξ′+ξ″), (ξ − ξ′²/(ξ′+ξ″))/Λ)`; the total is the sum over k.

mod field;
mod several;

use super::mixture::Mixture;
use crate::theory::mean_count::{
    Count, EnergyLaw, MeanCounts, check_dim, check_energies, check_finite, check_index, out_of_reach,
};
use crate::{Error, Result};
use field::Field;
use several::Several;

/// Mean numbers of critical points of a mixture at one Λ.
///
/// What has been worked out of the eigenvalues is kept: later questions are cheaper. A pure model of variance 1 has exactly
/// the numbers of [`MeanCounts`].
///
/// # Reference
/// Auffinger, Ben Arous (2013), Lemma 3.3 and Theorem 1.1, at finite size; the conditional law of u is that of the pair (u, r).
///
/// ```
/// use hspin::theory::{Mixture, MixtureCounts};
/// let mut counts = MixtureCounts::new(&"2:0.5,4:0.5".parse::<Mixture>()?, 2)?;
/// let all = counts.total(&[f64::INFINITY])?[0].value();
/// assert!((all - 2.0 * (24.0f64 / 3.0).sqrt()).abs() < 1e-12);
/// # Ok::<(), hspin::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct MixtureCounts {
    dim: u32,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    /// √v and the pure model.
    Pure(f64, u32, MeanCounts),
    Field(Field),
    Several(Box<Several>),
}

impl MixtureCounts {
    /// Counts of a mixture at dimension Λ.
    ///
    /// # Errors
    /// Bad input unless 2 ≤ Λ ≤ 10 000.
    pub fn new(mixture: &Mixture, dim: u32) -> Result<Self> {
        check_dim(dim)?;
        let kind = match mixture.single() {
            Some((1, share)) => Kind::Field(Field::new(share, dim)),
            Some((order, share)) => Kind::Pure(share.sqrt(), order, MeanCounts::new(order, dim)?),
            None => Kind::Several(Box::new(Several::new(mixture.at_one(), dim))),
        };
        Ok(Self { dim, kind })
    }

    /// Mean number of critical points below each energy per spin; +∞ means no bound.
    ///
    /// # Errors
    /// Bad input if an energy is NaN.
    pub fn total(&mut self, energies: &[f64]) -> Result<Vec<Count>> {
        check_energies(energies)?;
        match &mut self.kind {
            Kind::Pure(unit, _, counts) => counts.total(&in_units(energies, *unit)),
            Kind::Field(field) => Ok(energies.iter().map(|&u| field.total(u)).collect()),
            Kind::Several(several) => Ok(energies.iter().map(|&u| several.total(u)).collect()),
        }
    }

    /// Density of the mean number of critical points in the energy per spin.
    ///
    /// # Errors
    /// Bad input if an energy is not finite.
    pub fn total_density(&mut self, energies: &[f64]) -> Result<Vec<Count>> {
        check_finite(energies)?;
        match &mut self.kind {
            Kind::Pure(unit, _, counts) => {
                let found = counts.total_density(&in_units(energies, *unit))?;
                Ok(found.into_iter().map(|count| per(count, *unit)).collect())
            }
            Kind::Field(field) => Ok(energies.iter().map(|&u| field.total_density(u)).collect()),
            Kind::Several(several) => Ok(energies.iter().map(|&u| several.total_density(u)).collect()),
        }
    }

    /// Mean number of critical points of index k below each energy per spin; +∞ means no bound. `None` as for
    /// [`MeanCounts::by_index`].
    ///
    /// # Errors
    /// Bad input if k ≥ Λ, Λ > 1000 or an energy is NaN.
    pub fn by_index(&mut self, index: u32, energies: &[f64]) -> Result<Vec<Option<Count>>> {
        check_energies(energies)?;
        check_index(index, self.dim)?;
        match &mut self.kind {
            Kind::Pure(unit, _, counts) => counts.by_index(index, &in_units(energies, *unit)),
            Kind::Field(field) => Ok(energies.iter().map(|&u| Some(field.by_index(index, u))).collect()),
            Kind::Several(several) => Ok(several.by_index(index, energies)),
        }
    }

    /// Density of the mean number of critical points of index k in the energy per spin; `None` as for
    /// [`MeanCounts::by_index`].
    ///
    /// # Errors
    /// As [`Self::by_index`]; bad input if an energy is infinite.
    pub fn density_by_index(&mut self, index: u32, energies: &[f64]) -> Result<Vec<Option<Count>>> {
        check_finite(energies)?;
        check_index(index, self.dim)?;
        match &mut self.kind {
            Kind::Pure(unit, _, counts) => {
                let found = counts.density_by_index(index, &in_units(energies, *unit))?;
                Ok(found.into_iter().map(|count| count.map(|count| per(count, *unit))).collect())
            }
            Kind::Field(field) => Ok(energies.iter().map(|&u| Some(field.density(index, u))).collect()),
            Kind::Several(several) => Ok(several.density_by_index(index, energies)),
        }
    }

    /// Density of the mean number of critical points of index k in energy and radial slope, at pairs (u, r).
    ///
    /// # Errors
    /// As [`Self::density_by_index`]; bad input for a single order, where r is a multiple of u and there is no density.
    pub fn joint_density_by_index(&mut self, index: u32, pairs: &[(f64, f64)]) -> Result<Vec<Option<Count>>> {
        let numbers: Vec<f64> = pairs.iter().flat_map(|&(u, r)| [u, r]).collect();
        check_finite(&numbers)?;
        check_index(index, self.dim)?;
        match &mut self.kind {
            Kind::Several(several) => Ok(several.joint_density_by_index(index, pairs)),
            Kind::Pure(_, order, _) => Err(single(*order)),
            Kind::Field(_) => Err(single(1)),
        }
    }

    /// Law of the energy of a random critical point of index k, drawn with weight from the mean numbers above.
    ///
    /// # Errors
    /// As [`MeanCounts::energy_law`]; bad input for a field alone unless k is 0 or Λ − 1.
    pub fn energy_law(&mut self, index: u32) -> Result<EnergyLaw> {
        check_index(index, self.dim)?;
        match &mut self.kind {
            Kind::Pure(unit, _, counts) => Ok(scaled(counts.energy_law(index)?, *unit)),
            Kind::Field(field) => field.energy_law(index),
            Kind::Several(several) => several.law(index).map(|laws| laws[0]).map_err(|_| out_of_reach(index)),
        }
    }

    /// Law of the radial slope of such a point.
    ///
    /// # Errors
    /// As [`Self::energy_law`].
    pub fn radial_slope_law(&mut self, index: u32) -> Result<EnergyLaw> {
        check_index(index, self.dim)?;
        match &mut self.kind {
            Kind::Pure(unit, order, counts) => {
                Ok(scaled(counts.energy_law(index)?, *unit * f64::from(*order)))
            }
            Kind::Field(field) => field.energy_law(index),
            Kind::Several(several) => several.law(index).map(|laws| laws[1]).map_err(|_| out_of_reach(index)),
        }
    }
}

fn single(order: u32) -> Error {
    Error::bad_input("mixture", format!("order {order} alone"), "at least two orders for a joint density")
}

fn in_units(energies: &[f64], unit: f64) -> Vec<f64> {
    energies.iter().map(|u| u / unit).collect()
}

/// A density in units of energy, by one energy.
fn per(count: Count, unit: f64) -> Count {
    Count { log: count.log - unit.ln(), ..count }
}

fn scaled(law: EnergyLaw, unit: f64) -> EnergyLaw {
    EnergyLaw { mean: unit * law.mean, deviation: unit * law.deviation, ..law }
}
