//! What a program that uses the library begins with: `use hspin::prelude::*;`.
//!
//! A landscape of one's own needs [`Contraction`](crate::hamiltonian::Contraction) and the types beside it too; see
//! `examples/toy_landscape`.

pub use crate::critical::census::Census;
pub use crate::descent::{Outcome, Protocol};
pub use crate::explore::{CriticalPoint, Explore};
pub use crate::hamiltonian::{Landscape, Surface};
pub use crate::rng::Seed;
pub use crate::{Error, Result};
