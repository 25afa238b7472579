//! Everything that defines a run of sampling.

use itertools::Itertools;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, check_range};
use crate::hamiltonian::{Layout, Model, SurfaceKey};
use crate::sampling::Schedule;
use crate::studies::surfaces::bounds::INSTANCES;
use crate::studies::surfaces::limits::check_sizes;
use crate::study::RunSpec;
use crate::study::spec::UNITS;

/// Least and most values of what a spec may ask for.
pub mod bounds {
    /// Sweeps: a year of the fastest.
    pub const SWEEPS: [u32; 2] = [1, 100_000_000];
    /// Sweeps of the burn-in.
    pub const BURN_IN: [u32; 2] = [0, SWEEPS[1]];
    /// Leapfrog steps of a trajectory.
    pub const STEPS: [u32; 2] = [1, 1000];
    /// Sets of replicas; overlaps need two.
    pub const REPLICAS: [u32; 2] = [2, 16];
    /// Temperatures in all.
    pub const TEMPERATURES: u32 = 256;
    /// Least and most T: its inverse times an energy stays far from where numbers end.
    pub const TEMPERATURE: [f64; 2] = [1e-6, 1e6];
}

use bounds::{BURN_IN, REPLICAS, STEPS, SWEEPS, TEMPERATURE, TEMPERATURES};

/// Everything that defines a run of sampling. Valid by construction: see
/// [`SamplingRequest::new_run`](super::SamplingRequest::new_run).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SamplingSpec {
    /// H; the highest order of a mixture.
    pub spins: u32,
    /// Orders, law of the couplings and spike; `None`, and not written, for the pure Gaussian model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Model>,
    /// Root of all random streams.
    pub seed: u64,
    /// T, ascending, in units in which L has variance Λ ξ(1).
    pub temperatures: Vec<f64>,
    /// Sweeps that count, one trajectory of each replica to a sweep.
    pub sweeps: u32,
    /// Sweeps before them.
    pub burn_in: u32,
    /// Leapfrog steps of a trajectory.
    pub steps: u32,
    /// Independent sets of replicas.
    pub replicas: u32,
    /// Whether replicas of neighbouring temperatures are exchanged.
    pub exchange: bool,
    /// Energies of every so many sweeps are kept.
    pub thin: u32,
    /// Λ of each size, ascending; may grow.
    pub dims: Vec<u32>,
    /// Surfaces per size; may grow.
    pub instances: u32,
}

impl SamplingSpec {
    /// The law of its random surfaces.
    pub fn model(&self) -> Model {
        self.model.unwrap_or_else(|| Model::pure(self.spins as usize))
    }

    /// The key of a surface: that of the surface that a sweep of the same seed descends on.
    pub fn surface_key(&self, dim: u32, instance: u32) -> SurfaceKey {
        let layout = Layout { spins: self.spins as usize, dim: dim as usize };
        SurfaceKey { seed: self.seed, layout, instance: u64::from(instance) }
    }

    /// What is done on each surface.
    pub fn schedule(&self) -> Schedule {
        Schedule {
            temperatures: self.temperatures.clone(),
            replicas: self.replicas as usize,
            sweeps: self.sweeps,
            burn_in: self.burn_in,
            steps: self.steps,
            exchange: self.exchange,
        }
    }

    /// Numbers of the sweeps whose energies are kept, from 1: every `thin`-th.
    pub fn kept_sweeps(&self) -> impl Iterator<Item = u32> + use<> {
        (self.thin..=self.sweeps).step_by(self.thin as usize)
    }
}

impl RunSpec for SamplingSpec {
    const GROWABLE: &'static [&'static str] = &["dims", "instances"];

    fn check(&self) -> Result<()> {
        check_model(self)?;
        check_sizes(self.spins, &self.dims)?;
        check_range("instances", self.instances, INSTANCES)?;
        let units = u64::from(self.instances) * self.dims.len() as u64;
        if units > UNITS {
            let value = format!("{} x {}", self.instances, self.dims.len());
            return Err(Error::bad_input("instances x sizes", value, format!("at most {UNITS} in one run")));
        }
        check_temperatures(self)?;
        check_range("sweeps", self.sweeps, SWEEPS)?;
        check_range("burn-in", self.burn_in, BURN_IN)?;
        check_range("steps", self.steps, STEPS)?;
        check_range("replicas", self.replicas, REPLICAS)?;
        check_range("thin", self.thin, [1, self.sweeps])
    }

    fn united(&self, other: &Self) -> Self {
        Self {
            dims: self.dims.iter().chain(&other.dims).copied().sorted().dedup().collect(),
            instances: self.instances.max(other.instances),
            ..self.clone()
        }
    }
}

fn check_model(spec: &SamplingSpec) -> Result<()> {
    let Some(model) = &spec.model else {
        return check_range("spins", spec.spins, crate::studies::surfaces::bounds::SPINS);
    };
    model.check()?;
    if spec.spins as usize == model.orders.highest() {
        return Ok(());
    }
    let allowed = format!("{}, the highest order of the mixture", model.orders.highest());
    Err(Error::bad_input("spins", spec.spins, allowed))
}

fn check_temperatures(spec: &SamplingSpec) -> Result<()> {
    let wrong = |value: String, allowed: String| Err(Error::bad_input("temperatures", value, allowed));
    let [least, most] = TEMPERATURE;
    if let Some(wild) = spec.temperatures.iter().find(|t| !(least..=most).contains(*t)) {
        return wrong(format!("{wild}"), format!("numbers above 0, from {least:e} to {most:e}"));
    }
    if let Some((twice, _)) = spec.temperatures.iter().tuple_windows().find(|(a, b)| a == b) {
        return wrong(format!("{twice}"), "given twice; each temperature once".into());
    }
    if !spec.temperatures.is_sorted() {
        return wrong(format!("{:?}", spec.temperatures), "ascending".into());
    }
    match spec.temperatures.len() {
        0 => wrong("(empty)".into(), "at least one temperature".into()),
        1 if spec.exchange => wrong(
            format!("{:?}", spec.temperatures),
            "two or more: replicas are exchanged between temperatures; one alone needs --no-exchange".into(),
        ),
        count if count > TEMPERATURES as usize => {
            wrong(format!("{count} temperatures"), format!("at most {TEMPERATURES}"))
        }
        _ => Ok(()),
    }
}
