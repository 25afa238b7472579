//! Where descents end, against the exact law of the energy of a random minimum.
//!
//! These are two laws, and stay two at any Λ: a descent ends at a minimum with a probability that is the volume of its
//! basin, and deeper minima have larger basins. What can be tested all the same: no more minima can be found below an
//! energy than there are (one-sided); energies and curvatures at minima belong together, however they were selected
//! (two-sided, `curvature`); and where next to no minimum is missing, those found are all there are, and are held
//! against their exact law (two-sided, `coverage`).
//!
//! Minima are counted as points on the sphere: at even H w and −w are two, though descents need to find one of them.

use serde::Serialize;

use super::coverage::{Coverage, missing};
use super::curvature::CurvatureCheck;
use super::descents::{DescentSample, Minimum};
use super::expected::{ExactMeans, band_edges};
use super::statistics::{JointTest, Mean, mean, smallest_of, student_above, variance};
use crate::Result;
use crate::theory::EnergyLaw;

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
    /// Distinct minima found on a surface, on average; ±w both.
    pub found: Option<f64>,
    /// Share of starts that ended at a minimum which no other start found: an estimate of the share of all basins'
    /// volume that is not yet found (Good, Turing).
    pub unseen_share: Option<f64>,
    /// Minima that no start found, mean number on a surface: a low estimate (Chao).
    pub missing: Option<f64>,
    /// One-sided: minima found below each energy, which may not exceed those that are there.
    pub surplus: Vec<Surplus>,
    /// p-value of the largest surplus, for their multitude.
    pub surplus_p: Option<f64>,
    /// Two-sided, for any selection of minima: energies against curvatures.
    pub curvature: Option<CurvatureCheck>,
    /// Two-sided, where next to no minimum is missing: number, sum of energies and of their squares against the exact law.
    pub complete: Option<JointTest>,
    /// p-value of the most deviating of these tests, for their multitude.
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
    /// Of those that no start found, a low estimate (Chao); none where points were not kept.
    pub missing: Option<f64>,
    /// p-value of having found so many: one-sided.
    pub p: Option<f64>,
}

impl DescentSample {
    /// Holds the sample against the exact law.
    ///
    /// # Errors
    /// Bad input outside what theory takes.
    pub fn check(&self) -> Result<MinimaCheck> {
        let mut expected = ExactMeans::new(self.spins, self.dim)?;
        let law = expected.law(0);
        let all: Vec<Vec<f64>> = self.surfaces.iter().map(|surface| surface.energies.clone()).collect();
        let distinct = self.distinct();
        let surplus = match &distinct {
            // A bound on numbers that is not broken where nothing was found says nothing.
            Some(distinct) if distinct.iter().any(|energies| !energies.is_empty()) => {
                self.surplus(distinct, &mut expected)?
            }
            _ => Vec::new(),
        };
        let coverage = Coverage::of(&self.surfaces);
        let surplus_p = smallest_of(surplus.iter().map(|surplus| surplus.p));
        let complete = law.filter(|_| coverage.is_complete()).and_then(|law| self.complete(law));
        let others = usize::from(surplus_p.is_some()) + usize::from(complete.is_some());
        let curvature = law.map(|law| CurvatureCheck::of(self, law, 1 + others)).transpose()?.flatten();
        let p = smallest_of([surplus_p, curvature.map(|check| check.p), complete.map(|test| test.p)]);
        let signs = self.signs();
        Ok(MinimaCheck {
            surfaces: self.surfaces.len() as u64,
            starts: all.iter().map(|energies| energies.len() as u64).sum(),
            elsewhere: self.surfaces.iter().map(|surface| surface.elsewhere).sum(),
            law: law.map(|law| [law.mean, law.deviation]),
            expected_minima: law.map(|law| law.count.value()),
            all: against(&all, law, &mut expected)?,
            found: coverage.found.map(|found| signs * found),
            distinct: match &distinct {
                Some(distinct) => against(distinct, law, &mut expected)?,
                None => None,
            },
            unseen_share: coverage.unseen_share,
            missing: coverage.missing.map(|missing| signs * missing),
            surplus,
            surplus_p,
            curvature,
            complete,
            p,
        })
    }

    /// Energies of the distinct minima of each surface.
    fn distinct(&self) -> Option<Vec<Vec<f64>>> {
        let energies = |minima: &Vec<Minimum>| minima.iter().map(|minimum| minimum.energy_per_spin).collect();
        self.surfaces.iter().map(|surface| surface.minima.as_ref().map(energies)).collect()
    }

    /// All minima of each surface against their law: on average as many as there are, with its mean and its variance.
    fn complete(&self, law: EnergyLaw) -> Option<JointTest> {
        let (signs, count) = (self.signs(), law.count.value());
        let row = |energies: &Vec<f64>| {
            let sum = |term: fn(f64) -> f64| -> f64 {
                signs * energies.iter().map(|u| term((u - law.mean) / law.deviation)).sum::<f64>()
            };
            vec![signs * energies.len() as f64 - count, sum(|x| x), sum(|x| x * x - 1.0)]
        };
        JointTest::of(&self.distinct()?.iter().map(row).collect::<Vec<_>>())
    }

    /// Minima found below −E_0 … −E_∞ and in all.
    fn surplus(&self, distinct: &[Vec<f64>], expected: &mut ExactMeans) -> Result<Vec<Surplus>> {
        let edges: Vec<f64> =
            band_edges(self.spins)?.into_iter().filter(|&u| u != 0.0 && u > f64::NEG_INFINITY).collect();
        let exact = expected.below(0, &edges)?;
        let signs = self.signs();
        let surplus = edges.iter().enumerate().map(|(i, &edge)| {
            let count = |energies: &Vec<f64>| signs * energies.iter().filter(|&&u| u < edge).count() as f64;
            let counts: Vec<f64> = distinct.iter().map(count).collect();
            let there = exact.as_ref().map(|exact| exact[i]);
            let found = Mean::of_counts(&counts, there, signs);
            let too_many = there.is_some_and(|there| found.observed > there);
            let p = match found.z {
                Some(z) => Some(student_above(z, counts.len() as f64 - 1.0)),
                // One tail of two; fewer than there are is no surplus.
                None => found.p.map(|p| if too_many { 0.5 * p } else { 1.0 }),
            };
            let below = |minimum: &Minimum| minimum.energy_per_spin < edge;
            Surplus {
                below: edge.is_finite().then_some(edge),
                found,
                missing: missing(&self.surfaces, below).map(|missing| signs * missing),
                p: p.filter(|_| counts.len() > 1),
            }
        });
        Ok(surplus.collect())
    }
}

fn against(
    surfaces: &[Vec<f64>],
    law: Option<EnergyLaw>,
    expected: &mut ExactMeans,
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
