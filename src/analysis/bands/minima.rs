//! Where descents end, against the exact law of the energy of a random minimum.
//!
//! These are two laws, and stay two at any Λ: a descent ends at a minimum with a probability that is the volume of its
//! basin, and deeper minima have larger basins. Theory is tested by one thing only: no more minima can be found below
//! an energy than there are.

use serde::Serialize;

use super::expected::{Expected, band_edges};
use super::statistics::{Mean, mean, smallest_of, student_above, variance};
use crate::Result;
use crate::theory::EnergyLaw;

/// Where the starts on one surface ended.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Descents {
    /// Energy per spin of each start that ended at a minimum.
    pub energies: Vec<f64>,
    /// How many starts ended at each distinct minimum, with its energy; ±w are one at even H. None where points were
    /// not kept.
    pub minima: Option<Vec<(f64, u64)>>,
    /// Starts that ended elsewhere: not converged, of index above 0, or of undecided index.
    pub elsewhere: u64,
}

/// Descents of one size.
#[derive(Debug, Clone, PartialEq)]
pub struct DescentSample {
    /// H.
    pub spins: u32,
    /// Λ.
    pub dim: u32,
    /// By surface.
    pub surfaces: Vec<Descents>,
}

/// Descents against the law of minima.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MinimaCheck {
    /// Surfaces.
    pub surfaces: u64,
    /// Starts that ended at a minimum.
    pub starts: u64,
    /// Starts that ended elsewhere.
    pub elsewhere: u64,
    /// Mean and standard deviation of the exact law of minima, per spin.
    pub law: Option<[f64; 2]>,
    /// Exact mean number of minima on a surface.
    pub expected_minima: Option<f64>,
    /// Energies of all starts: weighted by basins.
    pub all: Option<Against>,
    /// Energies of distinct minima, each once: nearer to the exact law the fewer are missing.
    pub distinct: Option<Against>,
    /// Distinct minima found on a surface, on average.
    pub found: Option<f64>,
    /// Share of starts that ended at a minimum which no other start found: an estimate of the share of all basins'
    /// volume that is not yet found (Good, Turing).
    pub unseen_share: Option<f64>,
    /// Minima found below each energy, which may not exceed those that are there.
    pub surplus: Vec<Surplus>,
    /// p-value of the largest surplus, for their multitude.
    pub p: Option<f64>,
}

/// A sample of energies against the exact law of minima.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Against {
    /// Mean energy per spin.
    pub mean: f64,
    /// Its standard error over surfaces; none for one surface.
    pub standard_error: Option<f64>,
    /// Standard deviation of the energies.
    pub deviation: Option<f64>,
    /// (mean − mean of the law) / standard deviation of the law.
    pub shift: f64,
    /// Largest distance of the distribution functions (Kolmogorov, Smirnov). No p-value: points on one surface are not
    /// independent.
    pub distance: f64,
    /// (mean − mean of the law) / standard error.
    pub z: Option<f64>,
}

/// Minima found below an energy beside all that are there.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Surplus {
    /// Upper end, per spin; none for ∞.
    pub below: Option<f64>,
    /// Mean numbers on a surface; the expected one is of all minima, found or not.
    pub found: Mean,
    /// p-value of having found so many: one-sided.
    pub p: Option<f64>,
}

impl DescentSample {
    /// Holds the sample against the exact law.
    ///
    /// # Errors
    /// Bad input outside what theory takes.
    pub fn check(&self) -> Result<MinimaCheck> {
        let mut expected = Expected::new(self.spins, self.dim)?;
        let law = expected.law(0);
        let all: Vec<Vec<f64>> = self.surfaces.iter().map(|surface| surface.energies.clone()).collect();
        let distinct = self.distinct();
        let surplus = match &distinct {
            Some(distinct) => self.surplus(distinct, &mut expected)?,
            None => Vec::new(),
        };
        let p = smallest_of(surplus.iter().map(|surplus| surplus.p));
        Ok(MinimaCheck {
            surfaces: self.surfaces.len() as u64,
            starts: all.iter().map(|energies| energies.len() as u64).sum(),
            elsewhere: self.surfaces.iter().map(|surface| surface.elsewhere).sum(),
            law: law.map(|law| [law.mean, law.deviation]),
            expected_minima: law.map(|law| law.count.value() / self.signs()),
            all: against(&all, law, &mut expected)?,
            found: distinct.as_ref().map(|d| mean(&d.iter().map(|e| e.len() as f64).collect::<Vec<_>>())),
            distinct: match &distinct {
                Some(distinct) => against(distinct, law, &mut expected)?,
                None => None,
            },
            unseen_share: self.unseen_share(),
            surplus,
            p,
        })
    }

    /// Points w that are one distinct minimum: ±w at even H.
    fn signs(&self) -> f64 {
        if self.spins.is_multiple_of(2) { 2.0 } else { 1.0 }
    }

    /// Energies of the distinct minima of each surface.
    fn distinct(&self) -> Option<Vec<Vec<f64>>> {
        let energies = |minima: &Vec<(f64, u64)>| minima.iter().map(|&(energy, _)| energy).collect();
        self.surfaces.iter().map(|surface| surface.minima.as_ref().map(energies)).collect()
    }

    fn unseen_share(&self) -> Option<f64> {
        let minima = self.surfaces.iter().map(|surface| surface.minima.as_ref());
        let starts: Vec<u64> =
            minima.collect::<Option<Vec<_>>>()?.into_iter().flatten().map(|m| m.1).collect();
        let all: u64 = starts.iter().sum();
        let once = starts.iter().filter(|&&starts| starts == 1).count();
        (all > 0).then(|| once as f64 / all as f64)
    }

    /// Minima found below −E_0 … −E_∞ and in all.
    fn surplus(&self, distinct: &[Vec<f64>], expected: &mut Expected) -> Result<Vec<Surplus>> {
        let edges: Vec<f64> =
            band_edges(self.spins)?.into_iter().filter(|&u| u != 0.0 && u > f64::NEG_INFINITY).collect();
        let exact = expected.below(0, &edges)?;
        let surplus = edges.iter().enumerate().map(|(i, &edge)| {
            let counts: Vec<f64> =
                distinct.iter().map(|d| d.iter().filter(|&&u| u < edge).count() as f64).collect();
            let there = exact.as_ref().map(|exact| exact[i] / self.signs());
            let found = Mean::of_counts(&counts, there, 1.0);
            let too_many = there.is_some_and(|there| found.observed > there);
            let p = match found.z {
                Some(z) => Some(student_above(z, counts.len() as f64 - 1.0)),
                // One tail of two; fewer than there are is no surplus.
                None => found.p.map(|p| if too_many { 0.5 * p } else { 1.0 }),
            };
            Surplus { below: edge.is_finite().then_some(edge), found, p: p.filter(|_| counts.len() > 1) }
        });
        Ok(surplus.collect())
    }
}

fn against(
    surfaces: &[Vec<f64>],
    law: Option<EnergyLaw>,
    expected: &mut Expected,
) -> Result<Option<Against>> {
    let mut energies: Vec<f64> = surfaces.iter().flatten().copied().collect();
    let Some(law) = law.filter(|_| !energies.is_empty()) else { return Ok(None) };
    energies.sort_by(f64::total_cmp);
    let centre = mean(&energies);
    let n = surfaces.len() as f64;
    // Mean of a ratio Σu/Σ1 of two sums over surfaces: its error is that of the sum of u − centre.
    let sums: Vec<f64> = surfaces.iter().map(|s| s.iter().map(|u| u - centre).sum()).collect();
    let error = (surfaces.len() > 1).then(|| (variance(&sums) / n).sqrt() * n / energies.len() as f64);
    let Some(below) = expected.below(0, &[energies.as_slice(), &[f64::INFINITY]].concat())? else {
        return Ok(None);
    };
    let (size, all) = (energies.len() as f64, below[energies.len()]);
    let gap = |(i, below): (usize, &f64)| {
        let share = below / all;
        (share - i as f64 / size).abs().max((share - (i + 1) as f64 / size).abs())
    };
    Ok(Some(Against {
        mean: centre,
        standard_error: error,
        deviation: (energies.len() > 1).then(|| variance(&energies).sqrt()),
        shift: (centre - law.mean) / law.deviation,
        distance: below[..energies.len()].iter().enumerate().map(gap).fold(0.0, f64::max),
        z: error.filter(|&error| error > 0.0).map(|error| (centre - law.mean) / error),
    }))
}
