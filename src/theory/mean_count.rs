//! Exact mean numbers of critical points at finite Λ.
//!
//! | paper | here |
//! |---|---|
//! | Λ, H | `dim`, `spins` |
//! | u | `energy`, per spin |
//! | E C_Λ(−∞, Λu) | [`MeanCounts::total`] |
//! | E C_{Λ,k}(−∞, Λu) | [`MeanCounts::by_index`] |
//!
//! With a GOE matrix of size Λ, eigenvalues λ_0 ≤ λ_1 ≤ … and E M_ij² = (1+δ_ij)/(2Λ):
//!
//! `E C_{Λ,k}(−∞, Λu) = 2√(2/H) (H−1)^{Λ/2} E[e^{−Λ(H−2)λ_k²/(2H)} 1{λ_k ≤ u √(H/(2(H−1)))}]`,
//!
//! and the total is the sum over k. Nothing is asymptotic here; see [`super::Asymptotics`] for that.

use super::goe::{Cells, Intervals, LogEstimate, OutOfReach, Tilted};
use super::spins::check_spins;
use crate::{Error, Result};

/// Least and most Λ of a total.
const DIM: [u32; 2] = [2, 10_000];
/// Most Λ by index.
const DIM_BY_INDEX: u32 = 1000;

/// A mean number (or a density of it) by its logarithm: it may be far below or above what f64 holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Count {
    /// Natural logarithm.
    pub log: f64,
    /// Estimate of the relative error of e^log.
    pub relative_error: f64,
}

impl Count {
    /// The number itself; 0 or ∞ out of the range of f64.
    pub fn value(self) -> f64 {
        self.log.exp()
    }
}

/// Law of the energy of a random critical point: one drawn uniformly from all of an index, over all instances.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EnergyLaw {
    /// Mean energy per spin.
    pub mean: f64,
    /// Standard deviation of the energy per spin.
    pub deviation: f64,
    /// Mean number of such points.
    pub count: Count,
}

/// Mean numbers of critical points of the pure spherical model of order H at one Λ.
///
/// What has been worked out of the eigenvalues is kept: later questions are cheaper.
///
/// # Reference
/// Auffinger, Ben Arous, Černý (2010), Theorems 2.1 and 2.2.
///
/// ```
/// let mut counts = hspin::theory::MeanCounts::new(3, 3)?;
/// let all = counts.total(&[f64::INFINITY])?[0].value();
/// assert!((all - (2.0 + 8.0 * 8f64.sqrt() / 7f64.sqrt())).abs() < 1e-12);
/// # Ok::<(), hspin::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct MeanCounts {
    spins: u32,
    dim: u32,
    panels: Intervals,
}

impl MeanCounts {
    /// Counts of order H at dimension Λ.
    ///
    /// # Errors
    /// Bad input unless H ≥ 2 and 2 ≤ Λ ≤ 10 000.
    pub fn new(spins: u32, dim: u32) -> Result<Self> {
        check_spins(spins)?;
        check_dim(dim)?;
        Ok(Self { spins, dim, panels: Intervals::new(dim as usize) })
    }

    /// The same eigenvalues at another order.
    ///
    /// # Errors
    /// Bad input if H < 2.
    pub fn at_order(self, spins: u32) -> Result<Self> {
        check_spins(spins)?;
        Ok(Self { spins, ..self })
    }

    /// Mean number of critical points below each energy per spin, `E C_Λ(−∞, Λu)`; +∞ means no bound.
    ///
    /// # Errors
    /// Bad input if an energy is NaN.
    ///
    /// # Reference
    /// Auffinger, Ben Arous, Černý (2010), Theorem 2.2.
    pub fn total(&self, energies: &[f64]) -> Result<Vec<Count>> {
        check_energies(energies)?;
        let places: Vec<f64> = energies.iter().map(|&u| self.place(u)).collect();
        let leftmost = places.iter().filter(|y| y.is_finite()).fold(0.0, |least: f64, y| least.min(-y.abs()));
        let cells = Cells::new(self.dim as usize, self.tilt(), leftmost);
        Ok(places.iter().map(|&y| self.rounded(self.log_factor() + cells.log_up_to(y))).collect())
    }

    /// Density of the mean number of critical points in the energy per spin, `d/du E C_Λ(−∞, Λu)`.
    ///
    /// # Errors
    /// As [`Self::total`].
    pub fn total_density(&self, energies: &[f64]) -> Result<Vec<Count>> {
        check_energies(energies)?;
        let log = |y: f64| Cells::log_integrand(self.dim as usize, self.tilt(), y);
        let factor = self.log_factor() + self.place(1.0).ln();
        Ok(energies.iter().map(|&u| self.rounded(factor + log(self.place(u)))).collect())
    }

    /// Mean number of critical points of index k below each energy per spin, `E C_{Λ,k}(−∞, Λu)`; +∞ means no bound.
    ///
    /// `None` where it cannot be had: for Λ > 64, where the k-th eigenvalue would have to lie far on the other side of
    /// dozens of others.
    ///
    /// # Errors
    /// Bad input if k ≥ Λ, Λ > 1000 or an energy is NaN.
    ///
    /// # Reference
    /// Auffinger, Ben Arous, Černý (2010), Theorem 2.1.
    pub fn by_index(&mut self, index: u32, energies: &[f64]) -> Result<Vec<Option<Count>>> {
        check_energies(energies)?;
        check_index(index, self.dim)?;
        let (factor, places) =
            (self.log_factor(), energies.iter().map(|&u| self.place(u)).collect::<Vec<_>>());
        let Ok(mut tilted) = self.tilted(index) else { return Ok(vec![None; energies.len()]) };
        Ok(places.into_iter().map(|y| tilted.log_up_to(y).ok().map(|found| count(factor, found))).collect())
    }

    /// Density of the mean number of critical points of index k in the energy per spin, `d/du E C_{Λ,k}(−∞, Λu)`;
    /// `None` as for [`Self::by_index`].
    ///
    /// # Errors
    /// As [`Self::by_index`]; bad input if an energy is infinite.
    pub fn density_by_index(&mut self, index: u32, energies: &[f64]) -> Result<Vec<Option<Count>>> {
        check_finite(energies)?;
        check_index(index, self.dim)?;
        let factor = self.log_factor() + self.place(1.0).ln();
        let places: Vec<f64> = energies.iter().map(|&u| self.place(u)).collect();
        let Ok(mut tilted) = self.tilted(index) else { return Ok(vec![None; energies.len()]) };
        Ok(places
            .into_iter()
            .map(|y| tilted.log_integrand(y).ok().map(|found| count(factor, found)))
            .collect())
    }

    /// Law of the energy of a random critical point of index k, drawn with weight from the mean numbers above.
    ///
    /// # Errors
    /// Bad input if k ≥ Λ or Λ > 1000, or if Λ > 64 and k is so far from both ends that its law cannot be had.
    pub fn energy_law(&mut self, index: u32) -> Result<EnergyLaw> {
        check_index(index, self.dim)?;
        let (factor, unit) = (self.log_factor(), self.place(1.0));
        let mut law = || {
            let mut tilted = self.tilted(index)?;
            Ok((tilted.log_up_to(f64::INFINITY)?, tilted.moments()?))
        };
        let (found, moments) = law()
            .map_err(|OutOfReach| Error::bad_input("index", index, "near 0 or near dim − 1 for dim > 64"))?;
        Ok(EnergyLaw {
            mean: moments.mean / unit,
            deviation: moments.deviation / unit,
            count: count(factor, found),
        })
    }

    fn tilted(&mut self, index: u32) -> Result<Tilted<'_>, OutOfReach> {
        let tilt = self.tilt();
        Tilted::new(&mut self.panels, self.dim as usize, tilt, index as usize)
    }

    /// y = √Λ λ at an energy per spin: u √(ΛH/(2(H−1))).
    fn place(&self, energy: f64) -> f64 {
        let h = f64::from(self.spins);
        energy * (f64::from(self.dim) * h / (2.0 * (h - 1.0))).sqrt()
    }

    /// a in e^{−a y²}: (H−2)/(2H).
    fn tilt(&self) -> f64 {
        let h = f64::from(self.spins);
        (h - 2.0) / (2.0 * h)
    }

    /// ln 2√(2/H) (H−1)^{Λ/2}.
    fn log_factor(&self) -> f64 {
        let h = f64::from(self.spins);
        0.5 * (8.0 / h).ln() + 0.5 * f64::from(self.dim) * (h - 1.0).ln()
    }

    /// A total with its rounding: that of recurrences of Λ terms and of the logarithm.
    fn rounded(&self, log: f64) -> Count {
        rounded(log, self.dim, self.log_factor())
    }
}

/// Of a total of dimension Λ with a constant factor.
pub(super) fn rounded(log: f64, dim: u32, log_factor: f64) -> Count {
    let rounding = f64::EPSILON * (4.0 * f64::from(dim) + log_factor.abs());
    Count { log, relative_error: if log.is_finite() { rounding + f64::EPSILON * log.abs() } else { 0.0 } }
}

pub(super) fn check_dim(dim: u32) -> Result<()> {
    match (DIM[0]..=DIM[1]).contains(&dim) {
        true => Ok(()),
        false => Err(Error::bad_input("dim", dim, format!("an integer from {} to {}", DIM[0], DIM[1]))),
    }
}

pub(super) fn check_index(index: u32, dim: u32) -> Result<()> {
    if index >= dim {
        return Err(Error::bad_input("index", index, format!("below dim = {dim}")));
    }
    if dim > DIM_BY_INDEX {
        return Err(Error::bad_input("dim", dim, format!("at most {DIM_BY_INDEX} by index")));
    }
    Ok(())
}

pub(super) fn out_of_reach(index: u32) -> Error {
    Error::bad_input("index", index, "near 0 or near dim − 1 for dim > 64")
}

/// A count from a constant factor and an integral.
pub(super) fn count(factor: f64, found: LogEstimate) -> Count {
    let log = factor + found.log;
    let rounding = f64::EPSILON * (factor.abs() + log.abs().min(f64::MAX));
    let relative_error = if log == f64::NEG_INFINITY { 0.0 } else { found.relative_error() + rounding };
    Count { log, relative_error }
}

pub(super) fn check_finite(energies: &[f64]) -> Result<()> {
    match energies.iter().find(|u| !u.is_finite()) {
        Some(energy) => Err(Error::bad_input("energy", energy, "a finite number")),
        None => Ok(()),
    }
}

pub(super) fn check_energies(energies: &[f64]) -> Result<()> {
    match energies.iter().find(|u| u.is_nan()) {
        Some(energy) => Err(Error::bad_input("energy", energy, "a number; infinite means no bound")),
        None => Ok(()),
    }
}
