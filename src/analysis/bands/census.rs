//! All critical points of some surfaces against their exact mean numbers, by index and by energy.

use itertools::Itertools;
use serde::Serialize;

use super::expected::{ExactMeans, LINES, band_edges};
use super::statistics::{JointTest, Mean, smallest_of};
use crate::Result;

/// A critical point, as far as the theory speaks of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IndexAndEnergy {
    /// Number of negative eigenvalues.
    pub index: u32,
    /// u.
    pub energy_per_spin: f64,
}

/// All critical points w, both signs of each, of each of some independent surfaces of one order and size.
#[derive(Debug, Clone, PartialEq)]
pub struct CensusSample {
    /// H.
    pub spins: u32,
    /// Λ.
    pub dim: u32,
    /// Surfaces of which it is certain that no critical point is missing.
    pub surfaces: Vec<Vec<IndexAndEnergy>>,
    /// Surfaces that are left out, because that is not certain.
    pub left_out: u64,
}

/// A census against theory.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CensusCheck {
    /// Certified surfaces, which all numbers are of.
    pub surfaces: u64,
    /// Surfaces that are not certified.
    pub left_out: u64,
    /// Number of critical points of each index on a surface.
    pub by_index: Vec<Mean>,
    /// The same by energy.
    pub bands: Vec<Band>,
    /// Points of higher index below each line −E_k: as Λ → ∞ there are none.
    pub layers: Vec<Layer>,
    /// Joint tests.
    pub tests: CensusTests,
}

/// Numbers of critical points between two energies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Band {
    /// Lower end, per spin; none for −∞.
    pub from: Option<f64>,
    /// Upper end, per spin; none for ∞.
    pub to: Option<f64>,
    /// Of index 0, 1, … up to 5.
    pub by_index: Vec<Mean>,
}

/// Points of index above k below −E_k.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Layer {
    /// k.
    pub index: u32,
    /// −E_k.
    pub energy: f64,
    /// Mean number on a surface.
    pub higher: Mean,
}

/// Joint tests of a census. Each is exact in expectation: no asymptotic formula enters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CensusTests {
    /// Numbers by index: those that parity and the Morse sum leave independent.
    pub numbers: Option<JointTest>,
    /// Sums of u − m_k over points of index k, with m_k the exact mean energy.
    pub energies: Option<JointTest>,
    /// Sums of (u − m_k)² − s_k², with s_k the exact standard deviation.
    pub spreads: Option<JointTest>,
    /// p-value of the most deviating number of points of one index in one band, for their multitude.
    pub bands_p: Option<f64>,
    /// p-value of the most deviating of these four, for their multitude.
    pub p: Option<f64>,
}

impl CensusSample {
    /// Holds the sample against exact means.
    ///
    /// # Errors
    /// Bad input outside what theory takes.
    pub fn check(&self) -> Result<CensusCheck> {
        let mut expected = ExactMeans::new(self.spins, self.dim)?;
        let by_index = (0..self.dim).map(|k| self.number_of(k, &mut expected)).collect::<Result<Vec<_>>>()?;
        let bands = self.bands(&mut expected)?;
        let tests = self.tests(&by_index, &bands, &mut expected);
        Ok(CensusCheck {
            surfaces: self.surfaces.len() as u64,
            left_out: self.left_out,
            layers: self.layers(&mut expected)?,
            by_index,
            bands,
            tests,
        })
    }

    /// One number on each surface: how many of its points are such.
    fn counts(&self, such: impl Fn(&IndexAndEnergy) -> bool) -> Vec<f64> {
        self.surfaces.iter().map(|points| points.iter().filter(|place| such(place)).count() as f64).collect()
    }

    /// Points of equal index and energy come in pairs ±w at even H.
    fn group(&self) -> f64 {
        if self.spins.is_multiple_of(2) { 2.0 } else { 1.0 }
    }

    fn number_of(&self, index: u32, expected: &mut ExactMeans) -> Result<Mean> {
        let exact = expected.below(index, &[f64::INFINITY])?.map(|below| below[0]);
        Ok(Mean::of_counts(&self.counts(|place| place.index == index), exact, self.group()))
    }

    fn bands(&self, expected: &mut ExactMeans) -> Result<Vec<Band>> {
        let edges = band_edges(self.spins)?;
        let indices = self.dim.min(LINES);
        let exact = (0..indices).map(|k| expected.between(k, &edges)).collect::<Result<Vec<_>>>()?;
        let bands = edges.iter().tuple_windows().enumerate().map(|(band, (&low, &high))| {
            let mean = |(index, exact): (u32, &Option<Vec<f64>>)| {
                let inside = |place: &IndexAndEnergy| {
                    place.index == index && (low..high).contains(&place.energy_per_spin)
                };
                Mean::of_counts(&self.counts(inside), exact.as_ref().map(|e| e[band]), self.group())
            };
            let [from, to] = [low, high].map(|edge| Some(edge).filter(|edge| edge.is_finite()));
            Band { from, to, by_index: (0..).zip(&exact).map(mean).collect() }
        });
        Ok(bands.collect())
    }

    fn layers(&self, expected: &mut ExactMeans) -> Result<Vec<Layer>> {
        let lines = super::lines::layers(expected, self.spins)?;
        let observed = lines.into_iter().map(|line| {
            let such =
                |place: &IndexAndEnergy| place.index > line.index && place.energy_per_spin < line.energy;
            let higher = Mean::of_counts(&self.counts(such), line.higher, self.group());
            Layer { index: line.index, energy: line.energy, higher }
        });
        Ok(observed.collect())
    }

    fn tests(&self, by_index: &[Mean], bands: &[Band], expected: &mut ExactMeans) -> CensusTests {
        let independent = Independent::of(self.spins, self.dim);
        let exact: Option<Vec<f64>> = by_index.iter().map(|mean| mean.expected).collect();
        let numbers = exact.and_then(|exact| {
            self.together(independent.numbers, |k| {
                self.counts(|place| place.index == k).into_iter().map(|c| c - exact[k as usize]).collect()
            })
        });
        let laws: Vec<_> = (0..self.dim).map(|k| expected.law(k)).collect();
        let powers = |indices, term: fn(f64, f64) -> f64| {
            let known = laws[..indices as usize].iter().all(Option::is_some);
            known.then(|| self.together(indices, |k| self.sums(k, laws[k as usize], term))).flatten()
        };
        let energies = powers(independent.energies, |d, _| d);
        let spreads = powers(independent.spreads, |d, s| d * d - s * s);
        let bands_p = smallest_of(bands.iter().flat_map(|band| &band.by_index).map(|mean| mean.p));
        let p = |test: Option<JointTest>| test.map(|test| test.p);
        // At H = 2 every index has two points on every surface, not only on average.
        let impossible = self.spins == 2 && by_index.iter().any(|mean| mean.observed != 2.0);
        let p = smallest_of([p(numbers), p(energies), p(spreads), bands_p, impossible.then_some(0.0)]);
        CensusTests { numbers, energies, spreads, bands_p, p: p.filter(|_| self.surfaces.len() > 1) }
    }

    /// On each surface the sum of term(u − m, s) over points of an index.
    fn sums(&self, k: u32, law: Option<crate::theory::EnergyLaw>, term: fn(f64, f64) -> f64) -> Vec<f64> {
        let Some(law) = law else { return vec![0.0; self.surfaces.len()] };
        let sum = |points: &Vec<IndexAndEnergy>| {
            let of_index = points.iter().filter(|place| place.index == k);
            of_index.map(|place| term(place.energy_per_spin - law.mean, law.deviation)).sum()
        };
        self.surfaces.iter().map(sum).collect()
    }

    /// Tests a number for each index 0 … indices − 1, given on all surfaces, together.
    fn together(&self, indices: u32, number: impl Fn(u32) -> Vec<f64>) -> Option<JointTest> {
        let columns: Vec<Vec<f64>> = (0..indices).map(number).collect();
        let row = |surface| columns.iter().map(|column: &Vec<f64>| column[surface]).collect();
        JointTest::of(&(0..self.surfaces.len()).map(row).collect::<Vec<_>>())
    }
}

/// How many indices, from 0 on, have numbers of their own.
pub(super) struct Independent {
    pub numbers: u32,
    pub energies: u32,
    pub spreads: u32,
}

impl Independent {
    /// Odd H: (u, k) at w is (−u, Λ−1−k) at −w, which leaves the lower half of the indices. With a middle index (odd
    /// Λ) the Morse sum gives its number, and its energies add up to 0. Even H: the Morse sum gives the last number.
    fn of(spins: u32, dim: u32) -> Self {
        Self::of_parity(!spins.is_multiple_of(2), dim)
    }

    /// The same for any energy: odd, or not.
    pub fn of_parity(is_odd: bool, dim: u32) -> Self {
        if is_odd {
            Self { numbers: dim / 2, energies: dim / 2, spreads: dim.div_ceil(2) }
        } else {
            Self { numbers: dim - 1, energies: dim, spreads: dim }
        }
    }
}
