//! Loss, gradient, Hessian–vector products and Hessians of a network, in double precision.
//!
//! With rows of a matrix for examples: Z = X W₁, A = max(Z, 0), O = A W₂ᵀ, P = softmax(O), D = P − labels. W₁ is n₀ × n₁,
//! W₂ is n₂ × n₁, and their columns one after the other are the parameter vector.

mod directional;
mod forward;
mod gradient;
mod hessian;
mod index;
mod sample;
mod weights;

pub use directional::hessian_products;
pub use forward::{Loss, loss};
pub use gradient::{Gradient, gradient};
pub use hessian::hessian;
pub use index::{Index, Probe, SpectrumEnds, ZERO, index, spectral_measures, spectrum, spectrum_ends};
pub use sample::Sample;
pub use weights::Weights;
