//! Where a start begins, and what else is random about it; where a descent has brought it.

use rand::Rng;
use rand_pcg::Pcg64;

use super::trace::TracePoint;
use crate::hamiltonian::{Landscape, SurfaceKey};
use crate::rng::{Role, Seed, stream};
use crate::sphere::random_point;

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

/// The inputs of all starts on one surface: each a function of (seed, H, Λ, instance, start) only.
#[derive(Debug, Clone, Copy)]
pub struct StartInputs {
    seed: u64,
    degree: usize,
    dim: usize,
    instance: u64,
}

impl StartInputs {
    /// Of the starts on this surface.
    pub fn new(key: SurfaceKey) -> Self {
        let SurfaceKey { seed, layout, instance } = key;
        Self { seed, degree: layout.spins, dim: layout.dim, instance }
    }

    /// Of starts on any landscape: those of surface 0 of a run with this seed, of its degree and dimension.
    pub fn on<L: Landscape>(landscape: &L, seed: Seed) -> Self {
        Self { seed: seed.0, degree: landscape.degree(), dim: landscape.dim(), instance: 0 }
    }

    /// The start with its point, uniform on the sphere.
    pub fn start(&self, id: u32) -> Start {
        let point = random_point(&mut self.stream(Role::Start, id), self.dim);
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
        let Self { seed, degree, dim, instance } = *self;
        stream(seed, role, &[degree as u64, dim as u64, instance, u64::from(id)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hamiltonian::Layout;

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
