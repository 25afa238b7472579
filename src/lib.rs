//! Spherical H-spin glass: simulation of the energy landscape, compared with exact finite-size theory.
//!
//! # First steps
//! ```
//! use hspin::prelude::*;
//!
//! let surface = Surface::random(3, 50, Seed(1));
//! let point = surface.random_point(Seed(2));
//! let (energy, gradient) = surface.energy_gradient(&point);
//! let minimum = surface.descend(&point, Protocol::gd(3))?;
//! assert!(minimum.energy < energy && gradient.len() == 50);
//! assert_eq!(minimum.index, Some(0));
//! # Ok::<(), hspin::Error>(())
//! ```
//! `energy` is extensive, of the order of Λ = 50; `minimum.energy_per_spin` is u, which theory speaks of. The surface is the one
//! that `hspin sweep --spins 3 --dims 50 --seed 1` runs on as instance 0, to the bit. [`explore`] has the rest;
//! [`Landscape`](hamiltonian::Landscape) is what to implement for an energy of one's own; `examples/` has whole programs.
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
//! # Features
//! All are on by default. `runs`: stored runs, their tables and verdicts (SQLite, Parquet); `figures`: drawings; `cli`: the
//! program. With `default-features = false` everything that computes is there: landscapes, descents, critical points,
//! networks, theory.
//!
//! # Rooms
//! `numeric, rng → hamiltonian, sphere → descent → critical → explore`, the library at hand, and
//! `critical, networks, study → studies → analysis → figures → report → cli`, the program. `study` is the engine of every kind of run
//! and knows no physics; `theory` imports only `numeric` and meets simulation first in `analysis`. See ARCHITECTURE.md.
//!
//! # Reference
//! Choromanska, Henaff, Mathieu, Ben Arous, LeCun (2015), *The Loss Surfaces of Multilayer Networks*.

// On docs.rs, whose compiler is a nightly one: items say which feature they need.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[macro_use]
mod named;
#[macro_use]
mod sabotage;

#[cfg(feature = "runs")]
pub mod analysis;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
pub mod critical;
pub mod descent;
pub mod error;
pub mod explore;
#[cfg(feature = "figures")]
pub mod figures;
#[cfg(feature = "runs")]
pub mod files;
pub mod geometry;
pub mod hamiltonian;
#[cfg(feature = "runs")]
pub mod measure;
pub mod networks;
pub mod numeric;
pub mod prelude;
#[cfg(feature = "figures")]
pub mod report;
pub mod rng;
pub mod sampling;
pub mod sphere;
#[cfg(feature = "runs")]
pub mod studies;
#[cfg(feature = "runs")]
pub mod study;
pub mod theory;

pub use error::{Error, Result};
