//! Where a start begins, and what else is random about it; where a descent has brought it.

use rand::Rng;
use rand_pcg::Pcg64;

use super::trace::TracePoint;
use crate::hamiltonian::{Landscape, SurfaceKey};
use crate::rng::{Role, Seed, stream};
use crate::sphere::{overlap, random_point, retract};

/// A start about to descend.
#[derive(Debug, Clone)]
pub struct Start {
    /// Number of the start.
    pub id: u64,
    /// Its point, |w|² = Λ.
    pub point: Vec<f64>,
}

/// A start that the descent has brought to its end.
#[derive(Debug, Clone, Default)]
pub struct Descended {
    /// Number of the start.
    pub id: u64,
    /// Where it ended.
    pub point: Vec<f64>,
    /// Steps taken.
    pub steps: u64,
    /// Its path, if asked for.
    pub trace: Vec<TracePoint>,
}

/// Where starts begin.
#[derive(Debug, Clone, Copy, Default)]
pub enum StartPoints<'a> {
    /// Uniformly on the sphere.
    #[default]
    Uniform,
    /// At this overlap m with a vector v of length √Λ, uniformly on that circle of latitude:
    /// `w = m v + √(1 − m²) t`, t ⊥ v.
    Overlap(f64, &'a [f64]),
    /// At given points, Λ numbers for each start.
    Given(&'a [f64]),
}

/// The inputs of all starts on one surface: each a function of (seed, order, Λ, instance, start) and of where starts begin.
///
/// The order is H; of a mixture it is the one of the largest variance, see [`Landscape::stream_order`]. So a further order, a
/// field or a spike that vanishes leaves every start where it is.
#[derive(Debug, Clone, Copy)]
pub struct StartInputs<'a> {
    seed: u64,
    order: usize,
    dim: usize,
    instance: u64,
    points: StartPoints<'a>,
}

impl<'a> StartInputs<'a> {
    /// Of the starts on the surface of one order with this key.
    pub fn new(key: SurfaceKey) -> Self {
        let SurfaceKey { seed, layout, instance } = key;
        Self { seed, order: layout.spins, dim: layout.dim, instance, points: StartPoints::Uniform }
    }

    /// Of the starts on a surface with this key, whatever its orders are.
    pub fn of<L: Landscape>(surface: &L, key: SurfaceKey) -> Self {
        Self { order: surface.stream_order(), ..Self::new(key) }
    }

    /// Of starts on any landscape: those of surface 0 of a run with this seed, of its order and dimension.
    pub fn on<L: Landscape>(landscape: &L, seed: Seed) -> Self {
        Self {
            seed: seed.0,
            order: landscape.stream_order(),
            dim: landscape.dim(),
            instance: 0,
            points: StartPoints::Uniform,
        }
    }

    /// The same with starts that begin elsewhere.
    #[must_use]
    pub fn from_points(self, points: StartPoints<'a>) -> Self {
        Self { points, ..self }
    }

    /// The start with its point.
    ///
    /// # Panics
    /// If there are not so many given points.
    pub fn start(&self, id: u32) -> Start {
        let uniform = || random_point(&mut self.stream(Role::Start, id), self.dim);
        let point = match self.points {
            StartPoints::Uniform => uniform(),
            StartPoints::Overlap(reached, vector) => at_overlap(uniform(), reached, vector),
            StartPoints::Given(points) => points[id as usize * self.dim..][..self.dim].to_vec(),
        };
        Start { id: u64::from(id), point }
    }

    /// The starts of these numbers.
    pub fn starts(&self, ids: &[u32]) -> Vec<Start> {
        ids.iter().map(|&id| self.start(id)).collect()
    }

    /// Seed of a start's noise, never 0.
    pub fn noise_seed(&self, id: u32) -> u128 {
        let mut rng = self.stream(Role::Annealing, id);
        (u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64())).max(1)
    }

    /// A start's place in [0, 1): the van der Corput number of the start in base 2, turned by the golden ratio from one
    /// surface to the next, modulo 1.
    ///
    /// Any number of starts, or of surfaces with few starts, is spread evenly, and neither shifts the others' places.
    ///
    /// # Reference
    /// Niederreiter (1992), *Random Number Generation and Quasi-Monte Carlo Methods*, §3.1.
    pub fn place(&self, id: u32) -> f64 {
        // 2³² over the golden ratio; exact in integers, so that the places are the same everywhere.
        let turn = (self.instance as u32).wrapping_mul(0x9E37_79B9);
        f64::from(id.reverse_bits().wrapping_add(turn)) / 2f64.powi(32)
    }

    fn stream(&self, role: Role, id: u32) -> Pcg64 {
        let Self { seed, order, dim, instance, .. } = *self;
        stream(seed, role, &[order as u64, dim as u64, instance, u64::from(id)])
    }
}

/// `m v + √(1 − m²) t` with t the part of a point that is orthogonal to v, scaled to the sphere.
fn at_overlap(mut point: Vec<f64>, reached: f64, vector: &[f64]) -> Vec<f64> {
    let along = overlap(&point, vector);
    point.iter_mut().zip(vector).for_each(|(w, v)| *w -= along * v);
    retract(&mut point);
    let aside = (1.0 - reached * reached).max(0.0).sqrt();
    point.iter_mut().zip(vector).for_each(|(w, v)| *w = reached * v + aside * *w);
    retract(&mut point);
    point
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hamiltonian::Layout;

    #[test]
    fn starts_begin_at_the_overlap_that_is_asked_for_or_at_given_points() {
        let (dim, key) = (9, SurfaceKey { seed: 1, layout: Layout::new(3, 9), instance: 0 });
        let vector = random_point(&mut stream(7, Role::Probe, &[1]), dim);
        for reached in [-1.0, -0.3, 0.0, 0.8, 1.0] {
            let inputs = StartInputs::new(key).from_points(StartPoints::Overlap(reached, &vector));
            for id in 0..5 {
                let point = inputs.start(id).point;
                assert!((overlap(&point, &vector) - reached).abs() < 1e-14);
                assert!((overlap(&point, &point) - 1.0).abs() < 1e-14);
            }
            let differ = inputs.start(0).point != inputs.start(1).point;
            assert_eq!(differ, reached.abs() < 1.0);
        }
        let given: Vec<f64> = (0..18).map(f64::from).collect();
        let inputs = StartInputs::new(key).from_points(StartPoints::Given(&given));
        assert_eq!(inputs.start(1).point, given[9..]);
    }

    #[test]
    fn places_are_spread_evenly_over_starts_and_over_surfaces() {
        let place = |instance, id| {
            StartInputs::new(SurfaceKey { seed: 1, layout: Layout::new(3, 5), instance }).place(id)
        };
        assert_eq!([0, 1, 2, 3].map(|id| place(0, id)), [0.0, 0.5, 0.25, 0.75]);
        for of_one in [true, false] {
            let mut places: Vec<f64> =
                (0..64).map(|i| if of_one { place(5, i) } else { place(u64::from(i), 0) }).collect();
            places.sort_by(f64::total_cmp);
            assert!(places[0] >= 0.0 && places[63] < 1.0);
            let widest = places.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max);
            assert!(widest < 3.0 / 64.0, "{widest}");
        }
    }
}
