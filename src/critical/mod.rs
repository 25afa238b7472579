//! Spectrum, index, saddle search and distinct points.

pub mod census;
mod curvature;
mod distinct;
mod operator;
mod saddle;
mod sharpen;
mod spectrum;
mod tolerance;

pub use curvature::mean_eigenvalues;
pub use distinct::{LONGEST_REACH, SAME_POINT, distinct, distinct_within, reach};
pub use operator::HessianOperator;
pub use saddle::{MOST_TRIALS, SaddleSearch};
pub use sharpen::{Judge, Judged};
pub use spectrum::{MIN_EIGENVALUE_ERROR, Spectrum, spectra};
pub use tolerance::{Tolerance, UNDECIDED};
