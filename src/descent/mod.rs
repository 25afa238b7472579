//! Descent methods and their driver.

mod annealing;
mod approach;
pub mod cuda;
pub mod device;
mod driver;
mod evaluate;
mod outcome;
mod polish;
mod polishing;
mod protocol;
mod rules;
mod trace;

pub use annealing::{Annealing, Stirred};
pub use approach::{Aimed, Approach};
pub use driver::{Carrier, Descended, Descent, Start};
pub use evaluate::{EVALUATE_LANES, Evaluated, FIRST_ORDER_LANES, FirstOrder, evaluate, first_order};
pub use outcome::Outcome;
pub use polish::{CONVERGED, Polish, Polished, Wanted};
pub use polishing::{POLISHES, PolishSpace, Polishing};
pub use protocol::{Cooling, DeviceClass, Method, Protocol, dynamical_temperature};
pub use rules::Rules;
pub use trace::{TracePoint, is_traced};
