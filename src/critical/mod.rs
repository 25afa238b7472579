//! Spectrum, index, saddle search and distinct points.

pub mod census;
mod curvature;
mod distinct;
mod operator;
mod saddle;
mod spectrum;

pub use curvature::mean_eigenvalues;
pub use distinct::{SAME_POINT, distinct};
pub use operator::HessianOperator;
pub use saddle::{MOST_TRIALS, SaddleSearch};
pub use spectrum::{MIN_EIGENVALUE_ERROR, Spectrum, UNDECIDED, spectra};
