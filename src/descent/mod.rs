//! Descent methods and their drivers.

mod annealing;
mod approach;
mod constants;
mod cooling;
pub mod cuda;
pub mod device;
mod evaluate;
mod gradient_descent;
mod limited_memory;
mod method;
mod moves;
mod outcome;
mod phases;
mod polish;
mod polishing;
mod protocol;
mod quasi_newton;
mod rules;
mod start;
mod trace;

pub use annealing::{Annealing, NoisyStart};
pub use approach::{Approach, TargetedStart};
#[cfg(feature = "runs")]
pub(crate) use constants::or_of;
pub use constants::{CoolingRequest, DescentRequest, DeviceClass};
pub use cooling::{Cooling, SWEEPS, dynamical_temperature};
pub use evaluate::{EVALUATE_LANES, Evaluated, FIRST_ORDER_LANES, FirstOrder, evaluate, first_order};
pub use gradient_descent::{Descent, Execution};
pub use method::{Driver, Method, Sought};
pub use outcome::Outcome;
pub use phases::{CYCLES, FULL_STEPS, FullPhase, Phases, SAMPLES, SamplePhase};
pub use polish::{CONVERGED, Polish, Polished, Wanted};
pub use polishing::{POLISHES, PolishSpace, Polishing};
#[cfg(feature = "runs")]
pub(crate) use protocol::Written;
pub use protocol::{Anneal, Fast, Gd, MethodName, PAIRS, Protocol, Saddle, Sgd, TARGET};
pub use quasi_newton::QuasiNewton;
pub use rules::Rules;
pub use start::{Descended, Start, StartInputs, StartPoints};
pub use trace::{TracePoint, is_traced};
