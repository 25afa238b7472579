//! Runs on mixtures, other laws and spikes against what is exact, or known as Λ → ∞.
//!
//! Exact at every Λ are the mean numbers of critical points of a Gaussian mixture by index and energy, and the law of the
//! energy u given the radial slope r: `N(ξ′r/(ξ′+ξ″), (ξ − ξ′²/(ξ′+ξ″))/Λ)` for a point drawn with weight from the mean numbers,
//! whatever its index. Couplings of another law, and surfaces with a spike, have no exact means: they are held beside the
//! Gaussian mixture's, and no verdict is given.

use itertools::Itertools;
use serde::Serialize;

use super::census::{Band, Independent};
use super::point::{ModelPoint, point};
use super::reference::{Difference, differences_of_run};
use super::sample::SoughtPoints;
use super::spike::{SpikeCheck, SurfaceOverlaps, converged, spike_check};
use super::statistics::{JointTest, Mean, smallest_of};
use crate::Result;
use crate::analysis::model::{LimitEnergies, has_exact_means, limits_without_spike, mixture_of};
use crate::hamiltonian::Law;
use crate::studies::surfaces::{Couplings, Spec, StartResult, SurfaceStore};
use crate::theory::{EnergyLaw, Mixture, MixtureCounts, MixtureGivenHessian};

/// Indices of which bands of energy are counted.
const INDICES: u32 = 6;

/// All critical points of some independent surfaces of a mixture.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelSample {
    /// The mixture that they are held against.
    pub mixture: Mixture,
    /// Λ.
    pub dim: u32,
    /// Surfaces of which it is certain that no critical point is missing.
    pub surfaces: Vec<Vec<ModelPoint>>,
}

/// A size of such a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelCheck {
    /// Surfaces that all numbers are of; of a census those that are certified.
    pub surfaces: u64,
    /// Surfaces of a census that are not certified.
    pub left_out: u64,
    /// Whether exact means are of this model; if not they are of Gaussian couplings without a spike.
    pub is_exact: bool,
    /// Of a census: numbers by index and energy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numbers: Option<ModelNumbers>,
    /// Energies of the starts that converged, or of all critical points.
    pub reached: Reached,
    /// Couplings of another law or of the user's own beside Gaussian ones: numbers, no verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gaussian: Option<Vec<Difference>>,
    /// Scale s of the user's own array, the unit of all energies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<f64>,
    /// The overlap with the spike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spike: Option<SpikeCheck>,
    /// Energies of Λ → ∞, of the mixture without the spike.
    #[serde(flatten)]
    pub limits: LimitEnergies,
}

/// Mean numbers of critical points.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelNumbers {
    /// Of all indices together.
    pub total: Mean,
    /// Of each index on a surface.
    pub by_index: Vec<Mean>,
    /// The same by energy.
    pub bands: Vec<Band>,
    /// Joint tests.
    pub tests: ModelTests,
}

/// Joint tests of a census of a mixture. Each is exact in expectation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ModelTests {
    /// Numbers by index: those that parity and the Morse sum leave independent.
    pub numbers: Option<JointTest>,
    /// Sums of u − m_k over points of index k, with m_k the exact mean energy.
    pub energies: Option<JointTest>,
    /// Sums of r − n_k, with n_k the exact mean radial slope.
    pub slopes: Option<JointTest>,
    /// Sums of t, the deviation of u from its mean given r in units of its spread.
    pub energies_given_slopes: Option<JointTest>,
    /// Sums of t² − 1.
    pub spreads_given_slopes: Option<JointTest>,
    /// p-value of the most deviating number of points of one index in one band, for their multitude.
    pub bands_p: Option<f64>,
    /// p-value of the most deviating of these, for their multitude.
    pub p: Option<f64>,
}

/// Energies per spin, over surfaces.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Reached {
    /// Mean over the starts of a surface.
    pub mean: Mean,
    /// The lowest on a surface.
    pub lowest: Mean,
}

/// What a run says of one size.
///
/// # Errors
/// Those of the store; bad input outside what theory takes.
pub fn check(store: &SurfaceStore, dim: u32) -> Result<ModelCheck> {
    let spec = store.spec();
    let facts = store.census_facts()?;
    let instances: Vec<u32> = crate::studies::surfaces::surfaces(store)
        .into_iter()
        .filter(|surface| surface.dim == dim)
        .map(|surface| surface.instance)
        .collect();
    let mut surfaces = Vec::new();
    let mut left_out = 0;
    for instance in instances {
        let starts = store.surface_starts(dim, instance)?;
        let of = facts.iter().find(|facts| (facts.dim, facts.instance) == (dim, instance));
        let is_whole = of.is_none_or(|facts| {
            let decided = |start: &&StartResult| start.record.decided_index().is_some();
            facts.certified && starts.iter().filter(decided).count() as u64 == facts.real
        });
        if is_whole { surfaces.push((instance, starts)) } else { left_out += 1 }
    }
    let compared = matches!(reason(spec), Some(NoVerdict::OtherLaw | NoVerdict::OwnCouplings));
    let gaussian = compared.then(|| differences_of_run(store, dim, &surfaces)).transpose()?;
    let scale = spec.couplings.scale();
    let surfaces: Vec<Vec<StartResult>> = surfaces.into_iter().map(|(_, starts)| starts).collect();
    let points: Vec<Vec<ModelPoint>> =
        surfaces.iter().map(|starts| starts.iter().filter_map(point).collect()).collect();
    let numbers = match spec.is_census() && scale.is_none() {
        false => None,
        true => Some(ModelSample { mixture: mixture_of(spec)?, dim, surfaces: points }.numbers()?),
    };
    let overlaps = || surfaces.iter().filter_map(|starts| SurfaceOverlaps::of(starts)).collect_vec();
    Ok(ModelCheck {
        surfaces: surfaces.len() as u64,
        left_out,
        is_exact: has_exact_means(spec),
        numbers,
        reached: reached(&surfaces, scale.unwrap_or(1.0)),
        gaussian,
        scale,
        spike: spec.model().spike.map(|spike| spike_check(spec, spike, &overlaps())).transpose()?,
        limits: limits_without_spike(spec)?,
    })
}

fn reached(surfaces: &[Vec<StartResult>], scale: f64) -> Reached {
    let over = |number: &dyn Fn(Vec<f64>) -> f64| {
        let each = surfaces
            .iter()
            .map(|starts| converged(starts).map(|start| start.record.energy_per_spin / scale).collect_vec());
        let values: Vec<f64> = each.filter(|energies| !energies.is_empty()).map(number).collect();
        Mean::of(&values, None)
    };
    Reached {
        mean: over(&|energies| energies.iter().sum::<f64>() / energies.len() as f64),
        lowest: over(&|energies| energies.into_iter().fold(f64::INFINITY, f64::min)),
    }
}

impl ModelSample {
    /// Holds the numbers against the exact means of the mixture.
    ///
    /// # Errors
    /// Bad input outside what theory takes.
    pub fn numbers(&self) -> Result<ModelNumbers> {
        let mut counts = MixtureCounts::new(&self.mixture, self.dim)?;
        let all = counts.total(&[f64::INFINITY])?.into_iter().map(|count| count.value()).next();
        let by_index = (0..self.dim)
            .map(|k| {
                let exact = counts.by_index(k, &[f64::INFINITY])?.into_iter().flatten().next();
                Ok(self.mean(&|point| point.index == k, exact.map(|count| count.value())))
            })
            .collect::<Result<Vec<_>>>()?;
        let bands = self.bands(&mut counts)?;
        let tests = self.tests(&by_index, &bands, &mut counts)?;
        Ok(ModelNumbers { total: self.mean(&|_| true, all), by_index, bands, tests })
    }

    /// Points come in pairs ±w where the energy is even.
    fn group(&self) -> f64 {
        if self.mixture.shares().iter().all(|(order, _)| order.is_multiple_of(2)) { 2.0 } else { 1.0 }
    }

    fn mean(&self, such: &dyn Fn(&ModelPoint) -> bool, exact: Option<f64>) -> Mean {
        let counts =
            self.surfaces.iter().map(|points| points.iter().filter(|point| such(point)).count() as f64);
        Mean::of_counts(&counts.collect_vec(), exact, self.group())
    }

    /// Numbers between energies that are two deviations apart, about 0.
    fn bands(&self, counts: &mut MixtureCounts) -> Result<Vec<Band>> {
        let unit = self.mixture.xi(1.0).sqrt();
        let inner = [-2.0, -1.5, -1.0, -0.5, 0.0].map(|u| u * unit);
        let edges = [f64::NEG_INFINITY].into_iter().chain(inner).chain([f64::INFINITY]).collect_vec();
        let exact = (0..self.dim.min(INDICES))
            .map(|k| {
                let below = counts.by_index(k, &edges[1..])?.into_iter().map(|count| Some(count?.value()));
                Ok(below.collect::<Option<Vec<f64>>>())
            })
            .collect::<Result<Vec<_>>>()?;
        let bands = edges.iter().tuple_windows().enumerate().map(|(band, (&low, &high))| {
            let mean = |(k, exact): (u32, &Option<Vec<f64>>)| {
                let inside =
                    |point: &ModelPoint| point.index == k && (low..high).contains(&point.energy_per_spin);
                let between = exact.as_ref().map(|below| {
                    let before = if band == 0 { 0.0 } else { below[band - 1] };
                    (below[band] - before).max(0.0)
                });
                self.mean(&inside, between)
            };
            let [from, to] = [low, high].map(|edge| Some(edge).filter(|edge| edge.is_finite()));
            Band { from, to, by_index: (0..).zip(&exact).map(mean).collect() }
        });
        Ok(bands.collect())
    }

    fn tests(&self, by_index: &[Mean], bands: &[Band], counts: &mut MixtureCounts) -> Result<ModelTests> {
        let is_odd = self.mixture.shares().iter().all(|(order, _)| !order.is_multiple_of(2));
        let independent = Independent::of_parity(is_odd, self.dim);
        let exact: Option<Vec<f64>> = by_index.iter().map(|mean| mean.expected).collect();
        let numbers = exact.and_then(|exact| {
            self.together(independent.numbers, |k, points| {
                points.iter().filter(|point| point.index == k).count() as f64 - exact[k as usize]
            })
        });
        let mut about = |law: fn(&mut MixtureCounts, u32) -> Result<EnergyLaw>,
                         of: fn(&ModelPoint) -> f64| {
            let laws: Option<Vec<EnergyLaw>> =
                (0..independent.energies).map(|k| law(counts, k).ok()).collect();
            laws.and_then(|laws| {
                self.together(independent.energies, |k, points| {
                    let own = points.iter().filter(|point| point.index == k);
                    own.map(|point| of(point) - laws[k as usize].mean).sum()
                })
            })
        };
        let energies = about(MixtureCounts::energy_law, |point| point.energy_per_spin);
        let slopes = about(MixtureCounts::radial_slope_law, |point| point.radial_slope);
        let given = MixtureGivenHessian::new(&self.mixture, self.dim)?;
        // The mean eigenvalue does not enter the energy given the slope.
        let deviation =
            |point: &ModelPoint| given.standardised(point.energy_per_spin, point.radial_slope, 0.0).energy;
        let sums = |indices: u32, term: fn(f64) -> f64| {
            let several = self.mixture.single().is_none();
            several.then(|| {
                self.together(indices, |k, points| {
                    let own = points.iter().filter(|point| point.index == k);
                    own.filter_map(deviation).map(term).sum()
                })
            })
        };
        let energies_given_slopes = sums(independent.energies, |t| t).flatten();
        let spreads_given_slopes = sums(independent.spreads, |t| t * t - 1.0).flatten();
        let bands_p = smallest_of(bands.iter().flat_map(|band| &band.by_index).map(|mean| mean.p));
        let p = |test: Option<JointTest>| test.map(|test| test.p);
        let joint = [numbers, energies, slopes, energies_given_slopes, spreads_given_slopes].map(p);
        let p = smallest_of(joint.into_iter().chain([bands_p])).filter(|_| self.surfaces.len() > 1);
        Ok(ModelTests { numbers, energies, slopes, energies_given_slopes, spreads_given_slopes, bands_p, p })
    }

    /// Tests a number for each index 0 … indices − 1, given on all surfaces, together.
    fn together(&self, indices: u32, number: impl Fn(u32, &[ModelPoint]) -> f64) -> Option<JointTest> {
        let row = |points: &Vec<ModelPoint>| (0..indices).map(|k| number(k, points)).collect();
        JointTest::of(&self.surfaces.iter().map(row).collect_vec())
    }
}

/// Why no verdict is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoVerdict {
    /// Surfaces have a spike.
    Spiked,
    /// Couplings are not Gaussian.
    OtherLaw,
    /// Couplings are the user's own.
    OwnCouplings,
    /// The run is none of all critical points.
    Descents,
    /// The same, of the pure model from starts that are not random.
    ChosenStarts,
    /// Saddle searches, which are held against the semicircle instead.
    Saddles,
}

/// Why no verdict is given, if none is.
pub fn reason(spec: &Spec) -> Option<NoVerdict> {
    let model = spec.model();
    if spec.couplings != Couplings::Random {
        return Some(NoVerdict::OwnCouplings);
    }
    if model.spike.is_some() {
        return Some(NoVerdict::Spiked);
    }
    if model.law != Law::Gaussian {
        return Some(NoVerdict::OtherLaw);
    }
    match SoughtPoints::of(spec) {
        SoughtPoints::Census => None,
        SoughtPoints::Saddle => Some(NoVerdict::Saddles),
        SoughtPoints::Descent if spec.model.is_none() => Some(NoVerdict::ChosenStarts),
        SoughtPoints::Descent => Some(NoVerdict::Descents),
    }
}
