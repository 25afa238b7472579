//! Spectrum, index and distinct points.

mod spectrum;

pub use spectrum::{Spectrum, UNDECIDED};
