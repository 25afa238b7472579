//! Auffinger–Ben Arous theory; knows nothing of simulation.

mod asymptotics;
mod complexity;
mod energy_given_hessian;
mod goe;
mod mean_count;
mod semicircle;
mod spins;
mod thresholds;

pub use asymptotics::{Asymptotics, Prefactor};
pub use complexity::Complexity;
pub use energy_given_hessian::EnergyGivenHessian;
pub use mean_count::{Count, EnergyLaw, MeanCounts};
pub use semicircle::{HessianBulk, Semicircle};
pub use thresholds::Thresholds;
