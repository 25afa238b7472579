//! Descent methods and their driver.

mod approach;
mod driver;
mod evaluate;
mod outcome;
mod polish;
mod protocol;
mod trace;

pub use approach::{Aimed, Approach};
pub use driver::{Carrier, Descended, Descent, Start};
pub use evaluate::{EVALUATE_LANES, Evaluated, evaluate};
pub use outcome::Outcome;
pub use polish::{CONVERGED, Polish, Polished};
pub use protocol::{Method, Protocol};
pub use trace::{TracePoint, is_traced};
