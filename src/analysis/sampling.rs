//! What was sampled at each size and temperature, and whether chains can be believed.

use serde::Serialize;

use super::units::UnitCount;
use crate::error::Result;
use crate::hamiltonian::{Law, Model};
use crate::studies::sampling::{SamplingSpec, SamplingStore, TemperatureRow};
use crate::studies::surfaces::model_text;
use crate::theory::{Mixture, static_transition};

/// Largest split-R̂ and least effective sample size of chains that are believed.
pub const BELIEVED: (f64, f64) = (1.05, 100.0);
/// Fewest surfaces, and standard errors, of a difference between a mean energy and what its overlaps ask for that is told.
const TOLD: (usize, f64) = (10, 5.0);

/// A run of sampling.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SamplingSummary {
    /// H; the highest order of a mixture.
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
    /// Root of all random streams.
    pub seed: u64,
    /// Surfaces per size.
    pub instances: u32,
    /// Sets of replicas.
    pub replicas: u32,
    /// Sweeps that count.
    pub sweeps: u32,
    /// Sweeps before them.
    pub burn_in: u32,
    /// Leapfrog steps of a trajectory.
    pub steps: u32,
    /// Whether replicas of neighbouring temperatures are exchanged.
    pub exchange: bool,
    /// Whether all that was asked for is stored.
    pub complete: bool,
    /// Progress in units, one for each surface.
    pub units: UnitCount,
    /// Sizes ascending, of each the temperatures ascending.
    pub temperatures: Vec<TemperatureSummary>,
    /// Chains that have not mixed and energies that their overlaps contradict, one line each; none is good.
    pub notes: Vec<String>,
    /// SHA-256 over spec and units.
    pub content_hash: String,
}

/// One temperature at one size, over surfaces. What is not known is not a number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TemperatureSummary {
    /// Λ.
    pub dim: u32,
    /// T.
    pub temperature: f64,
    /// Surfaces stored.
    pub instances: u64,
    /// Mean of u over surfaces.
    pub mean: f64,
    /// Its standard error: over surfaces where there are several, otherwise given this surface.
    pub std_error: f64,
    /// Least effective sample size of a surface.
    pub ess: f64,
    /// Largest split-R̂ of the energy on a surface.
    pub rhat: f64,
    /// Whether chains of all surfaces have mixed: R̂ ≤ 1.05 and effective size ≥ 100.
    pub mixed: bool,
    /// Largest split-R̂ of the overlap on a surface.
    pub overlap_rhat: f64,
    /// Mean share of trajectories that were accepted.
    pub acceptance: f64,
    /// Mean share of exchanges with the next higher temperature.
    pub swap: f64,
    /// Longest autocorrelation time of the energy, in sweeps.
    pub autocorrelation_time: f64,
    /// Mean specific heat per spin.
    pub specific_heat: f64,
    /// Mean w·∇L/Λ.
    pub radial_slope: f64,
    /// Mean overlap of two sets of replicas.
    pub overlap: f64,
    /// Mean of its square.
    pub overlap_squared: f64,
    /// Round trips between the lowest temperature and the highest, on all surfaces together.
    pub round_trips: u64,
    /// Mean overlap with the spike; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spike_overlap: Option<f64>,
    /// −ξ(1)/T, the limit as Λ → ∞; absent below T_s, with a random field and with a spike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annealed: Option<f64>,
    /// The mean energy that overlaps ask for, −(ξ(1) − ⟨ξ(q)⟩)/T and the spike's share; absent for other laws than the Gaussian.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_overlaps: Option<f64>,
    /// By how many of its standard errors over surfaces the mean lies above that; absent with one surface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_overlaps_z: Option<f64>,
}

/// Puts a run in order.
///
/// # Errors
/// Those of the store.
pub fn summarize_sampling(store: &SamplingStore) -> Result<SamplingSummary> {
    let (spec, mut rows) = (store.spec(), Vec::new());
    for unit in store.units() {
        rows.extend(unit?.rows);
    }
    rows.sort_by_key(|row| (row.dim, row.rung, row.instance));
    let groups = rows.chunk_by(|a, b| (a.dim, a.rung) == (b.dim, b.rung));
    let temperatures: Vec<_> = groups.map(|rows| TemperatureSummary::of(&spec.model(), rows)).collect();
    let units = UnitCount::of(store);
    let Model { orders, law, spike } = spec.model();
    Ok(SamplingSummary {
        spins: spec.spins,
        mixture: orders.as_pure().is_none().then(|| orders.shares().collect()),
        law: (law != Law::Gaussian).then(|| law.name()),
        spike: spike.map(|spike| (spike.strength, spike.order)),
        seed: spec.seed,
        instances: spec.instances,
        replicas: spec.replicas,
        sweeps: spec.sweeps,
        burn_in: spec.burn_in,
        steps: spec.steps,
        exchange: spec.exchange,
        complete: units.are_complete(),
        units,
        notes: temperatures.iter().flat_map(TemperatureSummary::notes).collect(),
        temperatures,
        content_hash: store.content_hash(),
    })
}

/// T_s; beyond all temperatures with a random field.
fn annealed_from(model: &Model) -> f64 {
    let shares: Vec<(u32, f64)> = model.orders.shares().map(|(p, v)| (p as u32, v)).collect();
    let without_field = Mixture::new(&shares).ok().filter(|mixture| mixture.field() == 0.0);
    without_field.map_or(f64::INFINITY, |mixture| static_transition(&mixture))
}

/// What is sampled, in a few words.
pub fn sampled_model(spec: &SamplingSpec) -> String {
    model_text(&spec.model())
}

impl TemperatureSummary {
    fn of(model: &Model, rows: &[TemperatureRow]) -> Self {
        let over = |value: &dyn Fn(&TemperatureRow) -> f64| -> Vec<f64> { rows.iter().map(value).collect() };
        let mean_of = |value: &dyn Fn(&TemperatureRow) -> f64| mean(&over(value));
        let (dim, temperature) = rows.first().map_or((0, f64::NAN), |row| (row.dim, row.temperature));
        let energies = over(&|row| row.energy_per_spin);
        let alone = rows.first().map_or(f64::NAN, |row| row.standard_error);
        let (ess, rhat) = (least(&over(&|row| row.ess)), -least(&over(&|row| -row.rhat)));
        let at_one = model.orders.at_one()[0];
        let asked_for = over(&|row| {
            let planted = if model.spike.is_some() { row.spike_energy } else { 0.0 };
            planted - (at_one - row.covariance) / temperature
        });
        let off: Vec<f64> = energies.iter().zip(&asked_for).map(|(u, asked)| u - asked).collect();
        let (is_gaussian, several) = (model.law == Law::Gaussian, rows.len() > 1);
        let has_limit = model.spike.is_none() && temperature >= annealed_from(model);
        Self {
            dim,
            temperature,
            instances: rows.len() as u64,
            mean: mean(&energies),
            std_error: if several { error(&energies) } else { alone },
            ess,
            rhat,
            mixed: rhat <= BELIEVED.0 && ess >= BELIEVED.1,
            overlap_rhat: -least(&over(&|row| -row.overlap_rhat)),
            acceptance: mean_of(&|row| row.acceptance),
            swap: mean_of(&|row| row.swap),
            autocorrelation_time: -least(&over(&|row| -row.autocorrelation_time)),
            specific_heat: mean_of(&|row| row.specific_heat),
            radial_slope: mean_of(&|row| row.radial_slope),
            overlap: mean_of(&|row| row.overlap),
            overlap_squared: mean_of(&|row| row.overlap_squared),
            round_trips: rows.iter().map(|row| row.round_trips).sum(),
            spike_overlap: model.spike.map(|_| mean_of(&|row| row.spike_overlap)),
            annealed: has_limit.then(|| -at_one / temperature),
            from_overlaps: is_gaussian.then(|| mean(&asked_for)),
            from_overlaps_z: (is_gaussian && several).then(|| mean(&off) / error(&off)),
        }
    }

    /// What speaks against believing it.
    fn notes(&self) -> Vec<String> {
        let Self { dim, temperature, ess, rhat, overlap_rhat, instances, .. } = *self;
        let place = format!("dim {dim}, T = {temperature}");
        let mut notes = Vec::new();
        let (most, fewest) = BELIEVED;
        let known = |x: f64, decimals: usize| {
            if x.is_finite() { format!("{x:.decimals$}") } else { "not known".to_owned() }
        };
        if !self.mixed {
            notes.push(format!(
                "{place}: chains have not mixed, so mean and error cannot be believed (R̂ {}, effective size {}; the rule is \
                 R̂ ≤ {most} and at least {fewest} on every surface): more --sweeps, or temperatures closer together",
                known(rhat, 3),
                known(ess, 0)
            ));
        } else if overlap_rhat.is_nan() || overlap_rhat > most {
            notes.push(format!(
                "{place}: overlaps have not mixed (R̂ {}; the rule is R̂ ≤ {most}), though energies have: replicas may \
                 not have been everywhere",
                known(overlap_rhat, 3)
            ));
        }
        let z = self.from_overlaps_z.filter(|z| instances >= TOLD.0 as u64 && z.abs() > TOLD.1);
        notes.extend(z.map(|z| {
            format!(
                "{place}: the mean energy is {z:.1} standard errors off what the overlaps ask for: not in equilibrium"
            )
        }));
        notes
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Standard error of the mean of independent values.
fn error(values: &[f64]) -> f64 {
    let (n, mean) = (values.len() as f64, mean(values));
    (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt()
}

/// The least value; not a number if one of them is none.
fn least(values: &[f64]) -> f64 {
    values.iter().fold(f64::INFINITY, |least, &x| if x.is_nan() || x < least { x } else { least })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_never_the_least() {
        assert_eq!(least(&[2.0, 1.0, 3.0]), 1.0);
        assert!(least(&[1.0, f64::NAN, 0.5]).is_nan() && least(&[f64::NAN, 0.5]).is_nan());
    }
}
