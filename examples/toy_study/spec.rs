//! What defines a run: sizes, surfaces, points, seed.

use hspin::study::RunSpec;
use hspin::study::spec::{Growth, UNITS, sorted_set};
use hspin::{Error, Result};
use serde::{Deserialize, Serialize};

use super::energies::{BLOCK, SPINS};

/// Most points of a surface, and surfaces of a size.
const MOST: u32 = 1_000_000;
/// Largest Λ.
const LARGEST: u32 = 200;

/// Everything that defines a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnergiesSpec {
    /// Order H of the interaction.
    pub spins: u32,
    /// Λ, ascending.
    pub dims: Vec<u32>,
    /// Surfaces of each size.
    pub instances: u32,
    /// Points on each surface.
    pub points: u32,
    /// Root of all random streams.
    pub seed: u64,
}

/// What is asked for; `None` is the default, or what the run has.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Request {
    /// Λ; more may be added to an existing run [default: 10,20]
    #[arg(long, value_delimiter = ',')]
    pub dims: Option<Vec<u32>>,
    /// Surfaces of each size; may grow [default: 1]
    #[arg(long)]
    pub instances: Option<u32>,
    /// Points on each surface; may grow [default: 100]
    #[arg(long)]
    pub points: Option<u32>,
    /// Root of all random streams [default: 1]
    #[arg(long)]
    pub seed: Option<u64>,
}

impl Request {
    /// The spec of a new run, or the stored one with what is asked beyond it.
    ///
    /// # Errors
    /// Bad input; refused where the run has another seed, or more of something.
    pub fn spec(&self, stored: Option<&EnergiesSpec>) -> Result<EnergiesSpec> {
        let asked = self.dims.clone();
        let spec = match stored {
            None => EnergiesSpec {
                spins: SPINS,
                dims: sorted_set("dims", asked.unwrap_or_else(|| vec![10, 20]))?,
                instances: self.instances.unwrap_or(1),
                points: self.points.unwrap_or(100),
                seed: self.seed.unwrap_or(1),
            },
            Some(stored) => {
                let growth = Growth("dims, instances and points may grow; anything else is a new run");
                growth.same("seed", stored.seed, self.seed)?;
                let more = asked.map(|dims| sorted_set("dims", dims)).transpose()?.unwrap_or_default();
                let more = more.into_iter().filter(|dim| !stored.dims.contains(dim));
                EnergiesSpec {
                    dims: sorted_set("dims", stored.dims.iter().copied().chain(more).collect())?,
                    instances: growth.grow("instances", stored.instances, self.instances)?,
                    points: growth.grow("points", stored.points, self.points)?,
                    ..*stored
                }
            }
        };
        spec.check()?;
        Ok(spec)
    }
}

impl RunSpec for EnergiesSpec {
    const GROWABLE: &'static [&'static str] = &["dims", "instances", "points"];

    fn check(&self) -> Result<()> {
        let within = |key: &str, value: u32, [least, most]: [u32; 2]| {
            let allowed = || format!("a whole number from {least} to {most}");
            let is_allowed = (least..=most).contains(&value);
            if is_allowed { Ok(()) } else { Err(Error::bad_input(key, value, allowed())) }
        };
        within("spins", self.spins, [SPINS, SPINS])?;
        within("dims", self.dims.len() as u32, [1, LARGEST])?;
        self.dims.iter().try_for_each(|&dim| within("dims", dim, [2, LARGEST]))?;
        if !self.dims.is_sorted_by(|a, b| a < b) {
            return Err(Error::bad_input("dims", format!("{:?}", self.dims), "ascending, each size once"));
        }
        within("instances", self.instances, [1, MOST])?;
        within("points", self.points, [1, MOST])?;
        let blocks = u64::from(self.points.div_ceil(BLOCK)) * u64::from(self.instances);
        let units = blocks * self.dims.len() as u64;
        if units > UNITS {
            return Err(Error::bad_input("points", self.points, format!("at most {UNITS} units in all")));
        }
        Ok(())
    }

    fn united(&self, other: &Self) -> Self {
        let mut dims: Vec<u32> = self.dims.iter().chain(&other.dims).copied().collect();
        dims.sort_unstable();
        dims.dedup();
        let (instances, points) = (self.instances.max(other.instances), self.points.max(other.points));
        Self { dims, instances, points, ..*self }
    }
}
