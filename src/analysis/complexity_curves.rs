//! Complexity functions sampled for drawing.

use super::mean_count_curves::evenly;
use crate::Result;
use crate::theory::{Complexity, Thresholds};

/// Points per curve.
const SAMPLES: usize = 801;

/// Complexity functions over one range of energies per spin.
#[derive(Debug, Clone, PartialEq)]
pub struct CurveSet {
    /// u, rising.
    pub energies: Vec<f64>,
    /// Θ_H(u).
    pub total: Vec<f64>,
    /// Θ_{k,H}(u), one curve per k = 0, 1, ….
    pub by_index: Vec<Vec<f64>>,
}

/// Complexity functions of one order, over all energies and around the thresholds.
#[derive(Debug, Clone, PartialEq)]
pub struct ComplexityCurves {
    /// H.
    pub spins: u32,
    /// E_∞, energy per spin.
    pub e_inf: f64,
    /// Θ_H(−E_∞), the height on which every Θ_{k,H} ends.
    pub plateau: f64,
    /// E_0, …, E_K, energies per spin.
    pub e: Vec<f64>,
    /// From below −E_0 to above 0.
    pub overview: CurveSet,
    /// Around −E_0 and −E_∞.
    pub zoom: CurveSet,
}

impl ComplexityCurves {
    /// Samples Θ_H and Θ_{k,H}, k = 0 … `max_index`.
    ///
    /// # Errors
    /// Bad input if `spins` < 2.
    pub fn new(spins: u32, max_index: u32) -> Result<Self> {
        let complexity = Complexity::new(spins)?;
        let e = Thresholds::new(spins)?.up_to(max_index)?;
        let (e_0, e_inf) = (e[0], complexity.e_inf());
        // At H = 2 the thresholds coincide; show their neighbourhood all the same.
        let band = if e_0 > e_inf { e_0 - e_inf } else { 0.05 * e_inf };
        let sample = |low, high| CurveSet::sample(&complexity, max_index, low, high);
        Ok(Self {
            spins,
            e_inf,
            plateau: complexity.plateau(),
            overview: sample((-1.06 * e_0).min(-e_0 - 0.4 * band), 0.08 * e_0),
            zoom: sample(-e_0 - 0.3 * band, -e_inf + 0.45 * band),
            e,
        })
    }

    /// E_0, energy per spin.
    pub fn e_0(&self) -> f64 {
        self.e.first().copied().unwrap_or(self.e_inf)
    }
}

impl CurveSet {
    /// Samples Θ_H and Θ_{k,H}, k = 0 … `max_index`, on a range that holds −E_∞.
    pub(super) fn sample(complexity: &Complexity, max_index: u32, low: f64, high: f64) -> Self {
        let mut energies = evenly(low, high, SAMPLES);
        // The corner itself, or it would be drawn blunt.
        energies.push(-complexity.e_inf());
        energies.sort_by(f64::total_cmp);
        let curve = |f: &dyn Fn(f64) -> f64| energies.iter().map(|&u| f(u)).collect::<Vec<_>>();
        Self {
            total: curve(&|u| complexity.total(u)),
            by_index: (0..=max_index).map(|k| curve(&|u| complexity.by_index(k, u))).collect(),
            energies,
        }
    }
}
