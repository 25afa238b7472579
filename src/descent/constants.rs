//! Constants of descents by their keys in specs and configuration files: flat, whatever the method.

use serde::{Deserialize, Serialize};

use super::cooling::Cooling;
use crate::error::{Error, Result};

/// What kind of machine descends. Its sums run in an order of its own, so its bits are its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceClass {
    /// Processor cores.
    #[default]
    Cpu,
    /// A GPU, by the kernels of `descent/device`.
    Cuda,
}

impl DeviceClass {
    /// Whether it is the default, which is not written.
    fn is_cpu(&self) -> bool {
        *self == Self::Cpu
    }

    /// Name on the command line, in files and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
        }
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
    #[serde(default, skip_serializing_if = "DeviceClass::is_cpu")]
    pub device: DeviceClass,
}

impl Constants {
    /// Key and value of each number, as they are held against those of a stored run.
    pub fn numbers(&self) -> [(&'static str, String); 12] {
        let cooling = self.cooling.unwrap_or_default();
        // A zero has no sign.
        let number = |x: f64| (x + 0.0).to_string();
        [
            ("descent.targets", self.targets.map_or("none".to_owned(), |ends| format!("{ends:?}"))),
            ("descent.samples", self.samples.to_string()),
            ("descent.cycles", self.cycles.to_string()),
            ("descent.sample_rate", number(self.sample_rate)),
            ("descent.full_steps", self.full_steps.to_string()),
            ("descent.full_rate", number(self.full_rate)),
            ("descent.decay", number(self.decay)),
            ("descent.handover", number(self.handover)),
            ("descent.cooling.sweeps", cooling.sweeps.to_string()),
            ("descent.cooling.hot", number(cooling.hot)),
            ("descent.cooling.cold", number(cooling.cold)),
            ("descent.cooling.rate", number(cooling.rate)),
        ]
    }

    /// Refuses constants of a sample phase.
    pub fn without_samples(&self, method: &str) -> Result<()> {
        let none = format!("nothing: protocol {method} has no sample phase");
        for (key, value) in [("samples", self.samples), ("descent.cycles", self.cycles)] {
            if value != 0 {
                return Err(Error::bad_input(key, value, &none));
            }
        }
        if self.sample_rate == 0.0 {
            return Ok(());
        }
        Err(Error::bad_input("descent.sample_rate", self.sample_rate, none))
    }

    /// Refuses target energies.
    pub fn without_targets(&self, method: &str) -> Result<()> {
        let Some(targets) = self.targets else { return Ok(()) };
        let none = format!("nothing: protocol {method} has no target energies");
        Err(Error::bad_input("descent.targets", format!("{targets:?}"), none))
    }

    /// Refuses constants of a cooling.
    pub fn without_cooling(&self, method: &str) -> Result<()> {
        let Some(cooling) = self.cooling else { return Ok(()) };
        let named = [
            ("sweeps", f64::from(cooling.sweeps)),
            ("descent.cooling.hot", cooling.hot),
            ("descent.cooling.cold", cooling.cold),
            ("descent.cooling.rate", cooling.rate),
        ];
        let (key, value) = named.into_iter().find(|(_, value)| *value != 0.0).unwrap_or(("sweeps", 0.0));
        Err(Error::bad_input(key, value, format!("nothing: protocol {method} does not cool")))
    }

    /// Refuses a device.
    pub fn on_cpu(&self, method: &str) -> Result<()> {
        match self.device {
            DeviceClass::Cpu => Ok(()),
            DeviceClass::Cuda => Err(Error::bad_input("protocol", method, "sgd or gd with device cuda")),
        }
    }
}

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

impl DescentRequest {
    /// This request, with what it leaves open taken from another.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            samples: self.samples.or(other.samples),
            cycles: self.cycles.or(other.cycles),
            sample_rate: self.sample_rate.or(other.sample_rate),
            full_steps: self.full_steps.or(other.full_steps),
            full_rate: self.full_rate.or(other.full_rate),
            decay: self.decay.or(other.decay),
            handover: self.handover.or(other.handover),
            targets: self.targets.or(other.targets),
            cooling: self.cooling.or(other.cooling),
        }
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
            cooling: self.cooling.on(base.cooling),
            device: base.device,
        }
    }
}

impl CoolingRequest {
    fn or(self, other: Self) -> Self {
        Self {
            sweeps: self.sweeps.or(other.sweeps),
            hot: self.hot.or(other.hot),
            cold: self.cold.or(other.cold),
            rate: self.rate.or(other.rate),
        }
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
