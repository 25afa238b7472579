//! Mixtures of orders: ξ(q) = Σ v_p q^p in place of q^H.

mod asymptotics;
mod complexity;
mod counts;
mod given_hessian;
mod ground;
mod limits;
mod mixture;
mod transitions;

pub use asymptotics::MixtureAsymptotics;
pub use complexity::MixtureComplexity;
pub use counts::MixtureCounts;
pub use given_hessian::{MixtureGivenHessian, Standardised};
pub use ground::{GroundState, Phase};
pub use limits::MixtureThresholds;
pub use mixture::Mixture;
pub use transitions::{dynamical_transition, static_transition};
