//! A random field alone: L = √v X·w has two critical points, at w along ±X. Their energies per spin are ±√(v/Λ) |X|.

use crate::numeric::quadrature::{log_add, log_integral};
use crate::theory::mean_count::{Count, EnergyLaw};
use crate::{Error, Result};

/// Distance from the mode of |X| beyond which nothing is left: its deviation is about 1/√2.
const FAR: i32 = 14;
/// Error of the quadrature.
const ERROR: f64 = 1e-13;

/// Counts of a field of variance v at one dimension.
#[derive(Debug, Clone)]
pub struct Field {
    dim: u32,
    /// √(v/Λ).
    unit: f64,
}

impl Field {
    /// A field of variance v.
    pub fn new(share: f64, dim: u32) -> Self {
        Self { dim, unit: (share / f64::from(dim)).sqrt() }
    }

    /// Below an energy.
    pub fn total(&self, energy: f64) -> Count {
        known(log_add(self.by_index(0, energy).log, self.by_index(self.dim - 1, energy).log))
    }

    /// By energy.
    pub fn total_density(&self, energy: f64) -> Count {
        known(self.log_density(energy.abs()))
    }

    /// Of index k below an energy.
    pub fn by_index(&self, index: u32, energy: f64) -> Count {
        let length = energy.abs() / self.unit;
        let log = match (index, energy < 0.0) {
            (0, false) => 0.0,
            (0, true) => self.log_probability(length, f64::INFINITY),
            (k, false) if k == self.dim - 1 => self.log_probability(0.0, length),
            _ => f64::NEG_INFINITY,
        };
        known(log)
    }

    /// Of index k by energy.
    pub fn density(&self, index: u32, energy: f64) -> Count {
        let has = if energy < 0.0 { index == 0 } else { index == self.dim - 1 };
        known(if has { self.log_density(energy.abs()) } else { f64::NEG_INFINITY })
    }

    /// Law of the energy of the lowest or highest point: one of each on every surface.
    pub fn energy_law(&self, index: u32) -> Result<EnergyLaw> {
        let sign = match index {
            0 => -1.0,
            k if k == self.dim - 1 => 1.0,
            _ => {
                return Err(Error::bad_input(
                    "index",
                    index,
                    format!("0 or {} for a field alone", self.dim - 1),
                ));
            }
        };
        let size = f64::from(self.dim);
        let mean = (0.5 * 2f64.ln() + libm::lgamma(0.5 * (size + 1.0)) - libm::lgamma(0.5 * size)).exp();
        let deviation = (size - mean * mean).max(0.0).sqrt();
        Ok(EnergyLaw { mean: sign * self.unit * mean, deviation: self.unit * deviation, count: known(0.0) })
    }

    /// ln of the density of √(v/Λ) |X|.
    fn log_density(&self, energy: f64) -> f64 {
        self.log_chi(energy / self.unit) - self.unit.ln()
    }

    /// ln of the density of |X| at s: `s^{Λ−1} e^{−s²/2} / (2^{Λ/2−1} Γ(Λ/2))`.
    fn log_chi(&self, s: f64) -> f64 {
        let half = 0.5 * f64::from(self.dim);
        if s == 0.0 || s > 1e150 {
            return f64::NEG_INFINITY;
        }
        (2.0 * half - 1.0) * s.ln() - 0.5 * s * s - (half - 1.0) * 2f64.ln() - libm::lgamma(half)
    }

    /// ln P(low < |X| < high), the lesser of two complements.
    fn log_probability(&self, low: f64, high: f64) -> f64 {
        let mode = f64::from(self.dim - 1).sqrt();
        let end = high.min(mode.max(low) + f64::from(FAR));
        let mut cuts = vec![low, end];
        cuts.extend((-FAR..FAR).map(|i| mode + f64::from(i)).filter(|s| low < *s && *s < end));
        cuts.sort_by(f64::total_cmp);
        let parts = cuts.windows(2).map(|pair| log_integral(|s| self.log_chi(s), pair[0], pair[1]));
        parts.fold(f64::NEG_INFINITY, log_add).min(0.0)
    }
}

fn known(log: f64) -> Count {
    Count { log, relative_error: if log.is_finite() { ERROR + f64::EPSILON * log.abs() } else { 0.0 } }
}
