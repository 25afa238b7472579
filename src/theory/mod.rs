//! Auffinger–Ben Arous theory; knows nothing of simulation.

mod asymptotics;
mod complexity;
mod energy_given_hessian;
mod goe;
mod mean_count;
mod semicircle;
mod thresholds;

pub use asymptotics::{Asymptotics, Prefactor};
pub use complexity::Complexity;
pub use energy_given_hessian::EnergyGivenHessian;
pub use mean_count::{Count, EnergyLaw, MeanCounts};
pub use semicircle::{HessianBulk, Semicircle};
pub use thresholds::Thresholds;

use crate::{Error, Result};

/// Checks H ≥ 2.
fn check_spins(spins: u32) -> Result<()> {
    if spins < 2 {
        return Err(Error::bad_input("spins", spins, "an integer of at least 2"));
    }
    Ok(())
}

/// E_∞ = 2√((H−1)/H), for H ≥ 2.
fn threshold_energy(spins: u32) -> f64 {
    let h = f64::from(spins);
    2.0 * ((h - 1.0) / h).sqrt()
}
