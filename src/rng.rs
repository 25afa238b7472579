//! Named random streams: every random number is addressed by what it is for, never by when it is drawn.

use rand::Rng;
use rand_pcg::Pcg64;
use rand_pcg::rand_core::SeedableRng;
use sha2::{Digest, Sha256};

/// The seed of a run, from which all its streams come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub u64);

/// What a stream is for. The numbers are part of every result ever computed: never reuse or change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Role {
    /// Couplings of a surface; ids: spins, dim, instance, chunk.
    Couplings = 1,
    /// Fresh copies Z_b behind the sample tensors; ids: spins, dim, instance, chunk, b.
    Samples = 2,
    /// Starting point; ids: order, dim, instance, start. The order is H, of a mixture that of the largest variance.
    Start = 3,
    /// Random points of benchmarks and self-checks; ids free.
    Probe = 4,
    /// Phases of the start system and directions of the fingerprints of a census; ids: spins, dim, instance, attempt.
    Census = 5,
    /// Starting weights of a network; ids: inputs, hidden, outputs, network.
    NetworkStart = 6,
    /// Order of the examples in an epoch; ids: hidden, group of sixteen networks, epoch.
    MiniBatches = 7,
    /// Annealing of a network; ids: hidden, chain, part (0 shares, 1 start and moves).
    NetworkAnnealing = 8,
    /// Random directions that a network's Hessian is probed along; ids: hidden, network, direction.
    CurvatureProbe = 9,
    /// Noise of a start's annealing; ids as of a starting point.
    Annealing = 10,
    /// Resamples of a bootstrap; ids: hidden.
    Bootstrap = 16,
    /// Order of the examples in an epoch of one network; ids: hidden, network, epoch.
    NetworkOrder = 17,
    /// Hidden vector of a planted spike; ids: 0, dim, instance.
    Spike = 18,
    /// Random direction of a slice; ids: dim, instance, start, number.
    SliceDirection = 30,
    /// Sampling at temperature; ids: order as of a starting point, dim, instance, part (0 start, 1 trajectory, 2 exchange), set of
    /// replicas, temperature, sweep.
    Sampling = 24,
}

/// The stream of a role and its ids under a root seed.
///
/// The full 256-bit seed of the generator is `SHA-256(tag ‖ seed ‖ role ‖ number of ids ‖ ids)`, all numbers as
/// little-endian 64-bit words, so neighbouring seeds or ids share nothing.
///
/// # Reference
/// O'Neill (2014), *PCG: A family of simple fast space-efficient statistically good algorithms* (PCG-XSL-RR-128/64).
pub fn stream(seed: u64, role: Role, ids: &[u64]) -> Pcg64 {
    #[cfg(feature = "sabotage")]
    if sabotage!("seed-plus-index", false, true) {
        return Pcg64::seed_from_u64(seed + role as u64 + ids.iter().sum::<u64>());
    }
    let mut hasher = Sha256::new();
    hasher.update(b"hspin stream 1\n");
    hasher.update(seed.to_le_bytes());
    hasher.update(u64::from(role as u32).to_le_bytes());
    hasher.update((ids.len() as u64).to_le_bytes());
    for id in ids {
        hasher.update(id.to_le_bytes());
    }
    Pcg64::from_seed(hasher.finalize().into())
}

/// Uniform in 0…n−1, up to n · 2^-64.
#[inline]
pub(crate) fn below(random: &mut impl Rng, n: usize) -> usize {
    ((u128::from(random.next_u64()) * n as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt;

    #[test]
    fn streams_are_pinned() {
        let first: u64 = stream(1, Role::Couplings, &[3, 25, 0, 0]).random();
        assert_eq!(first, stream(1, Role::Couplings, &[3, 25, 0, 0]).random::<u64>());
        assert_eq!(format!("{first:016x}"), "ff0836fd9c352773", "value stability");
    }

    #[test]
    fn every_part_of_the_key_matters() {
        let keys: [(u64, Role, &[u64]); 6] = [
            (1, Role::Couplings, &[3, 25]),
            (2, Role::Couplings, &[3, 25]),
            (1, Role::Start, &[3, 25]),
            (1, Role::Couplings, &[3, 26]),
            (1, Role::Couplings, &[3]),
            (1, Role::Couplings, &[3, 25, 0]),
        ];
        let mut firsts: Vec<u64> = keys.iter().map(|&(s, r, i)| stream(s, r, i).random()).collect();
        firsts.sort_unstable();
        firsts.dedup();
        assert_eq!(firsts.len(), keys.len());
    }
}
