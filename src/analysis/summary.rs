//! A run in a few numbers per size.

use std::collections::BTreeMap;

use itertools::Itertools;
use serde::Serialize;

use super::model::{LimitEnergies, limit_energies};
use super::networks::estimate::{error_of_mean, mean, variance};
use super::slopes::{SlopeTally, SlopesSummary};
use super::spread::SurfaceScatter;
use super::unconverged::Unconverged;
use super::unit::{EnergyUnit, OverScale};
use super::units::UnitCount;
use crate::descent::Outcome;
use crate::error::Result;
use crate::hamiltonian::Law;
use crate::studies::surfaces::{CriticalPointRow, rows, surfaces};
use crate::studies::surfaces::{StartsFrom, SurfaceStore, Timings};

/// A run in a few numbers. Energies are per spin; floats are finite or absent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunSummary {
    /// H; the highest of several orders.
    pub spins: u32,
    /// Orders with their variances of a mixture; absent for one order of variance 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mixture: Option<Vec<(usize, f64)>>,
    /// Law of the couplings; absent for the Gaussian one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub law: Option<&'static str>,
    /// Strength and order of the spike, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spike: Option<(f64, u32)>,
    /// Orders of the user's own arrays, where they are several, or order 1 alone; absent where `spins` says all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orders: Option<Vec<usize>>,
    /// Where starts begin: at an overlap with the spike, or at given points; absent for random starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_from: Option<StartsFrom>,
    /// Root of all random streams.
    pub seed: u64,
    /// What is done on each surface: sgd, gd, saddle, anneal or census.
    pub protocol: &'static str,
    /// Scale s of the user's own tensor; absent for random couplings, and where release 0.1 did not store it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<f64>,
    /// Whether the run keeps the user's own couplings, so that it needs no file of them; absent where it does not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub keeps_couplings: bool,
    /// Surfaces per size.
    pub instances: u32,
    /// Starts per surface; 1 for a census.
    pub starts: u32,
    /// Whether all that was asked for is stored.
    pub complete: bool,
    /// Progress in units.
    pub units: UnitCount,
    /// One entry per size, ascending.
    pub dims: Vec<DimSummary>,
    /// SHA-256 over spec and units.
    pub content_hash: String,
}

/// What an error bar is taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorOver {
    /// Surfaces: an error of the model's mean.
    Instances,
    /// Starts on the one surface: given this surface, because its starts are no independent samples of the model.
    Starts,
}

/// Statistics of one size, over converged starts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DimSummary {
    /// Λ.
    pub dim: u32,
    /// Starts stored; of a census, critical points.
    pub starts: u64,
    /// Starts asked for; how many points a census has is not known ahead, so for one those that are stored.
    pub planned: u64,
    /// Surfaces of which any start converged.
    pub instances: u64,
    /// Converged starts.
    pub converged: u64,
    /// Mean energy per spin.
    pub mean: Option<f64>,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// What the standard error is taken over.
    pub error_over: ErrorOver,
    /// Standard deviation over all starts, of all surfaces.
    pub sd: Option<f64>,
    /// Standard deviation between surfaces of a surface's mean; absent below two surfaces.
    pub sd_between: Option<f64>,
    /// Standard deviation of starts on one surface.
    pub sd_within: Option<f64>,
    /// Lowest.
    pub min: Option<f64>,
    /// Highest.
    pub max: Option<f64>,
    /// Distinct points, summed over surfaces; absent where points were not kept.
    pub distinct: Option<u64>,
    /// How many converged starts have each index, of those whose index is decided.
    pub index_counts: BTreeMap<u32, u64>,
    /// Converged starts of undecided index: an eigenvalue is too near 0 to have a sign.
    pub undecided: u64,
    /// What the starts that did not converge could do to the mean.
    #[serde(flatten)]
    pub unconverged: Unconverged,
    /// How many starts ended in each way.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// Share below −E_∞, of u/s for a tensor of the user's own; absent where its scale s is not known.
    pub below_e_inf: Option<f64>,
    /// The energies above in units of the user's own tensor; absent for random couplings.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub over_scale: Option<OverScale>,
    /// Overlaps with the spike, and radial slopes, where they say more than the energy.
    #[serde(flatten)]
    pub slopes: SlopesSummary,
    /// Energies of Λ → ∞, in units of s for a tensor of the user's own.
    #[serde(flatten)]
    pub thresholds: LimitEnergies,
    /// Where the time went.
    pub seconds: Timings,
}

/// Summarises a run.
///
/// # Errors
/// Those of the store.
pub fn summarize(store: &SurfaceStore) -> Result<RunSummary> {
    let spec = store.spec();
    let (units, unit) = (UnitCount::of(store), EnergyUnit::of(&spec.couplings));
    let empty = || Tally { distinct: spec.points.then_some(0), ..Tally::default() };
    let mut tallies: BTreeMap<u32, Tally> = spec.dims.iter().map(|&dim| (dim, empty())).collect();
    for surface in surfaces(store) {
        if let Some(tally) = tallies.get_mut(&surface.dim) {
            tally.add_surface(&rows(store, surface)?, unit);
        }
    }
    for surface in store.times()? {
        if let Some(tally) = tallies.get_mut(&surface.dim) {
            tally.seconds += surface.spent();
        }
    }
    let model = spec.model();
    let thresholds = limit_energies(spec)?;
    let per_dim = u64::from(spec.starts) * u64::from(spec.instances);
    let close = |(dim, tally): (u32, Tally)| {
        let planned = if spec.is_census() { tally.starts } else { per_dim };
        let slopes = tally.slopes.close(spec);
        DimSummary { slopes, ..tally.close(dim, planned, thresholds, unit) }
    };
    let dims = tallies.into_iter().map(close).collect();
    Ok(RunSummary {
        spins: spec.spins,
        mixture: model.orders.as_pure().is_none().then(|| model.orders.shares().collect()),
        law: (model.law != Law::Gaussian).then(|| model.law.name()),
        spike: model.spike.map(|spike| (spike.strength, spike.order)),
        orders: spec.own_orders(),
        starts_from: spec.starts_from.clone(),
        seed: spec.seed,
        protocol: spec.descent.map_or("census", |descent| descent.name().name()),
        scale: spec.couplings.scale(),
        keeps_couplings: store.keeps()?,
        instances: spec.instances,
        starts: spec.starts,
        complete: units.done == units.planned,
        units,
        dims,
        content_hash: store.content_hash(),
    })
}

#[derive(Default)]
struct Tally {
    starts: u64,
    energies: Vec<f64>,
    /// Energies of starts that did not converge; NaN where not known.
    others: Vec<f64>,
    by_surface: SurfaceScatter,
    slopes: SlopeTally,
    distinct: Option<u64>,
    index_counts: BTreeMap<u32, u64>,
    undecided: u64,
    outcomes: BTreeMap<&'static str, u64>,
    seconds: Timings,
}

impl Tally {
    /// Takes the starts of one surface. Energies are kept in units of s: their squares would leave the range of a double
    /// where tensors are large or small.
    fn add_surface(&mut self, rows: &[CriticalPointRow], unit: EnergyUnit) {
        let per_spin = |row: &CriticalPointRow| row.record.energy_per_spin / unit.size();
        self.starts += rows.len() as u64;
        for row in rows {
            *self.outcomes.entry(row.record.outcome.name()).or_default() += 1;
        }
        let counts = |row: &&CriticalPointRow| sabotage!("unconverged-counted", row.record.converged(), true);
        let converged: Vec<&CriticalPointRow> = rows.iter().filter(counts).collect();
        for row in &converged {
            match row.record.decided_index() {
                Some(index) => *self.index_counts.entry(index).or_default() += 1,
                None => self.undecided += u64::from(row.record.index.is_some()),
            }
        }
        let others = rows.iter().filter(|row| !row.record.converged());
        self.others.extend(others.map(per_spin));
        let distinct = converged.iter().filter_map(|row| row.distinct).unique().count() as u64;
        if distinct > 0 {
            *self.distinct.get_or_insert(0) += distinct;
        }
        let energies: Vec<f64> =
            converged.iter().map(|row| per_spin(row)).filter(|u| u.is_finite()).collect();
        self.by_surface.add(&energies);
        self.slopes.add_surface(&converged);
        self.energies.extend(energies);
    }

    fn close(mut self, dim: u32, planned: u64, thresholds: LimitEnergies, unit: EnergyUnit) -> DimSummary {
        for outcome in Outcome::ALL {
            self.outcomes.entry(outcome.name()).or_default();
        }
        let converged = self.outcomes[Outcome::Converged.name()];
        let means = self.by_surface.means();
        let (error_over, sample) = match means.len() {
            0 | 1 => (ErrorOver::Starts, &self.energies),
            _ => (ErrorOver::Instances, &means),
        };
        let standard_error = error_of_mean(sample);
        let below = |line: f64| self.energies.iter().filter(|&&u| u < -line).count() as f64;
        let below = thresholds.e_inf.map_or(f64::NAN, below);
        let count = self.energies.len() as f64;
        let over_s = OverScale {
            mean_over_s: mean(&self.energies),
            standard_error_over_s: standard_error,
            sd_over_s: variance(&self.energies).map(f64::sqrt),
            min_over_s: self.energies.iter().copied().reduce(f64::min),
            max_over_s: self.energies.iter().copied().reduce(f64::max),
        };
        let raw = |x: Option<f64>| x.map(|x| unit.size() * x);
        DimSummary {
            dim,
            starts: self.starts,
            planned,
            instances: means.len() as u64,
            converged,
            mean: raw(over_s.mean_over_s),
            standard_error: raw(over_s.standard_error_over_s),
            error_over,
            sd: raw(over_s.sd_over_s),
            sd_between: raw(self.by_surface.sd_between()),
            sd_within: raw(self.by_surface.sd_within()),
            min: raw(over_s.min_over_s),
            max: raw(over_s.max_over_s),
            distinct: self.distinct,
            index_counts: self.index_counts,
            undecided: self.undecided,
            unconverged: Unconverged::new(&self.energies, &self.others, standard_error).times(unit.size()),
            outcomes: self.outcomes,
            below_e_inf: Some(below / count).filter(|share| share.is_finite() && unit != EnergyUnit::Unknown),
            over_scale: matches!(unit, EnergyUnit::Scale(_)).then_some(over_s),
            slopes: SlopesSummary::default(),
            thresholds,
            seconds: self.seconds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thresholds() -> LimitEnergies {
        LimitEnergies { e_0: Some(1.657), e_inf: Some(1.633), e_alg: None, phase: None }
    }

    use crate::studies::surfaces::Record;

    fn row(start: u32, energy_per_spin: f64, outcome: Outcome) -> CriticalPointRow {
        let record = Record {
            spins: 3,
            dim: 10,
            instance: 0,
            start,
            energy: energy_per_spin * 10.0,
            energy_per_spin,
            descent_energy_per_spin: energy_per_spin,
            gradient_norm: 1e-12,
            index: Some(0),
            min_eigenvalue: 1.0,
            undecided: Some(0),
            steps: 1,
            polish_overlap: 1.0,
            outcome,
        };
        CriticalPointRow { record, distinct: Some(start / 2), scale: None, slopes: None }
    }

    #[test]
    fn one_surface_gives_an_error_over_starts_and_two_over_surfaces() {
        let surface = |shift: f64| {
            [
                row(0, -1.5 + shift, Outcome::Converged),
                row(1, -1.7 + shift, Outcome::Converged),
                row(2, f64::NAN, Outcome::NonFinite),
            ]
        };
        let close = |surfaces: &[f64]| {
            let mut tally = Tally::default();
            surfaces.iter().for_each(|&shift| tally.add_surface(&surface(shift), EnergyUnit::Model));
            tally.close(10, 3, thresholds(), EnergyUnit::Model)
        };
        let one = close(&[0.0]);
        assert_eq!(one.error_over, ErrorOver::Starts);
        assert!((one.standard_error.unwrap() - 0.1).abs() < 1e-12);
        assert_eq!((one.starts, one.converged, one.distinct), (3, 2, Some(1)));
        assert_eq!(one.below_e_inf, Some(0.5));
        assert_eq!(one.outcomes["non_finite"], 1);
        let two = close(&[0.0, 0.2]);
        assert_eq!(two.error_over, ErrorOver::Instances);
        assert!((two.standard_error.unwrap() - 0.1).abs() < 1e-12);
        assert!((two.mean.unwrap() + 1.5).abs() < 1e-12);
        // Starts of a surface 0.2 apart, means 0.2 apart: 0.02 − 0.02/2 between.
        assert!((two.sd_within.unwrap().powi(2) - 0.02).abs() < 1e-12);
        assert!((two.sd_between.unwrap().powi(2) - 0.01).abs() < 1e-12);
        assert_eq!(one.sd_between, None);
    }

    #[test]
    fn undecided_points_are_counted_beside_the_indices() {
        let mut rows = vec![row(0, -1.5, Outcome::Converged), row(1, -1.7, Outcome::Converged)];
        rows[1].record.undecided = Some(1);
        let mut tally = Tally::default();
        tally.add_surface(&rows, EnergyUnit::Model);
        let found = tally.close(10, 2, thresholds(), EnergyUnit::Model);
        assert_eq!((found.index_counts.get(&0), found.undecided), (Some(&1), 1));
    }

    #[test]
    fn only_energies_in_units_of_the_scale_are_held_against_the_threshold() {
        let close = |factor: f64, unit: EnergyUnit| {
            let mut tally = Tally::default();
            let rows = [-1.5, -1.7, -1.8].map(|u| row(0, factor * u, Outcome::Converged));
            tally.add_surface(&rows, unit);
            tally.close(10, 3, thresholds(), unit)
        };
        let model = close(1.0, EnergyUnit::Model);
        assert_eq!((model.below_e_inf, model.over_scale), (Some(2.0 / 3.0), None));
        for factor in [0.25, 2f64.powi(-900), 2f64.powi(900)] {
            let own = close(factor, EnergyUnit::Scale(factor));
            assert_eq!(own.below_e_inf, model.below_e_inf, "{factor:e}");
            let over = own.over_scale.unwrap();
            assert_eq!([over.mean_over_s, over.sd_over_s], [model.mean, model.sd]);
            assert_eq!([over.min_over_s, over.max_over_s], [model.min, model.max]);
            assert_eq!(
                [own.mean, own.sd, own.min],
                [model.mean, model.sd, model.min].map(|x| x.map(|x| factor * x))
            );
        }
        let unknown = close(0.25, EnergyUnit::Unknown);
        assert_eq!((unknown.below_e_inf, unknown.over_scale), (None, None));
        assert_eq!(unknown.mean, model.mean.map(|u| 0.25 * u));
    }

    #[test]
    fn nothing_stored_gives_no_numbers() {
        let empty = Tally::default().close(10, 5, thresholds(), EnergyUnit::Model);
        assert_eq!((empty.mean, empty.sd, empty.below_e_inf, empty.distinct), (None, None, None, None));
    }
}
