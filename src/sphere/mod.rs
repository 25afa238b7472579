//! Geometry of the sphere of radius √Λ: `Σ w_i² = Λ`.

pub mod lanes;
mod point;
mod tangent;

pub use point::{overlap, random_point, retract};
pub use tangent::{TangentBasis, make_tangent};
