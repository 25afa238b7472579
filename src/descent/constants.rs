//! Constants of descents by their keys in specs and configuration files: flat, whatever the method.

use serde::{Deserialize, Serialize};

use super::cooling::Cooling;
use crate::error::{Error, Result};

named! {
    /// What kind of machine descends. Its sums run in an order of its own, so its bits are its own.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum DeviceClass {
        /// Processor cores.
        #[default]
        Cpu = "cpu",
        /// A GPU, by the kernels of `descent/device`.
        Cuda = "cuda",
    }
}

impl DeviceClass {
    /// Whether it is the default, which is not written.
    fn is_cpu(&self) -> bool {
        *self == Self::Cpu
    }
}

/// The constants of a descent as a spec has them: a key that a method has no use for is 0 or not written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Constants {
    pub samples: u32,
    pub cycles: u32,
    pub sample_rate: f64,
    pub full_steps: u32,
    pub full_rate: f64,
    pub decay: f64,
    pub handover: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets: Option<[f64; 2]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cooling: Option<Cooling>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairs: Option<u32>,
    #[serde(default, skip_serializing_if = "DeviceClass::is_cpu")]
    pub device: DeviceClass,
}

/// A constant by its key.
pub(crate) struct Entry {
    /// The key in a file.
    #[cfg_attr(not(feature = "runs"), allow(dead_code))]
    pub key: &'static str,
    pub value: String,
    /// The flag, or else the key.
    asked_as: &'static str,
    /// What a method lacks that has no use for it.
    lacking: &'static str,
}

impl Constants {
    /// Its numbers, by their keys.
    pub(crate) fn entries(&self) -> [Entry; 13] {
        let cooling = self.cooling.unwrap_or_default();
        // A zero has no sign.
        let number = |x: f64| (x + 0.0).to_string();
        let pairs = self.pairs.map_or("none".to_owned(), |pairs| pairs.to_string());
        let targets = self.targets.map_or("none".to_owned(), |ends| format!("{ends:?}"));
        [
            ("descent.targets", "", targets, "has no target energies"),
            ("descent.samples", "samples", self.samples.to_string(), "has no sample phase"),
            ("descent.cycles", "", self.cycles.to_string(), "has no sample phase"),
            ("descent.sample_rate", "", number(self.sample_rate), "has no sample phase"),
            ("descent.full_steps", "", self.full_steps.to_string(), "has no full phase"),
            ("descent.full_rate", "", number(self.full_rate), "has no full phase"),
            ("descent.decay", "", number(self.decay), "has no decay"),
            ("descent.handover", "", number(self.handover), "has no full phase"),
            ("descent.pairs", "", pairs, "remembers no pairs"),
            ("descent.cooling.sweeps", "sweeps", cooling.sweeps.to_string(), "does not cool"),
            ("descent.cooling.hot", "", number(cooling.hot), "does not cool"),
            ("descent.cooling.cold", "", number(cooling.cold), "does not cool"),
            ("descent.cooling.rate", "", number(cooling.rate), "does not cool"),
        ]
        .map(|(key, flag, value, lacking)| {
            let asked_as = if flag.is_empty() { key } else { flag };
            Entry { key, value, asked_as, lacking }
        })
    }

    /// Refuses what a method of this name has no use for; `used` is what it makes of these constants.
    ///
    /// # Errors
    /// [`Error::BadInput`] naming the first constant that is not among those used.
    pub(crate) fn check_used(&self, used: &Self, method: &str) -> Result<()> {
        if self.device != used.device {
            return Err(Error::bad_input("protocol", method, "sgd or gd with device cuda"));
        }
        let cools_in_vain = self.cooling.is_some() && used.cooling.is_none();
        let mut pairs = self.entries().into_iter().zip(used.entries());
        let unused = pairs.find(|(asked, used)| asked.value != used.value).map(|(asked, _)| asked);
        let zeros = || self.entries().into_iter().find(|asked| cools_in_vain && asked.asked_as == "sweeps");
        match unused.or_else(zeros) {
            Some(Entry { asked_as, value, lacking, .. }) => {
                Err(Error::bad_input(asked_as, value, format!("nothing: protocol {method} {lacking}")))
            }
            None => Ok(()),
        }
    }
}

/// A request, with what it leaves open taken from another.
#[cfg(feature = "runs")]
macro_rules! or_of {
    ($one:ident, $other:ident, $($field:ident)+) => { Self { $($field: $one.$field.or($other.$field)),+ } };
}

#[cfg(feature = "runs")]
pub(crate) use or_of;

/// Constants of the descent that a command sets; the rest come from the preset or the stored run.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DescentRequest {
    /// Number P of sample tensors.
    pub samples: Option<u32>,
    /// Passes through the sample tensors.
    pub cycles: Option<u32>,
    /// γ_0 of the sample phase.
    pub sample_rate: Option<f64>,
    /// Most steps of the full-gradient phase.
    pub full_steps: Option<u32>,
    /// γ_1 of the full-gradient phase.
    pub full_rate: Option<f64>,
    /// Decay of both rates per step.
    pub decay: Option<f64>,
    /// ‖g‖/√Λ at which the polish takes over.
    pub handover: Option<f64>,
    /// Lowest and highest target energy per spin of a saddle search.
    pub targets: Option<[f64; 2]>,
    /// Pairs that limited-memory BFGS remembers.
    pub pairs: Option<u32>,
    /// How an annealing cools.
    #[serde(default)]
    pub cooling: CoolingRequest,
}

/// Constants of a cooling that a command sets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoolingRequest {
    /// Sweeps.
    pub sweeps: Option<u32>,
    /// Temperature of the first sweep.
    pub hot: Option<f64>,
    /// Temperature of the last sweep.
    pub cold: Option<f64>,
    /// γ of the moves.
    pub rate: Option<f64>,
}

#[cfg(feature = "runs")]
impl DescentRequest {
    /// This request, with what it leaves open taken from another.
    pub(crate) fn or(self, other: Self) -> Self {
        or_of!(self, other, samples cycles sample_rate full_steps full_rate decay handover targets pairs cooling)
    }

    /// These constants changed as requested, whether a method has a use for them or not.
    pub(crate) fn on(&self, base: Constants) -> Constants {
        Constants {
            samples: self.samples.unwrap_or(base.samples),
            cycles: self.cycles.unwrap_or(base.cycles),
            sample_rate: self.sample_rate.unwrap_or(base.sample_rate),
            full_steps: self.full_steps.unwrap_or(base.full_steps),
            full_rate: self.full_rate.unwrap_or(base.full_rate),
            decay: self.decay.unwrap_or(base.decay),
            handover: self.handover.unwrap_or(base.handover),
            targets: self.targets.or(base.targets),
            pairs: self.pairs.or(base.pairs),
            cooling: self.cooling.on(base.cooling),
            device: base.device,
        }
    }
}

#[cfg(feature = "runs")]
impl CoolingRequest {
    fn or(self, other: Self) -> Self {
        or_of!(self, other, sweeps hot cold rate)
    }

    /// Where a method does not cool, a request to is kept, to be refused.
    fn on(&self, base: Option<Cooling>) -> Option<Cooling> {
        if base.is_none() && *self == Self::default() {
            return None;
        }
        let base = base.unwrap_or_default();
        Some(Cooling {
            sweeps: self.sweeps.unwrap_or(base.sweeps),
            hot: self.hot.unwrap_or(base.hot),
            cold: self.cold.unwrap_or(base.cold),
            rate: self.rate.unwrap_or(base.rate),
        })
    }
}
