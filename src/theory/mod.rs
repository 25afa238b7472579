//! Auffinger–Ben Arous theory; knows nothing of simulation.

mod asymptotics;
mod complexity;
mod dynamics;
mod energy_given_hessian;
mod goe;
mod mean_count;
mod mixed;
mod semicircle;
mod spiked;
mod spins;
mod thresholds;
mod two_point;

pub use asymptotics::{Asymptotics, Prefactor};
pub use complexity::Complexity;
pub use dynamics::{Conditions, Dynamics, Estimate, Moment};
pub use energy_given_hessian::EnergyGivenHessian;
pub use mean_count::{Count, EnergyLaw, MeanCounts};
pub use mixed::{
    GroundState, Mixture, MixtureAsymptotics, MixtureComplexity, MixtureCounts, MixtureGivenHessian,
    MixtureThresholds, Phase, Standardised, dynamical_transition, static_transition,
};
pub use semicircle::{HessianBulk, Semicircle};
pub use spiked::{GoodMinimum, Spiked};
pub use thresholds::Thresholds;
pub use two_point::TwoPoint;
