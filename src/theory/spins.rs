//! Checks and constants of an order H.

use crate::{Error, Result};

/// Checks H ≥ 2.
pub(super) fn check_spins(spins: u32) -> Result<()> {
    if spins < 2 {
        return Err(Error::bad_input("spins", spins, "an integer of at least 2"));
    }
    Ok(())
}

/// E_∞ = 2√((H−1)/H), for H ≥ 2.
pub(super) fn threshold_energy(spins: u32) -> f64 {
    let h = f64::from(spins);
    2.0 * ((h - 1.0) / h).sqrt()
}
