//! The library at hand: a landscape, a point, where it leads. One call each, on one thread; [`Batch`] is for many points on
//! several threads.
//!
//! Energies are extensive: L, of the order of Λ; u = L/Λ is the energy per spin that theory speaks of. Gradients and Hessians
//! are those of L. On a tensor of the user's all of them are in units of its scale s ([`Surface::scale`]).

mod batch;
mod circle;
mod slice;

pub use batch::{Batch, FirstOrders, Metric};
pub use circle::GreatCircle;
pub use slice::TangentPlane;

use crate::critical::census::{Census, CensusKey, census};
use crate::critical::{Judge, SaddleSearch, Spectrum, distinct_within, reach, spectra};
use crate::descent::{
    Annealing, Descended, Descent, Driver, Execution, NoisyStart, Outcome, Polished, Polishing, Protocol,
    QuasiNewton, Start, StartInputs, evaluate,
};
use crate::hamiltonian::{Contraction, Isa, Landscape, Layout, Surface, SurfaceKey, SymmetricTensor};
use crate::numeric::lanes::{PointLanes, Real};
use crate::numeric::symmetric::Cholesky;
use crate::rng::Seed;
use crate::{Error, Result};

/// Starts that descend at once: a block of lanes.
const BATCH: usize = <f32 as Real>::LANES;
/// Largest | |w|²/Λ − 1 | of a point that is taken to lie on the sphere.
const OFF_SPHERE: f64 = 1e-6;

/// Where a start ended: a critical point if it [converged](Outcome::Converged).
#[derive(Debug, Clone, PartialEq)]
pub struct CriticalPoint {
    /// w, |w|² = Λ.
    pub point: Vec<f64>,
    /// L, extensive; NaN where something is not finite, as are the numbers below.
    pub energy: f64,
    /// u = L/Λ.
    pub energy_per_spin: f64,
    /// ‖g‖/√Λ with the Riemannian gradient g.
    pub gradient_norm: f64,
    /// Number of negative eigenvalues of the Riemannian Hessian, Λ − 1 in all; `None` where the start did not converge, or an
    /// eigenvalue is too near 0 to have a sign.
    pub index: Option<u32>,
    /// Smallest eigenvalue of the Riemannian Hessian.
    pub min_eigenvalue: f64,
    /// Steps before the polish.
    pub steps: u64,
    /// How the start ended.
    pub outcome: Outcome,
}

/// What can be asked of any landscape, [`Surface`] or one's own.
///
/// # Example
/// ```
/// use hspin::prelude::*;
///
/// let surface = Surface::random(3, 20, Seed(1));
/// let minima = surface.descend_all(&surface.random_points(Seed(1), 10), Protocol::gd(3))?;
/// assert!(minima.iter().all(|minimum| minimum.index == Some(0)));
/// # Ok::<(), hspin::Error>(())
/// ```
pub trait Explore: Landscape + Sized {
    /// A uniform random point of the sphere: where start 0 on surface 0 of a run with this seed begins.
    fn random_point(&self, seed: Seed) -> Vec<f64> {
        StartInputs::on(self, seed).start(0).point
    }

    /// So many independent points: where the first starts on surface 0 of a run with this seed begin.
    fn random_points(&self, seed: Seed, number: u32) -> Vec<Vec<f64>> {
        let inputs = StartInputs::on(self, seed);
        (0..number).map(|id| inputs.start(id).point).collect()
    }

    /// L and its Euclidean gradient ∇L at a point, in double precision. On the sphere g = ∇L − (w·∇L/Λ) w.
    ///
    /// # Panics
    /// If the point has not dimension Λ.
    fn energy_gradient(&self, point: &[f64]) -> (f64, Vec<f64>) {
        let mut block = PointLanes::<f64>::new(self.dim());
        block.push(point);
        let mut space = Contraction::new(self.dim());
        self.contract_exact(Isa::best(), &block, &mut space);
        (space.energy.as_ref()[0], space.gradient.iter().map(|row| row.as_ref()[0]).collect())
    }

    /// All Λ − 1 eigenvalues of the Riemannian Hessian at a point of the sphere, ascending; none where something is not finite.
    ///
    /// # Panics
    /// If the point has not dimension Λ.
    fn spectrum(&self, point: &[f64]) -> Vec<f64> {
        spectra(self, Isa::best(), &[point]).remove(0).unwrap_or_default()
    }

    /// Descends from a point of the sphere to a local minimum, with its index.
    ///
    /// # Errors
    /// As [`Self::descend_all`].
    fn descend(&self, point: &[f64], protocol: Protocol) -> Result<CriticalPoint> {
        Ok(self.descend_all(&[point.to_vec()], protocol)?.remove(0))
    }

    /// Descends from many points at once, several to one pass over the couplings; where they ended, in their order. None
    /// depends on the others. Descents are in single precision, the minima in double precision.
    ///
    /// # Errors
    /// Bad input if a point has not |w|² = Λ, or the protocol is not one of descent, or steps through sample parts that the
    /// landscape does not have.
    fn descend_all(&self, points: &[Vec<f64>], protocol: Protocol) -> Result<Vec<CriticalPoint>> {
        if let Protocol::Fast(fast) = protocol {
            let mut descent = QuasiNewton::new(self, fast, execution(), false);
            descent.add(starts(self, points)?);
            return Ok(polished(self, to_the_end(&mut descent)?));
        }
        let Some(phases) = protocol.phases() else {
            return Err(Error::bad_input(
                "protocol",
                protocol.name().name(),
                "`descend` takes sgd, gd and fast; `anneal` and `critical_point_near` do the others",
            ));
        };
        let (wanted, parts) = (phases.samples(), self.sample_parts());
        if wanted > 0 && wanted != parts {
            return Err(Error::bad_input(
                "protocol.samples",
                wanted,
                format!("the landscape has {parts} sample parts; `Surface::random_with_parts` draws some"),
            ));
        }
        let mut descent = Descent::new(self, phases, execution(), false);
        descent.add(starts(self, points)?);
        Ok(polished(self, to_the_end(&mut descent)?))
    }

    /// Anneals from many points at once, then descends; the seed is that of the moves' noise, which is a run's with this seed
    /// on surface 0.
    ///
    /// # Errors
    /// Bad input if a point has not |w|² = Λ, or the protocol does not cool.
    fn anneal(&self, points: &[Vec<f64>], protocol: Protocol, seed: Seed) -> Result<Vec<CriticalPoint>> {
        let inputs = StartInputs::on(self, seed);
        self.anneal_with(points, protocol, &|id| inputs.noise_seed(id as u32))
    }

    /// The same with a seed of one's own for the noise of each start, never 0.
    ///
    /// # Errors
    /// As [`Self::anneal`].
    fn anneal_with(
        &self,
        points: &[Vec<f64>],
        protocol: Protocol,
        noise_seed: &dyn Fn(usize) -> u128,
    ) -> Result<Vec<CriticalPoint>> {
        let Protocol::Anneal(anneal) = protocol else {
            let wrong = Error::bad_input("protocol", protocol.name().name(), "`anneal` takes one that cools");
            return Err(wrong);
        };
        let with_noise = |start: Start| NoisyStart { noise_seed: noise_seed(start.id as usize), start };
        let mut annealing = Annealing::new(self, anneal, execution(), false);
        annealing.add(starts(self, points)?.into_iter().map(with_noise).collect());
        Ok(polished(self, to_the_end(&mut annealing)?))
    }

    /// Searches for a critical point of whatever index from a point of the sphere. It need not find one: see its outcome.
    ///
    /// # Errors
    /// Bad input if the point has not |w|² = Λ.
    fn critical_point_near(&self, point: &[f64]) -> Result<CriticalPoint> {
        let start = starts(self, &[point.to_vec()])?.remove(0);
        let begun = Descended { id: start.id, point: start.point, ..Descended::default() };
        let mut search = SaddleSearch::new(begun, self.deviation(), false);
        loop {
            let here = evaluate(self, Isa::best(), &[search.trial()]).pop().flatten();
            if let Some(end) = search.tell(here) {
                return Ok(judged(&Judge::new(self, Isa::best()), end, None));
            }
        }
    }

    /// Number of each end's critical point, from 0 in the order of their first ends; on an even landscape w and −w are one.
    fn distinct(&self, ends: &[CriticalPoint]) -> Vec<u32> {
        let points: Vec<f64> = ends.iter().flat_map(|end| end.point.iter().copied()).collect();
        // Of a start that did not converge it is not known how far the critical point is.
        let reach_of = |end: &CriticalPoint| match end.outcome {
            Outcome::Converged => reach(end.gradient_norm, end.min_eigenvalue),
            _ => 0.0,
        };
        let reaches: Vec<f64> = ends.iter().map(reach_of).collect();
        distinct_within(self.is_even(), self.dim() as u32, &points, &reaches)
    }
}

impl<L: Landscape> Explore for L {}

impl Surface {
    /// The random surface of order H = `spins` and dimension Λ = `dim`: surface 0 of a run with this seed.
    ///
    /// # Panics
    /// If `spins < 2` or `dim < 1`.
    #[track_caller]
    pub fn random(spins: usize, dim: usize, seed: Seed) -> Self {
        Self::random_with_parts(spins, dim, seed, 0)
    }

    /// The same with so many sample tensors, for stochastic descent.
    ///
    /// # Panics
    /// As [`Self::random`].
    #[track_caller]
    pub fn random_with_parts(spins: usize, dim: usize, seed: Seed, parts: usize) -> Self {
        let key = SurfaceKey { seed: seed.0, layout: Layout::new(spins, dim), instance: 0 };
        Self::draw(&key, parts, &|n, job| (0..n).map(job).collect())
    }

    /// The surface of a dense symmetric array X of Λ^H numbers in C order, `L(w) = Λ^{−(H−1)/2} Σ X w⋯w`, in units of its
    /// [scale](Self::scale).
    ///
    /// # Errors
    /// Bad input if there are not Λ^H numbers with H ≥ 2, one is not finite, the array is not symmetric, or its scale is 0.
    pub fn from_array(values: &[f64], dim: usize) -> Result<Self> {
        let size = |spins: u32| dim.checked_pow(spins);
        let spins = (2..64).find(|&spins| size(spins).is_none_or(|size| size >= values.len())).unwrap_or(2);
        let tensor = SymmetricTensor::from_dense(&vec![dim as u64; spins as usize], values)?;
        let scale = tensor.scale();
        if !scale.is_normal() {
            return Err(Error::bad_input("scale", scale, "a normal number: the array must not be zero"));
        }
        let key = SurfaceKey { seed: 0, layout: tensor.layout(), instance: 0 };
        Ok(Self::normalised(&key, &tensor, 0, &|n, job| (0..n).map(job).collect()))
    }

    /// Every critical point, with a proof that none is missing; for small surfaces. The seed is that of the path that leads to
    /// the surface: no result depends on it but by rounding.
    ///
    /// # Errors
    /// Bad input if there are too many critical points.
    pub fn census(&self, seed: Seed) -> Result<Census> {
        let key = CensusKey { seed: seed.0, instance: 0 };
        census(self, key, Isa::best(), &|stage, job| Ok((0..stage.blocks).map(job).collect()))
    }
}

fn execution() -> Execution {
    Execution { isa: Isa::best(), batch: BATCH }
}

/// Where all starts of a method end.
fn to_the_end(driver: &mut dyn Driver) -> Result<Vec<Descended>> {
    let mut ended = Vec::new();
    while !driver.is_idle() {
        ended.extend(driver.advance()?);
    }
    Ok(ended)
}

/// Numbered starts.
fn starts<L: Landscape>(landscape: &L, points: &[Vec<f64>]) -> Result<Vec<Start>> {
    let dim = landscape.dim();
    let start = |(id, point): (u64, &Vec<f64>)| {
        if point.len() != dim {
            return Err(Error::bad_input(
                "point",
                format!("{} numbers", point.len()),
                format!("{dim} numbers"),
            ));
        }
        let length = point.iter().map(|w| w * w).sum::<f64>() / dim as f64;
        if (length - 1.0).abs() <= OFF_SPHERE {
            return Ok(Start { id, point: point.clone() });
        }
        let allowed = "1, which a point of the sphere has; `hspin::sphere::retract` scales one";
        Err(Error::bad_input("|w|²/Λ", length, allowed))
    };
    (0..).zip(points).map(start).collect()
}

/// The minima that descents lead to, in the order of their starts.
fn polished<L: Landscape>(landscape: &L, descended: Vec<Descended>) -> Vec<CriticalPoint> {
    let judge = Judge::new(landscape, Isa::best());
    let mut polishing = Polishing::new(landscape, Isa::best());
    let mut factor = Cholesky::default();
    let mut ends: Vec<(u64, CriticalPoint)> = Vec::with_capacity(descended.len());
    polishing.add(descended);
    while !polishing.is_empty() {
        for polished in polishing.round() {
            let id = polished.descended.id;
            ends.push((id, judged(&judge, polished, Some(&mut factor))));
        }
    }
    ends.sort_by_key(|(id, _)| *id);
    ends.into_iter().map(|(_, end)| end).collect()
}

/// What is claimed of the end of a start; `factor` is space where minima are expected.
fn judged<L: Landscape>(judge: &Judge<L>, end: Polished, factor: Option<&mut Cholesky>) -> CriticalPoint {
    let (outcome, steps) = (end.outcome, end.descended.steps);
    let (end, spectrum) = match end.end {
        Some(end) if outcome == Outcome::Converged => {
            let judged = judge.critical(end, factor);
            (judged.end, judged.spectrum)
        }
        Some(end) => {
            let spectrum = judge.spectrum(&end, factor);
            (end, spectrum)
        }
        None => {
            let [energy, energy_per_spin, gradient_norm, min_eigenvalue] = [f64::NAN; 4];
            let point = end.descended.point;
            let index = None;
            return CriticalPoint {
                point,
                energy,
                energy_per_spin,
                gradient_norm,
                index,
                min_eigenvalue,
                steps,
                outcome,
            };
        }
    };
    let is_certain = |spectrum: &Spectrum| outcome == Outcome::Converged && spectrum.undecided == 0;
    CriticalPoint {
        energy: end.energy,
        energy_per_spin: end.energy / end.point.len() as f64,
        gradient_norm: end.gradient_norm,
        index: spectrum.filter(is_certain).map(|spectrum| spectrum.index),
        min_eigenvalue: spectrum.map_or(f64::NAN, |spectrum| spectrum.min_eigenvalue),
        point: end.point,
        steps,
        outcome,
    }
}
