//! What a command asks of a run of sampling, before it is decided what the rest is.

use itertools::Itertools;

use super::spec::SamplingSpec;
use crate::error::{Error, Result};
use crate::studies::surfaces::ModelRequest;
use crate::study::RunSpec as _;
use crate::study::spec::{Growth, sorted_set};

/// Leapfrog steps of a trajectory unless others are asked for.
const STEPS: u32 = 8;
/// Sets of replicas.
const REPLICAS: u32 = 2;
/// About how many energies of each replica are kept.
const KEPT: u32 = 100;

const GROWTH: Growth = Growth("only dims and instances may grow");

/// What a command asks of a run; `None` is the default, or what the run has.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SamplingRequest {
    /// What is asked of the law of surfaces.
    pub model: ModelRequest,
    /// Root of all random streams.
    pub seed: Option<u64>,
    /// T, in any order.
    pub temperatures: Option<Vec<f64>>,
    /// Sweeps that count.
    pub sweeps: Option<u32>,
    /// Sweeps before them; half as many as count unless given.
    pub burn_in: Option<u32>,
    /// Leapfrog steps of a trajectory.
    pub steps: Option<u32>,
    /// Sets of replicas.
    pub replicas: Option<u32>,
    /// Whether replicas are exchanged.
    pub exchange: Option<bool>,
    /// Energies of every so many sweeps are kept.
    pub thin: Option<u32>,
    /// Λ of each size.
    pub dims: Option<Vec<u32>>,
    /// Surfaces per size.
    pub instances: Option<u32>,
}

impl SamplingRequest {
    /// The spec of a new run.
    ///
    /// # Errors
    /// [`Error::BadInput`] naming the first key that is missing or whose value is not allowed.
    pub fn new_run(&self) -> Result<SamplingSpec> {
        let missing = |key: &str, allowed: &str| Error::bad_input(key, "(missing)", allowed);
        let (spins, model) = self.model.decide()?;
        let dims = self.dims.clone().ok_or_else(|| missing("dims", "at least one size"))?;
        let temperatures = self.sorted_temperatures();
        let temperatures = temperatures.ok_or_else(|| missing("temperatures", "at least one temperature"))?;
        let sweeps = self.sweeps.ok_or_else(|| missing("sweeps", "a whole number from 1"))?;
        let spec = SamplingSpec {
            spins,
            model,
            seed: self.seed.unwrap_or(1),
            temperatures,
            sweeps,
            burn_in: self.burn_in.unwrap_or(sweeps.div_ceil(2)),
            steps: self.steps.unwrap_or(STEPS),
            replicas: self.replicas.unwrap_or(REPLICAS),
            exchange: self.exchange.unwrap_or(true),
            thin: self.thin.unwrap_or(sweeps.div_ceil(KEPT)),
            dims: sorted_set("dims", dims)?,
            instances: self.instances.unwrap_or(1),
        };
        spec.check()?;
        Ok(spec)
    }

    /// A stored spec enlarged by what is asked.
    ///
    /// # Errors
    /// [`Error::Refused`] naming the field, its stored value and the value asked for, where a field would shrink or change;
    /// [`Error::BadInput`] where the enlarged spec is not allowed.
    pub fn grown(&self, stored: &SamplingSpec) -> Result<SamplingSpec> {
        self.model.same(GROWTH, &stored.model())?;
        let text = |temperatures: &Vec<f64>| temperatures.iter().join(",");
        let asked = self.sorted_temperatures();
        GROWTH.same("temperatures", text(&stored.temperatures), asked.as_ref().map(text))?;
        GROWTH.same("seed", stored.seed, self.seed)?;
        GROWTH.same("sweeps", stored.sweeps, self.sweeps)?;
        GROWTH.same("burn-in", stored.burn_in, self.burn_in)?;
        GROWTH.same("steps", stored.steps, self.steps)?;
        GROWTH.same("replicas", stored.replicas, self.replicas)?;
        GROWTH.same("exchange", stored.exchange, self.exchange)?;
        GROWTH.same("thin", stored.thin, self.thin)?;
        let dims = self.dims.clone().map(|dims| sorted_set("dims", dims)).transpose()?;
        let spec = SamplingSpec {
            dims: stored.dims.iter().copied().chain(dims.into_iter().flatten()).sorted().dedup().collect(),
            instances: GROWTH.grow("instances", stored.instances, self.instances)?,
            ..stored.clone()
        };
        spec.check()?;
        Ok(spec)
    }

    fn sorted_temperatures(&self) -> Option<Vec<f64>> {
        self.temperatures.as_ref().map(|all| all.iter().copied().sorted_by(f64::total_cmp).collect())
    }
}
