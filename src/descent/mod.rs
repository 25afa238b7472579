//! Descent methods and their driver.

mod outcome;
mod protocol;

pub use outcome::Outcome;
pub use protocol::{Method, Protocol};
