//! Spherical H-spin glass: simulation of the energy landscape, compared with exact finite-size theory.
//!
//! # Conventions
//! One place states what every number means; all rooms use these and no others.
//!
//! - Dimension Λ ≥ 2 (`dim`), order H ≥ 2 (`spins`), a point w on the sphere Σ wᵢ² = Λ.
//! - Energy `L(w) = Λ^{-(H-1)/2} Σ X_{i1…iH} w_{i1}⋯w_{iH}`, X i.i.d. N(0, 1): extensive, Var L = Λ.
//!   Energy per spin `u = L/Λ`.
//! - Gradients and Hessians are those of L. `gradient_norm` is always ‖g‖/√Λ with g the Riemannian gradient.
//! - The index of a critical point counts negative eigenvalues of the Riemannian Hessian, Λ − 1 in all.
//!
//! # Rooms
//! `numeric, rng → hamiltonian, sphere → descent → critical → run → analysis → figures → cli`;
//! `study`, which holds what is the same for every kind of run, imports only `numeric` and is used from `run` on;
//! `theory` imports only `numeric` and meets simulation first in `analysis`. See ARCHITECTURE.md.
//!
//! # Reference
//! Choromanska, Henaff, Mathieu, Ben Arous, LeCun (2015), *The Loss Surfaces of Multilayer Networks*.

#[macro_use]
mod sabotage;

pub mod analysis;
pub mod cli;
pub mod critical;
pub mod descent;
pub mod error;
pub mod figures;
pub mod files;
pub mod hamiltonian;
pub mod networks;
pub mod numeric;
pub mod rng;
pub mod sphere;
pub mod studies;
pub mod study;
pub mod theory;

pub use error::{Error, Result};
