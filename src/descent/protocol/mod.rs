//! What a descent does before the polish: a method and the constants that define a run.

pub(super) mod anneal;
pub(super) mod fast;
mod gd;
pub(super) mod saddle;
mod sgd;

pub use anneal::Anneal;
pub use fast::{Fast, PAIRS};
pub use gd::Gd;
pub use saddle::{Saddle, TARGET};
pub use sgd::Sgd;

use serde::{Deserialize, Serialize};

use super::annealing::Annealing;
use super::approach::Approach;
use super::constants::{Constants, DeviceClass};
use super::cooling::Cooling;
use super::cuda;
use super::device::DeviceDescent;
use super::gradient_descent::{Descent, Execution};
use super::method::{Driver, Method};
use super::phases::{FullPhase, Phases, SamplePhase};
use super::quasi_newton::QuasiNewton;
use super::rules::Rules;
use crate::error::{Error, Result};
use crate::hamiltonian::{Model, Surface};

/// A method of descent with its constants. All of them are part of what a run *is*: changing one makes another run.
///
/// Rates, temperatures and norms of gradients are in units of the couplings' root mean square, which is 1 for random
/// surfaces; a [driver](Self::driver) converts them to those of its surface.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub enum Protocol {
    /// One sample tensor per step in cyclic order, then the full gradient.
    Sgd(Sgd),
    /// The full gradient only.
    Gd(Gd),
    /// Limited-memory BFGS along the full gradient: few gradients for a minimum.
    Fast(Fast),
    /// Along the full gradient, down or up, to a target energy; from there a search for a critical point of any index.
    Saddle(Saddle),
    /// Langevin moves at falling temperature, then the full gradient.
    Anneal(Anneal),
}

named! {
    /// Name of a method.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum MethodName {
        /// [`Protocol::Sgd`].
        Sgd = "sgd",
        /// [`Protocol::Gd`].
        Gd = "gd",
        /// [`Protocol::Fast`].
        Fast = "fast",
        /// [`Protocol::Saddle`].
        Saddle = "saddle",
        /// [`Protocol::Anneal`].
        Anneal = "anneal",
    }
}

impl MethodName {
    /// What the method does, in a line.
    pub fn summary(self) -> &'static str {
        match self {
            Self::Sgd => "gradients of sample tensors in turn, then the full gradient, to a minimum",
            Self::Gd => "the full gradient, to a minimum",
            Self::Fast => "limited-memory BFGS along the full gradient, to a minimum for few gradients",
            Self::Saddle => "to a chosen energy, and from there to a critical point of any index",
            Self::Anneal => "random moves at falling temperature, then the full gradient, to a minimum",
        }
    }

    /// The method with its default constants at order H.
    pub fn at_order(self, spins: u32) -> Protocol {
        match self {
            Self::Sgd => Protocol::paper(spins),
            Self::Gd => Protocol::gd(spins),
            Self::Fast => Protocol::fast(spins),
            Self::Saddle => Protocol::saddle(spins),
            Self::Anneal => Protocol::anneal(spins),
        }
    }
}

/// A protocol as specs have it: the method's name beside constants of all methods.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Written {
    pub method: MethodName,
    #[serde(flatten)]
    pub constants: Constants,
}

impl Protocol {
    /// [`Sgd::literal`].
    pub fn literal(spins: u32) -> Self {
        Self::Sgd(Sgd::literal(spins))
    }

    /// [`Sgd::paper`].
    pub fn paper(spins: u32) -> Self {
        Self::Sgd(Sgd::paper(spins))
    }

    /// [`Sgd::paper_by`].
    pub fn paper_by(rules: Rules, spins: u32) -> Self {
        Self::Sgd(Sgd::paper_by(rules, spins))
    }

    /// [`Gd::new`].
    pub fn gd(spins: u32) -> Self {
        Self::Gd(Gd::new(spins))
    }

    /// [`Fast::new`].
    pub fn fast(spins: u32) -> Self {
        Self::Fast(Fast::new(spins))
    }

    /// [`Saddle::new`].
    pub fn saddle(spins: u32) -> Self {
        Self::Saddle(Saddle::new(spins))
    }

    /// [`Anneal::new`].
    pub fn anneal(spins: u32) -> Self {
        Self::Anneal(Anneal::new(spins))
    }

    /// The method with its rates, and the energies that a search aims at, moved from one order to a model.
    #[must_use]
    pub fn for_model(self, model: &Model) -> Self {
        let factor = model.rate_factor();
        let full = |full: FullPhase| FullPhase { rate: factor * full.rate, ..full };
        match self {
            Self::Sgd(sgd) => {
                let sampling = SamplePhase { rate: factor * sgd.sampling.rate, ..sgd.sampling };
                Self::Sgd(Sgd { sampling, full: full(sgd.full), ..sgd })
            }
            Self::Gd(gd) => Self::Gd(Gd { full: full(gd.full), ..gd }),
            Self::Fast(fast) => Self::Fast(Fast { rate: factor * fast.rate, ..fast }),
            Self::Saddle(saddle) => {
                let threshold = model.threshold().min(TARGET);
                Self::Saddle(Saddle {
                    rate: factor * saddle.rate,
                    targets: [-threshold, threshold],
                    ..saddle
                })
            }
            Self::Anneal(anneal) => {
                let cooling = Cooling { rate: factor * anneal.cooling.rate, ..anneal.cooling };
                Self::Anneal(Anneal { cooling, full: full(anneal.full) })
            }
        }
    }

    /// The method's name.
    pub fn name(&self) -> MethodName {
        match self {
            Self::Sgd(_) => MethodName::Sgd,
            Self::Gd(_) => MethodName::Gd,
            Self::Fast(_) => MethodName::Fast,
            Self::Saddle(_) => MethodName::Saddle,
            Self::Anneal(_) => MethodName::Anneal,
        }
    }

    /// What the method is.
    pub fn method(&self) -> &dyn Method {
        match self {
            Self::Sgd(sgd) => sgd,
            Self::Gd(gd) => gd,
            Self::Fast(fast) => fast,
            Self::Saddle(saddle) => saddle,
            Self::Anneal(anneal) => anneal,
        }
    }

    /// Phases of a descent; `None` where the method does something else.
    pub fn phases(&self) -> Option<Phases> {
        match *self {
            Self::Sgd(sgd) => Some(sgd.into()),
            Self::Gd(gd) => Some(gd.into()),
            Self::Fast(_) | Self::Saddle(_) | Self::Anneal(_) => None,
        }
    }

    /// The method at work on a surface, with no start yet; paths are recorded if `traced`.
    ///
    /// # Errors
    /// Those of the device.
    ///
    /// # Panics
    /// If the surface lacks the sample tensors that the method steps through.
    pub fn driver<'a>(
        &self,
        surface: &'a Surface,
        execution: Execution,
        traced: bool,
    ) -> Result<Box<dyn Driver + 'a>> {
        let phases: Phases = match *self {
            Self::Sgd(sgd) => sgd.into(),
            Self::Gd(gd) => gd.into(),
            Self::Fast(fast) => return Ok(Box::new(QuasiNewton::new(surface, fast, execution, traced))),
            Self::Saddle(saddle) => return Ok(Box::new(Approach::new(surface, saddle, execution, traced))),
            Self::Anneal(anneal) => {
                return Ok(Box::new(Annealing::new(surface, anneal, execution, traced)));
            }
        };
        Ok(match self.method().device() {
            DeviceClass::Cpu => Box::new(Descent::new(surface, phases, execution, traced)),
            DeviceClass::Cuda => Box::new(DeviceDescent::new(cuda::open()?, surface, phases)?),
        })
    }
}

impl From<Protocol> for Written {
    fn from(protocol: Protocol) -> Self {
        Self { method: protocol.name(), constants: protocol.method().constants() }
    }
}

impl TryFrom<Written> for Protocol {
    type Error = Error;

    /// # Errors
    /// [`Error::BadInput`] naming a constant that the method has no use for, or lacks.
    fn try_from(Written { method, constants }: Written) -> Result<Self> {
        let protocol = match method {
            MethodName::Sgd => Self::Sgd(Sgd::of(&constants)),
            MethodName::Gd => Self::Gd(Gd::of(&constants)),
            MethodName::Fast => Self::Fast(Fast::of(&constants)?),
            MethodName::Saddle => Self::Saddle(Saddle::of(&constants)?),
            MethodName::Anneal => Self::Anneal(Anneal::of(&constants)?),
        };
        constants.check_used(&protocol.method().constants(), method.name())?;
        Ok(protocol)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_of_other_methods_are_written_without_targets_cooling_and_pairs() {
        for name in MethodName::ALL {
            let protocol = name.at_order(3);
            let text = serde_json::to_string(&protocol).unwrap();
            assert_eq!(text.contains("targets"), name == MethodName::Saddle);
            assert_eq!(text.contains("pairs"), name == MethodName::Fast);
            assert_eq!(text.contains("cooling"), name == MethodName::Anneal);
            assert_eq!(serde_json::from_str::<Protocol>(&text).unwrap(), protocol);
            assert!(text.starts_with(&format!(r#"{{"method":"{}","samples":"#, name.name())), "{text}");
        }
    }

    #[test]
    fn a_constant_that_a_method_has_no_use_for_is_refused() {
        let text = |name: MethodName| serde_json::to_string(&name.at_order(3)).unwrap();
        for name in MethodName::ALL {
            for other in MethodName::ALL.into_iter().filter(|&other| other != name) {
                let text =
                    text(name).replace(&format!(r#""{}""#, name.name()), &format!(r#""{}""#, other.name()));
                let read = serde_json::from_str::<Protocol>(&text);
                // The constants of gd without its own samples are none that sgd has no use for; its limits refuse them.
                let fits = name == MethodName::Gd && other == MethodName::Sgd;
                assert_eq!(read.is_ok(), fits, "{text} {read:?}");
                assert!(read.is_err() || read.unwrap().method().check().is_err());
            }
        }
        let gd = text(MethodName::Gd);
        for (was, is) in [
            (r#""samples":0"#, r#""samples":2"#),
            (r#""handover""#, r#""pairs":0,"handover""#),
            (r#""handover""#, r#""cooling":{"sweeps":0,"hot":0.0,"cold":0.0,"rate":0.0},"handover""#),
        ] {
            let other = gd.replace(was, is);
            assert!(other != gd && serde_json::from_str::<Protocol>(&other).is_err(), "{other}");
        }
    }
}
