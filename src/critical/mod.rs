//! Spectrum, index and distinct points.

pub mod census;
mod distinct;
mod spectrum;

pub use distinct::{SAME_POINT, distinct};
pub use spectrum::{Spectrum, UNDECIDED};
